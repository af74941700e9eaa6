"""Exports against imports of one reporter: coverage, normalised balance, intra-industry trade."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio

GRUBEL_LLOYD = ("plain", "adjusted")


class _Sides:
    """Exports x and imports m of each cell side by side, NaN where a side has no row."""

    def __init__(self, frame: pd.DataFrame, needs: list[str]):
        validation.columns(frame, needs)
        self.checked = validation.measured(frame[frame["flow"].isin(["X", "M"])], needs)
        cells = Cells(self.checked, [*(key for key in validation.KEYS if key != "flow"), "flow"])
        cells.once()
        self.cells = cells
        self.keys = [key for key in cells.keys if key != "flow"]
        _, self.first, cell = np.unique(
            cells.group(*self.keys)[0], return_index=True, return_inverse=True
        )
        self.x, self.has_x = self._side("X", cell)
        self.m, self.has_m = self._side("M", cell)

    def _side(self, flow: str, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = self.cells.has("flow", flow)
        value, held = np.full(len(self.first), np.nan), np.zeros(len(self.first), dtype=bool)
        value[cell[rows]], held[cell[rows]] = self.cells.value[rows], True
        return value, held

    def frame(self, keys: list[str], rows: np.ndarray) -> pd.DataFrame:
        return self.cells.frame(self.first[rows])[keys]


def _compared(
    frame: pd.DataFrame,
    name: str,
    variant: str,
    value: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> pd.DataFrame:
    sides = _Sides(frame, ["reporter", "flow"])
    number, below = value(sides.x, sides.m)
    found, note = because(
        ratio(number, below),
        (~sides.has_x, "no exports are given"),
        (~sides.has_m, "no imports are given"),
        (np.isnan(sides.x), "exports are missing"),
        (np.isnan(sides.m), "imports are missing"),
        (below == 0, "the divisor is zero"),
    )
    result = sides.frame(sides.keys, np.arange(len(found)))
    result = result.assign(**{name: found}, variant=variant, note=note)
    return cited(result, sides.checked, *sides.keys)


def coverage(frame: pd.DataFrame) -> pd.DataFrame:
    """How far exports pay for imports: coverage = X / M, a ratio, per cell.

    With exports FOB and imports CIF, trade that is balanced in FOB terms shows 1 / (1 + c), with c
    the cost of carriage. Missing, with the reason in ``note``, where a side is absent or missing
    or M is zero. Source: UN ESCAP handbook (Mikic and Gilbert 2009).

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024)
    >>> kz.coverage(trade)[["period", "coverage"]].round(2)
      period  coverage
    0   2024      2.45
    1   2025      1.61
    """
    return _compared(frame, "coverage", "X / M", lambda x, m: (x, m))


def normalised_balance(frame: pd.DataFrame) -> pd.DataFrame:
    """Balance over turnover: (X − M) / (X + M), from −1 to 1, per cell.

    Exchanging X and M changes its sign. Valuation as in `coverage`; missing, with the reason in
    ``note``, where a side is absent or missing or both are zero. Source: UN ESCAP handbook.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024)
    >>> kz.normalised_balance(trade)[["period", "normalised_balance"]].round(2)
      period  normalised_balance
    0   2024                0.42
    1   2025                0.23
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

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> trade = pd.DataFrame(
    ...     [["X", "27", 60.0], ["X", "10", 40.0], ["M", "27", 20.0], ["M", "84", 30.0]],
    ...     columns=["flow", "product", "value"],
    ... ).assign(reporter="KAZ", partner="TUR")
    >>> kz.grubel_lloyd(trade)[["reporter", "partner", "grubel_lloyd", "products"]].round(2)
      reporter partner  grubel_lloyd  products
    0      KAZ     TUR          0.27         3
    """
    validation.choice("variant", variant, GRUBEL_LLOYD)
    sides = _Sides(frame, ["reporter", "flow", "product"])
    labels = sides.cells.labels["product"]
    validation.no_nesting(labels, "product")
    keys = [key for key in sides.keys if key != "product"]
    x = np.where(sides.has_x, sides.x, 0.0)
    m = np.where(sides.has_m, sides.m, 0.0)
    code, _ = sides.cells.group(*keys)
    _, first, group = np.unique(code[sides.first], return_index=True, return_inverse=True)

    def sums(of: np.ndarray) -> np.ndarray:
        return np.bincount(group, of)

    gap, x_any, m_any = sums(np.abs(x - m)), sums(sides.has_x) > 0, sums(sides.has_m) > 0
    x, m, products = sums(x), sums(m), np.bincount(group)
    below = x + m - np.abs(x - m) if variant == "adjusted" else x + m
    alone = products == 1
    value, note = because(
        ratio(x + m - gap, below),
        (~x_any, "no exports are given"),
        (~m_any, "no imports are given"),
        (
            alone & (labels[0] == "TOTAL"),
            "only the total is given: intra-industry trade needs products",
        ),
        (alone & (variant == "adjusted"), "a single product: adjusted is 1 by construction"),
        (x + m == 0, "there is no trade"),
        (below == 0, "trade goes one way only, so nothing is left to adjust"),
        (np.isnan(x) | np.isnan(m), "a product of a side is missing"),
    )
    said = {
        "plain": "Grubel–Lloyd, plain, 0 to 1",
        "adjusted": "Grubel–Lloyd, adjusted for the imbalance, 0 to 1",
    }[variant]
    result = sides.frame(keys, first).assign(
        grubel_lloyd=value, products=products, variant=said, note=note
    )
    return cited(result, sides.checked, *keys)
