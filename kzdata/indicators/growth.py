"""Growth, share and rank, frame to frame.

Each takes and returns frames under the tidy contract and adds columns named after the indicator.
A missing part makes a missing result; what cannot be compared raises an `Incomparable`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import (
    KzdataError,
    MeasureMismatch,
    PeriodMismatch,
    UnitMismatch,
    ValuationMismatch,
)
from kzdata.model import contract, periods
from kzdata.model.comparable import SERIES, one_measure, parts_of_a_whole
from kzdata.model.contract import records
from kzdata.seeds import sources

_CELL = ["dataflow", "reporter", "flow", "product", "period"]


def growth(frame: pd.DataFrame) -> pd.DataFrame:
    """Growth on the same period a year earlier, in percent: 100 (V1 / V0 - 1).

    Adds base_period, base_value, growth_pct and its interval growth_lower_pct, growth_upper_pct,
    which follow from the printed digits of both figures, and the provenance of the growth itself:
    growth_source, growth_locator, growth_note. Missing where the base is absent or missing, or
    where its interval reaches zero; growth_note says which. A change of publisher between the two
    periods sets obs_status B and is named in growth_note.

    Raises `PeriodMismatch` when a series holds periods of different length, `UnitMismatch`,
    `ValuationMismatch`, and `MeasureMismatch` when two publications hold the same cell.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024).pipe(kz.turnover)
    >>> kz.growth(trade)[["period", "base_period", "growth_pct"]].round(1)
      period base_period  growth_pct
    0   2024        2023         NaN
    1   2025        2024       -18.1
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    parts = [_grow(group) for _, group in frame.groupby(SERIES, sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else frame.copy()


def _grow(series: pd.DataFrame) -> pd.DataFrame:
    series = contract.order(series)
    one_measure(series)
    rows = {row["period"]: row for row in records(series, list(series.columns))}
    grown = [_grown(row, rows.get(periods.previous_year(row["period"]))) for row in rows.values()]
    return pd.DataFrame(grown)


def _grown(row: dict[str, Any], base: dict[str, Any] | None) -> dict[str, Any]:
    before = periods.previous_year(row["period"])
    result = row | {
        "base_period": before,
        "base_value": base["value"] if base else float("nan"),
        **dict.fromkeys(["growth_pct", "growth_lower_pct", "growth_upper_pct"], float("nan")),
        "growth_source": row["source"],
        "growth_locator": row["locator"],
    }
    if base is None or pd.isna(base["value"]):
        return result | {"growth_note": f"no figure for {before}"}
    if base["lower"] <= 0:
        kind = "zero" if base["value"] == 0 else "negative" if base["value"] < 0 else "about zero"
        return result | {"growth_note": f"the base {before} is {kind}"}
    if pd.isna(row["value"]):
        return result | {"growth_note": "the figure itself is missing"}
    corners = [
        100 * (value / against - 1)
        for value in (row["lower"], row["upper"])
        for against in (base["lower"], base["upper"])
    ]
    note = f"growth = 100 × ({row['value']:.15g} / {base['value']:.15g} − 1)"
    publishers = sources.publisher(base["source"]), sources.publisher(row["source"])
    if publishers[0] != publishers[1]:
        result["obs_status"] = "B"
        note += f"; publisher changes from {publishers[0]} to {publishers[1]}"
    return result | {
        "growth_pct": 100 * (row["value"] / base["value"] - 1),
        "growth_lower_pct": min(corners),
        "growth_upper_pct": max(corners),
        "growth_source": contract.join_sources([row["source"], base["source"]]),
        "growth_locator": f"{row['locator']}; base: {base['locator']}",
        "growth_note": "; ".join(part for part in (row["note"], note, base["note"]) if part),
    }


def share(frame: pd.DataFrame, total: pd.DataFrame | None = None) -> pd.DataFrame:
    """Share of each row in a total, between 0 and 1: s = V / V_total.

    With ``total`` (for example the world) the rows are divided by its row of the same dataflow,
    reporter, flow, product and period; without it, by the sum over the partners in ``frame``,
    which is missing when a part is missing. Adds total_value, value_share and the provenance of
    the share: share_source, share_locator, share_note. Raises `PeriodMismatch` when spans differ,
    `UnitMismatch`, `ValuationMismatch`, and `MeasureMismatch` when the world stands among its
    parts or a cell is there twice.

    >>> import kzdata as kz
    >>> world = kz.annual(kz.observations("KAZ", "WLD", flow="X", start=2025, end=2025, freq="M"))
    >>> trade = kz.observations("KAZ", "ISR", flow="X", start=2025)
    >>> kz.share(trade, world)[["period", "value", "value_share"]].round(5)
      period         value  value_share
    0   2025  1.192422e+08      0.00151
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    if total is None:
        parts_of_a_whole(frame)
        whole = frame.groupby(_CELL, sort=False)["value"].transform(lambda v: v.sum(skipna=False))
        divided = frame.assign(value_of_total=whole, source_of_total=None, locator_of_total=None)
    else:
        contract.need(total, contract.COLUMNS, contract.OBSERVATIONS)
        divided = _beside(frame, total)
    whole = divided["value_of_total"]
    return divided.assign(
        total_value=whole,
        value_share=divided["value"] / whole.where(whole != 0),
        share_source=[
            contract.join_sources(one for one in pair if isinstance(one, str))
            for pair in zip(divided["source"], divided["source_of_total"], strict=True)
        ],
        share_locator=[
            own if not isinstance(other, str) else f"{own}; total: {other}"
            for own, other in zip(divided["locator"], divided["locator_of_total"], strict=True)
        ],
        share_note=[
            f"share = {part:.15g} / {all_of_it:.15g}" if all_of_it == all_of_it else "no total"
            for part, all_of_it in zip(divided["value"], whole, strict=True)
        ],
    )[[*frame.columns, "total_value", "value_share", "share_source", "share_locator", "share_note"]]


def _beside(frame: pd.DataFrame, total: pd.DataFrame) -> pd.DataFrame:
    """Each row with the row of the total that it is a part of."""
    if total.duplicated(_CELL).any():
        raise MeasureMismatch(
            "The total holds a cell more than once.",
            'Choose one publication: kz.observations(..., source="…")',
        )
    merged = frame.merge(
        total[[*_CELL, "value", "unit", "valuation", "source", "locator"]],
        on=_CELL,
        how="left",
        suffixes=("", "_of_total"),
    )
    for column, error in (("unit", UnitMismatch), ("valuation", ValuationMismatch)):
        differ = merged[
            merged["value_of_total"].notna() & (merged[column] != merged[f"{column}_of_total"])
        ]
        if len(differ):
            first = differ.iloc[0]
            raise error(
                f"{first['period']}: the part is in {first[column]}, the total in "
                f"{first[f'{column}_of_total']}.",
                "Give both in the same terms.",
            )
    _spans_meet(merged[merged["value_of_total"].isna()], total)
    return merged


def _spans_meet(unmatched: pd.DataFrame, total: pd.DataFrame) -> None:
    for period in unmatched["period"].unique():
        year = period[:4]
        other = [p for p in total["period"].unique() if p.startswith(year) and p != period]
        if other:
            a, b = periods.span(period).months, periods.span(other[0]).months
            raise PeriodMismatch(
                f"{period} covers {a} months, the total {other[0]} covers {b}.",
                f'Sum the total over the same months: kz.sum_over(total, "{period}")',
            )


def rank(frame: pd.DataFrame) -> pd.DataFrame:
    """Rank of each partner by value within its period and flow; 1 is the largest.

    Equal values share the better rank. Adds rank, ranked (how many partners have a value) and
    rank_note; a missing value has no rank. Raises as `share` does without a total.

    >>> import kzdata as kz
    >>> partners = kz.observations("KAZ", start=2025, freq="A").pipe(kz.turnover)
    >>> kz.rank(partners).query("partner == 'ISR'")[["period", "partner", "rank", "ranked"]]
       period partner  rank  ranked
    88   2025     ISR  48.0     197
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    parts_of_a_whole(frame)
    grouped = frame.groupby(_CELL, sort=False)["value"]
    ranked = grouped.transform("count")
    return frame.assign(
        rank=grouped.rank(ascending=False, method="min"),
        ranked=ranked,
        rank_note=[f"by value among {count:.0f} partners" for count in ranked],
        ranked_note="partners with a value",
    )


EVEN_LOW, EVEN_HIGH = 0.6, 1.8

"""A month holds between 0.6 and 1.8 times its even share of a year: 5 to 15% for one month."""


def growth_bounds(
    value: float, base: float, months: int, rest_share: tuple[float, float] | None = None
) -> tuple[float, float, float, float]:
    """(growth_lower_pct, growth_upper_pct, base_lower, base_upper) of k months against a year.

    The base over the same months is Y0 (1 - u) … Y0 (1 - l) when the remaining months had a share
    between l and u of the year before (partial identification). By default each of the m missing
    months had between 0.6 and 1.8 times its even share, and each of the others at least 0.6.
    """
    rest = 12 - months
    low, high = rest_share or (
        EVEN_LOW * rest / 12,
        min(EVEN_HIGH * rest / 12, 1 - EVEN_LOW * months / 12),
    )
    if not 0 <= low <= high < 1:
        raise KzdataError(
            f"rest_share=({low}, {high}) is not a range of shares.",
            "Give two shares of the year, the smaller first: rest_share=(0.05, 0.15)",
        )
    small, large = base * (1 - high), base * (1 - low)
    return 100 * (value / large - 1), 100 * (value / small - 1), small, large
