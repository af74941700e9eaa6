"""Rows of one measure with their keys as integers, so that a group total is one pass over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kzdata import sources
from kzdata.errors import MeasureMismatch
from kzdata.structure import inputs

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
        for key in self.keys:
            codes, labels = pd.factorize(frame[key], sort=True)
            inputs.refuse(frame, codes < 0, f"without a {key}")
            self._codes[key], self.labels[key] = codes.astype(np.int64), pd.Index(labels)

    @classmethod
    def summed(cls, frame: pd.DataFrame, keys: Sequence[str]) -> Cells:
        """The cells of ``keys``, summed over partners where ``partner`` is not among them.

        Raises `MeasureMismatch` when a cell is published twice, the world stands among the
        partners, or totals among the products.
        """
        cells = cls(frame, inputs.KEYS)
        cells.once()
        for key in ("product", "partner"):
            if key in cells.labels:
                inputs.no_nesting(cells.labels[key], key)
        kept = [key for key in cells.keys if key in keys]
        if kept == cells.keys:
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
        made._codes = {}
        for key in reversed(kept):
            number, made._codes[key] = np.divmod(number, len(cells.labels[key]))
        return made

    def ordered(self) -> Cells:
        """The same cells in the order of their keys."""
        code, _ = self.group(*self.keys)
        if (code[1:] < code[:-1]).any():
            place = np.argsort(code, kind="stable")
            self.value = self.value[place]
            self._codes = {key: codes[place] for key, codes in self._codes.items()}
        return self

    def once(self) -> None:
        """Raise `MeasureMismatch` when a cell is published twice."""
        code, size = self.group(*self.keys)
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
        code, size = np.zeros(len(self), dtype=np.int64), 1
        for key in by:
            if key in self.labels:
                code = code * len(self.labels[key]) + self._codes[key]
                size *= len(self.labels[key])
        return code, size

    def total(self, *by: str, of: np.ndarray | None = None) -> np.ndarray:
        """For each row, the sum of ``of`` (the values) over its group."""
        code, size = self.group(*by)
        if size > _DENSE * len(self) + 1000:
            code = np.unique(code, return_inverse=True)[1]
        return np.bincount(code, self.value if of is None else of)[code]

    def distinct(self, key: str, *by: str) -> np.ndarray:
        """For each row, how many labels of ``key`` its group of ``by`` holds."""
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
        take = slice(None) if rows is None else rows
        return pd.DataFrame(
            {key: self.labels[key].take(self._codes[key][take]) for key in self.keys}
        )


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """``above / below``, missing where ``below`` is zero."""
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below != 0)


def because(value: np.ndarray, *reasons: tuple[np.ndarray, str]) -> tuple[np.ndarray, np.ndarray]:
    """The values, missing where a reason applies, and the note that says the first such reason."""
    note = np.full(np.shape(value), "", dtype=object)
    note[np.isnan(value)] = "a figure that enters it is missing"
    value = np.array(value, dtype=float)
    for mask, text in reversed(reasons):
        if np.any(mask):
            barred = np.broadcast_to(mask, value.shape)
            value[barred], note[barred] = np.nan, text
    return value, note


def cited(result: pd.DataFrame, frame: pd.DataFrame, *by: str) -> pd.DataFrame:
    """``result`` with the sources of every row of ``frame`` in the same group of ``by``.

    All that enters a value is cited: for an indicator of a universe, that is the whole period.
    """
    if "source" not in frame.columns:
        return result
    by = tuple(key for key in by if key in frame.columns and key in result.columns)
    if not by:
        return result.assign(source=sources.join(pd.unique(frame["source"])))
    pairs = frame[[*by, "source"]].drop_duplicates()
    joined = pairs.groupby(list(by), sort=False)["source"].agg(sources.join).rename("source")
    return result.merge(joined.reset_index(), on=list(by), how="left")
