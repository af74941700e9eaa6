"""A monthly series as evidence: what it foresees for a year, and how it did in the years before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kzdata.analysis.partial_year import estimators, months
from kzdata.analysis.partial_year.estimators import DAMPED, LAST, MEAN, NAIVE, SMOOTH
from kzdata.errors import NotAvailable

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


FADING = 0.5

"""Weight of a year's error against that of the year after it: a crisis is halved every year."""

_NORMAL = math.sqrt(math.pi / 2)

"""Standard deviation of a normal variable over its mean absolute value."""


@dataclass(frozen=True)
class Foreseen:
    """What one year was or is expected to be after its first months."""

    year: int
    first: float
    factor: float
    choice: Choice

    @property
    def value(self) -> float:
        """The year."""
        return self.first * self.factor

    def rest_error(self, actual: float) -> float:
        """ln(rest of the year as it became / as foreseen)."""
        return math.log((actual - self.first) / (self.value - self.first))


class Season:
    """The months of one flow; ``lent`` to another flow, only its shares of a year count."""

    def __init__(self, monthly: pd.DataFrame, *, lent: bool = False):
        self.monthly = months.one_flow(monthly)
        self.lent = lent
        self.names = BORROWED if lent else OWN
        self.years = months.whole_years(self.monthly)

    def totals(self, unit: str) -> dict[int, float]:
        """Each whole year's total; empty in another unit, where its changes would hold a rate's."""
        if self.monthly.empty or self.monthly["unit"].iloc[0] != unit:
            return {}
        return {year: float(values.sum()) for year, values in self.years.items()}

    @cached_property
    def trials(self) -> dict[int, dict[str, np.ndarray]]:
        """Every estimator on every year that a whole year precedes."""
        return estimators.trials(self.years)

    def foresee(self, year: int, first: float, k: int) -> Foreseen:
        """The year from its first ``k`` months, by the estimator chosen from the years before.

        ``first`` is their sum; the months themselves are taken from the series, if they are there
        and the series is the flow's own. Raises `NotAvailable` where nothing can be multiplied:
        no whole year before, or first months that are zero.
        """
        past = months.before(self.years, year)
        if first <= 0:
            raise NotAvailable(
                f"The first {k} months of {year} are {first:,.15g}; no multiple of that is a year.",
                "Wait for more months, or ask for bounds with rest_share=.",
            )
        recent = not self.lent and year - 1 in self.years
        path = months.first_months(self.monthly, year, k) if recent else np.array([])
        rest = None
        if len(path) == k and path.sum() > 0:
            # In units of `first`: a published sum may be of another vintage than the months.
            seen = estimators.smoothed_rest(past, path, {k}).get(k)
            rest = None if seen is None else seen * first / path.sum()
        factors = estimators.log_factors(past, first, k, recent=recent, rest=rest)
        if len(factors) == 1:
            raise NotAvailable(
                f"No whole year of months before {year} is at hand.",
                "Pass a longer series in seasonal=.",
            )
        chosen = choose(self.trials, year, k, self.names, set(factors))
        return Foreseen(year, first, math.exp(chosen.log_factor(factors)), chosen)

    def tested(self, k: int, before: int | None = None) -> list[tuple[Foreseen, float]]:
        """Each year that can be tested, as foreseen then, and what it became."""
        pairs = []
        for year, errors in sorted(self.trials.items()):
            able = able_at(errors, k)
            if (before is not None and year >= before) or not able & set(self.names):
                continue
            chosen = choose(self.trials, year, k, self.names, able)
            actual = float(self.years[year].sum())
            first = float(self.years[year][:k].sum())
            error = chosen.log_factor({name: errors[name][k - 1] for name in able})
            pairs.append((Foreseen(year, first, actual / first * math.exp(error), chosen), actual))
        return pairs

    def spread(self, k: int, before: int) -> tuple[float, int]:
        """Standard deviation of ln(rest / rest foreseen) over the tested years, and their number.

        From the mean absolute error, each year counting half of the next. NaN without a year.
        """
        errors = [abs(one.rest_error(actual)) for one, actual in self.tested(k, before)]
        if not errors:
            return float("nan"), 0
        weights = FADING ** np.arange(len(errors))[::-1]
        return _NORMAL * float(np.average(errors, weights=weights)), len(errors)
