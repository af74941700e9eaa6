"""Where bodies are kept: ``raw/SOURCE/TIME-REQUEST/`` with the body and ``fetched.json``.

A body grows in ``raw/.partial/REQUEST/`` and gets its final name in one renaming of that folder,
once it is read, recorded and on disk: no kill leaves a half body under a final name, and what came
of it can be continued.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kzdata import files
from kzdata.fetch.failures import NotKept
from kzdata.home import user_folder

RECORD, BODY, STATE = "fetched.json", "body", "state.json"


def raw_folder() -> Path:
    """``raw`` in KZDATA_HOME, or in the user's data folder."""
    return user_folder() / "raw"


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """What the disk refuses becomes `NotKept`."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise NotKept(
            f"{error.filename or 'The data folder'} could not be written: {error.strerror}.",
            "Free some space." if full else "Name another folder: --out, or KZDATA_HOME.",
        ) from None


class Partial:
    """The body that is on its way, and what must hold for it to be continued."""

    def __init__(self, root: Path, digest: str):
        self.folder = root / ".partial" / digest
        self.body = self.folder / BODY

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.body.stat().st_size if self.body.is_file() else 0

    def state(self) -> dict[str, Any]:
        """What the first part of the body came with; empty where it cannot be continued."""
        try:
            found = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if self.size and isinstance(found, dict) else {}

    def begin(self, state: dict[str, Any]) -> None:
        """Throw away what is here and expect the body that ``state`` describes."""
        self.discard()
        self.folder.mkdir(parents=True)
        self.body.write_bytes(b"")
        (self.folder / STATE).write_text(json.dumps(state), encoding="utf-8")

    def discard(self) -> None:
        """Nothing of this request stays."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def named(self, file: str) -> Path:
        """The whole body under the name that it will have."""
        return self.body.rename(self.folder / file)

    def finish(self, target: Path, file: str, record: dict[str, Any]) -> Path:
        """Body and record, on disk, under their final name; returns the folder."""
        (self.folder / STATE).unlink(missing_ok=True)
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        (self.folder / RECORD).write_text(text, encoding="utf-8")
        for path in (self.folder / file, self.folder / RECORD, self.folder):
            files.sync(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        place, number = target, 2
        while place.exists():
            place, number = target.with_name(f"{target.name}-{number}"), number + 1
        self.folder.rename(place)
        files.sync(place.parent)
        return place


@contextlib.contextmanager
def alone(root: Path, name: str) -> Iterator[Path]:
    """Held while a request, or a host's turn, is this process's; others wait. Gives its file."""
    path = root / ".partial" / f"{name}.lock"
    with kept():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = files.lock(path)
    try:
        yield path
    finally:
        os.close(handle)


def take_turn(root: Path, host: str, seconds: float) -> None:
    """Return once ``seconds`` have passed since any process last asked ``host``."""
    with alone(root, f"host-{host}") as path:
        # The file's own time is the last turn; a new file has a size of 0 and has had none.
        if path.stat().st_size:
            since = time.time() - path.stat().st_mtime
            time.sleep(min(max(0.0, seconds - max(0.0, since)), seconds))
        path.write_text("asked\n", encoding="utf-8")
