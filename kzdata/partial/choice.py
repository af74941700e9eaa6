"""Which estimator a year is given, judged by how it would have done in the years before.

One estimator stands until another has done clearly better; the one that stands is averaged with
×12/k by their past errors. Both rules see the years before only, so that the choice itself can be
put to the same rolling-origin test as any estimator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kzdata.partial.estimators import DAMPED, LAST, MEAN, NAIVE, SMOOTH

OWN = (SMOOTH, MEAN, DAMPED, LAST)
"""Estimators from the flow's own months. The first stands: damped smoothing is the default that
forecasting competitions found hard to beat (Makridakis and Hibon, 2000)."""

BORROWED = (MEAN, LAST)
"""Estimators that a larger aggregate can lend: shares of a year, not its course."""

CLEARLY = 2.0
"""A rival must have the lower error by the factor 1 + 2/n after n tested years."""

_NONE = 1e-9
"""Errors below this are rounding: a series without error of either kind makes no ratio of 0/0."""

Trials = dict[int, dict[str, np.ndarray]]


@dataclass(frozen=True)
class Choice:
    """The estimator of a year, its weight beside ×12/k, and what its past errors were."""

    name: str
    weight: float
    years: int
    error: float
    naive_error: float

    def log_factor(self, factors: dict[str, float]) -> float:
        """ln(year / first months): the weighted mean of its estimate and of ×12/k."""
        return self.weight * factors[self.name] + (1 - self.weight) * factors[NAIVE]


def choose(
    trials: Trials, year: int, k: int, names: tuple[str, ...], able: set[str] | None = None
) -> Choice:
    """The choice for ``year`` after k months, from the trials of the years before it.

    ``able`` are the estimators that can be computed for it, by default all. Errors are mean
    absolute logarithms; NaN without a past trial.
    """
    could = {each: able_at(errors, k) for each, errors in sorted(trials.items()) if each < year}
    past = [each for each, those in could.items() if those & set(names)]
    name = _champion(trials, past, names, able)
    stood = [_champion(trials, past[:place], names, could[each]) for place, each in enumerate(past)]
    used = [abs(trials[each][one][k - 1]) for each, one in zip(past, stood, strict=True)]
    naive = [abs(trials[each][NAIVE][k - 1]) for each in past]
    if not past:
        return Choice(name, 0.5, 0, np.nan, np.nan)
    # One more year in which both did as ×12/k usually does keeps a short past from deciding.
    par = float(np.mean(naive))
    ratio = float(_ratio(sum(used) + par, sum(naive) + par))
    return Choice(name, 1 / (1 + ratio), len(past), float(np.mean(used)), par)


def able_at(errors: dict[str, np.ndarray], k: int) -> set[str]:
    """The estimators that a year was tried with after k months."""
    return {name for name, logs in errors.items() if not np.isnan(logs[k - 1])}


def _champion(
    trials: Trials, past: list[int], names: tuple[str, ...], able: set[str] | None
) -> str:
    candidates = [name for name in names if able is None or name in able]
    losses = {name: _loss(trials, past, name) for name in candidates}
    standing = candidates[0]
    best = min(losses, key=lambda name: losses[name])
    if past and losses[best] * (1 + CLEARLY / len(past)) < losses[standing]:
        return best
    return standing


def _loss(trials: Trials, past: list[int], name: str) -> float:
    """Error relative to ×12/k, averaged over all eleven cuts; infinite without a trial."""
    tried = [trials[year] for year in past if name in trials[year]]
    if not tried:
        return np.inf
    mine, naive = (  # a row a cut, so that each is summed by itself
        np.abs(np.stack([errors[one] for errors in tried], axis=1)) for one in (name, NAIVE)
    )
    known = ~np.isnan(mine + naive)
    sums = (np.where(known, side, 0.0).sum(axis=1) for side in (mine, naive))
    ratios = _ratio(*sums)[known.any(axis=1)]
    return float(np.mean(ratios)) if len(ratios) else np.inf


def _ratio(one: Any, other: Any) -> Any:
    return (one + _NONE) / (other + _NONE)
