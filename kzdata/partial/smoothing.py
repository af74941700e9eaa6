"""Damped exponential smoothing with a season, on logarithms of months.

Level, damped trend and twelve seasonal terms, each corrected by a share of the last error (the
additive-error model "AAdA" of Hyndman, Koehler, Ord and Snyder, 2008; damping after Gardner and
McKenzie, 1985). The first year gives the starting values; the shares are those of a small grid
with the least squared one-step error so far. A grid, because with two to seven years of months a
finer optimum is noise, and because its result is the same on every machine.
"""

from __future__ import annotations

import itertools

import numpy as np

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
