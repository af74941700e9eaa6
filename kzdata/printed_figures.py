"""Every figure that a report prints, with the row behind it, read from its executed notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import amounts, resource, sources
from kzdata.cited import Number, number
from kzdata.errors import ParseError

_SPACES = " \t\n\u00a0\u2009\u202f\u200e\u200f\u2066\u2067\u2068\u2069"
_INVISIBLE: dict[int, str | None] = {ord(c): None for c in _SPACES}
_SCALES = (1, 1_000, 1_000_000, 1_000_000_000)
_MINUS: dict[int, str | None] = {ord("-"): "−", ord("–"): "−"}


@dataclass(frozen=True)
class Printed:
    """A figure as printed, the number behind it, where it stands, and what prints it:
    a ``number`` itself, a ``text`` that holds it, or the ``label`` of a chart in some scale."""

    text: str
    number: Number
    shown_in: str
    kind: str = "number"


def bare(text: str) -> str:
    """A printed figure without spaces, bidi marks and the variants of the minus sign."""
    return text.translate(_INVISIBLE | _MINUS).lower()


def digits(text: str) -> str:
    """The figure alone: "−18.1" of "−18.1%", "193.3" of "US$193.3 million"."""
    return "".join(c for c in bare(text) if c.isdigit() or c in "−.,").strip(".,")


def find(text: str, folders: list[Path]) -> list[Printed]:
    """Where a figure is printed in these reports: as a number, else in a text, else on a chart.

    A figure with a unit or scale is compared by value and unit; bare digits by their print, and
    against the labels of charts in any scale.
    """
    shown = [each for folder in folders for each in _of_report(folder)]
    inside = re.compile(rf"(?<![\d.,−]){re.escape(bare(text))}(?![\d%]|[.,]\d)")
    for fits in (
        lambda each: each.kind != "label" and bare(each.text) == bare(text),
        lambda each: each.kind == "number" and _same(text, each),
        lambda each: each.kind == "label" and _same(text, each),
        lambda each: each.kind == "text" and inside.search(bare(each.text)),
        lambda each: each.kind == "label" and _labelled(text, each.number.value),
    ):
        if found := [each for each in shown if fits(each)]:
            return found
    return []


def _labelled(text: str, value: float) -> bool:
    """Whether bare digits are a value in some scale, rounded as they are."""
    try:
        asked = Decimal(digits(text).replace("−", "-").replace(",", ""))
    except InvalidOperation:
        return False
    places = -int(asked.as_tuple().exponent)
    return bare(text) == digits(text) and any(
        round(Decimal(repr(value)) / scale, places) == asked for scale in _SCALES
    )


def _same(text: str, each: Printed) -> bool:
    if bare(text) == digits(text):
        return digits(each.text) == digits(text)
    try:
        asked = amounts.parse_amount(text)
    except ParseError:
        return False
    share = each.number.unit == "share"
    value = each.number.value * (100 if share else 1)
    unit = "percent" if share else each.number.unit
    return asked.unit in (None, unit) and asked.lower <= value <= asked.upper


def _of_report(folder: Path) -> Iterator[Printed]:
    for path in sorted(folder.glob("notebooks/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                shown = resource.read(output.get("data", {}))
                if shown:
                    yield from _READ[shown["kind"]](shown, f"{folder.name}, {path.stem}")


def _of_statement(shown: dict[str, Any], where: str) -> Iterator[Printed]:
    for each in shown["numbers"]:
        known = {key: each[key] for key in Number.__dataclass_fields__ if key in each}
        known |= {key: float("nan") for key in ("value", "lower", "upper") if known[key] is None}
        yield Printed(each["text"], Number(**known), f"{where}: {shown['text']}")


def _of_table(shown: dict[str, Any], where: str) -> Iterator[Printed]:
    fields = [field["name"] for field in shown["schema"]["fields"]]
    place = f"{where}, table “{shown['title']}”"
    for texts, data in zip(shown["display"]["rows"], shown["data"], strict=True):
        row = pd.Series(data)
        for column, text in zip(fields, texts, strict=False):
            if isinstance(data[column], (int, float)) and not isinstance(data[column], bool):
                yield Printed(text, number(row, column), place)
            else:
                yield Printed(text, _told(row, text), place, "text")


def _of_chart(shown: dict[str, Any], where: str) -> Iterator[Printed]:
    """The words of a chart, and its labels: every number of its frame as the words print it."""
    words = " · ".join((shown["title"], shown["subtitle"], shown["alt"], shown["caption"]))
    place = f"{where}, figure “{shown['title']}”"
    numeric = [f["name"] for f in shown["schema"]["fields"] if f["type"] == "number"]
    for data in shown["data"]:
        row = pd.Series(data)
        for column in numeric:
            if data[column] is not None and "unit" in data:
                each = number(row, column)
                yield Printed(str(each), each, place, "label")
    joined = {key: _joined(shown["data"], key) for key in ("source", "locator")}
    yield Printed(words, _told(pd.Series(joined), words), place, "text")


def _joined(data: list[dict[str, Any]], key: str) -> str:
    named = [str(row[key]) for row in data if row.get(key)]
    if key == "source":
        return sources.join(named)
    return "; ".join(dict.fromkeys(named)) if len(set(named)) <= 3 else f"{len(named)} rows"


def _told(row: pd.Series, text: str) -> Number:
    """A figure inside a text: the text is the account of it, the row says where it is from."""
    kept = {key: str(row.get(key) or "") for key in ("source", "published", "locator")}
    nothing = float("nan")
    return Number(nothing, "", nothing, nothing, what="in a text", note=text, **kept)


def _of_sources(shown: dict[str, Any], where: str) -> Iterator[Printed]:
    yield from ()


_READ = {
    "statement": _of_statement,
    "table": _of_table,
    "chart": _of_chart,
    "sources": _of_sources,
}
