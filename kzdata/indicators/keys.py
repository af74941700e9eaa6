"""Columns of text as integers, read by runs where equal labels stand together.

Hashing text is what an indicator of a long frame spends its time on. Frames of trade are mostly in
order: one period, one flow, one reporter after another. Comparing neighbours costs a fifth of
hashing, and then one label a run is hashed instead of one a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

_PROBE = 2_000  # rows looked at before all neighbours are compared

_GAIN = 4  # rows a run that make comparing worth it


def coded(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """The place of each row's label among the sorted labels, −1 where missing; and the labels."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_unused_categories()
        labels = pd.Index(column.cat.categories)
        order = labels.argsort()
        place = np.append(np.argsort(order), -1)  # −1, a missing label, stays −1
        return place[column.cat.codes.to_numpy()], labels[order]
    heads = _heads(column)
    if heads is None:
        codes, labels = pd.factorize(_plain(column), sort=True)
        return codes.astype(np.int64), pd.Index(labels, dtype=_text(column))
    if len(heads) == 1:  # one number seen by every row, not one a row
        label = pd.Index(column.iloc[:1]).dropna()
        return np.broadcast_to(np.int64(len(label) - 1), len(column)), label.rename(None)
    codes, labels = pd.factorize(column.iloc[heads], sort=True)
    return np.repeat(codes.astype(np.int64), np.diff(heads, append=len(column))), pd.Index(labels)


def distinct(column: pd.Series) -> list[Any]:
    """The labels of a column, each once, in the order in which they come."""
    heads = _heads(column)
    return list(pd.unique(column if heads is None else column.iloc[heads]))


def _heads(column: pd.Series) -> np.ndarray | None:
    """Where each run of one label begins; None where runs are too short to gain by them."""
    if len(column) > _PROBE:
        probe = _changes(column.iloc[:_PROBE])
        if probe is None or np.count_nonzero(probe) * _GAIN > _PROBE:
            return None
        values = _plain(column)
        alike = isinstance(values, np.ndarray) and not probe.any() and values[-1] == values[0]
        # One label throughout, as of flow and unit, is seen soonest in a list.
        if alike and values.tolist().count(values[0]) == len(values):
            return np.zeros(1, dtype=np.int64)
    changes = _changes(column)
    if changes is None or np.count_nonzero(changes) * _GAIN > len(column):
        return None
    return np.flatnonzero(np.concatenate([np.ones(min(len(column), 1), dtype=bool), changes]))


def _changes(column: pd.Series) -> np.ndarray | None:
    """Which rows after the first differ from the one above; missing differs from everything."""
    if column.dtype == object:
        return None
    values = _plain(column)
    return np.asarray(values[1:] != values[:-1], dtype=bool)


def _plain(column: pd.Series) -> Any:
    """The array of a column; text that is not Arrow's as objects, which pandas would check for
    missing values before each comparison."""
    if isinstance(column.dtype, pd.StringDtype):
        return column.to_numpy(dtype=object) if column.dtype.storage == "python" else column.array
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _text(column: pd.Series) -> pd.StringDtype | None:
    return column.dtype if isinstance(column.dtype, pd.StringDtype) else None
