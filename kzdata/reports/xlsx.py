"""The report's data as a workbook: cover, contents, notes, a sheet for each table and chart.

Numbers are numbers at full precision, codes are text, missing is an empty cell. No cell is a
formula and none is a link to the outside, whatever its text looks like.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from kzdata.language import known_word, t, term
from kzdata.reports.blocks import Chart, Document, Sources, Statement, Table
from kzdata.reports.markdown import plain
from kzdata.reports.ordering import in_order
from kzdata.reports.sheets import Sheets, clean

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
    _Book(book, in_order(document)).write()
    book.close()
    return target.getvalue()


class _Book:
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

    def _data_sheet(self, name: str, part: str, block: Table | Chart) -> Listed:
        number = name.split()[0][1:]
        name = self.sheets.name(name)
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
            if isinstance(block, Statement)
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
