"""The report's data as a workbook: one sheet for each table and chart, sources and notes.

Numbers are numbers at full precision, codes are text, missing is an empty cell. No cell is a
formula and none is a link to the outside, whatever its text looks like.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from typing import Any

from kzdata.language import known_word, t, term
from kzdata.reports.blocks import Chart, Document, Sources, Statement, Table
from kzdata.reports.celltext import is_year
from kzdata.reports.markdown import plain

LONGEST_NAME, LONGEST_TEXT, WIDEST = 31, 32_767, 60
EXACT = 2**53  # a spreadsheet holds whole numbers as floats: beyond this, digits would change
NUMBERS = {
    "text": term("Number"),
    "value": term("Value"),
    "unit": term("Unit"),
    "lower": term("Lower"),
    "upper": term("Upper"),
    "source": term("Source"),
    "published": term("Published"),
    "locator": term("Locator"),
    "note": term("Note"),
}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def render(document: Document, *, epoch: int) -> bytes:
    """The workbook; ``epoch`` (seconds) is the one time it carries, as its creation date."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                 "strings_to_numbers": False}
    )  # fmt: skip
    created = dt.datetime.fromtimestamp(epoch, dt.UTC).replace(tzinfo=None)
    book.set_properties({"title": plain(document.title), "author": "kzdata", "created": created})
    _Book(book, document).write()
    book.close()
    return target.getvalue()


class _Book:
    def __init__(self, book: Any, document: Document) -> None:
        self.book, self.document = book, document
        self.taken: set[str] = set()
        self.formats: dict[str, Any] = {}
        self.bold = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        )
        self.soft = book.add_format({"font_color": "#56606b"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#14507f", "underline": 1})

    def write(self) -> None:
        contents = self._added(self._name(t("Contents")))
        listed = [self._data_sheet(*each) for each in self._numbered()]
        listed.append(self._numbers())
        listed.append(self._sources())
        listed.append(self._notes())
        document = self.document
        contents.write_string(0, 0, plain(document.title), self.bold)
        about = ", ".join(filter(None, [document.edition, _as_of(document)]))
        contents.write_string(1, 0, about, self.soft)
        self._header(contents, 3, [t("Sheet"), t("Title"), t("Section")])
        for row, (name, title, part) in enumerate(listed, start=4):
            contents.write_url(row, 0, f"internal:'{name}'!A1", self.link, name)
            contents.write_string(row, 1, _clean(title))
            contents.write_string(row, 2, _clean(part))
        contents.set_column(0, 0, 32)
        contents.set_column(1, 2, 60)

    def _numbered(self) -> list[tuple[str, str, Table | Chart]]:
        figures = tables = 0
        found: list[tuple[str, str, Table | Chart]] = []
        for part in self.document.sections:
            for block in part.blocks:
                if isinstance(block, Chart):
                    figures += 1
                    found.append((f"F{figures} {block.name}", plain(part.title), block))
                elif isinstance(block, Table):
                    tables += 1
                    found.append((f"T{tables} {block.name}", plain(part.title), block))
        return found

    def _data_sheet(self, name: str, part: str, block: Table | Chart) -> tuple[str, str, str]:
        name = self._name(name)
        number = name.split()[0][1:]
        title = plain(block.title) or (
            t("Figure {number}", number=number)
            if isinstance(block, Chart)
            else t("Table {number}", number=number)
        )
        if isinstance(block, Chart):
            notes = [block.subtitle, block.caption]
        else:
            notes = [plain(note) for note in block.notes]
        self._sheet(name, title, notes, block.fields, block.data)
        return name, title, part

    def _numbers(self) -> tuple[str, str, str]:
        fields = [
            {"name": "section", "title": t("Section")},
            {"name": "statement", "title": t("Statement")},
        ]
        fields += [{"name": n, "title": known_word(title)} for n, title in NUMBERS.items()]
        rows = [
            {**number, "section": plain(part.title), "statement": plain(block.markdown)}
            for part in self.document.sections
            for block in part.blocks
            if isinstance(block, Statement)
            for number in block.numbers
        ]
        name = self._name(t("Numbers"))
        title = t("The numbers in the text and where they come from")
        self._sheet(name, title, [], fields, rows)
        return name, title, ""

    def _sources(self) -> tuple[str, str, str]:
        rows = [row for block in self.document.all(Sources) for row in block.data]
        rows = [row for n, row in enumerate(rows) if row not in rows[:n]]
        keys = list(dict.fromkeys(key for row in rows for key in row))
        fields = [
            {"name": key, "title": known_word(key.replace("_", " ").capitalize())} for key in keys
        ]
        name = self._name(t("Sources"))
        self._sheet(name, t("Sources"), [], fields, rows)
        return name, t("Sources"), ""

    def _notes(self) -> tuple[str, str, str]:
        how = t(
            "Numbers stand at full precision in whole units. An empty cell is missing, not zero."
        )
        rows = [{"a": t("How to read"), "b": how}]
        rows += [{"a": t("Key finding"), "b": plain(f.markdown)} for f in self.document.findings]
        rows += [{"a": name, "b": text} for name, text in self.document.about]
        fields = [{"name": "a", "title": t("About")}, {"name": "b", "title": t("Note")}]
        name = self._name(t("Notes"))
        self._sheet(name, t("Notes"), [], fields, rows)
        return name, t("Notes"), ""

    def _sheet(
        self,
        name: str,
        title: str,
        notes: list[str],
        fields: list[dict[str, Any]],
        rows: list[dict[str, Any]],
    ) -> None:
        sheet = self._added(name)
        sheet.write_string(0, 0, _clean(title), self.bold)
        notes = [note for note in notes if note]
        for row, note in enumerate(notes, start=1):
            sheet.write_string(row, 0, _clean(note), self.soft)
        top = len(notes) + 2
        self._header(sheet, top, [_headed(each) for each in fields])
        for column, each in enumerate(fields):
            values = [row.get(each["name"]) for row in rows]
            form = self._format(each, values)
            longest = max((len(_shown(value)) for value in values), default=0)
            width = max(9, min(longest, WIDEST), min(len(_headed(each)), 18))
            sheet.set_column(column, column, width + 2)
            for row, value in enumerate(values, start=top + 1):
                self._cell(sheet, row, column, value, form, longest > WIDEST)
        sheet.freeze_panes(top + 1, 0)
        if fields and rows:
            sheet.autofilter(top, 0, top + len(rows), len(fields) - 1)

    def _added(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        if self.document.direction == "rtl":
            sheet.right_to_left()
        return sheet

    def _cell(self, sheet: Any, row: int, column: int, value: Any, form: Any, wraps: bool) -> None:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= EXACT:
            sheet.write_number(row, column, value, form)
        else:
            text = self.wrapped if wraps else self.text
            sheet.write_string(row, column, _clean(_shown(value)), text)

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

    def _header(self, sheet: Any, row: int, titles: list[str]) -> None:
        for column, title in enumerate(titles):
            sheet.write_string(row, column, _clean(title), self.head)

    def _name(self, wanted: str) -> str:
        """A legal, unused sheet name: at most 31 characters, unlike any other but for case."""
        base = re.sub(r"[\[\]:*?/\\']", "-", wanted)[:LONGEST_NAME].strip()
        name, tries = base, 1
        while name.casefold() in self.taken:
            tries += 1
            end = f"~{tries}"
            name = base[: LONGEST_NAME - len(end)] + end
        self.taken.add(name.casefold())
        return name


def _headed(each: dict[str, Any]) -> str:
    title = str(each.get("title") or each["name"])
    unit = each.get("unit")
    return f"{title} ({unit})" if unit and unit not in title else title


def _as_of(document: Document) -> str:
    return t("as of {day}", day=document.as_of) if document.as_of else ""


def _shown(value: Any) -> str:
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "\N{MINUS SIGN}∞"
    return "" if value is None else str(value)


def _clean(text: str) -> str:
    text = UNPRINTABLE.sub("", text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
