"""From CIF to FOB: what carriage and insurance add to an import is divided out again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kzdata import contract
from kzdata.codes import NOT_APPLICABLE, WORLD
from kzdata.errors import KzdataError
from kzdata.mirroring.freight_fit import Carriage
from kzdata.mirroring.pairing import pair
from kzdata.mirroring.pairs import TRADE, Pairs
from kzdata.structure import inputs
from kzdata.structure.cells import ratio

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
        inputs.choice("where", where, WHERE)
    if isinstance(factor, Carriage):
        return where or "pair"
    number = isinstance(factor, (int, float)) and not isinstance(factor, bool)
    if not number or not 1 <= factor < float("inf"):
        raise KzdataError(
            f"factor={factor!r} is no ratio of CIF to FOB: it is 1 plus the cost of carriage.",
            f"Give a number from 1, such as {IMF_FACTOR}, or a fit: kz.carriage(frame, geography)",
        )
    return where or "everywhere"


def _cost(pairs: Pairs, factor: float | Carriage) -> np.ndarray:
    """ln(CIF / FOB) of each flow, not below 0; NaN where a fit does not know the pair."""
    if isinstance(factor, Carriage):
        return np.maximum(factor.log_cost(pairs), 0.0)
    return np.full(len(pairs), np.log(factor))


def _closer(pairs: Pairs, x: np.ndarray, cost: np.ndarray, cif: np.ndarray, where: str):
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
