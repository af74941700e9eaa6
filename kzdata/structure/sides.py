"""Exports against imports of one reporter: coverage, normalised balance, intra-industry trade."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.structure import inputs
from kzdata.structure.cells import Cells, because, cited, ratio

_CELL = ["reporter", "partner", "product", "period"]
GRUBEL_LLOYD = ("plain", "adjusted")


def _sides(frame: pd.DataFrame, needs: list[str]) -> pd.DataFrame:
    """Exports x and imports m side by side, NaN where a side has no row."""
    inputs.columns(frame, needs)
    both = inputs.measured(frame[frame["flow"].isin(["X", "M"])], needs)
    Cells(both, inputs.KEYS).once()
    keys = [key for key in _CELL if key in both.columns]
    x, m = (both[both["flow"] == flow][[*keys, "value"]] for flow in ("X", "M"))
    return x.merge(m, on=keys, how="outer", suffixes=("_x", "_m"), indicator="listed").rename(
        columns={"value_x": "x", "value_m": "m"}
    )


def _compared(frame: pd.DataFrame, name: str, variant: str, value) -> pd.DataFrame:
    both = _sides(frame, ["reporter", "flow"])
    x, m = both["x"].to_numpy(), both["m"].to_numpy()
    number, below = value(x, m)
    found, note = because(
        ratio(number, below),
        ((both["listed"] == "right_only").to_numpy(), "no exports are given"),
        ((both["listed"] == "left_only").to_numpy(), "no imports are given"),
        (np.isnan(x), "exports are missing"),
        (np.isnan(m), "imports are missing"),
        (below == 0, "the divisor is zero"),
    )
    result = both.drop(columns=["x", "m", "listed"])
    result = result.assign(**{name: found}, variant=variant, note=note)
    return cited(result, frame[frame["flow"].isin(["X", "M"])], *_CELL)


def coverage(frame: pd.DataFrame) -> pd.DataFrame:
    """How far exports pay for imports: coverage = X / M, a ratio, per cell.

    With exports FOB and imports CIF, trade that is balanced in FOB terms shows 1 / (1 + c), with c
    the cost of carriage. Missing, with the reason in ``note``, where a side is absent or missing
    or M is zero. Source: UN ESCAP handbook (Mikic and Gilbert 2009).
    """
    return _compared(frame, "coverage", "X / M", lambda x, m: (x, m))


def normalised_balance(frame: pd.DataFrame) -> pd.DataFrame:
    """Balance over turnover: (X − M) / (X + M), from −1 to 1, per cell.

    Exchanging X and M changes its sign. Valuation as in `coverage`; missing, with the reason in
    ``note``, where a side is absent or missing or both are zero. Source: UN ESCAP handbook.
    """
    return _compared(frame, "normalised_balance", "(X − M) / (X + M)", lambda x, m: (x - m, x + m))


def grubel_lloyd(frame: pd.DataFrame, variant: str = "plain") -> pd.DataFrame:
    """Intra-industry trade of a pair: GL = 1 − Σ_k |x_k − m_k| / Σ_k (x_k + m_k), from 0 to 1.

    Takes both flows of a reporter by product. A product listed on one side only is one-way trade;
    a side without any product is missing. ``adjusted`` divides by what the imbalance of the total
    allows: GL (X + M) / (X + M − |X − M|). It falls as products get finer, so ``products`` says
    how many entered.

    Missing, with the reason in ``note``: a side that is absent, missing or zero in total, the
    single product TOTAL, and for ``adjusted`` any single product, where it is 1 by construction.
    Source: Grubel and Lloyd (1975).
    """
    inputs.choice("variant", variant, GRUBEL_LLOYD)
    both = _sides(frame, ["reporter", "flow", "product"])
    inputs.no_nesting(pd.unique(both["product"]), "product")
    keys = [key for key in ("reporter", "partner", "period") if key in both.columns]
    only = both["listed"].to_numpy()
    both["x"] = both["x"].where(only != "right_only", 0.0)
    both["m"] = both["m"].where(only != "left_only", 0.0)
    both = both.assign(
        gap=(both["x"] - both["m"]).abs(), has_x=only != "right_only", has_m=only != "left_only"
    )
    grouped = both.groupby(keys, sort=True)
    sums = grouped[["x", "m", "gap"]].sum(skipna=False)
    x, m, gap = (sums[column].to_numpy() for column in ("x", "m", "gap"))
    products = grouped.size().to_numpy()
    below = x + m - np.abs(x - m) if variant == "adjusted" else x + m
    alone = products == 1
    total = alone & (grouped["product"].first() == "TOTAL").to_numpy()
    value, note = because(
        ratio(x + m - gap, below),
        (~grouped["has_x"].any().to_numpy(), "no exports are given"),
        (~grouped["has_m"].any().to_numpy(), "no imports are given"),
        (total, "only the total is given: intra-industry trade needs products"),
        (alone & (variant == "adjusted"), "a single product: adjusted is 1 by construction"),
        (x + m == 0, "there is no trade"),
        (below == 0, "trade goes one way only, so nothing is left to adjust"),
        (np.isnan(x) | np.isnan(m), "a product of a side is missing"),
    )
    said = {
        "plain": "Grubel–Lloyd, plain, 0 to 1",
        "adjusted": "Grubel–Lloyd, adjusted for the imbalance, 0 to 1",
    }[variant]
    result = sums.reset_index()[keys].assign(
        grubel_lloyd=value, products=products, variant=said, note=note
    )
    return cited(result, frame[frame["flow"].isin(["X", "M"])], *keys)
