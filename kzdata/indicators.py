"""Growth, share and rank, frame to frame.

Each takes and returns frames under the tidy contract and adds columns named after the indicator.
A missing part makes a missing result; what cannot be compared raises an `Incomparable`.
"""

from __future__ import annotations

import pandas as pd

from kzdata import contract, periods, sources
from kzdata.comparable import SERIES, one_measure, one_unit
from kzdata.errors import (
    Incomparable,
    MeasureMismatch,
    PeriodMismatch,
    UnitMismatch,
    ValuationMismatch,
)


def growth(frame: pd.DataFrame) -> pd.DataFrame:
    """Growth on the same period a year earlier, in percent: 100 (V1 / V0 - 1).

    Adds base_period, base_value, growth_pct and its interval growth_lower_pct, growth_upper_pct,
    which follow from the printed digits of both figures. Missing where the base is absent,
    missing, zero or negative; ``note`` says which. A change of publisher between the two
    periods sets obs_status B and is named in ``note``.

    Raises `PeriodMismatch` when a series holds periods of different length, `UnitMismatch`,
    `ValuationMismatch`, and `MeasureMismatch` when two publications hold the same cell.
    """
    parts = [_grow(group) for _, group in frame.groupby(SERIES, sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else frame.copy()


def _grow(series: pd.DataFrame) -> pd.DataFrame:
    series = contract.order(series)
    one_measure(series)
    rows = {row["period"]: row for row in series.to_dict("records")}
    grown = [_grown(row, rows.get(periods.previous_year(row["period"]))) for row in rows.values()]
    return pd.DataFrame(grown)


def _grown(row: dict, base: dict | None) -> dict:
    column = ["growth_pct", "growth_lower_pct", "growth_upper_pct"]
    result = row | {
        "base_period": periods.previous_year(row["period"]),
        "base_value": base["value"] if base else float("nan"),
        **dict.fromkeys(column, float("nan")),
    }
    if base is None or pd.isna(base["value"]):
        why = f"no figure for {result['base_period']}"
    elif base["value"] <= 0:
        why = f"the base {result['base_period']} is {'zero' if base['value'] == 0 else 'negative'}"
    elif pd.isna(row["value"]):
        why = "the figure itself is missing"
    else:
        result["growth_pct"] = 100 * (row["value"] / base["value"] - 1)
        result["growth_lower_pct"] = 100 * (row["lower"] / base["upper"] - 1)
        result["growth_upper_pct"] = 100 * (row["upper"] / base["lower"] - 1)
        result["source"] = sources.join([row["source"], base["source"]])
        result["locator"] = f"{row['locator']}; base: {base['locator']}"
        why = f"growth = 100 × ({row['value']:.15g} / {base['value']:.15g} − 1)"
        before, after = sources.publisher(base["source"]), sources.publisher(row["source"])
        if before != after:
            result["obs_status"] = "B"
            why += f"; publisher changes from {before} to {after}"
    result["note"] = "; ".join(part for part in (row["note"], why) if part)
    return result


def share(frame: pd.DataFrame, total: pd.DataFrame | None = None) -> pd.DataFrame:
    """Share of each row in a total, between 0 and 1: s = V / V_total.

    With ``total`` (for example the world) the rows are divided by its row of the same dataflow,
    reporter, flow, product and period; without it, by the sum over the partners in ``frame``,
    which is missing when a part is missing. Adds total_value and value_share. Raises
    `PeriodMismatch` when the total covers other spans, `UnitMismatch`, `ValuationMismatch`.
    """
    match = ["dataflow", "reporter", "flow", "product", "period"]
    if total is None:
        grouped = frame.groupby(match, sort=False)
        for _, group in grouped:
            one_measure(group.drop_duplicates("period"))
            one_unit(group, str(group["period"].iloc[0]))
        whole = grouped["value"].transform(lambda parts: parts.sum(skipna=False))
        note = whole.map(lambda v: f"share of the sum of partners {v:.15g}")
        return frame.assign(
            total_value=whole,
            value_share=frame["value"] / whole,
            basis="derived",
            note=_joined(frame["note"], note),
        )
    if total.duplicated(match).any():
        raise MeasureMismatch(
            "The total holds a cell more than once.",
            'Choose one publication: kz.observations(..., source="…")',
        )
    merged = frame.merge(
        total[[*match, "value", "unit", "valuation", "source", "locator"]],
        on=match,
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
    has = merged["value_of_total"].notna()
    merged["total_value"] = merged["value_of_total"]
    merged["value_share"] = merged["value"] / merged["value_of_total"].where(
        merged["value_of_total"] != 0
    )
    merged["basis"] = "derived"
    merged["note"] = _joined(
        merged["note"],
        merged["total_value"].map(
            lambda v: f"share of the total {v:.15g}" if v == v else "no total"
        ),
    )
    merged.loc[has, "source"] = [
        sources.join(pair)
        for pair in merged.loc[has, ["source", "source_of_total"]].itertuples(index=False)
    ]
    merged.loc[has, "locator"] = (
        merged.loc[has, "locator"] + "; total: " + merged.loc[has, "locator_of_total"]
    )
    return merged.drop(columns=[c for c in merged.columns if c.endswith("_of_total")])


def _spans_meet(unmatched: pd.DataFrame, total: pd.DataFrame) -> None:
    for period in unmatched["period"].unique():
        year = period[:4]
        other = [p for p in total["period"].unique() if p.startswith(year) and p != period]
        if other:
            a, b = periods.span(period).months, periods.span(other[0]).months
            raise PeriodMismatch(
                f"{period} covers {a} months, the total {other[0]} covers {b}.",
                f'Sum the total over the same months: kz.over(total, "{period}")',
            )


def _joined(notes: pd.Series, added: pd.Series) -> pd.Series:
    return (notes + "; " + added).str.removeprefix("; ")


def rank(frame: pd.DataFrame) -> pd.DataFrame:
    """Rank of each partner by value within its period and flow; 1 is the largest.

    Equal values share the better rank. Adds rank and ranked (how many partners have a value);
    a missing value has no rank. Raises `Incomparable` when the values are not in one unit.
    """
    by = ["dataflow", "reporter", "flow", "product", "period"]
    grouped = frame.groupby(by, sort=False)
    for _, group in grouped:
        one_unit(group, str(group["period"].iloc[0]))
        if group["partner"].duplicated().any():
            raise Incomparable(
                f"{group['period'].iloc[0]}: a partner appears more than once.",
                'Choose one publication: kz.observations(..., source="…")',
            )
    return frame.assign(
        rank=grouped["value"].rank(ascending=False, method="min"),
        ranked=grouped["value"].transform("count"),
    )
