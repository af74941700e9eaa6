"""What claims say against each other, found from the claims alone, with the arithmetic shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from kzdata import amounts, contract, periods
from kzdata.bounds import growth_bounds
from kzdata.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.language import (
    Later,
    known_word,
    word,
    written,
)
from kzdata.rows import records
from kzdata.verdicts.concepts import unstated_concepts
from kzdata.verdicts.findings import Claim, figures, finding, together
from kzdata.verdicts.oil_share import oil_shares

KINDS = ("spans", "oil_share", "concept", "dates", "values", "parts")
_PAIR = ["dataflow", "reporter", "partner", "flow", "product", "valuation", "unit"]
_COLUMNS = [
    "kind",
    "claims",
    "sentence",
    "arithmetic",
    "needed",
    "source",
    "published",
    "locator",
    "basis",
    "note",
]


def contradictions(claims: pd.DataFrame, *, oil: dict[str, Any] | None = None) -> pd.DataFrame:
    """Claims that cannot be compared or cannot both hold, one row per finding.

    Columns kind, claims (ids), sentence, arithmetic, needed (what would settle it), and the
    provenance of the claims. The kinds:

    - ``spans``: a part of a year beside a whole year of the same measure;
    - ``oil_share``: a share of oil imports worth more than the whole trade of the pair. Whether it
      is depends on ``oil``, an assumption on the year's imports such as
      ``kz.assumption("israel_oil_import_bill")``: the ``reporter`` that buys, quantities
      ``annual_volume`` in t and ``price`` in USD/t, each with value and arithmetic, and
      ``source``. Without one for the buyer the row says what would be needed;
    - ``concept``: investment whose concept is not stated, so that it fits no published series;
    - ``dates``: two dates of the same event that exclude each other;
    - ``values``: two figures of the same measure and period whose intervals are disjoint;
    - ``parts``: a part larger than its whole: some months than their year, exports or imports
      than turnover.

    An empty frame means that none of these was found, not that the claims are true.

    >>> import kzdata as kz
    >>> found = kz.contradictions(kz.claims("trade"))
    >>> print(found.loc[found["kind"] == "spans", "sentence"].iloc[0])
    about US$162.4 million covers 11 months (2025-01-01/P11M), roughly $236 million covers ...
    """
    contract.need(claims, [*contract.COLUMNS, "claim", "concept", "printed"], "kz.claims()")
    said = records(claims, list(claims.columns))
    found = [
        *_spans(said),
        *oil_shares(said, oil),
        *unstated_concepts(said),
        *_dates(said),
        *_values(said),
        *_parts(said),
    ]
    return pd.DataFrame(found, columns=_COLUMNS)


def _spans(claims: list[Claim]) -> Iterator[dict[str, Any]]:
    known = [row for row in figures(claims) if row["flow"] != NOT_APPLICABLE]
    for group in together(known, _PAIR):
        sharpest = [
            min(of_period, key=lambda row: row["upper"] - row["lower"])
            for of_period in together(group, ["period"])
        ]
        for a, b in combinations(sharpest, 2):
            part, whole = (a, b) if _months(a) < _months(b) else (b, a)
            years = int(part["period"][:4]) - int(whole["period"][:4])
            base = periods.previous_year(part["period"])
            alike = any(row["period"] == base for row in group)
            if _months(part) < 12 and _months(whole) == 12 and years == 1 and not alike:
                yield _spanfinding(part, whole, group)


def _spanfinding(part: Claim, whole: Claim, group: list[Claim]) -> dict[str, Any]:
    rows = [row for row in group if row["period"] in (part["period"], whole["period"])]
    ratio = 100 * (part["value"] / whole["value"] - 1)
    low, high, small, large = growth_bounds(part["value"], whole["value"], _months(part))
    months = _months(part)
    arithmetic = written(
        "100 × ({part} / {whole} − 1) = {ratio} sets {months} months against 12; on the same "
        "months the base lies between {small} and {large}, so growth between {low} and {high}",
        part=amounts.exact(part["value"]),
        whole=amounts.exact(whole["value"]),
        ratio=amounts.percent(ratio),
        months=months,
        small=amounts.exact(small),
        large=amounts.exact(large),
        low=amounts.percent(low),
        high=amounts.percent(high),
    )
    return finding(
        "spans",
        rows,
        written(
            "{part} covers {months} months ({part_period}), {whole} covers 12 ({whole_period}): no "
            "growth follows from the two.",
            part=part["printed"],
            months=months,
            part_period=periods.as_written(part["period"]),
            whole=whole["printed"],
            whole_period=periods.as_written(whole["period"]),
        ),
        arithmetic,
        written(
            "the figure for {period}",
            period=periods.as_written(periods.previous_year(part["period"])),
        ),
    )


def _months(claim: Claim) -> int:
    return periods.span(claim["period"]).months or 0


def _dates(claims: list[Claim]) -> Iterator[dict[str, Any]]:
    dated = [row for row in claims if row["unit"] == "date" and row["period"] != UNKNOWN]
    for group in together(dated, ["concept", "reporter", "partner"]):
        for (a, *_), (b, *_) in combinations(together(group, ["period"]), 2):
            first, second = periods.span(a["period"]), periods.span(b["period"])
            if first.end < second.start or second.end < first.start:
                yield finding(
                    "dates",
                    [a, b],
                    written(
                        "{event}: {one} and {other} exclude each other.",
                        event=Later(_event, a["concept"]),
                        one=a["printed"],
                        other=b["printed"],
                    ),
                    _apart(a, first, b, second)
                    if first.end < second.start
                    else _apart(b, second, a, first),
                    written("the document that set the date"),
                )


def _event(concept: str) -> str:
    return known_word(concept.replace("_", " ").capitalize())


def _apart(a: Claim, first: periods.Span, b: Claim, second: periods.Span) -> str:
    return written(
        "{one} ends {end}, {other} begins {start}",
        one=periods.as_written(a["period"]),
        end=first.end.isoformat(),
        other=periods.as_written(b["period"]),
        start=second.start.isoformat(),
    )


def _values(claims: list[Claim]) -> Iterator[dict[str, Any]]:
    known = [row for row in figures(claims) if row["unit"] != "date"]
    for group in together(known, [*_PAIR, "concept", "period"]):
        for a, b in combinations(group, 2):
            if a["upper"] < b["lower"] or b["upper"] < a["lower"]:
                low, high = sorted((a, b), key=lambda row: row["value"])
                yield finding(
                    "values",
                    [a, b],
                    written(
                        "{period}: {one} and {other} are given for the same measure.",
                        period=periods.as_written(a["period"]),
                        one=a["printed"],
                        other=b["printed"],
                    ),
                    written(
                        "{low} < {high} {unit}: the intervals that the printed digits allow do not "
                        "meet",
                        low=amounts.exact(low["upper"]),
                        high=amounts.exact(high["lower"]),
                        unit=a["unit"],
                    ),
                    written("the vintage of each figure; a revision would explain it"),
                )


def _parts(claims: list[Claim]) -> Iterator[dict[str, Any]]:
    goods = [row for row in figures(claims) if row["dataflow"] == "trade_goods"]
    known = [row for row in goods if str(row["unit"]).isupper()]
    for group in together(known, ["reporter", "partner", "product", "unit"]):
        for a, b in combinations(group, 2):
            for part, whole in ((a, b), (b, a)):
                if _is_part(part, whole) and part["lower"] > whole["upper"]:
                    yield finding(
                        "parts",
                        [part, whole],
                        written(
                            "{part} ({part_flow}, {part_period}) is part of {whole} ({whole_flow}, "
                            "{whole_period}) and larger.",
                            part=part["printed"],
                            part_flow=word(contract.FLOWS[part["flow"]]),
                            part_period=periods.as_written(part["period"]),
                            whole=whole["printed"],
                            whole_flow=word(contract.FLOWS[whole["flow"]]),
                            whole_period=periods.as_written(whole["period"]),
                        ),
                        written(
                            "{lower} > {upper} {unit}",
                            lower=amounts.exact(part["lower"]),
                            upper=amounts.exact(whole["upper"]),
                            unit=part["unit"],
                        ),
                        written("the vintage and definition of both figures"),
                    )


def _is_part(part: Claim, whole: Claim) -> bool:
    """Some months of the same flow in the whole's span, or one side of its turnover."""
    inner, outer = periods.span(part["period"]), periods.span(whole["period"])
    inside = outer.start <= inner.start and inner.end <= outer.end
    same_flow = part["flow"] == whole["flow"] and part["flow"] in ("X", "M", "T")
    one_side = part["flow"] in ("X", "M") and whole["flow"] == "T"
    return inside and (one_side or (same_flow and inner != outer))
