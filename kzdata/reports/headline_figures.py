"""The figures that a report opens with, each with its interval."""

from __future__ import annotations

import math
import re
from typing import Any

from kzdata import amounts, sources
from kzdata.language import known_word, t
from kzdata.periods import format_period
from kzdata.reports.blocks import Column, Document, Section, Table
from kzdata.reports.markdown import plain
from kzdata.vocabulary import DATAFLOWS, FLOWS, STATUSES

# How a number says what it is: a measure, then the cell of the contract that it is of.
_WHAT = re.compile(
    r"(?:(?P<measure>growth pct|growth lower pct|growth upper pct|value share) of )?"
    r"(?P<dataflow>\w+) (?P<reporter>[A-Z]{3}) (?P<partner>[A-Z]{3}|_Z) "
    r"(?P<flow>\w+) (?P<period>\S+)"
)
_END = {"growth lower pct": "lower", "growth upper pct": "upper"}
_PLAIN = {"", "A", "_Z", "_U"}  # what needs no word: as the publisher prints it


def key_figures(document: Document) -> Table | None:
    """The figures of the findings with the interval of each; None where no finding has any.

    Only figures that stand for a cell of the contract, its growth or its share are listed; a
    count or a rank has no interval.
    """
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for part in document.sections:
        for block in part.blocks:
            if getattr(block, "finding", False):
                for number in block.numbers:  # type: ignore[union-attr]
                    _take(found, number, part)
    rows = [each for each in found.values() if each["value"] is not None or "lower" in each]
    if not rows:
        return None
    titles = {
        "figure": t("What is measured"),
        "value": t("Value"),
        "interval": t("Interval"),
        "part": t("Section"),
        "source": t("Source"),
    }
    shown = ("figure", "value", "interval", "source")
    columns = [Column(titles[name], "right" if name == "value" else "left") for name in shown]
    kept = [{**each, "interval": _interval(each)} for each in rows]
    fields = [{"name": name, "title": title, "type": "string"} for name, title in titles.items()]
    fields[1:3] = [
        {"name": "value", "title": t("Value"), "type": "number"},
        {"name": "unit", "title": t("Unit"), "type": "string"},
        {"name": "lower", "title": t("Lower"), "type": "number"},
        {"name": "upper", "title": t("Upper"), "type": "number"},
    ]
    names = [each["name"] for each in fields]
    return Table(
        name="key-figures",
        title=t("Key figures and their intervals"),
        columns=columns,
        rows=[
            [each["figure"], each["printed"], each["interval"], _publishers(each["source"])]
            for each in kept
        ],
        fields=fields,
        data=[{name: each.get(name) for name in names} for each in kept],
        notes=[
            t(
                "The interval is that of the printed digits, of an estimate at its stated "
                "probability, or of bounds that follow from what is published."
            )
        ],
    )


def _take(
    found: dict[tuple[str, ...], dict[str, Any]], number: dict[str, Any], part: Section
) -> None:
    match = _WHAT.fullmatch(str(number.get("what") or ""))
    if not match or match["dataflow"] not in DATAFLOWS or match["flow"] not in FLOWS:
        return
    measure = match["measure"] or ""
    end = _END.get(measure)
    measure = "growth" if measure.startswith("growth") else "share" if measure else ""
    key = (part.name, measure, *match.group("dataflow", "reporter", "partner", "flow", "period"))
    label = _label("growth from" if end else measure, match)
    one = found.setdefault(
        key,
        {
            "figure": label if end else _standing(label, number),
            "value": None,
            "printed": "",
            "unit": str(number.get("unit") or ""),
            "part": plain(part.title),
            "source": str(number.get("source") or ""),
        },
    )
    if end:
        one[end] = number["value"]
    elif one["value"] is None:
        one |= {"value": number["value"], "printed": number["text"]}
        if number.get("lower") is not None and number.get("upper") is not None:
            one |= {"lower": number["lower"], "upper": number["upper"]}


def _label(measure: str, match: re.Match[str]) -> str:
    from kzdata.codes import area_name

    flow, dataflow = match["flow"], match["dataflow"]
    what = known_word(FLOWS[flow] if dataflow == "trade_goods" else DATAFLOWS[dataflow])
    what = what if measure else what[:1].upper() + what[1:]
    where = {"reporter": area_name(match["reporter"]), "period": format_period(match["period"])}
    if match["partner"] == "_Z":
        return t("{what}: {reporter}, {period}", what=what, **where)
    where["partner"] = area_name(match["partner"])
    if measure == "growth":
        return t("Growth, {what}: {reporter} – {partner}, {period}", what=what, **where)
    if measure == "growth from":  # bounds stand in the row of the months that they grow from
        return t("Growth from {period}, {what}: {reporter} – {partner}", what=what, **where)
    if measure == "share":
        return t("Share, {what}: {reporter} – {partner}, {period}", what=what, **where)
    return t("{what}: {reporter} – {partner}, {period}", what=what, **where)


def _standing(label: str, number: dict[str, Any]) -> str:
    """The label, with what the figure is where it is not one that an office publishes as such."""
    status = str(number.get("obs_status") or "")
    if status not in _PLAIN and status in STATUSES:
        return t("{what} ({status})", what=label, status=known_word(STATUSES[status]))
    if number.get("basis") == "claimed":
        return t("{what} ({status})", what=label, status=t("as stated"))
    return label


def _publishers(joined: str) -> str:
    names = (sources.publisher(each) for each in sources.split(joined))
    return "; ".join(dict.fromkeys(known_word(each) for each in names))


def _interval(one: dict[str, Any]) -> str:
    ends = [each for each in (one.get("lower"), one.get("upper")) if each is not None]
    if len(ends) < 2 or not all(map(math.isfinite, ends)):
        return t("not known")
    low, high = (_printed(each, one["unit"]) for each in ends)
    if low == high:
        return t("exact to the digits shown")
    return t("{low} to {high}", low=low, high=high)


def _printed(value: float, unit: str) -> str:
    if unit == "share":
        return amounts.format_amount(100 * value, "percent", decimals=2)
    return amounts.format_amount(value, unit or None)
