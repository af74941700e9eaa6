"""How far each economy's reports scatter about the truth, read from how far pairs disagree."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from kzdata.analysis.mirror.freight import IMF_FACTOR, Carriage, InFob, in_fob
from kzdata.analysis.mirror.pairing import pair
from kzdata.analysis.mirror.pairs import Pairs
from kzdata.errors import NotAvailable
from kzdata.i18n.sentences import term
from kzdata.model import contract

LEVEL = 0.90

_HALF_NORMAL = np.sqrt(2 / np.pi)  # E|z| of a standard normal

# What is known of an economy before its reports are seen: ln s² lies about the mean of the others
# with a standard deviation of 1. It counts for little beside a few dozen flows.
_PRIOR = 1.0

_FLOOR = 1e-4  # no variance below (1%)²: reports that agree to the digit are copies of each other

_STEADY = 20  # flows that a product or period needs to move its own scale half of the way

_ROUNDS, _STEPS, _ENOUGH = 4, 100, 1e-9


@dataclass(frozen=True)
class Scatter:
    """ln s² of each area and its covariance, and the scale of each product and period.

    ``cells`` and ``partners`` are the flows and economies that an area is compared with;
    ``apart`` tells whether its s can be told from its partners' without the prior.
    """

    log_variance: np.ndarray
    covariance: np.ndarray
    cells: np.ndarray
    partners: np.ndarray
    apart: np.ndarray
    product_scale: np.ndarray
    period_scale: np.ndarray

    def scale(self, pairs: Pairs) -> np.ndarray:
        """How much wider or narrower than usual reports of each flow's product and period are."""
        return self.product_scale[pairs.product] * self.period_scale[pairs.period]


def reliability(
    frame: pd.DataFrame,
    factor: float | Carriage = IMF_FACTOR,
    *,
    where: str | None = None,
) -> pd.DataFrame:
    """How reliable each reporter is: the standard deviation s of the error of its reports, in logs.

    With ln x = ln T + e_i and ln m = ln T + e_j, where e ~ N(0, s²) of the reporter, two reports
    lie E|ln(x/m)| = √(2/π) √(s_i² + s_j²) apart, times a scale of the product and of the period,
    so that an economy is not blamed for what it trades. Fitted over all flows reported from both
    sides, m in FOB as in `fob`. One row a reporter, the most reliable first: ``sigma``, ``lower``
    and ``upper`` (90%), ``cells`` and ``partners`` behind it, ``rank``. Errors common to both
    reports do not show: two that copy each other look reliable.

    Where the reporters compared cannot be told apart (two economies alone, or one against
    partners that do not report on each other) ``note`` says that s is split evenly.
    Raises `NotAvailable` where no flow is reported from both sides, and what `mirror` raises.
    Source: Gaulier and Zignago (2010), BACI, equations 2 to 5.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["X", "KAZ", "ISR", 100.0], ["M", "ISR", "KAZ", 110.0], ["X", "KAZ", "TUR", 200.0]]
    >>> cells += [["M", "TUR", "KAZ", 260.0], ["X", "ISR", "TUR", 50.0], ["M", "TUR", "ISR", 70.0]]
    >>> reports = pd.DataFrame(cells, columns=["flow", "reporter", "partner", "value"])
    >>> valuation = reports["flow"].map({"X": "FOB", "M": "CIF"})
    >>> reports = reports.assign(valuation=valuation, unit="USD")
    >>> kz.reliability(reports)[["reporter", "sigma", "lower", "upper", "rank"]].round(2)
      reporter  sigma  lower  upper  rank
    0      KAZ   0.13   0.06   0.27     1
    1      ISR   0.13   0.06   0.28     2
    2      TUR   0.18   0.09   0.36     3
    """
    pairs = pair(frame, summed=True)
    found = measure(pairs, in_fob(pairs, factor, where))
    if not found.cells.any():
        raise NotAvailable(
            "No flow is reported by both sides, so their reliability cannot be judged.",
            "Add the partners' reports: pd.concat([frame, kz.observations(partner, reporter)])",
        )
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * np.sqrt(np.diag(found.covariance))
    made = pd.DataFrame({"reporter": pairs.areas})
    for name, of in (("sigma", 0.0), ("lower", -half), ("upper", half)):
        made[name] = np.exp((found.log_variance + of) / 2)
    made = made.assign(
        cells=found.cells,
        partners=found.partners,
        variant="s of ln(report / truth), 90%; scale by product and period",
        note=np.where(found.apart, "", term("not told apart from its partners: s split evenly")),
    )
    made["variant"] += pairs.aside()
    if "source" in frame.columns:
        made["source"] = contract.join_sources(pd.unique(frame["source"]))
    made = made[found.cells > 0].sort_values(["sigma", "reporter"], ignore_index=True)
    made.insert(1, "rank", made["sigma"].rank(method="min").astype(int))
    return made


def measure(pairs: Pairs, fob: InFob) -> Scatter:
    """Fit the model of `reliability` to the flows reported from both sides."""
    usable = (fob.x > 0) & (fob.m > 0) & ~pairs.nes() & (pairs.exporter != pairs.importer)
    apart = np.abs(np.log(fob.x[usable] / fob.m[usable]))
    one, other = pairs.exporter[usable], pairs.importer[usable]
    product, period = pairs.product[usable], pairs.period[usable]
    size, products, periods = len(pairs.areas), len(pairs.products), len(pairs.periods)
    cells = np.bincount(one, minlength=size) + np.bincount(other, minlength=size)
    of_product, of_period = np.ones(products), np.ones(periods)
    if not len(apart):
        alike = np.zeros(size)
        return Scatter(alike, np.eye(size), cells, cells, alike > 0, of_product, of_period)
    place, couple = pd.factorize(np.minimum(one, other) * size + np.maximum(one, other), sort=True)
    ends = np.divmod(couple, size)
    number = np.bincount(place).astype(float)
    # Each round starts where the last one ended, the first where all are alike.
    log_variance = np.full(size, np.log(max(apart.mean() ** 2 * np.pi / 4, _FLOOR)))
    for _ in range(_ROUNDS if products + periods > 2 else 1):
        scale = of_product[product] * of_period[period]
        mean = np.bincount(place, apart / scale) / number
        log_variance, information = _variances(ends, mean, number, cells > 0, log_variance)
        variance = np.exp(log_variance)
        expected = (_HALF_NORMAL * np.sqrt(variance[ends[0]] + variance[ends[1]]))[place]
        of_product = _scale(product, apart / (expected * of_period[period]), products)
        of_period = _scale(period, apart / (expected * of_product[product]), periods)
    partners = np.bincount(np.concatenate(ends), minlength=size)
    told = _told_apart(ends, size)
    covariance = np.linalg.inv(information)
    return Scatter(log_variance, covariance, cells, partners, told, of_product, of_period)


def _scale(kind: np.ndarray, relative: np.ndarray, length: int) -> np.ndarray:
    """The mean distance, relative to the expected one, of each product or period: drawn to 1 where
    few flows are behind it, and 1 in the geometric mean over flows."""
    number = np.bincount(kind, minlength=length)
    above = np.bincount(kind, relative, minlength=length) + _STEADY
    scale = above / (number + _STEADY)
    return scale / np.exp((number * np.log(scale)).sum() / number.sum())


def _variances(
    ends: tuple[np.ndarray, np.ndarray],
    mean: np.ndarray,
    number: np.ndarray,
    known: np.ndarray,
    start: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """ln s² of each area and their information, by Fisher scoring on each couple's mean distance.

    A half-normal distance has mean μ = √(2u/π) and variance (1 − 2/π) u, with u = s_i² + s_j².
    """
    one, other = ends
    size, log_variance, level = len(start), start, float(start[known].mean())
    for _ in range(_STEPS):
        variance = np.exp(log_variance)
        total = variance[one] + variance[other]
        weight = number * (2 / np.pi) / (4 * total**2 * (1 - 2 / np.pi))
        score = weight * 2 * total * (mean / (_HALF_NORMAL * np.sqrt(total)) - 1)
        matrix = np.zeros((size, size))
        matrix[one, other] = matrix[other, one] = weight
        diagonal = np.bincount(one, weight, size) + np.bincount(other, weight, size)
        matrix[np.arange(size), np.arange(size)] = diagonal
        information = matrix * np.outer(variance, variance) + np.eye(size) / _PRIOR**2
        slope = variance * (np.bincount(one, score, size) + np.bincount(other, score, size))
        slope -= (log_variance - level) / _PRIOR**2
        step = np.clip(np.linalg.solve(information, slope), -1, 1)
        log_variance = np.maximum(log_variance + step, np.log(_FLOOR))
        level = float(log_variance[known].mean())
        if np.abs(step).max() < _ENOUGH:
            break
    return log_variance, information


def _told_apart(ends: tuple[np.ndarray, np.ndarray], size: int) -> np.ndarray:
    """Areas whose group of economies compared with each other holds a round of odd length.

    Without one, a constant can be moved from one half of the group to the other unseen.
    """
    near: list[list[int]] = [[] for _ in range(size)]
    for one, other in zip(*ends, strict=True):
        near[one].append(int(other))
        near[other].append(int(one))
    colour = np.full(size, -1)
    told = np.zeros(size, dtype=bool)
    for start in range(size):
        if colour[start] >= 0 or not near[start]:
            continue
        colour[start], group, odd = 0, [start], False
        for area in group:
            for each in near[area]:
                if colour[each] < 0:
                    colour[each] = 1 - colour[area]
                    group.append(each)
                odd |= bool(colour[each] == colour[area])
        told[group] = odd
    return told
