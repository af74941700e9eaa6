"""How far a year may be from what its first months foresee: three errors, each measured.

- The season's own error, from rolling-origin back-tests (`kzdata.analysis.partial_year.selection`).
- The flow's own volatility, where the season is lent by a larger aggregate: see `volatility`.
- Revision: how far first statements turned out from the vintage at hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import pandas as pd

from kzdata.analysis.claims.confrontation import confront
from kzdata.errors import NotAvailable
from kzdata.seeds import sources

STATEMENTS = {"article", "press", "official_statement"}

"""Kinds of source that quote a figure when it is new; a database holds later vintages."""

TESTED_YEARS = 2

"""Fewest tested years that make an interval."""


@dataclass(frozen=True)
class Volatility:
    """Lumps: the coefficient of variation of a month. Drift: standard deviation of a year's walk
    of ln(share). Both from ``changes`` annual changes."""

    lumps: float
    drift: float
    changes: int

    def log_variance(self, months: int) -> float:
        """Variance of ln(rest / first k months) that lumps and drift make."""
        lumps = math.log1p(self.lumps**2 / months) + math.log1p(self.lumps**2 / (12 - months))
        return lumps + self.drift**2 / 3


NONE = Volatility(0.0, 0.0, 0)


def volatility(
    annual: dict[int, float], year: int, lender: dict[int, float] | None = None
) -> Volatility:
    """The flow's own volatility before ``year``, from its annual values.

    What moves the ``lender`` too is no error of a share of it: where the lender's years are known,
    changes are of the share, elsewhere of the flow, which is the wide side.

    Two things move a small flow against a large one: single deliveries, which the next year does
    not repeat, and a share that walks and stays. Annual changes tell them apart. Lumps of log
    variance v = ln(1 + c²/12) a year give changes of variance 2v and autocovariance -v; the annual
    means of a random walk with variance s² a year give 2s²/3 and s²/6 (Working 1960). So with
    variance g0 and first autocorrelation r of the changes, v = g0 (1 - 4r) / 6, kept between 0 and
    g0 / 2, and s² = 3 (g0 - 2v) / 2. Within the year the walk adds s²/3 to the variance of
    ln(rest / first), whatever the number of months; the lumps add ln(1 + c²/k) + ln(1 + c²/(12-k)).

    Raises `NotAvailable` with fewer than three changes between years that follow each other.
    """
    known = {y: v for y, v in annual.items() if y < year and v > 0}
    changes = {y: math.log(v / known[y - 1]) for y, v in known.items() if y - 1 in known}
    total = {y: v for y, v in (lender or {}).items() if v > 0}
    common = {y: math.log(v / total[y - 1]) for y, v in total.items() if y - 1 in total}
    changes = {y: change - common.get(y, 0.0) for y, change in changes.items()}
    if len(changes) < 3:
        raise NotAvailable(
            f"Only {len(changes)} annual changes before {year} are at hand to see how lumpy the "
            "flow is.",
            "Pass more years of the pair, for example start=2010.",
        )
    mean = sum(changes.values()) / len(changes)
    around = {y: change - mean for y, change in changes.items()}
    squares = sum(each**2 for each in around.values())
    variance = squares / (len(around) - 1)
    together = [around[y] * around[y - 1] for y in around if y - 1 in around]
    # Without neighbours to tell, all of it counts as lumps: the wide side.
    correlation = sum(together) / squares if together and squares > 0 else -0.5
    # Around an estimated mean it comes out too low by about (1 + 4r)/n (Marriott and Pope 1954).
    correlation += (1 + 4 * correlation) / len(changes)
    lumps = variance * min(0.5, max(0.0, (1 - 4 * correlation) / 6))
    drift = math.sqrt(max(0.0, 1.5 * (variance - 2 * lumps)))
    return Volatility(math.sqrt(12 * math.expm1(lumps)), drift, len(changes))


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
    own: Volatility,
    revision: float,
    level: float,
) -> tuple[float, float]:
    """Two-sided interval of the year, given its first ``months`` and the expected rest / first.

    The rest cannot be negative, so its error is multiplicative: half-width z season and t own in
    quadrature, z normal and t Student's on the annual changes that made it. The median of the rest
    is partial × ratio × exp((v(k) - v(12 - k)) / 2), v(n) = ln(1 + c²/n), because a lumpy part at
    hand tells less. The revision of the year's level is added in quadrature.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    t = student(0.5 + level / 2, own.changes - 1) if own.changes > 1 else z
    half = math.hypot(z * season, t * math.sqrt(own.log_variance(months)))
    missing, at_hand = (math.log1p(own.lumps**2 / n) for n in (12 - months, months))
    rest = partial * ratio
    median = rest * math.exp((at_hand - missing) / 2)
    # With a heavy tail the mean can pass a quantile; the interval still holds the estimate.
    below = rest - min(median * math.exp(-half), rest)
    above = max(median * math.exp(half), rest) - rest
    vintage = z * revision * (partial + rest)
    year = partial + rest
    return year - math.hypot(below, vintage), year + math.hypot(above, vintage)


def student(probability: float, freedom: int) -> float:
    """Quantile of Student's t, above the median, by bisection of its finite series.

    Abramowitz and Stegun (1964), 26.7.3 and 26.7.4; saves a dependency on scipy.
    """
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        angle = (low + high) / 2
        inside = 2 * probability - 1
        low, high = (angle, high) if _central(angle, freedom) < inside else (low, angle)
    return math.sqrt(freedom) * math.tan(low)


def _central(angle: float, freedom: int) -> float:
    """P(|t| < √freedom tan angle)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2 == 1
    term = total = cosine if odd else 1.0
    for power in range(3 if odd else 2, freedom, 2):
        term *= (power - 1) / power * cosine**2
        total += term
    if not odd:
        return sine * total
    return 2 / math.pi * (angle + (sine * total if freedom > 1 else 0.0))
