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

from kzdata.errors import NotAvailable, ParseError, UnknownCode
from kzdata.indicators import aggregates
from kzdata.model import contract
from kzdata.model.parsing import printed_amounts
from kzdata.present import citations, mime
from kzdata.present.numbers import Number, number
from kzdata.query_log import recorded
from kzdata.seeds import frames
from kzdata.settings import reports_folder
from kzdata.store import query

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
        asked = printed_amounts.parse_amount(text)
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
                shown = mime.read(output.get("data", {}))
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
                yield Printed(text, _described(row, text), place, "text")


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
    yield Printed(words, _described(pd.Series(joined), words), place, "text")


def _joined(data: list[dict[str, Any]], key: str) -> str:
    named = [str(row[key]) for row in data if row.get(key)]
    if key == "source":
        return contract.join_sources(named)
    return "; ".join(dict.fromkeys(named)) if len(set(named)) <= 3 else f"{len(named)} rows"


def _described(row: pd.Series, text: str) -> Number:
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

_ROW = ["what", "value", "unit", "source", "published", "locator", "note", "shown_in"]


@dataclass(frozen=True)
class Explanation:
    """Where a number comes from: readable text, and one row per place that it was found in."""

    text: str
    frame: pd.DataFrame

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


@recorded
def why(
    figure: Number | pd.Series | str | float, *, report: str | Path | None = None
) -> Explanation:
    r"""Every publication behind a figure, with the place in it and the arithmetic.

    ``figure`` is a `Number`, a row of a frame, or a figure as printed ("US$193.3 million",
    "−18.1%", "193.3"). Printed figures are looked up in the sentences, tables and charts of
    ``report`` (a report's folder; by default every report under ``reports/``), then as printed
    among the claims, then by value among the totals that are shipped or loaded, their turnovers and
    balances, then among loaded products.
    A figure with a unit or scale only finds its own; bare digits find what is printed with them.
    Raises `NotAvailable` when nothing matches.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2025, flow="X")
    >>> print("\n".join(str(kz.why(trade.iloc[0])).splitlines()[:2]))
    trade_goods KAZ ISR X 2025: 119,242,222.86 USD
      where: kaz_partners_2025.csv, row «Израиль», column exports_kusd (published 2026-07)
    """
    if isinstance(figure, Number):
        rows = [_row(figure)]
    elif isinstance(figure, pd.Series):
        derived = [c for c in ("growth_pct", "value_share", "rank") if c in figure.index]
        rows = [_row(number(figure, column)) for column in ("value", *derived)]
    else:
        rows = _look_up(str(figure), report)
        if not rows:
            raise NotAvailable(
                f"{figure!r} was not found in any report, observation or claim.",
                "Type it as printed, for example 'US$193.3 million', or name the report's folder: "
                "--report DIR in the shell, report=… in Python.",
            )
    frame = pd.DataFrame(rows, columns=_ROW).drop_duplicates(ignore_index=True)
    return Explanation("\n\n".join(map(_told, frame.to_dict("records"))), frame)


def _told(row: dict[Any, Any]) -> str:
    value = "" if pd.isna(row["value"]) else f": {row['value']:,.15g} {row['unit']}"
    lines = [f"{row['what']}{value}".strip()]
    if row["note"]:
        lines.append(f"  how: {row['note']}")
    dated = f" (published {row['published']})" if row["published"] else ""
    lines.append(f"  where: {row['locator']}{dated}")
    for name in contract.split_sources(row["source"]):
        try:
            lines.append(f"  source {name}: {citations.reference(name)}")
        except UnknownCode:
            lines.append(f"  source {name}: not in this register")
    if row["shown_in"]:
        lines.append(f"  shown in: {row['shown_in']}")
    return "\n".join(lines)


def _row(each: Number, shown_in: str = "") -> dict[str, Any]:
    return {key: getattr(each, key) for key in _ROW[:-1]} | {"shown_in": shown_in}


def _look_up(text: str, report: str | Path | None) -> list[dict[str, Any]]:
    folders = [Path(report)] if report else sorted(reports_folder().glob("*/"))
    shown = [_row(each.number, each.shown_in) for each in find(text, folders)]
    return shown or list(_in_store(text))


def _in_store(text: str) -> Iterator[dict[str, Any]]:
    claims = frames.claims()
    stated = claims[[bare(text) == bare(printed) for printed in claims["printed"]]]
    if len(stated):
        yield from (_row(number(row)) for _, row in stated.iterrows())
        return
    amount = printed_amounts.parse_amount(text)
    totals = query.totals()
    goods = totals[totals["flow"].isin(["X", "M"])]
    tables = [claims, totals, aggregates.turnover(goods), aggregates.balance(goods)]
    book = pd.concat([table[contract.COLUMNS] for table in tables], ignore_index=True)
    hit = book[book["value"].between(amount.lower, amount.upper)]
    if hit.empty:
        hit = query.valued(amount.lower, amount.upper)
    if amount.unit is not None:
        hit = hit[hit["unit"] == amount.unit]
    yield from (_row(number(row)) for _, row in hit.iterrows())
