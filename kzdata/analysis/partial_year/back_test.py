"""How estimates from the first months of a year have done: the rolling-origin back-test."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.analysis.partial_year.interval import (
    NONE,
    TESTED_YEARS,
    Volatility,
    interval,
    volatility,
)
from kzdata.analysis.partial_year.selection import Foreseen, Season
from kzdata.errors import KzdataError, NotAvailable
from kzdata.model import contract

_TESTED = [
    "year",
    "months",
    "partial_value",
    "estimate_value",
    "actual_value",
    "error_pct",
    "naive_error_pct",
    "log_rest_error",
    "estimator",
    "weight",
    "lower_value",
    "upper_value",
    "held",
    "unit",
    "source",
    "published",
    "locator",
    "note",
    "estimate_note",
    "actual_note",
    "error_note",
    "naive_note",
]

_PARTIAL = "sum of the first {months} months"

_ESTIMATE = (
    "{partial:,.15g} × {factor:.4f}; {estimator} weighs {weight:.2f}, × 12/{months} the rest"
)

_ACTUAL = "sum of twelve months"

_ERROR = "100 × ({estimate:,.15g} / {actual:,.15g} − 1)"

_NAIVE = "100 × ({partial:,.15g} × 12/{months} / {actual:,.15g} − 1)"

_LOCATOR = "months of {year} and of the whole years before it"


def back_test(
    monthly: pd.DataFrame,
    months: int,
    *,
    before: int | None = None,
    seasonal: pd.DataFrame | None = None,
    level: float = 0.8,
) -> pd.DataFrame:
    """What the first k months of each past year would have led to, against what it became.

    ``monthly`` are the months of one flow of one pair, such as ``kz.turnover(…)`` of a monthly
    frame; each whole year before ``before`` that a whole year precedes is tested, knowing only the
    years before it and its own first ``months``: the choice of the estimator and the interval of
    ``level`` too. With ``seasonal``, a larger flow's months, the test is of borrowed seasonality:
    of the flow itself only the k months together and the annual totals before are then known.

    A row per year: year, months, partial_value, estimate_value, actual_value, error_pct,
    naive_error_pct (of 12/k), log_rest_error (of the remaining months), the estimator and its
    weight beside 12/k, lower_value and upper_value and whether they held the year (missing in the
    first years, where too little was known for an interval), the unit and provenance of the series
    and a note on how each figure was made. Revision is not in this interval: the series is of one
    vintage.

    Raises `MeasureMismatch` for several flows, `NotAvailable` for negative months or where no year
    can be tested.

    >>> import kzdata as kz
    >>> months = kz.turnover(kz.observations("KAZ", "WLD", freq="M"))
    >>> tested = kz.back_test(months, 11, before=2026)
    >>> tested[["year", "error_pct", "naive_error_pct"]].round(1)
       year  error_pct  naive_error_pct
    0  2020       -0.0             -0.1
    1  2021       -1.3             -1.8
    2  2022       -0.4             -0.8
    3  2023       -0.5             -0.6
    4  2024       -0.7             -1.0
    5  2025       -1.4             -2.0
    """
    if not 1 <= months <= 11:
        raise KzdataError(f"months={months} is not part of a year.", "Pass 1 to 11 months.")
    own = Season(monthly)
    pairs = own.tested(months, before) if seasonal is None else _lent(own, seasonal, months, before)
    if not pairs:
        raise NotAvailable(
            f"No year can be tested: {len(own.years)} whole years of months are at hand.",
            "Pass at least two years in a row of which no month is missing.",
        )
    lender = own if seasonal is None else Season(seasonal, lent=True)
    rows = []
    for one, actual in pairs:
        limits = _limits(one, lender, own, months, level)
        held = None if limits is None else limits[0] <= actual <= limits[1]
        low, high = limits or (float("nan"), float("nan"))
        rows.append(_row(one, actual, months, own.monthly) | {
            "lower_value": low, "upper_value": high, "held": held,
        })  # fmt: skip
    tested = pd.DataFrame(rows, columns=_TESTED)
    return tested.assign(held=tested["held"].astype("boolean"))


def _lent(
    own: Season, seasonal: pd.DataFrame, months: int, before: int | None
) -> list[tuple[Foreseen, float]]:
    """Each whole year of the flow as another flow's season foresees it, and what it became."""
    lender = Season(seasonal, lent=True)
    pairs = []
    for year, values in own.years.items():
        if before is not None and year >= before:
            continue
        try:
            one = lender.foresee(year, float(values[:months].sum()), months)
        except NotAvailable:
            continue  # before the lender's first whole year, or nothing traded so far
        pairs.append((one, float(values.sum())))
    return pairs


def _limits(
    one: Foreseen, lender: Season, own: Season, months: int, level: float
) -> tuple[float, float] | None:
    season, tested = lender.spread(months, one.year)
    if tested < TESTED_YEARS:
        return None
    unit = str(own.monthly["unit"].iloc[0])
    try:
        moved = volatility(own.totals(unit), one.year, lender.totals(unit)) if lender.lent else NONE
    except NotAvailable:
        return None
    return limits(one, months, season, moved, 0.0, level)


def limits(
    one: Foreseen, months: int, season: float, own: Volatility, revision: float, level: float
) -> tuple[float, float]:
    """The interval of a foreseen year; errors as in `interval.interval`."""
    errors: dict[str, Any] = {"season": season, "own": own, "revision": revision}
    return interval(one.first, one.factor - 1, months, level=level, **errors)


def _row(one: Foreseen, actual: float, months: int, monthly: pd.DataFrame) -> dict[str, Any]:
    facts = {
        "year": one.year,
        "months": months,
        "partial": one.first,
        "factor": one.factor,
        "estimate": one.value,
        "actual": actual,
        "estimator": one.choice.name,
        "weight": one.choice.weight,
    }
    return {
        "year": str(one.year),
        "months": months,
        "partial_value": one.first,
        "estimate_value": one.value,
        "actual_value": actual,
        "error_pct": 100 * (one.value / actual - 1),
        "naive_error_pct": 100 * (one.first * 12 / months / actual - 1),
        "log_rest_error": one.rest_error(actual) if actual > one.first else float("nan"),
        "estimator": one.choice.name,
        "weight": one.choice.weight,
        "unit": monthly["unit"].iloc[0],
        "source": contract.join_sources(monthly["source"].unique()),
        "published": monthly["published"].max(),
        "locator": _LOCATOR.format(**facts),
        "note": _PARTIAL.format(**facts),
        "estimate_note": _ESTIMATE.format(**facts),
        "actual_note": _ACTUAL,
        "error_note": _ERROR.format(**facts),
        "naive_note": _NAIVE.format(**facts),
    }
