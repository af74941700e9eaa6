"""Sorted rows of numbers to the columns of a batch."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from kzdata import areas


class Tables:
    """What becomes a column of the batch; everything else of the contract is the same in all rows.

    ``codes`` are the areas by rank. Status is a column only where a value is missing, the period
    only where the file has several years.
    """

    def __init__(self, codes: list[str], years: list[int], *, missing: bool) -> None:
        self._code = codes.__getitem__
        word = pa.dictionary(pa.int32(), pa.string())
        fields = {"reporter": word, "partner": word, "product": word, "value": pa.float64()}
        fields |= {"quantity_t": pa.float64(), "reporter_code": word, "partner_code": word}
        fields |= {"note": word, "decimals": pa.int8(), "line": pa.int32()}
        if len(years) > 1:
            fields["period"] = word
        if missing:
            fields["obs_status"] = word
        self.schema = pa.schema(list(fields.items()))

    def table(self, rows: dict[str, np.ndarray]) -> pa.Table:
        """The columns of some rows of `kzdata.bulk`."""
        importers, which = _used(rows["j"])
        made = {
            "reporter": _words(*_used(rows["r"]), self._code),
            "partner": _words(*_used(rows["p"]), self._code),
            "product": _words(*_used(rows["k"]), _product),
            "value": _number(rows["v"]),
            "quantity_t": _number(rows["q"]),
            "reporter_code": _words(*_used(rows["i"]), str),
            "partner_code": _words(importers, which, str),
            "note": _notes(importers, which),
            "decimals": pa.array(rows["d"]),
            "line": pa.array(rows["line"]),
        }
        if "period" in self.schema.names:
            made["period"] = _words(*_used(rows["t"]), str)
        if "obs_status" in self.schema.names:
            made["obs_status"] = _words(
                *_used(np.isnan(rows["v"]).astype(np.int16)), "EM".__getitem__
            )
        return pa.table(made, schema=self.schema)


def _used(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The small numbers that occur, in order, and for every row the place of its number there."""
    seen = np.zeros(int(numbers.max()) + 1, dtype=bool)
    seen[numbers] = True
    used = np.flatnonzero(seen)
    place = np.zeros(len(seen), dtype=np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, place[numbers]


def _words(used: np.ndarray, which: np.ndarray, word: Callable[[int], str]) -> pa.DictionaryArray:
    words = pa.array([word(each) for each in used.tolist()], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(which), words)


def _notes(importers: np.ndarray, which: np.ndarray) -> pa.DictionaryArray:
    """Most importers have no note: a dictionary in which one word stood twice would be no such."""
    said = [areas.covers(each) for each in importers.tolist()]
    distinct = sorted(set(said))
    place = np.array([distinct.index(each) for each in said], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(place[which]), pa.array(distinct, pa.string()))


@cache
def _product(number: int) -> str:
    return f"{number:06d}"


def _number(values: np.ndarray) -> Any:
    return pa.array(values, from_pandas=True)
