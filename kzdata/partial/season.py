"""A monthly series as evidence: what it foresees for a year, and how it did in the years before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.partial import estimators
from kzdata.partial import months as calendar
from kzdata.partial.choice import BORROWED, OWN, Choice, able_at, choose

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
        self.monthly = calendar.one_flow(monthly)
        self.lent = lent
        self.names = BORROWED if lent else OWN
        self.years = calendar.whole_years(self.monthly)

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
        past = calendar.before(self.years, year)
        if first <= 0:
            raise NotAvailable(
                f"The first {k} months of {year} are {first:,.15g}; no multiple of that is a year.",
                "Wait for more months, or ask for bounds with rest_share=.",
            )
        recent = not self.lent and year - 1 in self.years
        path = calendar.first_months(self.monthly, year, k) if recent else np.array([])
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
