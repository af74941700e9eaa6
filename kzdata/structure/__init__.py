"""Indicators of trade structure: pure functions, frame to frame.

Each takes the columns of the tidy contract that it needs (reporter, partner, flow, product,
period, value, unit) and returns the grouping keys, a column named after the indicator, ``variant``
(formula, universe, scale), ``note`` (why a value is missing) and ``source`` where the input has it.
What must not be put together raises a typed error; see `kzdata.structure.inputs`.
"""

from __future__ import annotations

from kzdata.structure.advantage import rca, rsca
from kzdata.structure.change import constant_market_share, contribution
from kzdata.structure.complexity import complexity, density, outlook
from kzdata.structure.concentration import concentration, diversification, hhi, theil
from kzdata.structure.intensity import fdi_intensity, tii
from kzdata.structure.investment import fdi_performance
from kzdata.structure.likeness import export_similarity, tci
from kzdata.structure.prices import price_index, terms_of_trade
from kzdata.structure.sides import coverage, grubel_lloyd, normalised_balance
from kzdata.structure.sophistication import expy, prody

__all__ = [
    "complexity",
    "concentration",
    "constant_market_share",
    "contribution",
    "coverage",
    "density",
    "diversification",
    "export_similarity",
    "expy",
    "fdi_intensity",
    "fdi_performance",
    "grubel_lloyd",
    "hhi",
    "normalised_balance",
    "outlook",
    "price_index",
    "prody",
    "rca",
    "rsca",
    "tci",
    "terms_of_trade",
    "theil",
    "tii",
]
