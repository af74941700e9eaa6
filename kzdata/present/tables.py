"""Tables as a reader sees them, with the full figures behind."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kzdata.errors import UnknownCode, did_you_mean
from kzdata.i18n import formats
from kzdata.i18n.catalogue import direction, has_message, spoken, translated
from kzdata.i18n.sentences import isolated, known_word, retold, t, term
from kzdata.model import codes, contract, vocabulary
from kzdata.present import mime
from kzdata.seeds import load, sources

_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?$")

_PARAGRAPH = re.compile(r"paragraph (\d+)")


def _period(code: str) -> str:
    return t("not stated") if code == codes.UNKNOWN else formats.format_period(code)


def _words(code: str) -> str:
    return known_word(code.replace("_", " "))


def _publishers(joined: str) -> str:
    return "; ".join(known_word(each) for each in contract.split_sources(sources.publisher(joined)))


def _several(joined: str) -> str:
    return "; ".join(known_word(each) for each in joined.split("; "))


def _dated(code: str) -> str:
    """Days are shown as data writes them in English, and in words elsewhere."""
    if spoken() == "en" or not _DAY.match(code):
        return code
    return formats.format_short(code)


def _place(locator: str) -> str:
    """A paragraph by its number; a place in a file stays as it is named there."""
    found = _PARAGRAPH.fullmatch(locator)
    return t("paragraph {n}", n=found[1]) if found else known_word(locator)


def _other_record(joined: str) -> str:
    """Ids of events and of claims by what is told there."""
    held = load.load()
    told = {each["id"]: retold(str(each["title"])) for each in held.events}
    told |= {each["id"]: str(each["printed"]) for each in held.claims}
    return "; ".join(told.get(each, each) for each in joined.split(", "))


LABELS: dict[str, Callable[[str], str]] = {
    "source": _publishers,
    "publisher": known_word,
    "dataflow": lambda code: (
        translated(vocabulary.DATAFLOWS[code]) if code in vocabulary.DATAFLOWS else code
    ),
    "flow": lambda code: translated(vocabulary.FLOWS[code]) if code in vocabulary.FLOWS else code,
    "obs_status": lambda code: (
        translated(vocabulary.STATUSES[code]) if code in vocabulary.STATUSES else code
    ),
    "reporter": formats.area_name,
    "partner": formats.area_name,
    "period": _period,
    "verdict": _words,
    "answer": _words,
    "kind": _words,
    "stage": known_word,
    "fulfilled_at": known_word,
    "status": known_word,
    "topic": known_word,
    "instrument": known_word,
    "not_stated": _several,
    "printed": str,
    "locator": _place,
    "contradicts": _other_record,
    "date": _dated,
    "stage_since": _dated,
    "checked": _dated,
}

SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}

_HEADERS = {
    "": term("{header}, {unit}"),
    "thousand": term("{header}, thousand {unit}"),
    "million": term("{header}, million {unit}"),
    "billion": term("{header}, billion {unit}"),
}

_IN_UNIT = re.compile(r"(value|lower|upper|.*_value|.*_lower|.*_upper)$")

_SPOKEN = {"percent", "pp", "t", "bbl", "bbl/d"}

_WHOLE = re.compile(r"(rank|ranked|months|days.*|paragraph|count)$")


@dataclass(frozen=True)
class Table:
    """A titled table: the rows as displayed, and the frame at full precision."""

    name: str
    title: str
    frame: pd.DataFrame
    headers: list[str]
    rows: list[list[str]]
    right: list[bool]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        lines = [self.title, " | ".join(self.headers), *(" | ".join(row) for row in self.rows)]
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        def cells(tag: str, texts: list[str], scope: str = "") -> str:
            sides = ("right" if right else "left" for right in self.right)
            return "".join(
                f'<{tag}{scope} style="text-align: {side}">{html.escape(text)}</{tag}>'
                for text, side in zip(texts, sides, strict=True)
            )

        head = "<tr>" + cells("th", self.headers, ' scope="col"') + "</tr>"
        body = "".join(f"<tr>{cells('td', row)}</tr>" for row in self.rows)
        notes = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in self.notes)
        return (
            # dollars are dollars here, not the ends of a formula
            f'<div class="tex2jax_ignore mathjax_ignore"{_tongue()}>'
            f"<table><caption>{html.escape(self.title)}</caption>"
            f"<thead>{head}</thead><tbody>{body}</tbody></table>{notes}</div>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        titles = dict(zip(self.frame.columns, self.headers, strict=False))
        data = {
            "kind": "table",
            "name": self.name,
            "title": self.title,
            "schema": mime.schema(self.frame, titles),
            "data": mime.records(self.frame),
            "display": {
                "columns": [
                    {"title": header, "align": "right" if right else "left"}
                    for header, right in zip(self.headers, self.right, strict=True)
                ],
                "rows": self.rows,
            },
            "notes": list(self.notes),
        }
        return mime.bundle(repr(self), data, text_html=self._repr_html_())


def table(
    frame: pd.DataFrame,
    title: str,
    columns: dict[str, str],
    *,
    scale: str = "million",
    decimals: int = 1,
    notes: Sequence[str] = (),
    **parts: str,
) -> Table:
    """A frame as a table to read: ``columns`` maps the columns shown to their headers.

    Title, headers and notes are whole templates, said in the language that `kz.speak` set;
    ``parts`` are what stands in the braces of title and notes: ``reporter="Kazakhstan"`` for
    "Turnover of {reporter}".

    Values in the row's unit are shown in ``scale`` where all rows share a currency, and the header
    says so; otherwise each cell carries its own unit. Columns in _pct, _pp and _share are
    percentages, points and shares. Codes of periods, places, sources, measures and statuses are
    shown in words. Rounding is for display only; a missing value reads n/a. The
    columns not shown, sources included, stay in the data behind the table. Raises `UnknownCode`
    for a column that the frame does not have.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024).pipe(kz.turnover)
    >>> print(kz.table(trade, "Turnover", {"period": "Year", "value": "Turnover"}))
    Turnover
    Year | Turnover, million USD
    2024 | 236.1
    2025 | 193.3
    """
    for column in columns:
        if column not in frame.columns:
            raise UnknownCode(
                f"The frame has no column {column!r}.", did_you_mean(column, frame.columns)
            )
    shown = [_shown(frame, column, header, scale, decimals) for column, header in columns.items()]
    rest = [c for c in frame.columns if c not in columns]
    said = t(title, **parts)
    named = said if spoken() == "en" else title  # a name is the same whatever its letters
    return Table(
        name=re.sub(r"[^a-z0-9]+", "-", named.lower()).strip("-")[:60],
        title=said,
        frame=frame[[*columns, *rest]].reset_index(drop=True),
        headers=[header for header, _, _ in shown],
        rows=[list(row) for row in zip(*(texts for _, texts, _ in shown), strict=True)],
        right=[right for _, _, right in shown],
        notes=(
            *(t(note, **parts) if has_message(note) else retold(note) for note in notes),
            *([t("Nothing of this kind is loaded.")] if frame.empty else []),
        ),
    )


def _shown(
    frame: pd.DataFrame, column: str, header: str, scale: str, decimals: int
) -> tuple[str, list[str], bool]:
    """Header, displayed cells, and whether the column is numeric."""
    values = frame[column]
    header = translated(header)
    if not pd.api.types.is_numeric_dtype(values):
        label = LABELS.get(column, retold)
        return header, [_missing() if pd.isna(v) or v == "" else label(v) for v in values], False
    if column.endswith("_share"):
        return f"{header}, %", [_share(100 * v, max(decimals, 2)) for v in values], True
    if column.endswith("_pct"):
        return f"{header}, %", [_plain(v, decimals) for v in values], True
    if column.endswith("_pp"):
        said = t("{header}, percentage points", header=header)
        return said, [_plain(v, decimals) for v in values], True
    if _WHOLE.match(column) or not _IN_UNIT.match(column) or "unit" not in frame.columns:
        whole = all(float(v).is_integer() for v in values.dropna())
        return header, [_plain(v, 0 if whole else decimals) for v in values], True
    units = set(frame.loc[values.notna(), "unit"])
    if len(units) == 1 and (unit := units.pop()).isupper() and scale in SCALES:
        scale = _fitting(values, scale)
        texts = [_plain(v / SCALES[scale], decimals) for v in values]
        return t(_HEADERS[scale], header=header, unit=unit), texts, True
    texts = [
        _plain(v, decimals) if pd.isna(v) else _with_unit(v, unit, decimals)
        for v, unit in zip(values, frame["unit"], strict=True)
    ]
    return header, texts, True


def _with_unit(value: float, unit: str, decimals: int) -> str:
    if math.isfinite(value) and (unit.isupper() or unit in _SPOKEN):
        return formats.format_amount(value, unit, decimals=decimals)
    figure = _plain(value, 0 if value.is_integer() else decimals)
    return figure if unit == "count" else f"{figure} ({known_word(unit)})"


def _fitting(values: pd.Series, scale: str) -> str:
    """The scale asked for, or the next smaller one in which the largest figure reaches a tenth."""
    largest = values.abs().max()
    smaller = list(SCALES)[: list(SCALES).index(scale) + 1]
    fits = [each for each in smaller if largest >= SCALES[each] / 10]
    return fits[-1] if fits and largest > 0 else scale


def _share(percent: float, decimals: int) -> str:
    """A share in percent; one that is above zero is not printed as zero."""
    least = 10.0**-decimals
    if 0 < percent < least / 2:
        return isolated(f"<{_plain(least, decimals)}")
    return _plain(percent, decimals)


def _missing() -> str:
    return t("n/a")


def _plain(value: float, decimals: int) -> str:
    if pd.isna(value):
        return _missing()
    if math.isinf(value):
        return t("no bound")
    return formats.format_number(value, decimals)


def _tongue() -> str:
    return "" if spoken() == "en" else f' lang="{spoken()}" dir="{direction()}"'
