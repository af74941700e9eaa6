"""Rows of one measure with their keys as integers, so that a group total is one pass over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import MeasureMismatch
from kzdata.indicators import validation
from kzdata.indicators.keys import coded, distinct
from kzdata.model import contract

# Up to this many possible groups a row, counting into an array is cheaper than sorting.
_DENSE = 4


class Cells:
    """Values by key. ``keys`` that the frame does not have are left out, as is ``period``
    where a frame holds only one and does not name it.

    Totals are NaN where one of their parts is.
    """

    def __init__(self, frame: pd.DataFrame, keys: Sequence[str]):
        self.keys = [key for key in keys if key in frame.columns]
        self.value = frame["value"].to_numpy(dtype=float)
        self.labels: dict[str, pd.Index] = {}
        self._codes: dict[str, np.ndarray] = {}
        self._listed: pd.DataFrame | None = frame  # the rows as given, while they are these cells
        for key in self.keys:
            codes, labels = coded(frame[key])
            validation.refuse(frame, codes < 0, f"without a {key}")
            self._codes[key], self.labels[key] = codes, labels

    @classmethod
    def summed(cls, frame: pd.DataFrame, keys: Sequence[str]) -> Cells:
        """The cells of ``keys``, summed over partners where ``partner`` is not among them.

        Raises `MeasureMismatch` when a cell is published twice, the world stands among the
        partners, or totals among the products.
        """
        cells = cls(frame, validation.KEYS)
        cells.once()
        for key in ("product", "partner"):
            if key in cells.labels:
                validation.no_nesting(cells.labels[key], key)
        kept = [key for key in cells.keys if key in keys]
        if all(len(cells.labels[key]) == 1 for key in cells.keys if key not in kept):
            cells.keys = kept
            return cells.ordered()
        code, size = cells.group(*kept)
        if size <= _DENSE * len(cells) + 1000:
            number = np.flatnonzero(np.bincount(code, minlength=size))
            total = np.bincount(code, cells.value, minlength=size)[number]
        else:
            number, inverse = np.unique(code, return_inverse=True)
            total = np.bincount(inverse, cells.value)
        made = cls.__new__(cls)
        made.keys, made.value = kept, total
        made.labels = {key: cells.labels[key] for key in kept}
        made._codes, made._listed = {}, None
        for key in reversed(kept):
            number, made._codes[key] = np.divmod(number, len(cells.labels[key]))
        return made

    def ordered(self) -> Cells:
        """The same cells in the order of their keys."""
        code, _ = self.group(*self.keys)
        if not (code[1:] >= code[:-1]).all():
            place = np.argsort(code, kind="stable")
            self.value, self._listed = self.value[place], None
            self._codes = {key: codes[place] for key, codes in self._codes.items()}
        return self

    def once(self) -> None:
        """Raise `MeasureMismatch` when a cell is published twice."""
        code, size = self.group(*self.keys)
        if (code[1:] > code[:-1]).all():
            return
        if size <= _DENSE * len(self) + 1000 and np.bincount(code, minlength=1).max() <= 1:
            return
        twice = pd.Series(code).duplicated().to_numpy()
        if twice.any():
            row = int(twice.argmax())
            cell = " ".join(str(self.labels[key][self._codes[key][row]]) for key in self.keys)
            raise MeasureMismatch(
                f"{cell} is published more than once.",
                'Choose one publication: frame[frame["source"] == "…"]',
            )

    def __len__(self) -> int:
        return len(self.value)

    def code(self, key: str) -> np.ndarray:
        """The integer of each row's label in ``labels[key]``."""
        return self._codes[key]

    def has(self, key: str, label: str) -> np.ndarray:
        """Which rows carry a label."""
        if key not in self.labels or label not in self.labels[key]:
            return np.zeros(len(self), dtype=bool)
        return self._codes[key] == self.labels[key].get_loc(label)

    def group(self, *by: str) -> tuple[np.ndarray, int]:
        """The group number of each row, and how many groups there can be."""
        code, size = None, 1
        for key in by:
            many = len(self.labels.get(key, ()))
            if many > 1:  # a single label tells no groups apart
                code = self._codes[key] if code is None else code * many + self._codes[key]
                size *= many
        return np.broadcast_to(np.int64(0), len(self)) if code is None else code, size

    def totals(self, *by: str, of: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The group number of each row, and the sum of ``of`` (the values) of each group."""
        code, size = self.group(*by)
        of = self.value if of is None else of
        if size == 1:
            return code, of.sum(keepdims=True)
        if size > _DENSE * len(self) + 1000:
            code = np.unique(code, return_inverse=True)[1]
        return code, np.bincount(code, of)

    def total(self, *by: str, of: np.ndarray | None = None) -> np.ndarray:
        """For each row, the sum of ``of`` (the values) over its group."""
        code, sums = self.totals(*by, of=of)
        return sums[code]

    def distinct(self, key: str, *by: str) -> np.ndarray:
        """For each row, how many labels of ``key`` its group of ``by`` holds."""
        if all(len(self.labels.get(each, [])) <= 1 for each in by):
            return np.broadcast_to(np.int64(len(self.labels[key])), len(self))
        code, size = self.group(*by, key)
        if size <= 8 * _DENSE * len(self) + 1000:
            held = np.zeros(size, dtype=bool)
            held[code] = True
            listed = np.flatnonzero(held)
        else:
            listed = pd.unique(code)
        groups, size = self.group(*by)
        if size > _DENSE * len(self) + 1000:
            known, groups = np.unique(groups, return_inverse=True)
            return np.bincount(np.searchsorted(known, listed // len(self.labels[key])))[groups]
        return np.bincount(listed // len(self.labels[key]), minlength=size)[groups]

    def frame(self, rows: np.ndarray | None = None) -> pd.DataFrame:
        """The key columns of the rows, or of those that a mask or an index names."""
        if rows is None and self._listed is not None:
            listed = self._listed[self.keys]
            if all(isinstance(dtype, pd.StringDtype) for dtype in listed.dtypes):
                return listed.reset_index(drop=True)  # the same text, not copied
        take = slice(None) if rows is None else rows
        columns = {key: self.labels[key].array.take(self._codes[key][take]) for key in self.keys}
        return pd.DataFrame(columns, copy=False)


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """``above / below``, missing where ``below`` is zero."""
    whole = below != 0
    if np.all(whole):
        return np.asarray(above / below)
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=whole)


def because(value: np.ndarray, *reasons: tuple[Any, str]) -> tuple[np.ndarray, Any]:
    """The values, missing where a reason applies, and the note that says the first such reason."""
    missing = (np.isnan(value), "a figure that enters it is missing")
    barred = [mask for mask, _ in reasons if np.any(mask)]
    if barred:
        value = np.array(value, dtype=float)
        for mask in barred:
            value[np.broadcast_to(mask, value.shape)] = np.nan
    return value, noted(len(value), [*reasons, missing])


def noted(length: int, reasons: Sequence[tuple[Any, str]]) -> Any:
    """For each row the text of the first reason whose mask holds there, else none."""
    which = np.zeros(length, dtype=np.intp)
    for place, (mask, _) in reversed(list(enumerate(reasons, start=1))):
        if np.any(mask):
            which[np.broadcast_to(mask, length)] = place
    return pd.array(["", *(text for _, text in reasons)], dtype="str").take(which)


def cited(result: pd.DataFrame, frame: pd.DataFrame, *by: str) -> pd.DataFrame:
    """``result`` with the sources of every row of ``frame`` in the same group of ``by``.

    All that enters a value is cited: for an indicator of a universe, that is the whole period.
    """
    if "source" not in frame.columns:
        return result
    by = tuple(key for key in by if key in frame.columns and key in result.columns)
    named = distinct(frame["source"])
    if not by or len(named) == 1:
        return result.assign(source=contract.join_sources(named))
    group = np.zeros(len(frame), dtype=np.int64)
    asked, known = np.zeros(len(result), dtype=np.int64), np.ones(len(result), dtype=bool)
    for key in by:
        (code, labels), (own, listed) = coded(frame[key]), coded(result[key])
        place = labels.get_indexer(listed)[own]
        group, asked = group * len(labels) + code, asked * len(labels) + place
        known &= place >= 0
    source, names = coded(frame["source"])
    groups, at = np.divmod(np.unique(group * len(names) + source), len(names))
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    texts = [contract.join_sources(names[each]) for each in np.split(at, starts[1:])]
    place = np.searchsorted(groups[starts], asked)
    place = np.where(known, np.minimum(place, len(starts) - 1), -1)
    found = place[known]
    place[known] = np.where(groups[starts][found] == asked[known], found, -1)
    return result.assign(source=pd.array(texts, dtype="str").take(place, allow_fill=True))
