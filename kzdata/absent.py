"""What to say where nothing is loaded for a question: what is there instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kzdata import vintages
from kzdata.errors import NotAvailable


def absent_from(
    table: pd.DataFrame, asked: Mapping[str, Any], span: tuple[Any, Any], as_of: str | None
) -> NotAvailable:
    """The error of a question that ``table`` and the user's store have no answer to."""
    return NotAvailable(
        "Nothing is loaded for "
        + ", ".join(f"{column} {value}" for column, value in asked.items())
        + _years_wanted(*span)
        + (f", known by {as_of}" if as_of else "")
        + ".",
        _near(table, asked) + _loaded_too(asked["dataflow"]),
    )


def _years_wanted(start: Any, end: Any) -> str:
    limits = [f"from {start}" if start is not None else "", f"to {end}" if end is not None else ""]
    said = " ".join(limit for limit in limits if limit)
    return f", {said}" if said else ""


def _near(table: pd.DataFrame, wanted: Mapping[str, Any]) -> str:
    """What is loaded for the same dataflow and reporter, as a line to act on."""
    near = table[table["dataflow"] == wanted["dataflow"]]
    if "reporter" in wanted and (near["reporter"] == wanted["reporter"]).any():
        near = near[near["reporter"] == wanted["reporter"]]
    if "partner" in wanted and (near["partner"] == wanted["partner"]).any():
        near = near[near["partner"] == wanted["partner"]]
    if near.empty:
        return f"Loaded dataflows: {', '.join(sorted(table['dataflow'].unique()))}."
    partners = sorted(near["partner"].unique())
    listed = ", ".join(partners) if len(partners) <= 12 else f"{len(partners)} partners"
    reporters = ", ".join(sorted(near["reporter"].unique()))
    return (
        f"Loaded for {wanted['dataflow']}: reporter {reporters}; "
        f"partner {listed}; {near['period'].min()} to {near['period'].max()}; "
        f"frequency {', '.join(sorted(near['freq'].unique()))}."
    )


def _loaded_too(dataflow: str) -> str:
    """What the user's store has of a dataflow, as the end of a hint."""
    held = {e.source for e in vintages.entries() if dataflow in e.dataflows}
    return f" In your store: {', '.join(sorted(held))}; see kzdata sources." if held else ""
