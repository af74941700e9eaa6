"""BACI text to a batch of the store without ever holding it: millions of rows, flat memory.

The rows, and every refusal, are those of `kzdata.readers.baci`. The text is parsed in blocks, and
its rows go to spill files by exporter, as narrow numbers; every spill file is then sorted by key,
checked against the contract, and written.
"""

from __future__ import annotations

import hashlib
from functools import partial
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from kzdata import areas, contract, periods
from kzdata.bulk.ahead import ahead
from kzdata.bulk.text import FIELDS, MOST, blocks, opened, parsed
from kzdata.errors import ContractError, ParameterError, ParseError, did_you_mean
from kzdata.readers import baci_names
from kzdata.readers.received import WrongFormat
from kzdata.vintages.batches import GROUP, Writer, Written

COLUMNS = [*contract.COLUMNS, "quantity_t", "reporter_code", "partner_code", "classification"]
_ROW = np.dtype([("r", "i2"), ("p", "i2"), ("line", "i4"), *FIELDS])  # reporter, partner: by rank


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
        same = baci_names.same(name, published, classification)
        if same["published"] == contract.UNKNOWN:
            same["published"] = undated
        if same["published"] != contract.UNKNOWN and not contract.PUBLISHED.match(
            same["published"]
        ):
            raise ContractError(
                f"published is {same['published']!r}, which is no date.",
                "Write a day, a month or a year: published=2022-01",
            )
        spilled = _Spilled(folder, sorted(contract.area_codes()), name)
        for part in ahead(spilled.rows_of, blocks(stream, name)):
            spilled.add(part)
    if not spilled.sizes.any():
        raise WrongFormat(f"{name} has no rows.", "Download it again.")
    years = [_period(year, name) for year in spilled.years]
    written, content = _written(spilled, folder / "batch.parquet", name, same)
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


class _Spilled:
    """Rows on their way to the disk, a file an exporter."""

    def __init__(self, folder: Path, codes: list[str], name: str) -> None:
        self.folder, self.codes, self.name = folder, codes, name
        self.missing = False
        self._line = 2  # below the header
        self.sizes = np.zeros(len(codes), dtype=np.int64)
        # Numbers that occur: years and areas are below 2 to the 15, products have six digits.
        self.seen = {name: np.zeros(1 << 15, dtype=bool) for name in "tij"}
        self.seen["k"] = np.zeros(1_000_000, dtype=bool)
        self._padded: set[str] = set()
        self._place = {code: n for n, code in enumerate(codes)}
        self._ranks = np.full(1 << 15, -1, dtype=np.int16)

    def rows_of(self, block: tuple[list[str], bytes]) -> np.ndarray:
        """The rows of a block of text, those of one file together, lines counted within it."""
        numbers = parsed(block, self.name, self._padded)
        rows = np.empty(len(numbers["t"]), dtype=_ROW)
        for name, values in numbers.items():
            rows[name] = values
            if name in self.seen:
                self.seen[name][values] = True
        rows["line"] = np.arange(len(rows))
        rows["r"], rows["p"] = self._rank(numbers["i"]), self._rank(numbers["j"])
        if np.count_nonzero(np.diff(rows["r"])) > len(self.sizes):  # CEPII's order has fewer turns
            rows = rows[np.argsort(rows["r"], kind="stable")]
        return rows

    def add(self, rows: np.ndarray) -> None:
        """Append rows to their files, as many at a time as stand together."""
        rows["line"] += self._line
        self._line += len(rows)
        self.missing = self.missing or bool(np.isnan(rows["v"]).any())
        turns = [0, *(np.flatnonzero(np.diff(rows["r"])) + 1).tolist(), len(rows)]
        for start, end in pairwise(turns):
            with self._file(rows["r"][start]).open("ab") as file:
                rows[start:end].tofile(file)
        self.sizes += np.bincount(rows["r"], minlength=len(self.sizes))

    @property
    def years(self) -> list[int]:
        """The years that occur, in order."""
        return np.flatnonzero(self.seen["t"]).tolist()

    def printed(self) -> dict[str, dict[int, set[int]]]:
        """By side and rank of an area, the numbers under which the file has it."""
        found: dict[str, dict[int, set[int]]] = {}
        for side, name in (("reporter", "i"), ("partner", "j")):
            ranks = found.setdefault(side, {})
            for number in np.flatnonzero(self.seen[name]).tolist():
                ranks.setdefault(int(self._ranks[number]), set()).add(number)
        return found

    def _rank(self, numbers: np.ndarray) -> np.ndarray:
        ranks = self._ranks[numbers]
        if (ranks < 0).any():
            for number in np.unique(numbers[ranks < 0]).tolist():
                self._ranks[number] = self._place[areas.from_number(number)]
            ranks = self._ranks[numbers]
        return ranks

    def _file(self, number: int) -> Path:
        return self.folder / f"spill-{number:03d}"

    def sorted(self, number: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The keys and the columns of one file, in order of key; the file goes."""
        packed = np.fromfile(self._file(number), dtype=_ROW)
        self._file(number).unlink()
        # One column at a time: to gather whole records takes four times as long.
        rows = {name: np.ascontiguousarray(packed[name]) for name in _ROW.names or ()}
        key = rows["p"].astype(np.int64)
        for name, width in (("k", 20), ("t", 12)):
            key <<= width
            key |= rows[name]
        # CEPII's rows are in order but for the partners, whose numbers are not in that of codes.
        order = np.argsort(rows["p"], kind="stable")
        if (np.diff(key.take(order)) <= 0).any():
            order = np.argsort(key)
        return key.take(order), {name: column.take(order) for name, column in rows.items()}


def _written(spilled: _Spilled, path: Path, name: str, same: dict[str, str]) -> tuple[Written, str]:
    from kzdata.bulk.tables import ENCODED, Tables

    tables = Tables(
        spilled.codes,
        np.flatnonzero(spilled.seen["k"]),
        spilled.years,
        missing=spilled.missing,
        printed=spilled.printed(),
    )
    constant = {c: v for c, v in same.items() if c not in tables.schema.names}
    if len(spilled.years) == 1:
        constant["period"] = str(spilled.years[0])
    writer = Writer(
        path,
        tables.schema,
        columns=COLUMNS,
        constant=constant,
        computed={"locator": name + ", line {line}", "interval": 3, "words": tables.words},
        encoded=ENCODED,
    )
    content = hashlib.sha256("\n".join([*(same[c] for c in sorted(same)), *spilled.codes]).encode())
    made = partial(_made, spilled=spilled, tables=tables, name=name)
    try:
        for hashed, parts in ahead(made, np.flatnonzero(spilled.sizes).tolist()):
            content.update(hashed)
            for table in parts:
                writer.add(table)
    except BaseException:
        writer.abandon()
        raise
    return writer.close(), content.hexdigest()


def _made(number: int, *, spilled: _Spilled, tables: Any, name: str) -> tuple[bytes, list[Any]]:
    """The hash and the tables of one spill file."""
    key, rows = spilled.sorted(number)
    _refuse_twice(key, rows, spilled.codes, name)
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
