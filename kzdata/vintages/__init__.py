"""The user's own store: published files as batches that are added and never changed.

What the repository ships is read without it. The store is a folder: a journal with a line a load,
Parquet files named by a SHA-256 of all they say, and what is being written. Every load is one line
and one file; it is there whole or not at all, whatever ends the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kzdata.vintages import editions
from kzdata.vintages.editions import FOREVER, last_day
from kzdata.vintages.journal import Entry, entries
from kzdata.vintages.loading import BATCHES, Loaded, load
from kzdata.vintages.place import StoreError, Wanted, store_folder

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FOREVER",
    "Entry",
    "Loaded",
    "StoreError",
    "Wanted",
    "entries",
    "last_day",
    "load",
    "rows",
    "shape",
    "store_folder",
]


def rows(
    wanted: Wanted,
    as_of: str | None = None,
    *,
    newest: bool = True,
    between: tuple[float, float] | None = None,
) -> pd.DataFrame | None:
    """The observations of the store whose columns have these values, as known by ``as_of``.

    A value may be a tuple of several. One row a source and cell, the newest; one a publication
    with ``newest=False``. Beside the contract's columns stand those that the readers keep. None
    where nothing fits. ``between`` are two values. Raises `StoreError` where a file is not what was
    loaded.
    """
    import pandas as pd

    held = [
        entry
        for entry in entries()
        if wanted.get("source", entry.source) == entry.source
        and ("dataflow" not in wanted or wanted["dataflow"] in entry.dataflows)
    ]
    old = editions.superseded(held, as_of) if newest else {}
    found = [
        editions.dated(frame, entry.loaded, entry.number)
        for entry in held
        if (frame := _selected(entry, wanted, between, old.get(entry.number, set()))) is not None
    ]
    if not found:
        return None
    table = found[0]
    if len(found) > 1:
        table = pd.concat(found, ignore_index=True)
        texts = [c for c in table if not pd.api.types.is_numeric_dtype(table[c])]
        table = table.fillna(dict.fromkeys(texts, ""))
    return editions.settled(table, as_of, newest=newest).reset_index(drop=True)


def shape(source: str) -> tuple[list[str], dict[str, bool]]:
    """The reporters of a source's batches, and their columns; True for those of numbers."""
    from kzdata.vintages import batches

    reporters: set[str] = set()
    columns: dict[str, bool] = {}
    for entry in entries():
        if entry.source == source:
            index = batches.verified_index(store_folder() / BATCHES, entry.file, entry.index_sha256)
            reporters |= set(index["reporters"])
            columns |= {name: name in index["numbers"] for name in index["columns"]}
    return sorted(reporters), columns


def _selected(
    entry: Entry,
    wanted: Wanted,
    between: tuple[float, float] | None,
    old: set[tuple[str, ...]],
) -> pd.DataFrame | None:
    from kzdata.vintages import batches, frames

    if entry.scopes and len(old) == len(entry.scopes):
        return None
    folder = store_folder() / BATCHES
    index = batches.verified_index(folder, entry.file, entry.index_sha256)
    table = batches.read(folder, entry.file, index, wanted, between)
    if table is None or not len(table):
        return None
    return editions.without(frames.expand(table, index), old)
