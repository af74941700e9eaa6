"""What was known on a day, and which of several loads of a source answers for a cell.

Known. A row is known from the last day that its ``published`` can mean, or from the day it was
loaded, whichever is earlier: both are days by which it surely was there. A row that repeats the key
of an earlier load with the same ``published`` is a correction of it, and counts from its own
loading. So loading more never changes what was known on a day before, unless an older publication
is loaded late.

Newest. Within one source the newest publication of a cell answers. Sources that publish whole
editions answer with the newest edition: what it lacks was withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from kzdata.model import contract, periods
from kzdata.model.codes import UNKNOWN
from kzdata.store.batches import BATCHES
from kzdata.store.journal import JournalEntry, Wanted, entries, store_folder

if TYPE_CHECKING:
    import pandas as pd

FOREVER = "9999-12-31"

# Of which columns one file of a source is the whole: everything with these values is in it.
WHOLE = {
    "baci": ["dataflow", "classification", "period"],
    "comtrade_bulk": ["dataflow", "classification", "reporter", "period"],
    "bns_partners": ["dataflow", "reporter", "period"],
    "nbk_rates": ["dataflow", "period"],
}

# Columns that reading adds for this module and takes away again.
KNOWN, LOADED, ORDER, NUMBER = "_known", "_loaded", "_order", "_number"


@cache
def last_day(published: str) -> str:
    """The last day that a date of publication can mean; an undated one lies beyond all days."""
    return FOREVER if published == UNKNOWN else periods.span(published).end.isoformat()


def scopes(frame: pd.DataFrame) -> list[list[str]]:
    """The slices of which a frame of one source is a whole edition; none for other sources."""
    columns = WHOLE.get(frame["source"].iloc[0])
    if columns is None or not set(columns) <= set(frame.columns):
        return []
    return frame[columns].drop_duplicates().astype(object).to_numpy().tolist()


def dated(frame: pd.DataFrame, seen: str, number: int) -> pd.DataFrame:
    """The rows of one load with the day from which each is known, and its place in time.

    ``seen`` is the day by which the load had them.
    """
    import pandas as pd

    published = frame["published"].map({p: last_day(p) for p in frame["published"].unique()})
    known = published.where(published <= seen, seen)
    order = published.where(published != FOREVER, seen)
    made = {KNOWN: known, LOADED: seen, ORDER: order, NUMBER: number}
    return pd.concat([frame, pd.DataFrame(made, index=frame.index)], axis=1)


def superseded(entries: list[JournalEntry], as_of: str | None) -> dict[int, set[tuple[str, ...]]]:
    """By number of the load, the slices for which a newer whole edition was known by ``as_of``."""
    rivals: dict[tuple[str, ...], list[JournalEntry]] = defaultdict(list)
    labels: set[tuple[str, ...]] = set()
    for entry in entries:
        for scope in entry.scopes:
            label = (entry.source, entry.published, *scope)
            known = (
                entry.loaded if label in labels else min(last_day(entry.published), entry.loaded)
            )
            labels.add(label)
            if as_of is None or known <= as_of:
                rivals[(entry.source, *scope)].append(entry)
    old: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for (_, *scope), several in rivals.items():
        newest = max(several, key=lambda e: (_order(e), e.number))
        for entry in several:
            if entry is not newest:
                old[entry.number].add(tuple(scope))
    return old


def _order(entry: JournalEntry) -> str:
    day = last_day(entry.published)
    return entry.loaded if day == FOREVER else day


def without(frame: pd.DataFrame, old: set[tuple[str, ...]]) -> pd.DataFrame:
    """The rows of one load outside the slices that a newer edition replaced."""
    columns = WHOLE.get(frame["source"].iloc[0]) if len(frame) else None
    if not old or columns is None:
        return frame
    return frame[[tuple(key) not in old for key in frame[columns].to_numpy()]]


def settled(frame: pd.DataFrame, as_of: str | None, *, newest: bool) -> pd.DataFrame:
    """Dated rows of several loads as they were known by ``as_of``, one row a key.

    With ``newest`` one row a source and cell. The columns of `dated` stay.
    """
    beyond = [column for column in contract.BEYOND if column in frame]
    key = [*contract.KEY, *beyond]
    frame = frame.sort_values(NUMBER, kind="stable")
    again = frame.duplicated(key, keep="first")
    if again.any():
        frame = frame.assign(**{KNOWN: frame[KNOWN].where(~again, frame[LOADED])})
    if as_of is not None:
        frame = frame[frame[KNOWN] <= as_of]
    frame = frame.drop_duplicates(key, keep="last")
    if newest:
        frame = frame.sort_values([ORDER, NUMBER], kind="stable")
        frame = frame.drop_duplicates([*contract.CELL, "source", *beyond], keep="last")
    return frame


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
    old = superseded(held, as_of) if newest else {}
    found = [
        dated(frame, entry.loaded, entry.number)
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
    return settled(table, as_of, newest=newest).reset_index(drop=True)


def shape(source: str) -> tuple[list[str], dict[str, bool]]:
    """The reporters of a source's batches, and their columns; True for those of numbers."""
    from kzdata.store import batches

    reporters: set[str] = set()
    columns: dict[str, bool] = {}
    for entry in entries():
        if entry.source == source:
            index = batches.verified_index(store_folder() / BATCHES, entry.file, entry.index_sha256)
            reporters |= set(index["reporters"])
            columns |= {name: name in index["numbers"] for name in index["columns"]}
    return sorted(reporters), columns


def _selected(
    entry: JournalEntry,
    wanted: Wanted,
    between: tuple[float, float] | None,
    old: set[tuple[str, ...]],
) -> pd.DataFrame | None:
    from kzdata.readers.bulk_columns import expand
    from kzdata.store import batches

    if entry.scopes and len(old) == len(entry.scopes):
        return None
    folder = store_folder() / BATCHES
    index = batches.verified_index(folder, entry.file, entry.index_sha256)
    table = batches.read(folder, entry.file, index, wanted, between)
    if table is None or not len(table):
        return None
    frame = expand(table, index["columns"], index["constant"], index["computed"])
    return without(frame, old)
