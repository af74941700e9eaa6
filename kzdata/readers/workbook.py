"""Workbooks, .xlsx and legacy .xls, as sheets of cells; told apart by their first bytes.

Before an .xlsx is opened its parts are measured: a sheet that unpacks to gigabytes, or that says
it reaches to the last cell a workbook can have, is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from kzdata.errors import NotAvailable
from kzdata.readers.received import OLE2, ZIP, Received, WrongFormat, is_workbook

PARTS_LIMIT = 400 * 2**20  # bytes of all parts unpacked; the largest of the Bureau's is near 100 MB
CELLS_LIMIT = 20_000_000  # cells that a sheet says it spans
_REFERENCE = re.compile(rb"<(?:\w+:)?dimension\b[^>]*\bref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]+)(\d+)\"")


def sheets(
    body: Received, *, parts_limit: int = PARTS_LIMIT, cells_limit: int = CELLS_LIMIT
) -> dict[str, list[list[Any]]]:
    """Rows of cells by sheet name, from the first row and column on: text, numbers, dates, "".

    Needs the extra ``excel``. Raises `WrongFormat` for what is neither kind of workbook, is too
    large, or is damaged; `NotAvailable` where the library is not installed.
    """
    if body.data.startswith(ZIP) and is_workbook(body.data):
        _measure(body, parts_limit, cells_limit)
    elif not body.data.startswith(OLE2):
        raise WrongFormat(
            f"{body.name} is neither an .xlsx nor an .xls workbook, whatever its name.",
            f"It begins {body.data[:12]!r}: download it again.",
        )
    try:
        import python_calamine
    except ImportError:
        raise NotAvailable(
            "Reading workbooks needs the library python-calamine.", "pip install 'kzdata[excel]'"
        ) from None
    try:
        book = python_calamine.load_workbook(io.BytesIO(body.data))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in _worksheets(book, python_calamine.SheetTypeEnum.WorkSheet)
        }
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise WrongFormat(
            f"{body.name} is a damaged workbook ({error}).", "Download it again."
        ) from None


def _worksheets(book: Any, kind: Any) -> list[str]:
    return [each.name for each in book.sheets_metadata if each.typ == kind]


def _measure(body: Received, parts_limit: int, cells_limit: int) -> None:
    with zipfile.ZipFile(io.BytesIO(body.data)) as archive:
        size = 0
        for part in archive.infolist():
            sheet = part.filename.startswith("xl/worksheets/")
            rows, columns = 0, 0
            tail = b""
            try:
                with archive.open(part) as stream:
                    # Counted, not believed: a zip may lie about the size of its parts.
                    while chunk := stream.read(2**20):
                        size += len(chunk)
                        if size > parts_limit:
                            raise WrongFormat(
                                f"{body.name} unpacks to more than {parts_limit:,} bytes.",
                                "A workbook of this source does not: do not open it.",
                            )
                        if sheet:
                            rows, columns = _reach(tail + chunk, rows, columns)
                            tail = chunk[-200:]
            except (zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:
                raise WrongFormat(
                    f"{body.name} is a damaged workbook ({error}).", "Download it again."
                ) from None
            if rows * columns > cells_limit:
                raise WrongFormat(
                    f"{body.name}, {part.filename}: the sheet spans {rows:,} rows and {columns:,} "
                    "columns.",
                    "A stray cell far from the table does that: delete it, or download again.",
                )


def _reach(text: bytes, rows: int, columns: int) -> tuple[int, int]:
    for match in _REFERENCE.finditer(text):
        rows, columns = max(rows, int(match[4])), max(columns, _number(match[3]))
    for match in _CELL.finditer(text):
        rows, columns = max(rows, int(match[2])), max(columns, _number(match[1]))
    return rows, columns


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
