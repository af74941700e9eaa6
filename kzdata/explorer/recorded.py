"""How what is at hand of a pair is recorded by product, and how `kz.observations` is asked for it.

Works on the cells of `at_hand`. A product list belongs to one publisher and one edition of the
nomenclature: lists of two would count the same goods twice.
"""

from __future__ import annotations

import pandas as pd

from kzdata import codes
from kzdata.explorer.line import Asked
from kzdata.explorer.selection import ALL, LEVELS, SUM, Selection

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
