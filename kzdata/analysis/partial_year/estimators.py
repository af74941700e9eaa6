"""From the first months of a year to the year: the estimators that compete.

Each gives ln(year / first k months), so that a change of unit changes nothing. ×12/k, the last
share and the mean share are statements about the season alone and can be lent by a larger
aggregate; damped growth and smoothing follow the flow's own course and cannot.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from kzdata.analysis.partial_year import months

_LEVEL = (0.05, 0.2, 0.4, 0.6, 0.8)

_SEASON = (0.0, 0.1, 0.3)

_TREND_AND_DAMPING = ((0.0, 0.0), (0.1, 0.8), (0.3, 0.8), (0.1, 0.95))

GRID = np.array(
    [(a, g, b, phi) for a, g, (b, phi) in itertools.product(_LEVEL, _SEASON, _TREND_AND_DAMPING)]
)

"""Rows of (level, season, trend, damping)."""


def rest_of_year(logs: np.ndarray, ends: set[int]) -> dict[int, np.ndarray]:
    """Per number of months known, the logarithms foreseen for the rest of that calendar year.

    ``logs`` begin with a January and ``ends`` lie above 12. Each forecast uses the months up to
    its end and none after it, its shares of the grid included: one pass serves all of them.
    """
    alpha, gamma, beta, phi = GRID.T
    level = np.full(len(GRID), logs[:12].mean())
    trend = np.zeros(len(GRID))
    season = np.repeat((logs[:12] - logs[:12].mean())[:, None], len(GRID), axis=1)
    squares = np.zeros(len(GRID))
    foreseen = {}
    for place in range(12, max(ends) + 1):
        if place in ends:
            best = int(squares.argmin())
            steps = np.arange(1, 12 - place % 12 + 1)
            damped = np.cumsum(phi[best] ** steps) * trend[best]
            foreseen[place] = level[best] + damped + season[place % 12 :, best]
        if place == max(ends):
            break
        error = logs[place] - (level + phi * trend + season[place % 12])
        squares += error**2
        level = level + phi * trend + alpha * error
        trend = phi * trend + alpha * beta * error
        season[place % 12] += gamma * (1 - alpha) * error
    return foreseen


NAIVE, LAST, MEAN, DAMPED, SMOOTH = "naive", "last_share", "mean_share", "damped_growth", "ets"

YEARS_OF_SEASON = 3

"""How many past years make the mean share: enough to average, few enough to follow drift."""

CARRIED = 0.5

"""The part of the growth so far that damped growth lets the rest of the year have. 0 repeats the
rest of the year before, 1 is the last share; half-way is where neither is believed."""

CUTS = range(1, 12)


def log_factors(
    past: np.ndarray, first: float, k: int, *, recent: bool, rest: float | None
) -> dict[str, float]:
    """Estimator → ln(year / first k months), for those that can be computed.

    ``past`` are the whole years before, a row each; ``recent`` says that the last of them is the
    year before; ``rest`` is what smoothing foresees for the rest of the year, if it could.
    """
    naive = {NAIVE: math.log(12 / k)}
    parts, rests = past[:, :k].sum(axis=1), past[:, k:].sum(axis=1)
    usable = (parts > 0) & (rests > 0)
    if first <= 0 or not usable.any():
        return naive
    ratios = np.log(rests[usable] / parts[usable])
    logs = {LAST: ratios[-1], MEAN: ratios[-YEARS_OF_SEASON:].mean()}
    if recent and usable[-1]:
        logs[DAMPED] = math.log(rests[-1] / first) + CARRIED * math.log(first / parts[-1])
    if recent and rest is not None:
        logs[SMOOTH] = math.log(rest / first)
    return naive | {name: float(np.logaddexp(0, log)) for name, log in logs.items()}


def smoothed_rest(past: np.ndarray, first: np.ndarray, cuts: set[int]) -> dict[int, float]:
    """Cut k → what smoothing foresees for the rest of a year after its first k months.

    Empty where a month is zero, of which there is no logarithm, or no whole year precedes.
    """
    series = np.concatenate([past.ravel(), first])
    if not len(past) or (series <= 0).any():
        return {}
    ends = {12 * len(past) + k for k in cuts}
    foreseen = rest_of_year(np.log(series), ends)
    return {end - 12 * len(past): float(np.exp(logs).sum()) for end, logs in foreseen.items()}


def trials(years: dict[int, np.ndarray]) -> dict[int, dict[str, np.ndarray]]:
    """Year → estimator → its ln(estimate / year) after 1 … 11 months, NaN where it has none.

    Every estimate knows the whole years before and the first months of its own year only.
    """
    tested = {}
    for year, values in years.items():
        past = months.before(years, year)
        total = values.sum()
        if not len(past) or total <= 0:
            continue
        recent = year - 1 in years
        rests = smoothed_rest(past, values[:11], set(CUTS)) if recent else {}
        errors: dict[str, np.ndarray] = {}
        for k in CUTS:
            first = values[:k].sum()
            if first <= 0 or first >= total:
                continue
            factors = log_factors(past, first, k, recent=recent, rest=rests.get(k))
            for name, factor in factors.items():
                errors.setdefault(name, np.full(11, np.nan))[k - 1] = factor - math.log(
                    total / first
                )
        if errors:
            tested[year] = errors
    return tested
