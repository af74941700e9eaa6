"""What the chart of a series says: its finding, its subtitle and its text for who cannot see it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import contract, periods
from kzdata.charts import headline, inputs, takeover, words
from kzdata.language import Sentence, known_word, said, t


def finding(
    rows: pd.DataFrame, flows: list[str], unit: str
) -> tuple[Sentence, list[headline.Fact]]:
    """The last figure, set against the same period of the year before where that is possible."""
    known = rows.dropna(subset=["value"])
    last = known.sort_values("at", kind="stable").iloc[-1]
    parts: dict[str, Any] = {
        "reporter": words.place(last["reporter"]),
        "partner": words.place(last["partner"]),
        "period": words.short(last["period"]),
        "money": words.amount(abs(last["value"]) if last["flow"] == "B" else last["value"], unit),
    }
    if len(flows) > 1:
        at_end = known[known["at"] == last["at"]].set_index("flow")["value"]
        if len(at_end) == 2:
            return said(
                "Exports of {reporter} to {partner} were {exports} and imports {imports} in "
                "{period}",
                exports=words.amount(at_end["X"], unit),
                imports=words.amount(at_end["M"], unit),
                **parts,
            ), []
    growth = _growth(known, last)
    flow = last["flow"]
    if growth is None or flow not in ("X", "M"):
        return _level(flow, last["value"], parts), []
    if abs(growth) < headline.STILL:
        return _still(flow, parts), []
    parts["growth"] = words.percent(growth)
    told = _changed if len(last["period"]) == 4 else _changed_on_the_year
    return told(flow, growth < 0, parts), [headline.Fact(growth, "percent")]


def _changed(flow: str, fell: bool, parts: dict[str, Any]) -> Sentence:
    if flow == "X":
        return said(
            "Exports of {reporter} to {partner} fell {growth} in {period}, to {money}"
            if fell
            else "Exports of {reporter} to {partner} rose {growth} in {period}, to {money}",
            **parts,
        )
    return said(
        "Imports of {reporter} from {partner} fell {growth} in {period}, to {money}"
        if fell
        else "Imports of {reporter} from {partner} rose {growth} in {period}, to {money}",
        **parts,
    )


def _changed_on_the_year(flow: str, fell: bool, parts: dict[str, Any]) -> Sentence:
    """Of a month or a quarter the reader has to know what it is set against."""
    if flow == "X":
        return said(
            "Exports of {reporter} to {partner} in {period} fell {growth} on the year before, to "
            "{money}"
            if fell
            else "Exports of {reporter} to {partner} in {period} rose {growth} on the year before, "
            "to {money}",
            **parts,
        )
    return said(
        "Imports of {reporter} from {partner} in {period} fell {growth} on the year before, to "
        "{money}"
        if fell
        else "Imports of {reporter} from {partner} in {period} rose {growth} on the year before, "
        "to {money}",
        **parts,
    )


def _still(flow: str, parts: dict[str, Any]) -> Sentence:
    if flow == "X":
        return said(
            "Exports of {reporter} to {partner} were {money} in {period}, much as in the year "
            "before",
            **parts,
        )
    return said(
        "Imports of {reporter} from {partner} were {money} in {period}, much as in the year before",
        **parts,
    )


def _growth(known: pd.DataFrame, last: pd.Series) -> float | None:
    before = known[
        (known["period"] == periods.previous_year(last["period"])) & (known["flow"] == last["flow"])
    ]
    if before.empty or before["value"].iloc[0] <= 0:
        return None
    if not takeover.continued(before.iloc[0], last):
        return None
    return float(100 * (last["value"] / before["value"].iloc[0] - 1))


def _level(flow: str, value: float, parts: dict[str, Any]) -> Sentence:
    if flow == "X":
        return said("Exports of {reporter} to {partner} were {money} in {period}", **parts)
    if flow == "M":
        return said("Imports of {reporter} from {partner} were {money} in {period}", **parts)
    if flow == "B" and value < 0:
        return said(
            "{reporter} had a deficit of {money} with {partner} in {year}",
            year=parts["period"],
            **parts,
        )
    if flow == "B":
        return said(
            "{reporter} had a surplus of {money} with {partner} in {year}",
            year=parts["period"],
            **parts,
        )
    return said("{reporter}, partner {partner}: {money} in {period}", **parts)


def subtitle(rows: pd.DataFrame, unit_words: object) -> str:
    """Measure, pair, periods and unit."""
    first = rows.iloc[0]
    flows = set(rows["flow"])
    ordered = rows.sort_values("at")["period"]
    parts = {
        "measure": known_word(contract.DATAFLOWS.get(first["dataflow"], first["dataflow"])),
        "flow": known_word(contract.FLOWS[first["flow"]]),
        "reporter": words.place(first["reporter"]),
        "partner": words.place(first["partner"]),
        "first": words.short(ordered.iloc[0]),
        "last": words.short(ordered.iloc[-1]),
        "unit": unit_words,
        "product": first["product"],
    }
    parts["measure"] = parts["measure"][:1].upper() + parts["measure"][1:]
    if first["product"].isdecimal():
        return t(
            "{measure} of {reporter} with {partner}, product {product}, {first} to {last}, {unit}",
            **parts,
        )
    if len(flows) > 1:
        return t(
            "{measure} of {reporter} with {partner}, exports FOB and imports as reported, {first} "
            "to {last}, {unit}",
            **parts,
        )
    if first["flow"] not in ("X", "M", "T", "B"):
        return t("{measure} of {reporter}, partner {partner}, {first} to {last}, {unit}", **parts)
    return t("{measure} of {reporter} with {partner}, {flow}, {first} to {last}, {unit}", **parts)


def alt(finding: object, rows: pd.DataFrame, unit: str) -> str:
    """The finding with the highest and the lowest figure."""
    high, low = (inputs.extreme(rows, "value", largest=side) for side in (True, False))
    return t(
        "Figures over time: {finding}. The highest was {high} in {high_period}, the lowest {low} "
        "in {low_period}.",
        finding=finding,
        high=words.amount(high["value"], unit),
        high_period=words.short(high["period"]),
        low=words.amount(low["value"], unit),
        low_period=words.short(low["period"]),
    )
