"""Trade and investment figures of a country pair: cited, comparable, reported.

>>> import kzdata as kz
>>> trade = kz.observations("KAZ", "ISR", start=2024)
>>> trade.pipe(kz.turnover).pipe(kz.growth)["growth_pct"].round(1).tolist()
[nan, -18.1]
"""

from __future__ import annotations

import importlib
from typing import Any

from kzdata.errors import KzdataError

__version__ = "0.1.0"

# Public name -> module. Each module is imported when its name is first used, so that
# `import kzdata` costs little more than `import pandas`.
_HOMES = {
    "Amount": "amounts",
    "annual": "aggregates",
    "area_name": "codes",
    "assumption": "seeds",
    "balance": "aggregates",
    "back_test": "extrapolation",
    "between": "comparable",
    "cite": "sources",
    "claims": "seeds",
    "commitments": "pipeline",
    "confront": "confrontation",
    "contradictions": "consistency",
    "count": "cited",
    "difference_ytd": "differencing",
    "events": "seeds",
    "finding": "cited",
    "format_amount": "amounts",
    "format_period": "periods",
    "follow_through": "pipeline",
    "growth": "indicators",
    "months_in": "periods",
    "number": "cited",
    "observations": "store",
    "over": "aggregates",
    "parse_amount": "amounts",
    "parse_period": "periods",
    "partial_year": "partial",
    "rank": "indicators",
    "read": "readers.reading",
    "report": "reports",
    "say": "cited",
    "share": "indicators",
    "table": "tables",
    "turnover": "aggregates",
    "why": "provenance",
}

__all__ = ["KzdataError", "__version__", "charts", *_HOMES]


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
