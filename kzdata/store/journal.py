"""The journal of the store: one line a load, only ever added to, on the disk before it counts.

A batch exists when its line does. A line counts when its line break is there: what a killed load
leaves behind it is no line, is not read, and is cut off by the next load. Whoever adds a line holds
the lock; whoever reads needs none.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kzdata import files
from kzdata.errors import ExitCode, KzdataError
from kzdata.settings import user_folder

Wanted = Mapping[str, str | tuple[str, ...]]  # columns, and what they must say


class StoreError(KzdataError):
    """A file in the user's store, or its journal, is not what was loaded."""

    exit_code = ExitCode.DRIFT


class StoreUnusable(StoreError):
    """The place of the store cannot be read or written: permissions, or a full disk."""

    exit_code = ExitCode.FAILED


def store_folder() -> Path:
    """The folder of the journal, its lock, the batches, and what is being written."""
    return user_folder() / "store"


NAME = "journal.jsonl"


@dataclass(frozen=True)
class JournalEntry:
    """One load. ``file`` and its index are below ``batches``, named by the SHA-256 of the index,
    which holds that of every part of the file.

    ``content`` is the SHA-256 of what the rows say; ``scopes`` are the slices of which the batch is
    a whole edition (see `kzdata.store.vintages.scopes`); ``raw`` is the file that was read.
    """

    source: str
    published: str
    loaded_at: str
    sha256: str
    rows: int
    file: str
    index_sha256: str
    content: str
    dataflows: list[str]
    reporters: int
    first: str
    last: str
    scopes: list[list[str]]
    raw: dict[str, Any]
    repaired_at: str | None = None
    number: int = field(default=0, compare=False)

    @property
    def loaded(self) -> str:
        """The day of the load, UTC."""
        return self.loaded_at[:10]


def entries() -> list[JournalEntry]:
    """Every load in order, one entry a content; a repaired batch keeps its first day of loading.

    Raises `StoreError` for a line that is whole and cannot be read.
    """
    found: dict[tuple[str, str], JournalEntry] = {}
    for number, line in enumerate(_lines(store_folder() / NAME), start=1):
        entry = _entry(line, number)
        mine = (entry.source, entry.content)
        found[mine] = entry if mine not in found else _later(found[mine], entry)
    return list(found.values())


def _later(first: JournalEntry, repaired: JournalEntry) -> JournalEntry:
    return replace(repaired, number=first.number, loaded_at=first.loaded_at)


def _lines(path: Path) -> list[bytes]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreUnusable(
            f"{path} cannot be read: {error.strerror}.",
            "Check that the file exists and can be read.",
        ) from None
    return data.split(b"\n")[:-1]


def _entry(line: bytes, number: int) -> JournalEntry:
    try:
        return JournalEntry(**json.loads(line) | {"number": number})
    except (ValueError, TypeError):
        known = ", ".join(each.name for each in fields(JournalEntry))
        raise StoreError(
            f"Line {number} of {store_folder() / NAME} is not a load; a line has {known}.",
            "Restore the journal from a copy: kzdata only ever adds lines to it.",
        ) from None


@contextlib.contextmanager
def locked() -> Iterator[Path]:
    """The store's folder, for one process at a time, its journal free of half lines."""
    folder = store_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = files.lock(folder / "lock")
    except OSError as error:
        raise StoreUnusable(
            f"{folder} cannot be written: {error.strerror}.",
            "Nothing changed. Correct the permissions or set KZDATA_HOME to another folder.",
        ) from None
    try:
        _cut_half_line(folder / NAME)
        yield folder
    finally:
        os.close(handle)


def _cut_half_line(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):
            os.truncate(path, data.rfind(b"\n") + 1)


def append(folder: Path, entry: JournalEntry) -> None:
    """Add the line of a batch that is on the disk already; only inside `locked`."""
    said = {key: value for key, value in asdict(entry).items() if key != "number"}
    line = json.dumps(said, ensure_ascii=False, allow_nan=False) + "\n"
    fresh = not (folder / NAME).exists()
    with (folder / NAME).open("ab") as journal:
        journal.write(line.encode())
        journal.flush()
        os.fsync(journal.fileno())
    if fresh:
        files.sync(folder)
        files.sync(folder.parent)
