"""What carriage costs, fitted on the ratio of both reports of many flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kzdata.errors import ContractError, KzdataError, MeasureMismatch, NotAvailable
from kzdata.mirroring.pairing import pair
from kzdata.mirroring.pairs import TRADE, Pairs
from kzdata.structure import inputs

REQUIRED = ["reporter", "partner", "distance"]
OPTIONAL = ["contiguity", "landlocked_reporter", "landlocked_partner"]
FORM = "ln(M/X) on ln D, (ln D)²"


@dataclass(frozen=True)
class Carriage:
    """A fit of ln(M / X), the cost of carriage, on the geography of a pair.

    ``coefficients`` and ``standard_errors`` are by term, ``effects`` by period; ``cells`` is the
    number of flows behind it, ``spread`` the standard deviation of the residuals (the reports
    disagree far more than carriage costs, so many flows are needed).
    """

    coefficients: Mapping[str, float]
    standard_errors: Mapping[str, float]
    effects: Mapping[str, float]
    cells: int
    spread: float
    left_out: tuple[str, ...]
    geography: pd.DataFrame = field(repr=False)
    unit_values: Mapping[str, float] | None = field(repr=False)

    def __str__(self) -> str:
        terms = ", ".join(self.coefficients)
        return f"imports CIF / exp(fit of ln(M/X) on {terms}; {self.cells} flows, not below 1)"

    def log_cost(self, pairs: Pairs) -> np.ndarray:
        """The fitted ln(CIF / FOB) of each flow, before the floor at 0; NaN without a distance.

        A period that was not fitted takes the mean of those that were, a product without a unit
        value the median product's.
        """
        terms = _terms(pairs, self.geography, self.unit_values)
        fitted = np.zeros(len(pairs))
        for name, number in self.coefficients.items():
            fitted += number * terms[name]
        mean = float(np.mean(list(self.effects.values())))
        effects = np.array([self.effects.get(str(period), mean) for period in pairs.periods])
        return fitted + effects[pairs.period]


def carriage(
    frame: pd.DataFrame, geography: pd.DataFrame, *, quantity: str | None = None
) -> Carriage:
    """Fit what carriage adds: ln(M/X) = a_t + b ln D + c (ln D)² + d contig + e landlocked_i
    + f landlocked_j + g ln UV_k, by weighted least squares.

    ``frame`` is trade reported from both sides; flows with exports FOB and imports CIF above zero
    enter. ``geography`` has a row a pair: reporter (the exporter), partner, distance in km, and
    where given contiguity, landlocked_reporter and landlocked_partner (0 or 1). With ``quantity``,
    the frame's column of quantities in one unit, the median unit value of each product enters and
    the weight is min(Q)/max(Q) of the two reports; without it the weight is 1. A term that does
    not vary is left out and named in ``left_out``. Standard errors treat flows as independent.

    Raises `NotAvailable` with fewer flows than terms allow, `ContractError` for columns absent,
    `KzdataError` for a distance that is not above zero or terms that cannot be told apart.
    Source: Gaulier and Zignago (2010), BACI, Table 1.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> names = ["KAZ", "ISR", "TUR", "CHN", "ITA"]
    >>> pairs = [[one, other, 1000.0 * abs(i - j)] for i, one in enumerate(names)
    ...          for j, other in enumerate(names) if i != j]
    >>> flows = pd.DataFrame(pairs, columns=["reporter", "partner", "distance"])
    >>> sold = flows.assign(flow="X", valuation="FOB", value=100.0)
    >>> cost = 1.02 * (flows["distance"] / 1000) ** 0.05
    >>> bought = flows.assign(flow="M", valuation="CIF", value=100 * cost)
    >>> reports = pd.concat([sold, bought]).drop(columns="distance").assign(unit="USD")
    >>> fitted = kz.carriage(reports, flows)
    >>> fitted.cells, round(fitted.coefficients["ln D"], 2)
    (20, 0.05)
    """
    pairs = pair(frame, summed=True)
    if pairs.dataflow not in TRADE:
        raise MeasureMismatch(
            f"{pairs.dataflow} is not carried; only trade in goods has a cost of carriage.",
            'Give frame[frame["dataflow"] == "trade_goods"].',
        )
    geography = _geography(geography)
    unit_values, weight = None, np.ones(len(pairs))
    if quantity is not None:
        inputs.columns(frame, [quantity])
        unit_values, weight = _quantities(pairs, quantity)
    terms = _terms(pairs, geography, unit_values)
    usable = (pairs.x > 0) & (pairs.m > 0) & ~pairs.nes() & (weight > 0)
    if "valuation" in frame.columns:
        usable &= pairs.says("x", "valuation", ["FOB"]) & pairs.says("m", "valuation", ["CIF"])
    usable &= ~np.isnan(sum(terms.values()))
    y = np.log(pairs.m[usable] / pairs.x[usable])
    weight, period = weight[usable], pairs.period[usable]
    if len(y) <= len(terms) + len(np.unique(period)):
        raise NotAvailable(
            f"{len(y)} flows with both sides, a distance and exports FOB against imports CIF are "
            f"too few for {len(terms)} terms and {len(np.unique(period))} periods.",
            "Add reporters, or use a declared factor: kz.fob(frame, 1.06)",
        )
    design = np.column_stack([terms[name][usable] for name in terms])
    inner, means = _within(design, weight, period)
    y_inner, y_means = _within(y[:, None], weight, period)
    varies = np.ptp(inner, axis=0) > 1e-9
    names = [name for name, used in zip(terms, varies, strict=True) if used]
    root = np.sqrt(weight)[:, None]
    solved, _, rank, _ = np.linalg.lstsq(root * inner[:, varies], (root * y_inner)[:, 0])
    if rank < len(names):
        raise KzdataError(
            f"{', '.join(names)} cannot be told apart in {len(y)} flows.",
            "Add pairs that differ in them, or leave a column out of the geography.",
        )
    residual = y_inner[:, 0] - inner[:, varies] @ solved
    free = len(y) - len(names) - len(y_means)
    weighted = (root * inner[:, varies]).T @ (root * inner[:, varies])
    variance = float((weight * residual**2).sum() / free)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(weighted)))
    effects = y_means[:, 0] - means[:, varies] @ solved
    present = np.unique(period)
    return Carriage(
        dict(zip(names, map(float, solved), strict=True)),
        dict(zip(names, map(float, errors), strict=True)),
        {str(pairs.periods[t]): float(effects[n]) for n, t in enumerate(present)},
        len(y),
        float(residual.std()),
        tuple(name for name, used in zip(terms, varies, strict=True) if not used),
        geography,
        unit_values,
    )


def _geography(geography: pd.DataFrame) -> pd.DataFrame:
    inputs.columns(geography, REQUIRED)
    kept = geography[[*REQUIRED, *(c for c in OPTIONAL if c in geography.columns)]]
    if kept.duplicated(["reporter", "partner"]).any():
        twice = kept[kept.duplicated(["reporter", "partner"])].iloc[0]
        raise ContractError(
            f"The geography holds {twice['reporter']} {twice['partner']} more than once.",
            'geography.drop_duplicates(["reporter", "partner"])',
        )
    if not (kept["distance"].dropna() > 0).all():
        raise KzdataError(
            "A distance in the geography is not above zero.", "Give kilometres between the two."
        )
    return kept


def _terms(
    pairs: Pairs, geography: pd.DataFrame, unit_values: Mapping[str, float] | None
) -> dict[str, np.ndarray]:
    """Each term of the fit for each flow, NaN where the pair is not in the geography."""
    place = {area: n for n, area in enumerate(pairs.areas)}
    size = len(pairs.areas)
    known = geography["reporter"].isin(place) & geography["partner"].isin(place)
    listed = geography[known]
    code = listed["reporter"].map(place).to_numpy(dtype=int) * size
    code += listed["partner"].map(place).to_numpy(dtype=int)
    at = pairs.exporter * size + pairs.importer
    terms: dict[str, np.ndarray] = {}
    for name in geography.columns.drop(["reporter", "partner"]):
        table = np.full(size * size, np.nan)
        table[code] = listed[name].to_numpy(dtype=float)
        terms[name] = table[at]
    log = np.log(terms.pop("distance"))
    terms = {"ln D": log, "(ln D)²": log**2} | terms
    if unit_values is not None:
        middle = float(np.median(list(unit_values.values())))
        by = np.array([unit_values.get(str(each), middle) for each in pairs.products])
        terms["ln UV"] = by[pairs.product]
    return terms


def _quantities(pairs: Pairs, quantity: str) -> tuple[dict[str, float], np.ndarray]:
    """ln of the median unit value of each product, and min(Q)/max(Q), 0 where one is unknown."""
    q_x, q_m = pairs.number("x", quantity), pairs.number("m", quantity)
    known = (q_x > 0) & (q_m > 0)
    weight = np.zeros(len(pairs))
    weight[known] = np.minimum(q_x, q_m)[known] / np.maximum(q_x, q_m)[known]
    priced = (pairs.x > 0) & (q_x > 0)
    if not priced.any():
        raise NotAvailable(
            f"No export has both a value and a quantity in {quantity!r}.",
            "Leave quantity out: the fit then has no unit values and equal weights.",
        )
    value = pd.Series(np.log(pairs.x[priced] / q_x[priced]))
    middle = value.groupby(pairs.products[pairs.product[priced]]).median()
    return {str(product): float(log) for product, log in middle.items()}, weight


def _within(columns: np.ndarray, weight: np.ndarray, period: np.ndarray):
    """Columns less their weighted mean of each period, and those means."""
    _, place = np.unique(period, return_inverse=True)
    total = np.bincount(place, weight)
    means = np.column_stack([np.bincount(place, weight * each) / total for each in columns.T])
    return columns - means[place], means
