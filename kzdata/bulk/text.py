"""BACI text in blocks of rows, each column an array of numbers."""

from __future__ import annotations

import contextlib
import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from kzdata.errors import NotAvailable
from kzdata.readers.digits import BLANK
from kzdata.readers.received import GZIP, ZIP, WrongFormat

BLOCK = 3 << 20  # bytes of text; a few blocks are held at a time
MOST = 1 << 36  # bytes after unpacking; all years of BACI are below a third of it
# Year, exporter and importer as printed, product, USD, decimals of kUSD printed, tonnes.
FIELDS = [
    ("t", "i2"), ("i", "i2"), ("j", "i2"), ("k", "i4"), ("v", "f8"), ("d", "i1"), ("q", "f8"),
]  # fmt: skip
COLUMNS = ["t", "i", "j", "k", "v", "q"]
_PADDED = re.compile(rb" +NA")
_ROW_OF_BLOCK = re.compile(r"Row #\d+: ")  # the parser counts within the block
_AGAIN = "Check that the file is BACI's and whole: download it again."


@contextlib.contextmanager
def opened(path: str | PathLike[str], member: str | None, limit: int) -> Iterator[tuple[Any, str]]:
    """The text as a binary stream, out of its gz or zip, and the name it has there."""
    place = Path(path)
    if not place.is_file():
        raise NotAvailable(f"{place} is no file.", "Check the path.")
    with contextlib.ExitStack() as stack:
        packed = stack.enter_context(place.open("rb"))
        magic = packed.read(4)
        packed.seek(0)
        stream: Any = packed
        name = place.name
        if magic.startswith(GZIP):
            stream, name = stack.enter_context(gzip.open(packed)), name.removesuffix(".gz")
        elif magic == ZIP:
            with _sound(place.name):
                archive = stack.enter_context(zipfile.ZipFile(packed))
                inside = _member(archive, place.name, member)
                stream, name = stack.enter_context(archive.open(inside)), Path(inside).name
        yield _Bounded(stream, place.name, limit), name


@contextlib.contextmanager
def _sound(name: str) -> Iterator[None]:
    """Around what reads the file and nothing else: a store that is full is no damaged file."""
    try:
        yield
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise WrongFormat(f"{name} is damaged: {error}.", _AGAIN) from None


def _member(archive: zipfile.ZipFile, name: str, member: str | None) -> str:
    names = [each.filename for each in archive.infolist() if not each.is_dir()]
    wanted = [each for each in names if member is None or member == Path(each).name]
    if len(wanted) != 1:
        raise WrongFormat(
            f"{name} holds {len(names)} files: {', '.join(sorted(names)[:20])}.",
            f"Name one: member={Path(sorted(names)[0]).name!r}" if names else _AGAIN,
        )
    return wanted[0]


class _Bounded:
    """A stream that ends with an error where it is longer than asked for: archives may be bombs."""

    closed = False

    def __init__(self, stream: Any, name: str, limit: int) -> None:
        self._stream, self._name, self._limit, self._size = stream, name, limit, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        with _sound(self._name):
            part = self._stream.read(size)
        self._size += len(part)
        if self._size > self._limit:
            raise WrongFormat(
                f"{self._name} is larger than {self._limit:,} bytes unpacked.",
                "Load a smaller file, or raise the limit: limit=…",
            )
        return part

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True


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
                raise WrongFormat(f"{name} has a line of over {BLOCK:,} bytes.", _AGAIN)
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
        raise WrongFormat(f"{name}: its first line is no text in UTF-8.", _AGAIN) from None
    names = [each.strip() for each in next(csv.reader([printed.strip("\r")]), [])]
    absent = [column for column in COLUMNS if column not in names]
    if absent:
        raise WrongFormat(f"{name} lacks the columns {', '.join(absent)}.", _AGAIN)
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
        raise WrongFormat(f"{name}: {said}.", _AGAIN) from None
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
            raise WrongFormat(f"{name}: a row has no {column}.", _AGAIN)
        numbers = block[column] = _plain(columns[column], kind)
        if column != "k" and len(numbers) and numbers.min() < 0:
            raise WrongFormat(f"{name}: {column} {numbers.min()} is below zero.", _AGAIN)
    if len(block["k"]) and not (block["k"].min() >= 0 and block["k"].max() <= 999_999):
        wrong = next(int(k) for k in block["k"] if not 0 <= k <= 999_999)
        raise WrongFormat(f"{name}: k {wrong} is no 6-digit product.", _AGAIN)
    block["q"] = _real(columns["q"])
    block["v"], block["d"] = _dollars(columns["v"], name)
    for column in ("v", "q"):
        if np.isinf(block[column]).any():
            raise WrongFormat(f"{name}: {column} is infinite in a row.", _AGAIN)
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
            raise WrongFormat(f"{name}: v is no number: {error}.", _AGAIN) from None
    decimals, odd = _decimals(printed)
    # Three decimals of thousands are whole dollars, so rounding undoes the product's own error.
    usd = np.rint(_real(kusd) * 1000)
    for row in np.flatnonzero(odd | (decimals > 3)):
        try:
            exact = Decimal(printed[int(row)].as_py())
        except InvalidOperation:
            raise WrongFormat(f"{name}: v {printed[int(row)]} is no number.", _AGAIN) from None
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
