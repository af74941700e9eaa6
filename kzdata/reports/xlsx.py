"""The report's data as a workbook: cover, contents, notes, a sheet for each table and chart.

As the guidance on statistics in spreadsheets asks: nothing is merged, no row of a table is empty,
units stand in its head, codes are text. No cell is a formula, whatever its text looks like.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from typing import Any

from kzdata.i18n.catalogue import direction
from kzdata.i18n.sentences import known_word, t, term
from kzdata.reports.bidi import in_order
from kzdata.reports.blocks import ChartBlock, Document, Sources, StatementBlock, TableBlock, is_year
from kzdata.reports.markdown import plain

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

Listed = tuple[str, str, str]

"""Of a sheet: its name, its title, and the section of the report that it is of."""


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
    book.set_custom_property("Language", document.language)
    _Workbook(book, in_order(document)).write()
    book.close()
    return target.getvalue()


class _Workbook:
    def __init__(self, book: Any, document: Document) -> None:
        self.document = document
        self.sheets = Sheets(book, document.language)

    def write(self) -> None:
        sheets = self.sheets
        cover = sheets.add(sheets.name(t("Cover")))
        contents = sheets.add(sheets.name(t("Contents")))
        sheets.home = contents.get_name()
        listed = [self._notes()]
        if self.document.key_figures:
            listed.append(self._data_sheet(t("Key figures"), "", self.document.key_figures))
        listed += [self._data_sheet(*each) for each in self._numbered()]
        listed.append(self._numbers())
        listed.append(self._sources())
        self._cover(cover)
        self._contents(contents, listed)

    def _cover(self, sheet: Any) -> None:
        """What the workbook is, in one column of lines: nothing here is a table."""
        document = self.document
        sheet.set_column(0, 0, 100)
        sheet.write_string(0, 0, clean(plain(document.title)), self.sheets.bold)
        about = [document.edition, _as_of(document)]
        lines = [*about, *(plain(each.markdown) for each in document.lead)]
        lines += [plain(each) for each in document.news]
        for question, answers in document.questions:
            lines += [plain(question), *(plain(each.markdown) for each in answers)]
        for row, line in enumerate(filter(None, lines), start=1):
            sheet.write_string(row, 0, clean(line), self.sheets.wrapped)
        home = self.sheets.home
        row = len(list(filter(None, lines))) + 1
        sheet.write_url(row, 0, f"internal:'{home}'!A1", self.sheets.link, t("Contents"))

    def _contents(self, sheet: Any, listed: list[Listed]) -> None:
        fields = [
            {"name": "sheet", "title": t("Sheet")},
            {"name": "title", "title": t("Title")},
            {"name": "section", "title": t("Section")},
        ]
        rows = [dict(zip(("sheet", "title", "section"), each, strict=True)) for each in listed]
        top = self.sheets.fill(sheet, t("Contents"), [], fields, rows)
        for row, (name, _, _) in enumerate(listed, start=top + 1):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.sheets.link, name)
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 2, 60)

    def _numbered(self) -> list[tuple[str, str, TableBlock | ChartBlock]]:
        figures = tables = 0
        found: list[tuple[str, str, TableBlock | ChartBlock]] = []
        for part in self.document.sections:
            for block in part.blocks:
                if isinstance(block, ChartBlock):
                    figures += 1
                    found.append((f"F{figures} {block.name}", plain(part.title), block))
                elif isinstance(block, TableBlock):
                    tables += 1
                    found.append((f"T{tables} {block.name}", plain(part.title), block))
        return found

    def _data_sheet(self, name: str, part: str, block: TableBlock | ChartBlock) -> Listed:
        number = name.split()[0][1:]
        name = self.sheets.name(name)
        title = plain(block.title) or (
            t("Figure {number}", number=number)
            if isinstance(block, ChartBlock)
            else t("Table {number}", number=number)
        )
        if isinstance(block, ChartBlock):
            notes = [block.subtitle, block.caption]
        else:
            notes = [plain(note) for note in block.notes]
        self._sheet(name, title, notes, block.fields, block.data)
        return name, title, part

    def _numbers(self) -> Listed:
        fields = [
            {"name": "section", "title": t("Section")},
            {"name": "statement", "title": t("Statement")},
        ]
        fields += [{"name": n, "title": known_word(title)} for n, title in NUMBERS.items()]
        rows = [
            {**number, "section": plain(part.title), "statement": plain(block.markdown)}
            for part in self.document.sections
            for block in part.blocks
            if isinstance(block, StatementBlock)
            for number in block.numbers
        ]
        name = self.sheets.name(t("Numbers"))
        title = t("The numbers in the text and where they come from")
        self._sheet(name, title, [], fields, rows)
        return name, title, ""

    def _sources(self) -> Listed:
        rows = [row for block in self.document.all(Sources) for row in block.data]
        rows = [row for n, row in enumerate(rows) if row not in rows[:n]]
        keys = list(dict.fromkeys(key for row in rows for key in row))
        fields = [
            {"name": key, "title": known_word(key.replace("_", " ").capitalize())} for key in keys
        ]
        name = self.sheets.name(t("Sources"))
        self._sheet(name, t("Sources"), [], fields, rows)
        return name, t("Sources"), ""

    def _notes(self) -> Listed:
        how = t(
            "Numbers stand at full precision in whole units. An empty cell is missing, not zero."
        )
        rows = [{"a": t("How to read"), "b": how}]
        rows += [{"a": name, "b": text} for name, text in self.document.about]
        fields = [{"name": "a", "title": t("About")}, {"name": "b", "title": t("Note")}]
        name = self.sheets.name(t("Notes"))
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
        self.sheets.fill(self.sheets.add(name), title, notes, fields, rows)


def _as_of(document: Document) -> str:
    return t("as of {day}", day=document.as_of) if document.as_of else ""
