"""Delimited text as columns of text, with the header checked and every row whole."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from kzdata.readers.payload import Received, WrongFormat

if TYPE_CHECKING:
    import pandas as pd


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
    import pandas as pd

    names = [plain(name) for name in header(body, separator)]
    check_names(names, required, body.name)
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


def check_names(names: list[str], required: list[str], where: str) -> None:
    """Raise `WrongFormat` for a header that lacks a required column, or has one twice."""
    absent = [name for name in required if name not in names]
    if absent:
        raise WrongFormat(
            f"{where} lacks the column{'s' * (len(absent) > 1)} {', '.join(absent)}; "
            f"its header is: {', '.join(names[:30])}.",
            "Check that the file is of this source; if the publisher renamed a column, say so.",
        )
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise WrongFormat(
            f"{where} has the column {twice[0]!r} twice.", "Check how the file was made."
        )


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


_NUMBER = r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,4}))?"

BLANK = frozenset({"", "NA", "#N/A", "NaN", "nan", "null", "None"})


def scaled(
    column: pd.Series,
    power: int | pd.Series = 0,
    *,
    divisor: int | pd.Series = 1,
    name: str = "the file",
) -> pd.DataFrame:
    """``value``, ``lower``, ``upper`` of printed numbers × 10 to the ``power`` / ``divisor``.

    The interval is half a unit of the last printed digit. Padding is ignored; texts in `BLANK`
    and nulls are missing. Any other text raises `WrongFormat` naming the column and the place.
    """
    import pandas as pd

    text = column.astype("str").str.strip() if len(column) else column.astype("str")
    missing = column.isna() | text.isin(list(BLANK))
    parts = text.where(~missing, "0").str.extract(f"^{_NUMBER}$", expand=True)
    wrong = ~text.where(~missing, "0").str.fullmatch(_NUMBER).astype(bool)
    if wrong.any():
        place = column.index[wrong][0]
        raise WrongFormat(
            f"{name}: {column.name} {text[place]!r} is not a number (row {place}; "
            f"{int(wrong.sum())} such).",
            "Check that the columns are those that this source publishes.",
        )
    fraction = parts[0].where(parts[0].notna(), parts[1]).fillna("")
    exponent = parts[2].fillna("0").astype(int) + power
    # Python's own reading of "52.051e3" rounds once; 52.051 * 1000 would round twice.
    mantissa = text.where(~missing, "0").str.replace(r"[eE].*$", "", regex=True)
    value = (mantissa + "e" + exponent.astype("str")).to_numpy(dtype="U").astype(float)
    with np.errstate(over="ignore"):
        half = 0.5 * np.power(10.0, (exponent - fraction.str.len()).to_numpy(dtype=float))
    if not (np.isfinite(value) & np.isfinite(half)).all():
        place = column.index[~(np.isfinite(value) & np.isfinite(half))][0]
        raise WrongFormat(
            f"{name}: {column.name} {text[place]!r} exceeds the float range (row {place}).",
            "Check that the columns are those that this source publishes.",
        )
    under = np.asarray(divisor, dtype=float)
    table = pd.DataFrame(
        {
            "value": value / under,
            "lower": (value - half) / under,
            "upper": (value + half) / under,
        },
        index=column.index,
    )
    table.loc[missing] = np.nan
    return table
