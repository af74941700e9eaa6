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
# `import kzdata` costs little more than `import pandas`. `__init__.pyi` tells editors the same.
_HOMES = {
    "Amount": "model.parsing.printed_amounts",
    "all_products": "indicators.product_lists",
    "annual": "indicators.aggregates",
    "area_name": "i18n.formats",
    "assumption": "seeds.frames",
    "back_test": "analysis.partial_year.back_test",
    "balance": "indicators.aggregates",
    "both_flows": "indicators.product_lists",
    "both_sides": "store.query",
    "card": "present.cards",
    "carriage": "analysis.mirror.freight",
    "chapter_name": "model.nomenclature",
    "chow_lin": "indicators.benchmarking.regression",
    "cite": "present.citations",
    "claims": "seeds.frames",
    "commitment_total": "analysis.commitments",
    "commitments": "seeds.commitments",
    "complexity": "indicators.complexity",
    "concentration": "indicators.concentration",
    "confront": "analysis.claims.confrontation",
    "constant_market_share": "indicators.change",
    "contradictions": "analysis.claims.consistency",
    "contribution": "indicators.change",
    "conversion": "analysis.commitments",
    "coverage": "indicators.intra_industry",
    "density": "indicators.complexity",
    "denton_cholette": "indicators.benchmarking.denton",
    "diff": "store.revisions",
    "difference_ytd": "indicators.ytd",
    "diversification": "indicators.concentration",
    "events": "seeds.frames",
    "explore": "present.explorer.widget",
    "export_similarity": "indicators.similarity",
    "expy": "indicators.sophistication",
    "fdi_intensity": "indicators.intensity",
    "fdi_performance": "indicators.investment",
    "fernandez": "indicators.benchmarking.regression",
    "finding": "present.statements",
    "fob": "analysis.mirror.freight",
    "follow_through": "seeds.commitments",
    "format_amount": "i18n.formats",
    "format_list": "i18n.sentences",
    "format_period": "i18n.formats",
    "gravity": "analysis.gravity.estimates",
    "growth": "indicators.growth",
    "grubel_lloyd": "indicators.intra_industry",
    "hhi": "indicators.concentration",
    "litterman": "indicators.benchmarking.regression",
    "mirror": "analysis.mirror.comparison",
    "months_in": "model.periods",
    "normalised_balance": "indicators.intra_industry",
    "number": "present.numbers",
    "observations": "store.query",
    "official_and_delivered": "analysis.transit",
    "outlook": "indicators.complexity",
    "parse_amount": "model.parsing.printed_amounts",
    "parse_period": "model.parsing.printed_periods",
    "partial_year": "analysis.partial_year.year",
    "price_index": "indicators.prices",
    "prody": "indicators.sophistication",
    "quantities": "seeds.frames",
    "rank": "indicators.growth",
    "rca": "indicators.advantage",
    "read": "readers.registry",
    "reconcile": "analysis.mirror.reconciliation",
    "reliability": "analysis.mirror.reliability",
    "report": "reports.build",
    "revisions": "store.revisions",
    "row_count": "present.numbers",
    "rsca": "indicators.advantage",
    "say": "present.statements",
    "select_pair": "model.comparable",
    "share": "indicators.growth",
    "speak": "i18n.catalogue",
    "stage_histories": "seeds.commitments",
    "stock_flow": "indicators.positions",
    "sum_over": "indicators.aggregates",
    "table": "present.tables",
    "tci": "indicators.similarity",
    "terms_of_trade": "indicators.prices",
    "theil": "indicators.concentration",
    "tii": "indicators.intensity",
    "to_sdmx_csv": "store.sdmx_export",
    "trade_potential": "analysis.gravity.potential",
    "transit_scenarios": "seeds.transit",
    "turnover": "indicators.aggregates",
    "verify": "analysis.verification.run",
    "why": "present.provenance",
}

__all__ = ["KzdataError", "__version__", "charts", *_HOMES]

if "IPython" in sys.modules:  # a notebook shows frames of observations with their units
    importlib.import_module("kzdata.present.frame_display").register()


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
