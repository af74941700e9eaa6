"""How one sheet of a workbook is laid out: a title, the way back, notes, and one table.

As the guidance on statistics in spreadsheets asks: nothing is merged, no row of a table is empty,
units stand in its head, codes are text. No cell is a formula, whatever its text looks like.
"""

from __future__ import annotations

import math
import re
from typing import Any

from kzdata.language import direction, t
from kzdata.reports.celltext import is_year

LONGEST_NAME, LONGEST_TEXT, LONGEST_HEAD, WIDEST = 31, 32_767, 255, 60
EXACT = 2**53  # a spreadsheet holds whole numbers as floats: beyond this, digits would change
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Sheets:
    """The sheets of a workbook of xlsxwriter, in the language ``language``."""

    def __init__(self, book: Any, language: str) -> None:
        self.book, self.mirrored = book, direction(language) == "rtl"
        self.taken: set[str] = set()
        self.tables = 0
        self.home = ""  # the sheet that every other leads back to
        self.formats: dict[str, Any] = {}
        self.bold = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        )
        self.soft = book.add_format({"font_color": "#56606b"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#14507f", "underline": 1, "valign": "top"})

    def add(self, name: str) -> Any:
        """An empty sheet of a name that `name` gave."""
        sheet = self.book.add_worksheet(name)
        if self.mirrored:
            sheet.right_to_left()
        return sheet

    def fill(
        self,
        sheet: Any,
        title: str,
        notes: list[str],
        fields: list[dict[str, Any]],
        rows: list[dict[str, Any]],
    ) -> int:
        """Title, way back, notes and table; returns the row of the table's head, counted from 0."""
        sheet.write_string(0, 0, clean(title), self.bold)
        if self.home and sheet.get_name() != self.home:
            sheet.write_url(1, 0, f"internal:'{self.home}'!A1", self.link, t("Contents"))
        else:
            sheet.write_string(1, 0, t("This sheet holds one table."), self.soft)
        notes = [note for note in notes if note]
        for row, note in enumerate(notes, start=2):
            sheet.write_string(row, 0, clean(note), self.soft)
        top = len(notes) + 2
        titles = _unlike([headed(each) for each in fields])
        for column, (each, titled) in enumerate(zip(fields, titles, strict=True)):
            values = [row.get(each["name"]) for row in rows]
            form = self._format(each, values)
            longest = max((len(shown(value)) for value in values), default=0)
            width = max(9, min(longest, WIDEST), min(len(titled), 18))
            sheet.set_column(column, column, width + 2)
            sheet.write_string(top, column, titled, self.head)
            for row, value in enumerate(values, start=top + 1):
                self._cell(sheet, row, column, value, form, longest > WIDEST)
        sheet.freeze_panes(top + 1, 0)
        if fields and rows:
            self.tables += 1
            options = {
                "name": f"table_{self.tables}",
                "style": "Table Style Light 1",
                "banded_rows": False,
                "columns": [{"header": each, "header_format": self.head} for each in titles],
            }
            sheet.add_table(top, 0, top + len(rows), len(fields) - 1, options)
        return top

    def _cell(self, sheet: Any, row: int, column: int, value: Any, form: Any, wraps: bool) -> None:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= EXACT:
            sheet.write_number(row, column, value, form)
        else:
            text = self.wrapped if wraps else self.text
            sheet.write_string(row, column, clean(shown(value)), text)

    def _format(self, each: dict[str, Any], values: list[Any]) -> Any:
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if is_year(each["name"]):
            code = "0"
        elif all(float(v).is_integer() for v in numbers if math.isfinite(v)):
            code = "#,##0"
        else:
            code = "#,##0.0###"
        if code not in self.formats:
            self.formats[code] = self.book.add_format({"num_format": code, "valign": "top"})
        return self.formats[code]

    def name(self, wanted: str) -> str:
        """A legal, unused sheet name: at most 31 characters, unlike any other but for case."""
        base = re.sub(r"[\[\]:*?/\\']", "-", wanted)[:LONGEST_NAME].strip()
        name, tries = base, 1
        while name.casefold() in self.taken:
            tries += 1
            end = f"~{tries}"
            name = base[: LONGEST_NAME - len(end)] + end
        self.taken.add(name.casefold())
        return name


def headed(each: dict[str, Any]) -> str:
    """The title of a column, with its unit."""
    title = str(each.get("title") or each["name"])
    unit = each.get("unit")
    return f"{title} ({unit})" if unit and unit not in title else title


def shown(value: Any) -> str:
    """A value as the text of a cell."""
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "\N{MINUS SIGN}∞"
    return "" if value is None else str(value)


def clean(text: str) -> str:
    """The text as a cell can hold it: printable, and not too long."""
    text = UNPRINTABLE.sub("", text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _unlike(titles: list[str]) -> list[str]:
    """Titles as the head of an Excel table takes them: none empty, none twice but for case."""
    taken: set[str] = set()
    made = []
    for title in titles:
        base = " ".join(clean(title).split())[: LONGEST_HEAD - 5] or "-"
        name, tries = base, 1
        while name.casefold() in taken:
            tries += 1
            name = f"{base} {tries}"
        taken.add(name.casefold())
        made.append(name)
    return made
