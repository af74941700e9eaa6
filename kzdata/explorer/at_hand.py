"""What there is to choose from: one row for every cell that is shipped or loaded."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from kzdata import sources, store, vintages
from kzdata.codes import UNKNOWN
from kzdata.contract import MISSING


def cells(dataflow: str, reporter: str) -> pd.DataFrame:
    """Every cell of one reporter and dataflow, one row a vintage, values left out.

    ``level`` is HS2, HS4, HS6 for codes of the Harmonized System and the product itself for others;
    ``day`` the day by which the row was surely known; ``known`` whether it has a figure; ``why``
    the status of a row without one; ``edition`` the classification of a product where it is told.
    """
    return _cells(dataflow, reporter, _stamp())


def _stamp() -> tuple[str, ...]:
    return tuple(entry.content for entry in vintages.entries())


@lru_cache(maxsize=32)
def _cells(dataflow: str, reporter: str, stamp: tuple[str, ...]) -> pd.DataFrame:
    rows = store.known({"dataflow": dataflow, "reporter": reporter}, None, newest=False)
    product = rows["product"]
    level = {p: f"HS{len(p)}" if p.isdecimal() else p for p in product.unique()}
    seen = _seen()
    named = list(zip(rows["source"], rows["published"], strict=True))
    days = {each: min(vintages.last_day(each[1]), seen.get(each[0], "")) for each in set(named)}
    made = rows[["partner", "flow", "freq", "product", "period", "source"]].assign(
        edition=rows.get("classification", pd.Series("", index=rows.index)),
        level=product.map(level),
        day=pd.Series([days[each] for each in named], rows.index, dtype=str),
        known=rows["value"].notna(),
        why=rows["obs_status"].where(rows["obs_status"].isin(list(MISSING)), ""),
    )
    return made.reset_index(drop=True)


def _seen() -> dict[str, str]:
    """By source, the day by which its rows were here whatever their date of publication."""
    shipped = {
        name: min(
            vintages.last_day(str(each.get(date) or UNKNOWN)) for date in ("published", "accessed")
        )
        for name, each in sources.manifests().items()
    }
    loaded: dict[str, str] = {}
    for entry in vintages.entries():
        loaded[entry.source] = max(loaded.get(entry.source, ""), entry.loaded)
    return shipped | loaded


def dataflows() -> list[str]:
    """The dataflows of which anything is here, the one with the most rows first."""
    counts = store.shipped()["dataflow"].value_counts()
    held = {str(name): int(count) for name, count in counts.items()}
    for entry in vintages.entries():
        for each in entry.dataflows:
            held[each] = held.get(each, 0) + entry.rows
    return sorted(held, key=lambda each: (-held[each], each))


def reporters(dataflow: str) -> list[str]:
    """The reporters of a dataflow, by code."""
    table = store.shipped()  # of what is loaded the indexes say enough: a year may be gigabytes
    found = set(table.loc[table["dataflow"] == dataflow, "reporter"])
    for source in {e.source for e in vintages.entries() if dataflow in e.dataflows}:
        found |= set(vintages.shape(source)[0])
    return sorted(found)
