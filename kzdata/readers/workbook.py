"""Workbooks, .xlsx and legacy .xls, as sheets of cells; told apart by their first bytes.

Before an .xlsx is opened its parts are measured: a sheet that unpacks to gigabytes, or reaches to
the last cell that a workbook can have, is refused. An .xls is read by xlrd, which keeps rows as
they are; a reader that spreads a sheet over its whole rectangle takes all memory for one bad byte.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

from kzdata.errors import NotAvailable
from kzdata.readers.payload import OLE2, ZIP, Received, WrongFormat, is_workbook

PARTS_LIMIT = 400 * 2**20  # bytes of all parts unpacked; the largest of the Bureau's is near 100 MB

CELLS_LIMIT = 20_000_000  # cells of the rectangle that a sheet spans

_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*\bref=\"[A-Z]+\d+:([A-Z]+)(\d+)\"")

_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")

_PLACE = re.compile(rb"\br=[\"\']([A-Z]*)(\d+)")


def sheets(
    body: Received, *, parts_limit: int = PARTS_LIMIT, cells_limit: int = CELLS_LIMIT
) -> dict[str, list[list[Any]]]:
    """Rows of cells by sheet name, from the first row and column on: text, numbers, dates, "".

    Needs the extra ``excel``. Raises `WrongFormat` for what is neither kind of workbook, is too
    large, or is damaged; `NotAvailable` where the library is not installed.
    """
    if body.data.startswith(OLE2):
        return _xls(body)
    if body.data.startswith(ZIP) and is_workbook(body.data):
        _measure(body, parts_limit, cells_limit)
        return _xlsx(body)
    raise WrongFormat(
        f"{body.name} is neither an .xlsx nor an .xls workbook, whatever its name.",
        f"It begins {body.data[:12]!r}: download it again.",
    )


def _xls(body: Received) -> dict[str, list[list[Any]]]:
    try:
        import xlrd
    except ImportError:
        raise _no_library("xlrd") from None
    try:
        with Path(os.devnull).open("w") as nowhere:  # xlrd remarks on oddities in print
            book = xlrd.open_workbook(file_contents=body.data, logfile=nowhere, ragged_rows=True)
            return {sheet.name: [sheet.row_values(r) for r in range(sheet.nrows)] for sheet in book}
    except Exception as error:  # on a damaged file it raises whatever it stumbles over
        raise _damaged(body, error) from error


def _xlsx(body: Received) -> dict[str, list[list[Any]]]:
    try:
        import python_calamine
    except ImportError:
        raise _no_library("python-calamine") from None
    try:
        book = python_calamine.load_workbook(io.BytesIO(body.data))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in _worksheets(book, python_calamine.SheetTypeEnum.WorkSheet)
        }
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _damaged(body, error) from error
    except BaseException as error:
        # A failed assertion in the library's Rust is no Exception in Python's tree.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(body, error) from error


def _no_library(name: str) -> NotAvailable:
    return NotAvailable(
        f"Reading this workbook needs the library {name}.", "pip install 'kzdata[excel]'"
    )


def _damaged(body: Received, error: BaseException) -> WrongFormat:
    return WrongFormat(
        f"{body.name} is a damaged workbook ({type(error).__name__}: {str(error)[:120]}).",
        "Download it again.",
    )


def _worksheets(book: Any, kind: Any) -> list[str]:
    return [each.name for each in book.sheets_metadata if each.typ == kind]


def _measure(body: Received, parts_limit: int, cells_limit: int) -> None:
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(body.data)) as archive:
            for part in archive.infolist():
                reach = _Reach()
                with archive.open(part) as stream:
                    # Counted, not believed: a zip may lie about the size of its parts.
                    while chunk := stream.read(2**20):
                        size += len(chunk)
                        if size > parts_limit:
                            raise WrongFormat(
                                f"{body.name} unpacks to more than {parts_limit:,} bytes.",
                                "Workbooks of this source are smaller: do not open it.",
                            )
                        if part.filename.startswith("xl/worksheets/"):
                            reach.read(chunk)
                if reach.rows * reach.columns > cells_limit:
                    raise WrongFormat(
                        f"{body.name}, {part.filename}: the sheet spans {reach.rows:,} rows and "
                        f"{reach.columns:,} columns.",
                        "A stray cell far from the table does that: delete it, or download again.",
                    )
    except WrongFormat:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise _damaged(body, error) from error


class _Reach:
    """The last row and column of a sheet's XML, which comes in pieces.

    Rows and cells without a place of their own follow the one before.
    """

    def __init__(self):
        self.rows = self.columns = self._row = self._column = 0
        self._rest = b""

    def read(self, piece: bytes) -> None:
        text = self._rest + piece
        whole = text.rfind(b">") + 1
        text, self._rest = text[:whole], text[whole:]
        if found := _DIMENSION.search(text):
            self._reach(int(found[2]), _number(found[1]))
        for tag in _TAG.finditer(text):
            place = _PLACE.search(tag[2])
            if tag[1] == b"row":
                self._row = int(place[2]) if place else self._row + 1
                self._column = 0
            else:
                self._column = _number(place[1]) if place else self._column + 1
                self._row = int(place[2]) if place else self._row
            self._reach(self._row, self._column)

    def _reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
