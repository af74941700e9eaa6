"""What claims say against each other, found from the claims alone, with the arithmetic shown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError
from kzdata.i18n import formats
from kzdata.i18n.formats import as_written, exact, format_number, named
from kzdata.i18n.sentences import (
    Later,
    Sentence,
    format_list,
    joined,
    known_word,
    term,
    word,
    written,
    written_together,
)
from kzdata.indicators.growth import growth_bounds
from kzdata.model import contract, periods, vocabulary
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.model.contract import records

Claim = dict[str, Any]

"""A row of `kz.claims`."""


def finding(
    kind: str, rows: Sequence[Claim], sentence: str, arithmetic: str, needed: str
) -> dict[str, Any]:
    """One row of `kzdata.contradictions` about the claims in ``rows``."""
    return {
        "kind": kind,
        "claims": " + ".join(row["claim"] for row in rows),
        "sentence": sentence,
        "arithmetic": arithmetic,
        "needed": needed,
        "source": contract.join_sources(row["source"] for row in rows),
        "published": max(row["published"] for row in rows),
        "locator": "; ".join(f"{row['claim']}: {row['locator']}" for row in rows),
        "basis": "derived",
        "note": "",
    }


def figures(claims: Sequence[Claim]) -> list[Claim]:
    """Claims with a point value and a known span."""
    return [row for row in claims if pd.notna(row["value"]) and row["period"] != UNKNOWN]


def together(claims: Sequence[Claim], columns: Sequence[str]) -> list[list[Claim]]:
    """Claims that say the same in all of these columns and leave none open."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for row in claims:
        key = tuple(row[column] for column in columns)
        if all(isinstance(part, str) for part in key):
            groups.setdefault(key, []).append(row)
    return list(groups.values())


def unstated_concepts(claims: list[Claim]) -> Iterator[dict[str, Any]]:
    """Investment given without saying what it measures; see `kzdata.contradictions`."""
    unstated = [row for row in claims if row["dataflow"] == "fdi_as_reported"]
    for group in together(unstated, ["reporter", "partner"]):
        pair = reporter, partner = group[0]["reporter"], group[0]["partner"]
        family = [
            row
            for row in claims
            if str(row["dataflow"]).startswith("fdi_")
            and (row["reporter"], row["partner"]) == pair
            and pd.notna(row["value"])
        ]
        each_said = [
            Sentence(
                "{printed} ({concept}, {period})",
                {
                    "printed": row["printed"],
                    "concept": word(row["dataflow"].removeprefix("fdi_").replace("_", " ")),
                    "period": word(term("period not stated"))
                    if row["period"] == UNKNOWN
                    else formats.as_written(row["period"]),
                },
            )
            for row in family
        ]
        yield finding(
            "concept",
            family,
            written(
                "Investment of {partner} in {reporter} is given as {printed} without saying "
                "whether it is gross inflow, net inflow or position, so it can be set against no "
                "series of the central bank.",
                partner=named(partner),
                reporter=named(reporter),
                printed=Later(format_list, [row["printed"] for row in group]),
            ),
            written_together(each_said),
            written(
                "the concept (gross inflow, net inflow, position), the first year and the vintage"
            ),
        )


_SHARE = {"dataflow": "energy", "unit": "percent", "concept": "oil_import_share"}

_TRADE = {"dataflow": "trade_goods", "flow": "T", "unit": "USD"}


def oil_shares(claims: list[Claim], oil: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Shares of oil imports beside the whole trade of the pair; see `kzdata.contradictions`."""
    if oil is not None:
        _check_assumption(oil)
    for group in together([row for row in claims if _of(row, _SHARE)], ["reporter", "partner"]):
        buyer, seller = group[0]["reporter"], group[0]["partner"]
        pair = [
            row
            for row in figures(claims)
            if _of(row, _TRADE)
            and re.fullmatch(r"\d{4}", row["period"])
            and {row["reporter"], row["partner"]} == {buyer, seller}
        ]
        if not pair:
            continue
        share = min(group, key=lambda row: (math.isnan(row["lower"]), row["lower"]))
        total = sorted(pair, key=lambda row: row["period"])[-1]
        row = _oil_finding(share, total, oil if oil and oil["reporter"] == buyer else None)
        if row:
            yield row


def _of(claim: Claim, measure: dict[str, str]) -> bool:
    return all(claim[column] == value for column, value in measure.items())


def _check_assumption(oil: dict[str, Any]) -> None:
    quantities = oil.get("quantities", {})
    for name, unit in (("annual_volume", "t"), ("price", "USD/t")):
        has_unit = quantities.get(name, {}).get("unit") == unit
        if not (has_unit and oil.get("source") and oil.get("reporter")):
            raise KzdataError(
                f"The assumption on oil lacks {name} in {unit}, its source or its reporter.",
                'See kz.assumption("israel_oil_import_bill") for one that is complete.',
            )


def _oil_finding(share: Claim, total: Claim, oil: dict[str, Any] | None) -> dict[str, Any] | None:
    rows = [share, total]
    least = share["lower"] / 100
    largest = total["upper"] / least
    said = {
        "share": share["printed"],
        "buyer": named(share["reporter"]),
        "seller": named(share["partner"]),
        "total": total["printed"],
        "period": as_written(total["period"]),
    }
    fits = Sentence(
        "{total} USD / {least}% = {largest} USD: the share fits only if all oil imports of "
        "{buyer} cost no more than this in a year",
        {
            "total": exact(total["upper"]),
            "least": _three(100 * least),
            "largest": exact(largest, 0),
            "buyer": said["buyer"],
        },
    )
    if oil is None:
        return finding(
            "oil_share",
            rows,
            written(
                "{share} of {buyer}'s oil imports from {seller} beside a whole trade of {total} in "
                "{period}: whether it fits depends on the cost of all oil imports.",
                **said,
            ),
            written_together([fits]),
            written(
                "a sourced yearly volume and price of {buyer}'s oil imports: oil=assumption(…)",
                buyer=said["buyer"],
            ),
        )
    volume, price = (oil["quantities"][name] for name in ("annual_volume", "price"))
    bill = volume["value"] * price["value"]
    worth = least * bill
    if worth <= total["upper"]:
        return None
    found = finding(
        "oil_share",
        rows,
        written(
            "{share} of {buyer}'s oil imports from {seller} beside a whole trade of {total} in "
            "{period}: the oil alone would be worth {times} times the trade.",
            **said,
            times=exact(worth / total["value"], 1),
        ),
        written(
            "{volume_arithmetic} = {volume} t; {price_arithmetic} = {price} USD/t; together {bill} "
            "USD a year, {least}% of it {worth} USD, against {total} USD; {fits}",
            volume_arithmetic=word(volume["arithmetic"]),
            volume=exact(volume["value"], 0),
            price_arithmetic=word(price["arithmetic"]),
            price=exact(price["value"], 0),
            bill=exact(bill, 0),
            least=_three(100 * least),
            worth=exact(worth, 0),
            total=exact(total["value"]),
            fits=fits,
        ),
        written(
            "the year of the share, and the country that customs book it under. {caveats}",
            caveats=joined([word(each) for each in oil["caveats"]], " "),
        )
        if oil.get("caveats")
        else written("the year of the share, and the country that customs book it under."),
    )
    return found | {"source": contract.join_sources([found["source"], oil["source"]])}


def _three(value: float) -> Later:
    """Three significant digits."""
    return Later(format_number, value, digits=3)


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
        part=formats.exact(part["value"]),
        whole=formats.exact(whole["value"]),
        ratio=formats.percent(ratio),
        months=months,
        small=formats.exact(small),
        large=formats.exact(large),
        low=formats.percent(low),
        high=formats.percent(high),
    )
    return finding(
        "spans",
        rows,
        written(
            "{part} covers {months} months ({part_period}), {whole} covers 12 ({whole_period}): no "
            "growth follows from the two.",
            part=part["printed"],
            months=months,
            part_period=formats.as_written(part["period"]),
            whole=whole["printed"],
            whole_period=formats.as_written(whole["period"]),
        ),
        arithmetic,
        written(
            "the figure for {period}",
            period=formats.as_written(periods.previous_year(part["period"])),
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
        one=formats.as_written(a["period"]),
        end=first.end.isoformat(),
        other=formats.as_written(b["period"]),
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
                        period=formats.as_written(a["period"]),
                        one=a["printed"],
                        other=b["printed"],
                    ),
                    written(
                        "{low} < {high} {unit}: the intervals that the printed digits allow do not "
                        "meet",
                        low=formats.exact(low["upper"]),
                        high=formats.exact(high["lower"]),
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
                            part_flow=word(vocabulary.FLOWS[part["flow"]]),
                            part_period=formats.as_written(part["period"]),
                            whole=whole["printed"],
                            whole_flow=word(vocabulary.FLOWS[whole["flow"]]),
                            whole_period=formats.as_written(whole["period"]),
                        ),
                        written(
                            "{lower} > {upper} {unit}",
                            lower=formats.exact(part["lower"]),
                            upper=formats.exact(whole["upper"]),
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
