"""Rows on their way into a batch: by exporter in memory, or on the disk where they are many.

A part is what one block of text held, its rows standing by exporter. Nothing is copied while parts
come in, and a column that is the same in all rows of an exporter is never gathered. Once there are
more than `HELD` rows, all go to a spill file, exporter by exporter, and the next ones are held:
memory is the same for a year of BACI and for all of its years.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kzdata import areas
from kzdata.bulk.text import FIELDS, parsed

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
