"""Conversion between editions of the Harmonized System by the United Nations' tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from kzdata import contract, nomenclature
from kzdata.verifying.comparison import Check, Comparison, figure

FILES = (
    "HS2022toHS2017_correlation.csv", "HS2022toHS2017_conversion.csv",
    "HS2017toHS2012_correlation.csv", "HS2017toHS2012_conversion.csv",
)  # fmt: skip


def checks() -> list[Check]:
    """What a conversion must keep, over every code of two editions."""
    return [
        Check(
            "nomenclature",
            "Every code of HS 2022 in HS 2017, and of HS 2017 in HS 2012: no value is lost",
            "United Nations Statistics Division, HS correlation and conversion tables",
            _conversions,
            folder="hs_concordance",
            files=FILES,
        )
    ]


def _conversions(folder: Path) -> Iterator[Comparison]:
    for file in FILES:
        editions, kind = file.removesuffix(".csv").split("_")
        old, new = editions.split("to")
        table = nomenclature.correlation(folder / file)
        found = nomenclature.convert(_flows(table, old), table, old=old, new=new)
        total = _flows(table, old)["value"].sum()
        said = f"{old} to {new}, {kind} table"
        yield figure(
            f"{said}: value kept", f"{total:.2f}", found["value"].sum(), tolerance=1e-9 * total
        )
        widest = table.groupby("from")["to"].nunique().max()
        yield figure(f"{said}: widest split", str(widest), found["fan_out"].max(), tolerance=0)


def _flows(table: pd.DataFrame, edition: str) -> pd.DataFrame:
    """A flow for each code of an edition, of many sizes."""
    codes = sorted(table["from"].unique())
    value = np.array([n % 997 + 0.25 for n in range(len(codes))])
    common = {
        "dataflow": "trade_goods", "freq": "A", "reporter": "KAZ", "partner": "WLD", "flow": "X",
        "valuation": "FOB", "period": "2024", "unit": "USD", "obs_status": "A",
        "basis": "reported", "source": "_U", "published": "_U", "locator": "", "note": "",
    }  # fmt: skip
    frame = pd.DataFrame({"product": codes, "value": value, "lower": value, "upper": value})
    frame = frame.assign(**common)[list(contract.COLUMNS)]
    return frame.assign(classification=edition)
