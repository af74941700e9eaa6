"""Trade and investment figures of a country pair: cited, comparable, reported.

>>> import kzdata as kz
>>> trade = kz.observations("KAZ", "ISR", start=2024)
>>> trade.pipe(kz.turnover).pipe(kz.growth)["growth_pct"].round(1).tolist()
[nan, -18.1]
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from kzdata.errors import KzdataError

__version__ = "0.1.0"

# Public name -> module. Each module is imported when its name is first used, so that
# `import kzdata` costs little more than `import pandas`.
_HOMES = {
    "Amount": "amounts",
    "all_products": "structure.flows",
    "annual": "aggregates",
    "area_name": "codes",
    "assumption": "seeds",
    "back_test": "partial.extrapolation",
    "balance": "aggregates",
    "between": "comparable",
    "both_flows": "structure.flows",
    "both_sides": "mirroring",
    "card": "cards",
    "carriage": "mirroring",
    "chapter_name": "nomenclature",
    "chow_lin": "benchmarking",
    "cite": "sources",
    "claims": "seeds",
    "commitments": "pipeline",
    "complexity": "structure",
    "concentration": "structure",
    "confront": "verdicts.confrontation",
    "constant_market_share": "structure",
    "contradictions": "verdicts.consistency",
    "contribution": "structure",
    "conversion": "survival",
    "count": "cited",
    "coverage": "structure",
    "density": "structure",
    "denton_cholette": "benchmarking",
    "diff": "revising",
    "difference_ytd": "differencing",
    "diversification": "structure",
    "events": "seeds",
    "export_similarity": "structure",
    "explore": "explorer",
    "expy": "structure",
    "fdi_intensity": "structure",
    "fdi_performance": "structure",
    "fernandez": "benchmarking",
    "finding": "saying",
    "fob": "mirroring",
    "follow_through": "pipeline",
    "format_amount": "amounts",
    "format_period": "periods",
    "gravity": "gravitation",
    "growth": "indicators",
    "grubel_lloyd": "structure",
    "hhi": "structure",
    "in_prose": "codes",
    "listed": "language",
    "litterman": "benchmarking",
    "loaded": "holdings",
    "mirror": "mirroring",
    "months_in": "periods",
    "normalised_balance": "structure",
    "number": "cited",
    "observations": "store",
    "official_and_delivered": "transit",
    "outlook": "structure",
    "over": "aggregates",
    "parse_amount": "amounts",
    "parse_period": "periods",
    "partial_year": "partial.year",
    "pledged": "pledges",
    "price_index": "structure",
    "prody": "structure",
    "quantities": "seeds",
    "rank": "indicators",
    "rca": "structure",
    "read": "readers.reading",
    "reconcile": "mirroring",
    "reliability": "mirroring",
    "report": "reports",
    "revisions": "revising",
    "rsca": "structure",
    "say": "saying",
    "share": "indicators",
    "speak": "language",
    "stage_histories": "survival",
    "stock_flow": "stock_changes",
    "table": "tables",
    "tci": "structure",
    "terms_of_trade": "structure",
    "theil": "structure",
    "tii": "structure",
    "to_sdmx_csv": "outward",
    "trade_potential": "gravitation",
    "transit_scenarios": "transit",
    "turnover": "aggregates",
    "verify": "verifying",
    "why": "provenance",
}

__all__ = ["KzdataError", "__version__", "charts", *_HOMES]


if "IPython" in sys.modules:  # a notebook shows frames of observations with their units
    importlib.import_module("kzdata.frame_display").register()


def __getattr__(name: str) -> Any:
    if name == "charts":
        return importlib.import_module("kzdata.charts")
    if name not in _HOMES:
        from kzdata.errors import did_you_mean

        raise AttributeError(f"kzdata has no {name!r}. {did_you_mean(name, __all__)}")
    found = getattr(importlib.import_module(f"kzdata.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
