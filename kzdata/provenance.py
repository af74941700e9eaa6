"""Walk a printed number back to the document, the place in it, the publisher and the date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import aggregates, amounts, contract, resource, seeds, sources, store
from kzdata.cited import Number, number
from kzdata.errors import NotAvailable, UnknownCode
from kzdata.home import reports_folder

_SCALES = (1.0, 1e3, 1e6, 1e9)
_ROW = ["what", "value", "unit", "source", "published", "locator", "note", "shown_in"]


@dataclass(frozen=True)
class Explanation:
    """Where a number comes from: readable text, and one row per place that it was found in."""

    text: str
    frame: pd.DataFrame

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def why(
    figure: Number | pd.Series | str | float, *, report: str | Path | None = None
) -> Explanation:
    """Every publication behind a figure, with the place in it and the arithmetic.

    ``figure`` is a `Number`, a row of a frame, or a figure as printed ("US$193.3 million",
    "−18.1 %", "193.3"). Printed figures are looked up in the sentences, tables and charts of
    ``report`` (a report's folder; by default every report under ``reports/``), then among the
    shipped observations, their turnovers and balances, and the claims; digits decide what they
    may stand for, and without a unit a table's million or billion is allowed for. Raises
    `NotAvailable` when nothing matches.
    """
    if isinstance(figure, Number):
        rows = [_from_number(figure)]
    elif isinstance(figure, pd.Series):
        rows = [_from_number(number(figure))]
    else:
        rows = _look_up(str(figure), report)
        if not rows:
            raise NotAvailable(
                f"{figure!r} is in no report, observation or claim at hand.",
                "Type it as printed, for example 'US$193.3 million', or name the folder of the "
                "report: report=…",
            )
    frame = pd.DataFrame(rows, columns=_ROW).drop_duplicates(ignore_index=True)
    return Explanation("\n\n".join(map(_told, frame.to_dict("records"))), frame)


def _told(row: dict[Any, Any]) -> str:
    value = "not available" if pd.isna(row["value"]) else f"{row['value']:,.15g} {row['unit']}"
    lines = [f"{row['what']}: {value}".strip()]
    if row["note"]:
        lines.append(f"  how: {row['note']}")
    lines.append(
        f"  where: {row['locator']}" + f" (published {row['published']})" * bool(row["published"])
    )
    for name in sources.split(row["source"]):
        try:
            lines.append(f"  source {name}: {sources.reference(name)}")
        except UnknownCode:
            lines.append(f"  source {name}: not in this register")
    if row["shown_in"]:
        lines.append(f"  shown in: {row['shown_in']}")
    return "\n".join(lines)


def _from_number(each: Number, shown_in: str = "") -> dict[str, Any]:
    return {key: getattr(each, key) for key in _ROW[:-1]} | {"shown_in": shown_in}


def _look_up(text: str, report: str | Path | None) -> list[dict[str, Any]]:
    folders = [Path(report)] if report else sorted(reports_folder().glob("*/"))
    shown = [found for folder in folders for found in _in_report(folder)]
    exact = [row for printed, row in shown if _bare(printed) == _bare(text)]
    alike = [row for printed, row in shown if _digits(printed) == _digits(text) != ""]
    return exact or alike or list(_in_store(text))


def _bare(text: str) -> str:
    """A printed figure without spaces, bidi marks and the variants of the minus sign."""
    drop = {ord(c): None for c in " \t\u00a0\u2009\u202f\u200e\u200f\u2066\u2067\u2068\u2069"}
    return text.translate(drop | {ord("-"): "−", ord("–"): "−"}).lower()


def _in_report(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(as printed, row) of every figure in a report's sentences and tables."""
    for path in sorted(folder.glob("notebooks/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                shown = output.get("data", {}).get(resource.MIME, {"kind": ""})
                where = f"{folder.name}, {path.stem}"
                if shown["kind"] == "statement":
                    yield from _in_statement(shown, where)
                elif shown["kind"] == "table":
                    yield from _in_table(shown, where)


def _in_statement(shown: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in shown["numbers"]:
        row = {key: each[key] for key in _ROW[:-1]}
        yield each["text"], row | {"shown_in": f"{where}: {shown['text']}"}


def _in_table(shown: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    fields = [field["name"] for field in shown["schema"]["fields"]]
    for texts, row in zip(shown["display"]["rows"], shown["data"], strict=True):
        for column, text in zip(fields, texts, strict=False):
            if isinstance(row[column], (int, float)):
                found = number(pd.Series(row), column)
                yield text, _from_number(found, f"{where}, table “{shown['title']}”")


def _digits(text: str) -> str:
    """The figure alone: "−18.1" of "−18.1%", "193.3" of "US$193.3 million"."""
    return "".join(c for c in _bare(text) if c.isdigit() or c in "−.,").strip(".,")


def _in_store(text: str) -> Iterator[dict[str, Any]]:
    amount = amounts.parse_amount(text)
    everything = store.everything()
    goods = everything[everything["flow"].isin(["X", "M"])]
    tables = [everything, aggregates.turnover(goods), aggregates.balance(goods), seeds.claims()]
    book = pd.concat([table[contract.COLUMNS] for table in tables], ignore_index=True)
    scales = _SCALES if amount.unit is None and abs(amount.value) < 1e5 else (1.0,)
    for scale in scales:
        hit = book["value"].between(amount.lower * scale, amount.upper * scale)
        if amount.unit is not None:
            hit &= book["unit"] == amount.unit
        for _, row in book[hit].iterrows():
            yield _from_number(number(row))
