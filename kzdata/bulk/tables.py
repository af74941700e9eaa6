"""Sorted rows of numbers to the columns of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from kzdata import areas

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
        """The columns of some rows of `kzdata.bulk`."""
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
