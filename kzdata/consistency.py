"""What claims say against each other, found from the claims alone, with the arithmetic shown."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd

from kzdata import amounts, periods, sources
from kzdata.codes import NOT_APPLICABLE, UNKNOWN, area_name
from kzdata.comparable import between
from kzdata.errors import KzdataError
from kzdata.partial_answers import growth_bounds

KINDS = ("spans", "oil_share", "concept", "dates", "values")
_PAIR = ["dataflow", "reporter", "partner", "flow", "product", "unit"]
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
    - ``values``: two figures of the same measure and period whose intervals are disjoint.

    An empty frame means that none of these was found, not that the claims are true.
    """
    found = [
        *_spans(claims),
        *_oil_shares(claims, oil),
        *_concepts(claims),
        *_dates(claims),
        *_values(claims),
    ]
    return pd.DataFrame(found, columns=_COLUMNS)


def _finding(kind: str, rows: pd.DataFrame, sentence: str, arithmetic: str, needed: str) -> dict:
    return {
        "kind": kind,
        "claims": " + ".join(rows["claim"]),
        "sentence": sentence,
        "arithmetic": arithmetic,
        "needed": needed,
        "source": sources.join(rows["source"]),
        "published": max(rows["published"]),
        "locator": "; ".join(
            f"{c}: {w}" for c, w in zip(rows["claim"], rows["locator"], strict=True)
        ),
        "basis": "derived",
        "note": "",
    }


def _figures(claims: pd.DataFrame) -> pd.DataFrame:
    """Claims with a point value and a known span."""
    return claims[claims["value"].notna() & (claims["period"] != UNKNOWN)]


def _spans(claims: pd.DataFrame):
    figures = _figures(claims)
    for _, group in figures[figures["flow"] != NOT_APPLICABLE].groupby(_PAIR, sort=False):
        sharpest = group.loc[
            (group["upper"] - group["lower"]).groupby(group["period"], sort=False).idxmin()
        ]
        for (_, a), (_, b) in combinations(sharpest.iterrows(), 2):
            part, whole = (a, b) if _months(a) < _months(b) else (b, a)
            years = int(part["period"][:4]) - int(whole["period"][:4])
            if _months(part) < 12 and _months(whole) == 12 and years == 1:
                yield _span_finding(part, whole, group)


def _span_finding(part: pd.Series, whole: pd.Series, group: pd.DataFrame) -> dict:
    rows = group[group["period"].isin([part["period"], whole["period"]])]
    ratio = 100 * (part["value"] / whole["value"] - 1)
    low, high, small, large = growth_bounds(part["value"], whole["value"], _months(part))
    arithmetic = (
        f"100 × ({part['value']:,.15g} / {whole['value']:,.15g} − 1) = {_percent(ratio)} sets "
        f"{_months(part)} months against 12; on the same months the base lies between "
        f"{small:,.15g} and {large:,.15g}, so growth between {_percent(low)} and {_percent(high)}"
    )
    return _finding(
        "spans",
        rows,
        f"{part['printed']} covers {_months(part)} months ({part['period']}), {whole['printed']} "
        f"covers 12 ({whole['period']}): no growth follows from the two.",
        arithmetic,
        f"the figure for {periods.previous_year(part['period'])}",
    )


def _percent(value: float) -> str:
    return amounts.format_amount(value, "percent")


def _months(claim: pd.Series) -> int:
    return periods.span(claim["period"]).months or 0


def _oil_shares(claims: pd.DataFrame, oil: dict[str, Any] | None):
    if oil is not None:
        _check_assumption(oil)
    shares = claims[
        (claims["dataflow"] == "energy")
        & (claims["unit"] == "percent")
        & (claims["concept"] == "oil_import_share")
    ]
    annual = _figures(claims)
    annual = annual[
        (annual["flow"] == "T")
        & (annual["dataflow"] == "trade_goods")
        & (annual["unit"] == "USD")
        & annual["period"].str.fullmatch(r"\d{4}")
    ]
    for (buyer, seller), group in shares.groupby(["reporter", "partner"], sort=False):
        pair = between(annual, str(buyer), str(seller))
        if pair.empty:
            continue
        share = group.sort_values("lower").iloc[0]
        total = pair.sort_values("period").iloc[-1]
        row = _oil_finding(share, total, oil if oil and oil["reporter"] == buyer else None)
        if row:
            yield row


def _check_assumption(oil: dict[str, Any]) -> None:
    quantities = oil.get("quantities", {})
    for name, unit in (("annual_volume", "t"), ("price", "USD/t")):
        has_unit = quantities.get(name, {}).get("unit") == unit
        if not (has_unit and oil.get("source") and oil.get("reporter")):
            raise KzdataError(
                f"The assumption on oil lacks {name} in {unit}, its source or its reporter.",
                'See kz.assumption("israel_oil_import_bill") for one that is complete.',
            )


def _oil_finding(share: pd.Series, total: pd.Series, oil: dict[str, Any] | None) -> dict | None:
    rows = pd.DataFrame([share, total])
    least = share["lower"] / 100
    buyer, seller = area_name(share["reporter"]), area_name(share["partner"])
    largest = total["upper"] / least
    said = (
        f"{share['printed']} of {buyer}'s oil imports from {seller} beside a whole trade of "
        f"{total['printed']} in {total['period']}"
    )
    fits = (
        f"{total['upper']:,.15g} USD / {100 * least:.3g} % = {largest:,.0f} USD: the share fits "
        f"only if all oil imports of {buyer} cost no more than this in a year"
    )
    if oil is None:
        return _finding(
            "oil_share",
            rows,
            f"{said}: whether it fits depends on the cost of all oil imports.",
            fits,
            f"a sourced yearly volume and price of {buyer}'s oil imports: oil=assumption(…)",
        )
    volume, price = (oil["quantities"][name] for name in ("annual_volume", "price"))
    bill = volume["value"] * price["value"]
    worth = least * bill
    if worth <= total["upper"]:
        return None
    caveats = " ".join(oil.get("caveats", []))
    found = _finding(
        "oil_share",
        rows,
        f"{said}: the oil alone would be worth {worth / total['value']:.1f} times the trade.",
        f"{volume['arithmetic']} = {volume['value']:,.0f} t; {price['arithmetic']} = "
        f"{price['value']:,.0f} USD/t; together {bill:,.0f} USD a year, {100 * least:.3g} % of it "
        f"{worth:,.0f} USD, against {total['value']:,.15g} USD; {fits}",
        f"the year of the share, and the country that customs book it under. {caveats}".strip(),
    )
    return found | {"source": sources.join([found["source"], oil["source"]])}


def _concepts(claims: pd.DataFrame):
    unstated = claims[claims["dataflow"] == "fdi_as_reported"]
    for (reporter, partner), group in unstated.groupby(["reporter", "partner"], sort=False):
        family = claims[
            claims["dataflow"].str.startswith("fdi_")
            & (claims["reporter"] == reporter)
            & (claims["partner"] == partner)
            & claims["value"].notna()
        ]
        listed = "; ".join(
            f"{row['printed']} ({row['dataflow'].removeprefix('fdi_').replace('_', ' ')}, "
            f"{'period not stated' if row['period'] == UNKNOWN else row['period']})"
            for row in family.to_dict("records")
        )
        yield _finding(
            "concept",
            family,
            f"Investment of {area_name(partner)} in {area_name(reporter)} is given as "
            f"{' and as '.join(group['printed'])} without saying whether it is gross inflow, net "
            "inflow or position, so it can be set against no series of the central bank.",
            listed,
            "the concept (gross inflow, net inflow, position), the first year and the vintage",
        )


def _dates(claims: pd.DataFrame):
    dated = claims[(claims["unit"] == "date") & (claims["period"] != UNKNOWN)]
    for _, group in dated.groupby(["concept", "reporter", "partner"], sort=False):
        for (_, a), (_, b) in combinations(group.drop_duplicates("period").iterrows(), 2):
            first, second = periods.span(a["period"]), periods.span(b["period"])
            if first.end < second.start or second.end < first.start:
                yield _finding(
                    "dates",
                    pd.DataFrame([a, b]),
                    f"{a['concept'].replace('_', ' ').capitalize()}: {a['printed']} and "
                    f"{b['printed']} exclude each other.",
                    f"{a['period']} ends {first.end}, {b['period']} begins {second.start}"
                    if first.end < second.start
                    else f"{b['period']} ends {second.end}, {a['period']} begins {first.start}",
                    "the document that set the date",
                )


def _values(claims: pd.DataFrame):
    figures = _figures(claims)
    figures = figures[figures["unit"] != "date"]
    for _, group in figures.groupby([*_PAIR, "concept", "period"], sort=False):
        for (_, a), (_, b) in combinations(group.iterrows(), 2):
            if a["upper"] < b["lower"] or b["upper"] < a["lower"]:
                low, high = sorted((a, b), key=lambda row: row["value"])
                yield _finding(
                    "values",
                    pd.DataFrame([a, b]),
                    f"{a['period']}: {a['printed']} and {b['printed']} are given for the same "
                    "measure.",
                    f"{low['upper']:,.15g} < {high['lower']:,.15g} {a['unit']}: the intervals that "
                    "the printed digits allow do not meet",
                    "the vintage of each figure; a revision would explain it",
                )
