"""What there is to choose from: one row for every cell that is shipped or loaded."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from kzdata.model import codes
from kzdata.model.codes import UNKNOWN
from kzdata.model.vocabulary import MISSING
from kzdata.present.explorer.selection import ALL, LEVELS, SUM, Asked, Selection
from kzdata.seeds import sources
from kzdata.store import journal, query, vintages


def cells(dataflow: str, reporter: str) -> pd.DataFrame:
    """Every cell of one reporter and dataflow, one row a vintage, values left out.

    ``level`` is HS2, HS4, HS6 for codes of the Harmonized System and the product itself for others;
    ``day`` the day by which the row was surely known; ``known`` whether it has a figure; ``why``
    the status of a row without one; ``edition`` the classification of a product where it is told.
    """
    return _cells(dataflow, reporter, _stamp())


def _stamp() -> tuple[str, ...]:
    return tuple(entry.content for entry in journal.entries())


@lru_cache(maxsize=32)
def _cells(dataflow: str, reporter: str, stamp: tuple[str, ...]) -> pd.DataFrame:
    rows = query.known({"dataflow": dataflow, "reporter": reporter}, None, newest=False)
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
    for entry in journal.entries():
        loaded[entry.source] = max(loaded.get(entry.source, ""), entry.loaded)
    return shipped | loaded


def dataflows() -> list[str]:
    """The dataflows of which anything is here, the one with the most rows first."""
    counts = query.shipped()["dataflow"].value_counts()
    held = {str(name): int(count) for name, count in counts.items()}
    for entry in journal.entries():
        for each in entry.dataflows:
            held[each] = held.get(each, 0) + entry.rows
    return sorted(held, key=lambda each: (-held[each], each))


def reporters(dataflow: str) -> list[str]:
    """The reporters of a dataflow, by code."""
    table = query.shipped()  # of what is loaded the indexes say enough: a year may be gigabytes
    found = set(table.loc[table["dataflow"] == dataflow, "reporter"])
    for source in {e.source for e in journal.entries() if dataflow in e.dataflows}:
        found |= set(vintages.shape(source)[0])
    return sorted(found)


LISTED = (*LEVELS, SUM)

"""Products that stand for a whole list of codes."""

_ORDER = ("TOTAL", SUM, *LEVELS, codes.NOT_APPLICABLE)


def levels(rows: pd.DataFrame, chosen: Selection) -> list[str]:
    """The products to choose from: totals or the sum of what is listed, levels, and one's own."""
    held = set(rows["level"])
    if held & set(LEVELS) and "TOTAL" not in held:
        held.add(SUM)
    if chosen.partner == ALL:  # partners and products side by side would be a table, not a chart
        held -= set(LEVELS)
    found = [each for each in _ORDER if each in held]
    single = chosen.product not in _ORDER and (rows["product"] == chosen.product).any()
    return [*found, chosen.product] if single else found


def of_product(rows: pd.DataFrame, product: str) -> pd.DataFrame:
    """The cells that a product stands for."""
    if product == SUM:
        return rows[rows["level"] == _finest(rows)]
    return rows[rows["level" if product in LEVELS else "product"] == product]


def _finest(rows: pd.DataFrame) -> str:
    held = set(rows["level"])
    return max((each for each in LEVELS if each in held), default="")


def publishers(rows: pd.DataFrame) -> list[str]:
    """The sources of product lists, the one that covers most periods and products first."""
    held = rows.groupby("source").agg(periods=("period", "nunique"), cells=("period", "size"))
    held = held.reset_index().sort_values(["periods", "cells", "source"], ascending=[False] * 3)
    return [str(each) for each in held["source"]]


def asked(chosen: Selection, rows: pd.DataFrame) -> Asked:
    """How `kz.observations` is asked for a selection, of whose pair these are the cells.

    Left to itself it answers with totals where there are any, so a list of products asks for all.
    """
    narrowed = ['partner != "WLD"'] if chosen.partner == ALL else []
    listed = chosen.product in LISTED
    if not listed and not chosen.product.isdecimal():
        return Asked(chosen.product if rows["product"].nunique() > 1 else None, tuple(narrowed))
    held = of_product(rows, chosen.product)
    if listed:
        digits = held["level"].iloc[0][2:] if len(held) else chosen.product[2:]
        narrowed.append(f'product.str.fullmatch("[0-9]{{{digits}}}")')
    if chosen.source:
        held = held[held["source"] == chosen.source]
    if held["edition"].nunique() > 1:
        lasting = held.groupby("edition")["period"].nunique()
        newest = max(lasting.index, key=lambda each: (int(lasting[each]), each))
        narrowed.append(f'classification == "{newest}"')
    return Asked("all" if listed else chosen.product, tuple(narrowed), chosen.product == SUM)
