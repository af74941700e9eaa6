"""Work done a little ahead of its use, in order."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from kzdata.errors import ContractError, NotAvailable, ParameterError, ParseError, did_you_mean
from kzdata.model import codes as areas
from kzdata.model import contract, periods
from kzdata.readers import baci
from kzdata.readers.columns import BLANK
from kzdata.readers.payload import GZIP, ZIP, WrongFormat, chosen
from kzdata.store.batches import GROUP, Writer, Written

Given = TypeVar("Given")

Made = TypeVar("Made")

THREADS = 2  # each holds one part of the data


def ahead(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """``work`` of each, in order, the next ones under way while one is used."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for each in given:
                waiting.append(pool.submit(work, each))
                if len(waiting) > THREADS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for unused in waiting:
                unused.cancel()


MOST = 1 << 36  # bytes after unpacking; all years of BACI are below a third of it

AGAIN = "Check that the file is BACI's and whole: download it again."


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
                inside = chosen(archive, place.name, member)
                stream, name = stack.enter_context(archive.open(inside)), Path(inside).name
        yield _Bounded(stream, place.name, limit), name


@contextlib.contextmanager
def _sound(name: str) -> Iterator[None]:
    """Around what reads the file and nothing else: a store that is full is no damaged file."""
    try:
        yield
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise WrongFormat(f"{name} is damaged: {error}.", AGAIN) from None


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


BLOCK = 3 << 20  # bytes of text; a few blocks are held at a time

# Year, exporter and importer as printed, product, USD, decimals of kUSD printed, tonnes.
FIELDS = [
    ("t", "i2"), ("i", "i2"), ("j", "i2"), ("k", "i4"), ("v", "f8"), ("d", "i1"), ("q", "f8"),
]  # fmt: skip

TEXT_COLUMNS = ["t", "i", "j", "k", "v", "q"]

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
    absent = [column for column in TEXT_COLUMNS if column not in names]
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
    return _numbers({c: table.column(c).combine_chunks() for c in TEXT_COLUMNS}, name)


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
            column_types=dict(zip(TEXT_COLUMNS, _types(), strict=True)),
            include_columns=TEXT_COLUMNS,
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


HELD = 5_500_000  # rows of some 30 bytes

ROW = [*FIELDS, ("line", "i4")]

Columns = dict[str, np.ndarray]


class Part(NamedTuple):
    """The rows of a block, where each exporter's begin and end, and the exporters by rank.

    Lines are counted within the block until the part is held.
    """

    rows: Columns
    turns: list[int]
    ranks: list[int]


class Held:
    """All rows of a file, and what is known of them as a whole; ``codes`` are areas by rank."""

    def __init__(self, folder: Path, codes: list[str], name: str) -> None:
        self.codes, self.name = codes, name
        self.missing = False
        self.decimals: set[int] = set()  # the fewest and the most of every block
        self.sizes = np.zeros(len(codes), dtype=np.int64)
        # Numbers that occur: years and areas are below 2 to the 15, products have six digits.
        self.seen = {name: np.zeros(1 << 15, dtype=bool) for name in "tij"}
        self.seen["k"] = np.zeros(1_000_000, dtype=bool)
        self._folder = folder
        self._line = 2  # below the header
        self._padded: set[str] = set()
        self._place = {code: n for n, code in enumerate(codes)}
        self._ranks = np.full(1 << 15, -1, dtype=np.int16)
        self._rows = 0  # in memory
        self._pieces: dict[int, list[tuple[Columns, int, int]]] = {}  # from, to
        self._spilled: dict[int, list[tuple[Path, int, int]]] = {}  # bytes before, rows

    def part(self, block: tuple[list[str], bytes]) -> Part:
        """The rows of a block of text; for any thread."""
        rows = parsed(block, self.name, self._padded)
        for name in "tjk":
            self.seen[name][rows[name]] = True
        if np.isnan(rows["v"]).any():
            self.missing = True
        if len(rows["d"]):
            self.decimals.update((int(rows["d"].min()), int(rows["d"].max())))
        rows["line"] = np.arange(len(rows["i"]), dtype=np.int32)
        turns = _turns(rows["i"])
        if len(turns) > len(self.codes):  # CEPII's order has fewer
            order = np.argsort(rows["i"], kind="stable")
            rows = {name: _moved(column, order) for name, column in rows.items()}
            turns = _turns(rows["i"])
        exporters = rows["i"].take(turns)
        self.seen["i"][exporters] = True
        return Part(rows, [*turns.tolist(), len(rows["i"])], self._rank(exporters).tolist())

    def add(self, part: Part) -> None:
        """Hold the next part of the file."""
        for rank, (start, end) in zip(part.ranks, pairwise(part.turns), strict=True):
            self._pieces.setdefault(rank, []).append((part.rows, start, end))
            self.sizes[rank] += end - start
        part.rows["line"] += self._line
        self._line += part.turns[-1]
        self._rows += part.turns[-1]
        if self._rows > HELD:
            self._spill()

    def _spill(self) -> None:
        path = self._folder / f"spill-{self._line}"
        with path.open("wb") as file:
            for rank, pieces in self._pieces.items():
                place, rows = file.tell(), _joined(pieces, [name for name, _ in ROW])
                for name, kind in ROW:
                    file.write(np.ascontiguousarray(rows[name], kind).data)
                self._spilled.setdefault(rank, []).append((path, place, len(rows["line"])))
        self._pieces, self._rows = {}, 0

    @property
    def years(self) -> list[int]:
        """The years that occur, in order."""
        return np.flatnonzero(self.seen["t"]).tolist()

    def printed(self) -> dict[str, dict[int, set[int]]]:
        """By side and rank of an area, the numbers under which the file has it."""
        found: dict[str, dict[int, set[int]]] = {}
        for side, name in (("reporter", "i"), ("partner", "j")):
            ranks = found.setdefault(side, {})
            numbers = np.flatnonzero(self.seen[name])
            for number, rank in zip(numbers.tolist(), self._rank(numbers).tolist(), strict=True):
                ranks.setdefault(rank, set()).add(number)
        return found

    def _rank(self, numbers: np.ndarray) -> np.ndarray:
        ranks = self._ranks.take(numbers)
        if len(ranks) and ranks.min() < 0:
            for number in np.unique(numbers[ranks < 0]).tolist():
                self._ranks[number] = self._place[areas.from_number(number)]
            ranks = self._ranks.take(numbers)
        return ranks

    def ordered(self, rank: int) -> tuple[np.ndarray, Columns]:
        """The keys (partner, product, year) and the columns of an exporter in order of key.

        ``r`` and ``p`` are exporter and partner by rank. They are held no longer; for any thread.
        """
        same = self._same(rank)
        moving = [name for name, _ in ROW if name not in same]
        pieces = [_back(*each) for each in self._spilled.pop(rank, [])]
        if rank in self._pieces:
            pieces.append(_joined(self._pieces.pop(rank), moving))
        rows = {name: _one([piece[name] for piece in pieces]) for name in moving}
        del pieces
        for name, number in same.items():
            rows[name] = np.full(len(rows["line"]), number, dict(ROW)[name])
        rows["p"] = self._rank(rows["j"])
        key = rows["p"].astype(np.int64)
        for name, width in (("k", 20), ("t", 12)):
            key <<= width
            key |= rows[name]
        if (key[1:] <= key[:-1]).any():
            key, order = _sorted(key)
            rows["p"] = (key >> 32).astype(np.int16)
            rows["k"] = (key >> 12 & 0xFFFFF).astype(np.int32)
            for name in moving:  # one after the other: each lets go of its own
                if name != "k":
                    rows[name] = rows[name].take(order)
        rows["r"] = np.full(len(key), rank, dtype=np.int16)
        return key, rows

    def _same(self, rank: int) -> dict[str, int]:
        """The columns that are the same in all rows of an exporter."""
        numbers = np.flatnonzero(self.seen["i"] & (self._ranks == rank)).tolist()
        found = {"t": self.years, "i": numbers, "d": list(self.decimals)}
        return {name: of[0] for name, of in found.items() if len(of) == 1}


def _turns(numbers: np.ndarray) -> np.ndarray:
    """Where another number begins."""
    begins = np.ones(len(numbers), dtype=bool)
    begins[1:] = numbers[1:] != numbers[:-1]
    return np.flatnonzero(begins)


def _moved(column: np.ndarray, order: np.ndarray) -> np.ndarray:
    if column[0] == column[-1] and (column == column[0]).all():
        return column  # the year, as a rule, and the decimals
    return column.take(order)


def _sorted(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The keys in order, and where each stood; equal ones as they stand.

    To sort numbers that hold their own place is several times as fast as to sort places.
    """
    width = len(key).bit_length()
    if int(key.max()).bit_length() + width > 63:
        order = np.argsort(key, kind="stable")
        return key.take(order), order
    placed = key << width
    placed |= np.arange(len(key))
    placed.sort()
    return placed >> width, placed & ((1 << width) - 1)


def _joined(pieces: list[tuple[Columns, int, int]], names: list[str]) -> Columns:
    return {
        name: _one([columns[name][start:end] for columns, start, end in pieces]) for name in names
    }


def _one(pieces: list[np.ndarray]) -> np.ndarray:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _back(path: Path, place: int, count: int) -> Columns:
    with path.open("rb") as file:
        file.seek(place)
        rows = {name: np.fromfile(file, kind, count) for name, kind in ROW}
    if len(rows["line"]) < count:
        raise OSError(f"{path.name} was cut short")
    return rows


# How Parquet spells a column where its usual way is slower and larger: whole dollars byte by byte,
# lines as steps.
ENCODED = {"value": "BYTE_STREAM_SPLIT", "line": "DELTA_BINARY_PACKED"}


class Tables:
    """What becomes a column of the batch; everything else of the contract is the same in all rows,
    or follows from a column.

    ``codes`` are the areas by rank, ``products`` the numbers of those that occur, in order. Status
    is a column only where a value is missing, the period only where the file has several years,
    decimals only where they differ, a printed code only where it does not follow from the area.
    """

    def __init__(
        self,
        codes: list[str],
        products: np.ndarray,
        years: list[int],
        decimals: set[int],
        *,
        missing: bool,
        printed: dict[str, dict[int, set[int]]],
    ) -> None:
        self._codes = _texts(codes)
        self._products = _texts([f"{number:06d}" for number in products.tolist()])
        self._place = np.zeros(int(products.max()) + 1, dtype=np.int32)
        self._place[products] = np.arange(len(products), dtype=np.int32)
        word = pa.dictionary(pa.int32(), pa.string())
        fields = {"reporter": word, "partner": word, "product": word, "value": pa.float64()}
        fields |= {"quantity_t": pa.float64(), "line": pa.int32()}
        if len(decimals) > 1:
            fields["decimals"] = pa.int8()
        if len(years) > 1:
            fields["period"] = word
        if missing:
            fields["obs_status"] = word
        self.words: dict[str, list[Any]] = {}
        for side, ranks in printed.items():
            if all(len(numbers) == 1 for numbers in ranks.values()):
                one = {codes[rank]: min(numbers) for rank, numbers in ranks.items()}
                self._follow(f"{side}_code", side, {code: str(n) for code, n in one.items()})
                if side == "partner":
                    self._follow("note", side, {code: areas.covers(n) for code, n in one.items()})
            else:
                fields[f"{side}_code"] = word
                if side == "partner":
                    fields["note"] = word
        self.schema = pa.schema(list(fields.items()))

    def _follow(self, column: str, other: str, words: dict[str, str]) -> None:
        self.words[column] = [other, dict(sorted(words.items()))]

    def table(self, rows: dict[str, np.ndarray]) -> pa.Table:
        """The columns of some rows of `kzdata.store.bulk`."""
        made = {
            "reporter": _chosen(self._codes, rows["r"]),
            "partner": _chosen(self._codes, rows["p"]),
            "product": _chosen(self._products, self._place[rows["k"]]),
            "value": _number(rows["v"]),
            "quantity_t": _number(rows["q"]),
            "decimals": _array(rows["d"]),
            "line": _array(rows["line"]),
        }
        for column, field, word in (
            ("period", "t", str),
            ("reporter_code", "i", str),
            ("partner_code", "j", str),
            ("note", "j", areas.covers),
        ):
            if column in self.schema.names:
                made[column] = _spelt(rows[field], word)
        if "obs_status" in self.schema.names:
            missing = np.isnan(rows["v"]).astype(np.int32)
            made["obs_status"] = _chosen(_texts(["E", "M"]), missing)
        return pa.Table.from_arrays([made[n] for n in self.schema.names], schema=self.schema)


def _chosen(words: pa.Array, which: np.ndarray) -> pa.DictionaryArray:
    """Words by place, of which only those in use are kept: every group of a file repeats them."""
    seen = np.zeros(len(words), dtype=bool)
    seen[which] = True
    used = np.flatnonzero(seen)
    place = np.zeros(len(seen), dtype=np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return pa.DictionaryArray.from_arrays(_array(place.take(which)), words.take(_array(used)))


def _spelt(numbers: np.ndarray, word: Any) -> pa.DictionaryArray:
    used, which = np.unique(numbers, return_inverse=True)
    said = [word(each) for each in used.tolist()]
    distinct = sorted(set(said))  # a dictionary in which one word stood twice would be no such
    place = np.array([distinct.index(each) for each in said], dtype=np.int32)
    return _chosen(_texts(distinct), place[which])


def _number(values: np.ndarray) -> pa.Array:
    there = ~np.isnan(values)
    return _array(values, None if there.all() else np.packbits(there, bitorder="little"))


# `pa.array` asks pandas whether it was given something of it, and so imports it.


def _array(values: np.ndarray, there: np.ndarray | None = None) -> pa.Array:
    kind = pa.from_numpy_dtype(values.dtype)
    buffers = [None if there is None else pa.py_buffer(there), pa.py_buffer(values)]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _texts(words: list[str]) -> pa.Array:
    data = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, data)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(data), pa.py_buffer(ends), pa.py_buffer(b"".join(data)))


COLUMNS = [*contract.COLUMNS, "quantity_t", "reporter_code", "partner_code", "classification"]


def write_baci(
    path: str | PathLike[str],
    folder: Path,
    *,
    published: str | None = None,
    classification: str | None = None,
    member: str | None = None,
    limit: int = MOST,
    undated: str = contract.UNKNOWN,
    **others: Any,
) -> tuple[Written, str, dict[str, Any]]:
    """A BACI file as a batch in ``folder``; also its content's SHA-256, and what it covers.

    gz and zip are read as they are; ``undated`` is when a version was published whose name does not
    tell. Options and errors are those of ``kz.read("baci", path)``.
    """
    for option in others:
        known = ["published", "classification", "member", "limit"]
        raise ParameterError(
            f"The reader of baci has no option {option!r}.", did_you_mean(option, known)
        )
    with opened(path, member, limit) as (stream, name):
        same = baci.constants(name, published, classification)
        if same["published"] == contract.UNKNOWN:
            same["published"] = undated
        if same["published"] != contract.UNKNOWN and not contract.PUBLISHED.match(
            same["published"]
        ):
            raise ContractError(
                f"published is {same['published']!r}, which is no date.",
                "Write a day, a month or a year: published=2022-01",
            )
        held = Held(folder, sorted(contract.area_codes()), name)
        for part in ahead(held.part, blocks(stream, name)):
            held.add(part)
    if not held.sizes.any():
        raise WrongFormat(f"{name} has no rows.", "Download it again.")
    years = [_period(year, name) for year in held.years]
    written, content = _written(held, folder / "batch.parquet", name, same)
    about = {
        "source": same["source"],
        "published": same["published"],
        "dataflows": [same["dataflow"]],
        "periods": years,
        "scopes": [[same["dataflow"], same["classification"], year] for year in years],
    }
    return written, content, about


def _period(year: int, name: str) -> str:
    try:
        return periods.span(str(year)).start.isoformat()[:4]
    except ParseError as error:
        raise WrongFormat(f"{name}: t {year} is no year. {error.fact}", error.hint) from None


def _written(held: Held, path: Path, name: str, same: dict[str, str]) -> tuple[Written, str]:
    pass

    tables = Tables(
        held.codes,
        np.flatnonzero(held.seen["k"]),
        held.years,
        held.decimals,
        missing=held.missing,
        printed=held.printed(),
    )
    constant = {c: v for c, v in same.items() if c not in tables.schema.names}
    if len(held.years) == 1:
        constant["period"] = str(held.years[0])
    computed = {"locator": name + ", line {line}", "interval": 3, "words": tables.words}
    if len(held.decimals) == 1:
        computed["decimals"] = min(held.decimals)
    writer = Writer(
        path,
        tables.schema,
        columns=COLUMNS,
        constant=constant,
        computed=computed,
        encoded=ENCODED,
        totals=False,
    )
    content = hashlib.sha256("\n".join([*(same[c] for c in sorted(same)), *held.codes]).encode())
    made = partial(_made, held=held, tables=tables, name=name)
    try:
        for hashed, parts in ahead(made, np.flatnonzero(held.sizes).tolist()):
            content.update(hashed)
            for table in parts:
                writer.add(table)
        return writer.close(), content.hexdigest()
    except BaseException:
        writer.abandon()
        raise


def _made(number: int, *, held: Held, tables: Any, name: str) -> tuple[bytes, list[Any]]:
    """The hash and the tables of one exporter."""
    key, rows = held.ordered(number)
    _refuse_twice(key, rows, held.codes, name)
    content = hashlib.sha256()
    for field in ("i", "j", "k", "t", "v", "d", "q"):
        content.update(rows[field].data)
    return content.digest(), [
        tables.table({name: column[start : start + GROUP] for name, column in rows.items()})
        for start in range(0, len(key), GROUP)
    ]


def _refuse_twice(
    key: np.ndarray, rows: dict[str, np.ndarray], codes: list[str], name: str
) -> None:
    twice = np.flatnonzero(key[1:] == key[:-1])
    if len(twice):
        one, other = ({c: rows[c][at] for c in rows} for at in (twice[0], twice[0] + 1))
        raise ContractError(
            f"{len(twice) + 1} rows repeat a key: {codes[one['r']]} {codes[one['p']]} "
            f"{one['k']:06d} {one['t']} stands at {name}, line {one['line']} and line "
            f"{other['line']}.",
            "One publication gives one number for a cell; two codes of one country, or a file "
            "that was appended to itself, give two.",
        )
