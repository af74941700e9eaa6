"""How the first months of a year grow into the year: the share method and its error.

The interval of a full-year estimate is made of three errors, each measured:

- the season's own error, from rolling-origin back-tests on a monthly series;
- lumpiness, where that series is a larger aggregate than the flow. If independent lognormal shocks
  of coefficient of variation c a month made all of the flow's annual changes, a sum of n months
  would have the log variance v(n) = ln(1 + c²/n), so that var(Δ ln annual) = 2 v(12) gives c. Both
  the k months at hand and the 12 - k missing ones carry it. Reading all annual volatility as
  monthly lumps overstates c: the interval errs on the wide side;
- revision: how far first statements turned out from the vintage at hand.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import pandas as pd

from kzdata import sources
from kzdata.errors import NotAvailable
from kzdata.verdicts.confrontation import confront

YEARS_OF_SEASON = 3
"""How many past years make the expected share: enough to average, few enough to follow drift."""

_TESTED = [
    "year",
    "months",
    "partial_value",
    "estimate_value",
    "actual_value",
    "error_pct",
    "naive_error_pct",
    "log_rest_error",
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

STATEMENTS = {"article", "press", "official_statement"}
"""Kinds of source that quote a figure when it is new; a database holds later vintages."""


def back_test(monthly: pd.DataFrame, months: int, *, before: int | None = None) -> pd.DataFrame:
    """Rolling-origin test of the share method on the months of one flow.

    For each complete year before ``before`` with a complete year before it: the full year that its
    first k months would have led to, knowing only the years before, against what it became.
    Columns year, months, partial_value, estimate_value, actual_value, error_pct, naive_error_pct
    (of 12/k), log_rest_error (of the remaining months), the unit and provenance of the series, and
    a note on how each of the figures was made.
    """
    ratios = rest_ratios(monthly, months, before)
    rows = []
    for place in range(1, len(ratios)):
        past = ratios.iloc[max(0, place - YEARS_OF_SEASON) : place]
        expected = past["log_ratio"].mean()
        year = ratios.iloc[place]
        estimate = year["partial"] * (1 + math.exp(expected))
        rows.append(
            {
                "year": str(int(year["year"])),
                "months": months,
                "partial_value": year["partial"],
                "estimate_value": estimate,
                "actual_value": year["actual"],
                "error_pct": 100 * (estimate / year["actual"] - 1),
                "naive_error_pct": 100 * (year["partial"] * 12 / months / year["actual"] - 1),
                "log_rest_error": year["log_ratio"] - expected,
                "unit": monthly["unit"].iloc[0],
                "source": sources.join(monthly["source"].unique()),
                "published": monthly["published"].max(),
                "locator": f"months of {int(year['year'])} and of the {len(past)} years before",
                "note": f"sum of the first {months} months",
                "estimate_note": f"{year['partial']:,.15g} × (1 + {math.exp(expected):.4f})",
                "actual_note": "sum of twelve months",
                "error_note": f"100 × ({estimate:,.15g} / {year['actual']:,.15g} − 1)",
                "naive_note": f"100 × ({year['partial']:,.15g} × 12/{months} / "
                f"{year['actual']:,.15g} − 1)",
            }
        )
    return pd.DataFrame(rows, columns=_TESTED)


def rest_ratios(monthly: pd.DataFrame, months: int, before: int | None) -> pd.DataFrame:
    """Per complete year before ``before``: the first k months, the year, ln(rest / first)."""
    rows = []
    for year in sorted({int(p[:4]) for p in monthly["period"]}):
        if before is not None and year >= before:
            continue
        values = monthly[monthly["period"].str[:4] == str(year)].sort_values("period")["value"]
        if len(values) == 12 and values.notna().all():
            partial, actual = values.iloc[:months].sum(), values.sum()
            if partial > 0 and actual > partial:
                ratio = math.log((actual - partial) / partial)
                rows.append((year, partial, actual, ratio))
    return pd.DataFrame(rows, columns=["year", "partial", "actual", "log_ratio"])


def lumpiness(book: pd.DataFrame, year: int) -> float:
    """Monthly coefficient of variation c that would make the annual changes before ``year``.

    c = √(12 (exp(var(Δ ln annual) / 2) - 1)), over pairs of consecutive years of one flow with
    positive values. Raises `NotAvailable` with fewer than three such pairs.
    """
    annual = book[book["period"].str.fullmatch(r"\d{4}") & (book["value"] > 0)]
    series = {int(p): v for p, v in zip(annual["period"], annual["value"], strict=True)}
    changes = [math.log(series[y] / series[y - 1]) for y in series if y < year and y - 1 in series]
    if len(changes) < 3:
        raise NotAvailable(
            f"Only {len(changes)} annual changes before {year} are at hand to see how lumpy the "
            "flow is.",
            "Pass more years of the pair, for example start=2010.",
        )
    return math.sqrt(12 * math.expm1(pd.Series(changes).var() / 2))


def revision_spread(claims: pd.DataFrame, observations: pd.DataFrame) -> tuple[float, int]:
    """Root mean square of ln(published since / first stated), and over how many figures.

    Takes what articles and the press stated of a measure and span that the reporter publishes, as
    long as the label is not in doubt; rounding of the statement is part of the spread. (nan, 0)
    where there is none.
    """
    first = claims["source"].map(lambda name: sources.source(name).get("kind") in STATEMENTS)
    first = first.astype(bool)
    sound = claims[first & (claims["doubt"].fillna("") == "") & (claims["value"] > 0)]
    judged = confront(sound, observations)
    found = judged[judged["observed_value"] > 0]
    if found.empty:
        return float("nan"), 0
    logs = [math.log(o / v) for o, v in zip(found["observed_value"], found["value"], strict=True)]
    return math.sqrt(sum(each**2 for each in logs) / len(logs)), len(logs)


def interval(
    partial: float,
    ratio: float,
    months: int,
    *,
    season: float,
    lumps: float,
    revision: float,
    level: float,
) -> tuple[float, float]:
    """Two-sided interval of the year, given its first ``months`` and the expected rest / first.

    The rest cannot be negative, so its error is multiplicative: log variance season² + v(12 - k)
    + v(k) with v(n) = ln(1 + lumps²/n), and median partial × ratio × exp((v(k) - v(12 - k)) / 2).
    The revision of the year's level is added in quadrature.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    missing, at_hand = math.log1p(lumps**2 / (12 - months)), math.log1p(lumps**2 / months)
    sigma = math.sqrt(season**2 + missing + at_hand)
    rest = partial * ratio
    median = rest * math.exp((at_hand - missing) / 2)
    low_rest, high_rest = median * math.exp(-z * sigma), median * math.exp(z * sigma)
    # With a heavy tail the mean can pass a quantile; the interval still holds the estimate.
    below, above = rest - min(low_rest, rest), max(high_rest, rest) - rest
    vintage = z * revision * (partial + rest)
    year = partial + rest
    return year - math.hypot(below, vintage), year + math.hypot(above, vintage)
