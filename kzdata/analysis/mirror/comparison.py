"""Mirror statistics: what one economy reports of a flow beside what the other reports of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kzdata.analysis.mirror.freight import IMF_FACTOR, Carriage, InFob, in_fob
from kzdata.analysis.mirror.pairing import INVESTMENT, pair
from kzdata.analysis.mirror.pairs import TRADE, Pairs
from kzdata.indicators.grouping import noted, ratio
from kzdata.model import contract

# The columns of each side, and the contract's column that each comes from.
_SIDE = {"valuation": "valuation", "status": "obs_status", "source": "source"}

_SIDE |= {"lower": "lower", "upper": "upper", "published": "published", "locator": "locator"}

_NUMBERS = ("lower", "upper")


def mirror(
    frame: pd.DataFrame, factor: float | Carriage = IMF_FACTOR, *, where: str | None = None
) -> pd.DataFrame:
    """Both reports of each flow: exports of i to j as i reports them, and as j does its imports.

    One row a flow, seen from the exporter: ``reported`` X by reporter, usually FOB; ``mirrored`` M
    by partner, usually CIF; each with its valuation, status, source and interval. As reported:
    ``gap`` = M − X and ``ratio`` = M / X, with the interval of the printed digits. In FOB, with
    ``mirrored_fob`` = M / factor as in `fob`: ``gap_fob`` = M − X, ``asymmetry`` = |X − M| / (X +
    M), from 0 to 1; ``signed_asymmetry`` = 2 (M − X) / (M + X), above zero where the importer
    reports more; ``distance`` = |ln(X / M)|.

    ``class``: both, export_only, import_only, nes (partner not specified, so without a mirror) or
    missing. A side that is not given is missing, not zero, and ``note`` says so. Investment is
    mirrored in the same way, investor as reporter: outward against inward flows or positions.
    A mirror may be mirrored again, which changes nothing. Rows of the world (WLD), which a frame of
    everything holds, are set aside and counted in ``variant``: a total has no mirror.

    Raises `MeasureMismatch`, `UnitMismatch`, `PeriodMismatch` or `Incomparable` for rows that
    have no common mirror, `ContractError`, `NotAvailable`. Sources: Gaulier and Zignago (2010) for
    the distance; the Atlas of Economic Complexity for the asymmetry, European practice for the
    signed one.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["X", "KAZ", "ISR", 100.0], ["M", "ISR", "KAZ", 110.0], ["X", "KAZ", "TUR", 200.0]]
    >>> cells += [["M", "TUR", "KAZ", 260.0], ["X", "ISR", "TUR", 50.0], ["M", "TUR", "ISR", 70.0]]
    >>> reports = pd.DataFrame(cells, columns=["flow", "reporter", "partner", "value"])
    >>> valuation = reports["flow"].map({"X": "FOB", "M": "CIF"})
    >>> reports = reports.assign(valuation=valuation, unit="USD")
    >>> found = kz.mirror(reports)
    >>> found[["reporter", "partner", "reported", "mirrored", "ratio", "gap_fob"]].round(2)
      reporter partner  reported  mirrored  ratio  gap_fob
    0      ISR     TUR      50.0      70.0    1.4    16.04
    1      KAZ     ISR     100.0     110.0    1.1     3.77
    2      KAZ     TUR     200.0     260.0    1.3    45.28
    """
    again = {"reported_status", "mirrored_status"} <= set(frame.columns)
    pairs = pair(_reports(frame) if again else frame)
    return _shown(pairs, in_fob(pairs, factor, where))


def _shown(pairs: Pairs, fob: InFob) -> pd.DataFrame:
    made = pairs.keys()
    held = pairs.frame.columns
    for name, side, value in (("reported", "x", pairs.x), ("mirrored", "m", pairs.m)):
        made[name] = value
        for column, origin in _SIDE.items():
            if origin in held:
                of = pairs.number if column in _NUMBERS else pairs.text
                made[f"{name}_{column}"] = of(side, origin)
            elif column == "status":
                given = (pairs.row_x if side == "x" else pairs.row_m) >= 0
                made[f"{name}_status"] = np.where(given, np.where(np.isnan(value), "M", "A"), "")
    x, m, nes = fob.x, fob.m, pairs.nes()
    made["mirrored_fob"], made["cif_factor"] = m, np.where(pairs.row_m >= 0, fob.factor, np.nan)
    made["gap"], made["ratio"] = pairs.m - pairs.x, ratio(pairs.m, pairs.x)
    if "lower" in held and "upper" in held:
        _intervals(made)
    signed = (x < 0) | (m < 0)
    total = np.where(signed, np.nan, x + m)
    made["gap_fob"] = m - x
    made["asymmetry"] = ratio(np.abs(x - m), total)
    made["signed_asymmetry"] = ratio(2 * (m - x), total)
    whole = (x > 0) & (m > 0)
    made["distance"] = np.nan
    made.loc[whole, "distance"] = np.abs(np.log(x[whole] / m[whole]))
    made["class"] = pairs.classes(pairs.x, pairs.m)
    made["variant"] = f"gap and ratio as reported; the rest FOB: {fob.said}{pairs.aside()}"
    made["note"] = _note(pairs, fob, nes, signed)
    if "source" in held:
        made["source"] = pairs.joined("source", contract.join_sources)
    if "published" in held:
        made["published"] = pairs.joined("published", max)
    if "locator" in held:
        made["locator"] = pairs.joined("locator", "; mirror: ".join)
    return made


def _intervals(made: pd.DataFrame) -> None:
    """Of the gap and the ratio, from the printed digits of both sides."""
    (x_low, x_high), (m_low, m_high) = (
        (made[f"{side}_lower"], made[f"{side}_upper"]) for side in ("reported", "mirrored")
    )
    made["gap_lower"], made["gap_upper"] = m_low - x_high, m_high - x_low
    sure = (x_low > 0) & (m_low >= 0)
    made["ratio_lower"] = (m_low / x_high).where(sure)
    made["ratio_upper"] = (m_high / x_low.where(x_low > 0)).where(sure)


def _note(pairs: Pairs, fob: InFob, nes: np.ndarray, signed: np.ndarray) -> Any:
    """The first reason why a figure of the row is missing, or what was done to it."""
    one, other = pairs.sides
    x, m = fob.x, fob.m
    reasons = [
        (nes, "the partner is not specified, so the flow has no mirror"),
        (pairs.row_x < 0, f"no report by the {one}: missing, not zero"),
        (pairs.row_m < 0, f"no report by the {other}: missing, not zero"),
        (np.isnan(pairs.x), f"the {one}'s figure is missing"),
        (np.isnan(pairs.m), f"the {other}'s figure is missing"),
        (fob.odd_x, "the valuation of the exports does not tell their FOB value"),
        (fob.odd_m, "the valuation of the imports does not tell their FOB value"),
        (fob.unknown_cost, "no distance for the pair, so the carriage is not known"),
        (signed, "a side is below zero: no ratio of the two means anything"),
        ((x == 0) & (m == 0), "both sides report zero"),
        (x == 0, f"the {one} reports zero"),
        (m == 0, f"the {other} reports zero"),
        (fob.kept, "carriage left in: taking it out would widen the gap"),
    ]
    return noted(len(pairs), reasons)


def _reports(mirrored: pd.DataFrame) -> pd.DataFrame:
    """The reports that a mirror was made of."""
    dataflow = mirrored["dataflow"].iloc[0] if "dataflow" in mirrored.columns else TRADE[0]
    keys = [
        c
        for c in ("dataflow", "freq", "product", "period", "unit", "classification")
        if c in mirrored.columns
    ]
    parts = []
    for name, ends in (
        ("reported", ("reporter", "partner")),
        ("mirrored", ("partner", "reporter")),
    ):
        rows = mirrored[mirrored[f"{name}_status"] != ""]
        own = {
            origin: rows[f"{name}_{column}"]
            for column, origin in _SIDE.items()
            if f"{name}_{column}" in rows.columns
        }
        part = rows[keys].assign(
            reporter=rows[ends[0]],
            partner=rows[ends[1]],
            flow="X" if name == "reported" else "M",
            value=rows[name],
            **own,
        )
        if dataflow in INVESTMENT and name == "mirrored":
            part["dataflow"] = INVESTMENT[dataflow]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
