"""Put one published file into the store, whole or not at all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kzdata import files
from kzdata.errors import NotAvailable
from kzdata.model import periods
from kzdata.model.codes import UNKNOWN
from kzdata.model.parsing import printed_periods
from kzdata.store import batches, bulk, journal, vintages
from kzdata.store.batches import BATCHES
from kzdata.store.journal import StoreUnusable, store_folder

if TYPE_CHECKING:
    import pandas as pd

    from kzdata.readers.bulk_columns import Columns

STAGING = "staging"

RECORD = "fetched.json"  # what kzdata.fetch writes beside a body


@dataclass(frozen=True)
class Loaded:
    """What a load did: ``added`` is False where the store held the same content already."""

    entry: journal.JournalEntry
    added: bool


def load(source: str, path: str | PathLike[str], **options: Any) -> Loaded:
    """Read a file of ``source`` and add its observations to the store as one batch.

    ``options`` are those of `kz.read`. A body that was fetched is read as its record says; where
    nothing tells when it was published, the day it was retrieved counts. The store is
    `place.store_folder`; content that it holds is not added again. Raises what the reader raises,
    `NotAvailable` for a file without observations, and `StoreUnusable` where the store cannot be
    written; nothing has changed then.
    """
    from kzdata.readers import registry

    registry.known(source)  # a misspelt source stops before anything is made
    said, retrieved = _fetched(source, Path(path))
    options = said | options
    with _explained(), ThreadPoolExecutor(1) as beside, _staging() as folder:
        raw = beside.submit(_raw, Path(path))  # a large file is hashed while it is read
        reader = registry.checked(source, options)
        if hasattr(reader, "bulk"):
            with reader.bulk(path, folder=folder, **options) as found:
                if not found.rows:
                    raise _nothing(path)
                if found.constant["published"] == UNKNOWN:
                    found.constant["published"] = retrieved
                about = _about_columns(found)
                written, content = bulk.write(found, folder / "batch.parquet")
        else:
            frame = registry.read(source, path, **options)
            if frame.empty:
                raise _nothing(path)
            undated = frame["published"] == UNKNOWN
            frame.loc[undated, "published"] = retrieved
            written, content = batches.write(frame, folder / "batch.parquet")
            about = _about(frame)
        return _commit(folder, written, content, about, raw.result())


def _fetched(source: str, path: Path) -> tuple[dict[str, Any], str]:
    """Of a body that `kzdata fetch` brought: the options of its reader, and the day it came."""
    try:
        record = json.loads((path.parent / RECORD).read_text(encoding="utf-8"))
        if (record["file"], record["reader"]) == (path.name, source):
            return dict(record["options"]), printed_periods.parse_period(record["retrieved"][:10])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no record, or none of ours: a file like any other
    return {}, UNKNOWN


def _nothing(path: str | PathLike[str]) -> NotAvailable:
    return NotAvailable(
        f"{Path(path).name} holds no observations, so there is nothing to add.",
        "Check what was asked of the source.",
    )


def _about_columns(found: Columns) -> dict[str, Any]:
    spelt = [p for p in found.distinct("period") if p != UNKNOWN]
    source = found.constant["source"]
    return {
        "source": source,
        "published": found.constant["published"],
        "dataflows": found.distinct("dataflow"),
        "periods": sorted(spelt, key=periods.sort_key),
        "scopes": found.slices(vintages.WHOLE.get(source, [])),
    }


def _about(frame: pd.DataFrame) -> dict[str, Any]:
    spelt = [p for p in frame["period"].unique() if p != UNKNOWN]
    return {
        "source": frame["source"].iloc[0],
        "published": max(frame["published"].unique(), key=vintages.last_day),
        "dataflows": sorted(frame["dataflow"].unique()),
        "periods": sorted(spelt, key=periods.sort_key),
        "scopes": vintages.scopes(frame),
    }


def _raw(path: Path) -> dict[str, Any]:
    digest = files.sha256_of(path)
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}


def _commit(
    stage: Path, written: batches.Written, content: str, about: dict[str, Any], raw: dict[str, Any]
) -> Loaded:
    file = f"{written.index_sha256}.parquet"  # the index holds the hash of every byte of it
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    entry = journal.JournalEntry(
        source=about["source"],
        published=about["published"],
        loaded_at=now,
        sha256=written.sha256,
        rows=written.rows,
        file=file,
        index_sha256=written.index_sha256,
        content=content,
        dataflows=about["dataflows"],
        reporters=written.reporters,
        first=about["periods"][0] if about["periods"] else UNKNOWN,
        last=about["periods"][-1] if about["periods"] else UNKNOWN,
        scopes=about["scopes"],
        raw=raw,
    )
    index = stage / "index.json"
    index.write_bytes(written.index)
    for path in (written.path, index):
        files.sync(path)
    with journal.locked() as folder:
        home = folder / BATCHES
        for held in journal.entries():
            if (held.source, held.content) == (entry.source, content):
                if batches.whole(home, held.file, held.sha256, held.index_sha256):
                    return Loaded(held, added=False)
                entry = replace(entry, repaired_at=now)
        home.mkdir(exist_ok=True)
        index.replace(home / batches.index_name(file))
        written.path.replace(home / file)
        files.sync(home)
        files.sync(folder)
        journal.append(folder, entry)
    return Loaded(entry, added=True)


@contextlib.contextmanager
def _staging() -> Iterator[Path]:
    """A folder of this load alone."""
    place = store_folder() / STAGING
    place.mkdir(parents=True, exist_ok=True)
    with files.workspace(place) as folder:
        yield folder


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnusable(
            f"The store cannot be written: {error.strerror or error}.",
            "Nothing was added. Free the disk, mend the permissions, or set KZDATA_HOME.",
        ) from error
