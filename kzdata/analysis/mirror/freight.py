"""What carriage costs, fitted on the ratio of both reports of many flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kzdata.analysis.mirror.pairing import pair
from kzdata.analysis.mirror.pairs import TRADE, Pairs
from kzdata.errors import ContractError, KzdataError, MeasureMismatch, NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import ratio
from kzdata.model import contract
from kzdata.model.codes import NOT_APPLICABLE, WORLD

REQUIRED = ["reporter", "partner", "distance"]

OPTIONAL = ["contiguity", "landlocked_reporter", "landlocked_partner"]


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
        validation.columns(frame, [quantity])
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
    validation.columns(geography, REQUIRED)
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


def _within(
    columns: np.ndarray, weight: np.ndarray, period: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Columns less their weighted mean of each period, and those means."""
    _, place = np.unique(period, return_inverse=True)
    total = np.bincount(place, weight)
    means = np.column_stack([np.bincount(place, weight * each) / total for each in columns.T])
    return columns - means[place], means


IMF_FACTOR = 1.06

IMF_SOURCE = "IMF, Direction of Trade Statistics Yearbook 2017: imports CIF / 1.06"

WHERE = ("everywhere", "pair", "cell")

_COSTLESS = ("FOB", NOT_APPLICABLE)


@dataclass(frozen=True)
class InFob:
    """Both sides of each flow in FOB, NaN where that cannot be said, and how it was done.

    ``factor`` is the divisor of the importer's value; ``kept`` marks flows whose carriage was left
    in because taking it out would widen the gap; ``odd_x``, ``odd_m`` mark sides whose valuation
    does not tell their FOB value, ``unknown_cost`` imports for which the fit has no distance.
    """

    x: np.ndarray
    m: np.ndarray
    factor: np.ndarray
    kept: np.ndarray
    odd_x: np.ndarray
    odd_m: np.ndarray
    unknown_cost: np.ndarray
    said: str


def fob(
    frame: pd.DataFrame, factor: float | Carriage = IMF_FACTOR, *, where: str | None = None
) -> pd.DataFrame:
    """Imports valued CIF as they would be FOB: m_fob = m_cif / factor; other rows as they are.

    ``factor`` is one declared number, by default the IMF's 1.06, or a `carriage` fit. ``where``
    says which flows: ``everywhere`` (default for a number), or only where both sides come closer
    together, over a ``pair`` of economies (default for a fit) or in each ``cell``; a flow of which
    one side only is known is always converted. Always a division: multiplying by 1 − (factor − 1)
    takes out too much. A converted row is derived, status E, and ``note`` shows the arithmetic;
    ``cif_factor`` holds the divisor, 1 where nothing was done. Where a fit has no distance the
    value is missing. The interval is that of the printed digits, not of the factor.

    Raises `KzdataError` for a factor below 1; for a fit, and where ``where`` needs both sides,
    also what `mirror` raises. Source: IMF (2017) for the number; Gaulier and Zignago (2010).

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2025)
    >>> kz.fob(trade)[["flow", "valuation", "value", "cif_factor"]].round({"value": 0})
      flow valuation        value  cif_factor
    0    M       FOB   69854334.0        1.06
    1    X       FOB  119242223.0        1.00
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    where = _where(factor, where)
    cif = ((frame["flow"] == "M") & (frame["valuation"] == "CIF")).to_numpy(dtype=bool)
    divisor = np.ones(len(frame))
    kept = np.zeros(len(frame), dtype=bool)
    if isinstance(factor, Carriage) or where != "everywhere":
        pairs = pair(frame)
        found = in_fob(pairs, factor, where)
        given = pairs.row_m >= 0
        rows = pairs.taken[pairs.row_m[given]]
        divisor[rows] = found.factor[given]
        kept[:] = True  # of a total of the world, which has no pair
        kept[rows] = found.kept[given]
    else:
        divisor[cif] = factor
    made = frame.copy()
    divisor[~cif] = 1.0
    for column in contract.NUMERIC:
        made[column] = frame[column].to_numpy(dtype=float) / divisor
    gone = np.isnan(divisor)
    changed = cif & ~kept
    known = changed & made["value"].notna().to_numpy()
    made.loc[changed, "valuation"] = "FOB"
    made.loc[changed, "basis"] = "derived"
    made.loc[known & (made["obs_status"] == "A").to_numpy(), "obs_status"] = "E"
    made.loc[gone, "obs_status"] = "M"
    said = _said(factor)
    made.loc[known, "note"] = [
        f"{value:.15g} / {by:.6g}; {said}"
        for value, by in zip(frame["value"].to_numpy()[known], divisor[known], strict=True)
    ]
    made.loc[gone, "note"] = "no distance for the pair, so its carriage is not known"
    made.loc[cif & kept, "note"] = "left CIF: taking carriage out would widen the gap"
    made.loc[cif & kept & _of_world(frame), "note"] = "left CIF: a total of the world has no pair"
    return made.assign(cif_factor=divisor)


def _of_world(frame: pd.DataFrame) -> np.ndarray:
    return (frame[["reporter", "partner"]] == WORLD).any(axis=1).to_numpy(dtype=bool)


def in_fob(pairs: Pairs, factor: float | Carriage, where: str | None = None) -> InFob:
    """Both sides of each flow in FOB; see `fob` for the parameters.

    Without a column ``valuation``, exports of goods are taken as FOB and imports as CIF, the
    official definition, and ``said`` says so.
    """
    where = _where(factor, where)
    none = np.zeros(len(pairs), dtype=bool)
    if pairs.dataflow not in TRADE:
        one = np.ones(len(pairs))
        return InFob(pairs.x, pairs.m, one, none, none, none, none, "no carriage in investment")
    given_x, given_m = pairs.row_x >= 0, pairs.row_m >= 0
    if "valuation" in pairs.frame.columns:
        cif = pairs.says("m", "valuation", ["CIF"])
        odd_x = given_x & ~pairs.says("x", "valuation", _COSTLESS)
        odd_m = given_m & ~cif & ~pairs.says("m", "valuation", _COSTLESS)
        note = ""
    else:
        cif = given_m & (pairs.dataflow == "trade_goods")
        odd_x = odd_m = none
        note = "; valuation not given: exports taken as FOB, imports as CIF"
    cost = _cost(pairs, factor)
    x = np.where(odd_x, np.nan, pairs.x)
    kept = none
    if where != "everywhere":
        kept = cif & ~_closer(pairs, x, cost, cif, where)
    divisor = np.where(cif & ~kept, np.exp(cost), 1.0)
    m = np.where(odd_m, np.nan, pairs.m / divisor)
    unknown = cif & np.isnan(divisor)
    return InFob(x, m, divisor, kept, odd_x, odd_m, unknown, _said(factor, where) + note)


def _where(factor: float | Carriage, where: str | None) -> str:
    if where is not None:
        validation.choice("where", where, WHERE)
    if isinstance(factor, Carriage):
        return where or "pair"
    number = isinstance(factor, (int, float)) and not isinstance(factor, bool)
    if not number or not 1 <= factor < float("inf"):
        raise KzdataError(
            f"factor={factor!r} is not a ratio of CIF to FOB (1 plus the cost of carriage).",
            f"Give a number from 1, such as {IMF_FACTOR}, or a fit: kz.carriage(frame, geography)",
        )
    return where or "everywhere"


def _cost(pairs: Pairs, factor: float | Carriage) -> np.ndarray:
    """ln(CIF / FOB) of each flow, not below 0; NaN where a fit does not know the pair."""
    if isinstance(factor, Carriage):
        return np.maximum(factor.log_cost(pairs), 0.0)
    return np.full(len(pairs), np.log(factor))


def _closer(
    pairs: Pairs, x: np.ndarray, cost: np.ndarray, cif: np.ndarray, where: str
) -> np.ndarray:
    """Where dividing brings the sides no further apart; True where one side only is known."""
    usable = cif & (x > 0) & (pairs.m > 0) & ~np.isnan(cost)
    gap = np.zeros(len(pairs))
    log = np.log(ratio(pairs.m[usable], x[usable]))
    gap[usable] = np.abs(log) - np.abs(log - cost[usable])
    if where == "cell":
        return gap >= 0
    code = pairs.exporter * len(pairs.areas) + pairs.importer
    _, place = np.unique(code, return_inverse=True)
    return np.bincount(place, gap)[place] >= 0


def _said(factor: float | Carriage, where: str = "everywhere") -> str:
    if isinstance(factor, Carriage):
        said = str(factor)
    elif factor == IMF_FACTOR:
        said = f"imports CIF / {IMF_FACTOR} ({IMF_SOURCE.partition(':')[0]})"
    else:
        said = f"imports CIF / {factor:.6g}, a factor given by the caller"
    closer = f", where it brings the sides of a {where} closer"
    return said + (closer if where != "everywhere" else "")
