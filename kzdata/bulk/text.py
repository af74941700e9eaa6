"""BACI text in blocks of rows, each column an array of numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from kzdata.bulk.opening import AGAIN
from kzdata.readers.digits import BLANK
from kzdata.readers.received import WrongFormat

BLOCK = 3 << 20  # bytes of text; a few blocks are held at a time
# Year, exporter and importer as printed, product, USD, decimals of kUSD printed, tonnes.
FIELDS = [
    ("t", "i2"), ("i", "i2"), ("j", "i2"), ("k", "i4"), ("v", "f8"), ("d", "i1"), ("q", "f8"),
]  # fmt: skip
COLUMNS = ["t", "i", "j", "k", "v", "q"]
_PADDED = re.compile(rb" +NA")
_ROW_OF_BLOCK = re.compile(r"Row #\d+: ")  # the parser counts within the block


def blocks(stream: Any, name: str) -> Iterator[tuple[list[str], bytes]]:
    """The names in the header, and the text below it in parts of some `BLOCK` bytes, whole lines.

    Reading is all that is done here: `parsed` is for other threads.
    """
    names: list[str] = []
    rest = b""
    while part := stream.read(BLOCK):
        end = part.rfind(b"\n") + 1
        if not end:
            rest += part
            if len(rest) > BLOCK:
                raise WrongFormat(f"{name} has a line of over {BLOCK:,} bytes.", AGAIN)
            continue
        whole, rest = b"".join((rest, memoryview(part)[:end])), part[end:]
        if not names:
            names, whole = _header(whole, name)
        if whole:
            yield names, whole
    if rest and not names:
        names, rest = _header(rest + b"\n", name)
    if rest:
        yield names, rest


def _header(text: bytes, name: str) -> tuple[list[str], bytes]:
    first, _, rest = text.partition(b"\n")
    try:
        printed = first.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongFormat(f"{name}: its first line is no text in UTF-8.", AGAIN) from None
    names = [each.strip() for each in next(csv.reader([printed.strip("\r")]), [])]
    absent = [column for column in COLUMNS if column not in names]
    if absent:
        raise WrongFormat(f"{name} lacks the columns {', '.join(absent)}.", AGAIN)
    return names, rest


def parsed(block: tuple[list[str], bytes], name: str, padded: set[str]) -> dict[str, np.ndarray]:
    """The rows of a block as one array for each of `FIELDS`, checked.

    ``padded`` are the spellings of a padded ``NA`` that the file was seen to have. CEPII pads to
    the width of the column, so there are few, and asking every cell for all would take longer.
    """
    import pyarrow as pa

    try:
        try:
            table = _table(block, [*BLANK, *padded])
        except pa.ArrowInvalid:
            padded |= {each.decode() for each in _PADDED.findall(block[1])}
            table = _table(block, [*BLANK, *padded])
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        said = _ROW_OF_BLOCK.sub("", str(error)).strip().rstrip(".")
        raise WrongFormat(f"{name}: {said}.", AGAIN) from None
    return _numbers({c: table.column(c).combine_chunks() for c in COLUMNS}, name)


def _table(block: tuple[list[str], bytes], missing: list[str]) -> Any:
    import pyarrow as pa
    import pyarrow.csv as text

    names, lines = block
    return text.read_csv(
        pa.BufferReader(lines),
        read_options=text.ReadOptions(
            column_names=names, block_size=len(lines) + 1, use_threads=False
        ),
        convert_options=text.ConvertOptions(
            column_types=dict(zip(COLUMNS, _types(), strict=True)),
            include_columns=COLUMNS,
            null_values=missing,
            strings_can_be_null=True,
        ),
    )


def _types() -> list[Any]:
    import pyarrow as pa

    small, real = pa.int16(), pa.float64()
    return [small, small, small, pa.int32(), pa.string(), real]


def _numbers(columns: dict[str, Any], name: str) -> dict[str, np.ndarray]:
    block = {}
    for column, kind in FIELDS[:4]:
        if columns[column].null_count:
            raise WrongFormat(f"{name}: a row has no {column}.", AGAIN)
        numbers = block[column] = _plain(columns[column], kind)
        if column != "k" and len(numbers) and numbers.min() < 0:
            raise WrongFormat(f"{name}: {column} {numbers.min()} is below zero.", AGAIN)
    if len(block["k"]) and not (block["k"].min() >= 0 and block["k"].max() <= 999_999):
        wrong = next(int(k) for k in block["k"] if not 0 <= k <= 999_999)
        raise WrongFormat(f"{name}: k {wrong} is no 6-digit product.", AGAIN)
    block["q"] = _real(columns["q"])
    block["v"], block["d"] = _dollars(columns["v"], name)
    for column in ("v", "q"):
        if np.isinf(block[column]).any():
            raise WrongFormat(f"{name}: {column} is infinite in a row.", AGAIN)
    return block


def _plain(column: Any, kind: str) -> np.ndarray:
    """The numbers of an Arrow array as they lie there: its own way to NumPy imports pandas."""
    values = column.buffers()[1]
    if values is None:
        return np.zeros(0, kind)
    return np.frombuffer(values, kind, len(column), column.offset * np.dtype(kind).itemsize)


def _real(column: Any) -> np.ndarray:
    """Numbers, those that are missing as NaN."""
    values = _plain(column, "f8")
    if column.null_count:
        bits = np.frombuffer(column.buffers()[0], np.uint8)
        there = np.unpackbits(bits, count=column.offset + len(column), bitorder="little")
        values = np.where(there[column.offset :], values, np.nan)
    return values


def _dollars(printed: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """USD of printed thousands, and how many decimals were printed, which is the interval."""
    import pyarrow as pa

    try:
        kusd = printed.cast(pa.float64())
    except pa.ArrowInvalid:  # padded, or no number at all
        from pyarrow.compute import utf8_trim_whitespace

        printed = utf8_trim_whitespace(printed)
        try:
            kusd = printed.cast(pa.float64())
        except pa.ArrowInvalid as error:
            raise WrongFormat(f"{name}: v is no number: {error}.", AGAIN) from None
    decimals, odd = _decimals(printed)
    # Three decimals of thousands are whole dollars, so rounding undoes the product's own error.
    usd = np.rint(_real(kusd) * 1000)
    for row in np.flatnonzero(odd | (decimals > 3)):
        try:
            exact = Decimal(printed[int(row)].as_py())
        except InvalidOperation:
            raise WrongFormat(f"{name}: v {printed[int(row)]} is no number.", AGAIN) from None
        usd[row] = float(exact.scaleb(3))
        decimals[row] = -int(exact.as_tuple().exponent)
    return usd, decimals


def _decimals(printed: Any) -> tuple[np.ndarray, np.ndarray]:
    """Digits behind each number's point, and which numbers have an exponent: by their bytes."""
    _, places, text = printed.buffers()
    count, first = len(printed), printed.offset
    ends = np.frombuffer(places, np.int32, count + 1 + first)[first:]
    letters = np.frombuffer(text, np.uint8)[: ends[-1]] if text else np.zeros(0, np.uint8)
    points = np.flatnonzero(letters == ord("."))
    points = points[points >= ends[0]]
    decimals = np.zeros(count, dtype=np.int64)
    rows = np.arange(count)
    if len(points) != count or (points < ends[:-1]).any() or (points >= ends[1:]).any():
        rows = np.searchsorted(ends, points, side="right") - 1
    decimals[rows] = ends[rows + 1] - points - 1
    odd = np.zeros(count, dtype=bool)
    for letter in b"eE":
        at = np.flatnonzero(letters == letter)
        odd[np.searchsorted(ends, at[at >= ends[0]], side="right") - 1] = True
    return decimals.astype(np.int8), odd
