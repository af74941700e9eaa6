"""BACI text in blocks of rows, each column an array of numbers."""

from __future__ import annotations

import contextlib
import gzip
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

BLOCK = 3 << 20  # bytes of text; the parser holds a few blocks at a time
MOST = 1 << 36  # bytes after unpacking; all years of BACI are below a third of it
# Year, exporter and importer as printed, product, USD, decimals of kUSD printed, tonnes.
FIELDS = [
    ("t", "i2"), ("i", "i2"), ("j", "i2"), ("k", "i4"), ("v", "f8"), ("d", "i1"), ("q", "f8"),
]  # fmt: skip
_WIDEST = 24  # CEPII pads a missing quantity to the width of the column
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
        try:
            if magic.startswith(GZIP):
                stream = stack.enter_context(gzip.open(packed))
                yield _Bounded(stream, place.name, limit), place.name.removesuffix(".gz")
            elif magic == ZIP:
                archive = stack.enter_context(zipfile.ZipFile(packed))
                inside = _member(archive, place.name, member)
                member_stream = stack.enter_context(archive.open(inside))
                yield _Bounded(member_stream, place.name, limit), Path(inside).name
            else:
                yield _Bounded(packed, place.name, limit), place.name
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise WrongFormat(f"{place.name} is damaged: {error}.", _AGAIN) from None


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


def blocks(stream: Any, name: str) -> Iterator[Any]:
    """Yield the text in parts of `BLOCK` bytes, as Arrow batches for `numbers`."""
    import pyarrow as pa
    import pyarrow.csv as text

    blank = [*BLANK, *(pad * " " + "NA" for pad in range(_WIDEST))]
    number = pa.float64()
    types = {"t": pa.int16(), "i": pa.int16(), "j": pa.int16(), "k": pa.int32(), "q": number}
    try:
        reader = text.open_csv(
            stream,
            read_options=text.ReadOptions(block_size=BLOCK),
            convert_options=text.ConvertOptions(
                column_types={**types, "v": pa.string()},
                include_columns=["t", "i", "j", "k", "v", "q"],
                null_values=blank,
                strings_can_be_null=True,
            ),
        )
        yield from reader
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise WrongFormat(f"{name}: {str(error).strip().rstrip('.')}.", _AGAIN) from None


def numbers(batch: Any, name: str) -> dict[str, np.ndarray]:
    """The rows of a batch as one array for each of `FIELDS`, checked."""
    block = {}
    for column in ("t", "i", "j", "k"):
        if batch.column(column).null_count:
            raise WrongFormat(f"{name}: a row has no {column}.", _AGAIN)
        block[column] = batch.column(column).to_numpy()
    if len(block["k"]) and not (block["k"].min() >= 0 and block["k"].max() <= 999_999):
        wrong = next(int(k) for k in block["k"] if not 0 <= k <= 999_999)
        raise WrongFormat(f"{name}: k {wrong} is no 6-digit product.", _AGAIN)
    block["q"] = batch.column("q").to_numpy(zero_copy_only=False)
    block["v"], block["d"] = _dollars(batch.column("v"), name)
    for column in ("v", "q"):
        if np.isinf(block[column]).any():
            raise WrongFormat(f"{name}: {column} is infinite in a row.", _AGAIN)
    return block


def _dollars(printed: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """USD of printed thousands, and how many decimals were printed, which is the interval."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        kusd = pc.cast(printed, pa.float64())
    except pa.ArrowInvalid:  # padded, or no number at all
        printed = pc.utf8_trim_whitespace(printed)
        try:
            kusd = pc.cast(printed, pa.float64())
        except pa.ArrowInvalid as error:
            raise WrongFormat(f"{name}: v is no number: {error}.", _AGAIN) from None
    kusd = kusd.to_numpy(zero_copy_only=False)
    point = pc.fill_null(pc.find_substring(printed, "."), -1).to_numpy()
    length = pc.fill_null(pc.binary_length(printed), 0).to_numpy()
    decimals = np.where(point < 0, 0, length - point - 1).astype(np.int8)
    # Three decimals of thousands are whole dollars, so rounding undoes the product's own error.
    usd = np.rint(kusd * 1000)
    odd = decimals > 3
    for letter in "eE":
        odd |= pc.fill_null(pc.find_substring(printed, letter), -1).to_numpy() >= 0
    for row in np.flatnonzero(odd):
        try:
            exact = Decimal(printed[int(row)].as_py())
        except InvalidOperation:
            raise WrongFormat(f"{name}: v {printed[int(row)]} is no number.", _AGAIN) from None
        usd[row] = float(exact.scaleb(3))
        decimals[row] = -int(exact.as_tuple().exponent)
    return usd, decimals
