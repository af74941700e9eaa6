"""Tables with one row per partner or month and a column each for exports and imports.

Exports are valued FOB and imports CIF, as both the Bureau of National Statistics and UN Comtrade
publish them for Kazakhstan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from kzdata.codes import WORLD
from kzdata.readers.printed import observation

FLOWS = (("exports", "X", "FOB"), ("imports", "M", "CIF"))


def annual_flows(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns reporter, partner, year and exports_*, imports_*: an annual bilateral series."""
    return _melt(
        raw,
        manifest,
        lambda row: {
            "freq": "A",
            "reporter": row["reporter"],
            "partner": row["partner"],
            "period": row["year"],
        },
    )


def annual_partners(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns year, iso3, name_ru and exports_*, imports_*: one reporter, every partner."""
    return _melt(
        raw,
        manifest,
        lambda row: {
            "freq": "A",
            "reporter": "KAZ",
            "partner": row["iso3"],
            "period": row["year"],
            "locator": f"row «{row['name_ru']}»",
        },
    )


def monthly_totals(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns month (YYYY-MM) and exports_*, imports_*: national totals, partner WLD."""
    return _melt(
        raw,
        manifest,
        lambda row: {
            "freq": "M",
            "reporter": "KAZ",
            "partner": WORLD,
            "period": row["month"],
        },
    )


def _melt(
    raw: pd.DataFrame, manifest: dict[str, Any], cell: Callable[[dict[Any, str]], dict[str, str]]
) -> pd.DataFrame:
    rows = []
    for line, row in enumerate(raw.to_dict("records"), start=2):
        for word, flow, valuation in FLOWS:
            (column,) = [name for name in raw.columns if name.startswith(word + "_")]
            known = cell(row)
            where = known.pop("locator", f"line {line}")
            rows.append(
                observation(
                    manifest,
                    row[column],
                    flow=flow,
                    valuation=valuation,
                    locator=f"{manifest['file']}, {where}, column {column}",
                    **known,
                )
            )
    return pd.DataFrame(rows)
