"""Delimited text as columns of text, with the header checked and every row whole."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable

import pandas as pd

from kzdata.readers.received import Received, WrongFormat


def header(body: Received, separator: str) -> list[str]:
    """The names in the first line, as printed."""
    first = io.StringIO(body.text.lstrip("\r\n")).readline()
    return [name.strip() for name in next(csv.reader([first], delimiter=separator))]


def table(
    body: Received,
    required: list[str],
    *,
    separator: str = ",",
    plain: Callable[[str], str] = str,
) -> pd.DataFrame:
    """Every cell as the text printed; nothing is taken for missing (Namibia's code is ``NA``).

    ``plain`` normalises the names of the header. The index is the line in the file. Raises
    `WrongFormat` naming the required columns that are not there, or for rows of another length.
    """
    names = [plain(name) for name in header(body, separator)]
    absent = [name for name in required if name not in names]
    if absent:
        raise WrongFormat(
            f"{body.name} lacks the column{'s' * (len(absent) > 1)} {', '.join(absent)}; "
            f"its header is: {', '.join(names[:30])}.",
            "Check that the file is of this source; if the publisher renamed a column, say so.",
        )
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise WrongFormat(
            f"{body.name} has the column {twice[0]!r} twice.", "Check how the file was made."
        )
    _refuse_short(body, names, separator)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            raw = pd.read_csv(
                io.StringIO(body.text),
                sep=separator,
                names=names,
                header=0,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                skip_blank_lines=True,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise _cut(body, names, str(error)) from None
    raw.index = pd.RangeIndex(2, len(raw) + 2, name="line")
    return raw


def _refuse_short(body: Received, names: list[str], separator: str) -> None:
    """pandas fills up a row that is too short, so that a cut file would pass for a whole one."""
    if '"' in body.text:
        lengths = (len(row) for row in csv.reader(io.StringIO(body.text), delimiter=separator))
    else:
        lengths = (line.count(separator) + bool(line) for line in body.text.splitlines())
    for number, length in enumerate(lengths, start=1):
        if 0 < length < len(names):
            raise _cut(body, names, f"line {number} is shorter")


def _cut(body: Received, names: list[str], why: str) -> WrongFormat:
    return WrongFormat(
        f"{body.name}: a row does not have the header's {len(names)} columns ({why.strip()}).",
        "The file was cut or edited: download it again.",
    )
