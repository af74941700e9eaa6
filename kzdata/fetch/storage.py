"""Storage of bodies: ``raw/SOURCE/TIME-REQUEST/`` with the body and its record ``fetched.json``.

A body grows in ``raw/.partial/REQUEST/``. That folder is renamed once its body is validated,
recorded and on disk, so that no kill leaves a half body under a final name, and a partial body can
be continued.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import files
from kzdata.errors import NotAvailable
from kzdata.fetch.endpoints import Request
from kzdata.fetch.failures import NotKept
from kzdata.settings import user_folder

RECORD, BODY, STATE = "fetched.json", "body", "state.json"


def raw_folder() -> Path:
    """Return ``raw`` in KZDATA_HOME, or in the user's data folder."""
    return user_folder() / "raw"


@contextlib.contextmanager
def write_errors() -> Iterator[None]:
    """Turn an `OSError` into `NotKept`."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise NotKept(
            f"{error.filename or 'The data folder'} could not be written: {error.strerror}.",
            "Free some space." if full else "Name another folder: --out, or KZDATA_HOME.",
        ) from None


class PartialBody:
    """A body on its way, and the state of the answer it began with."""

    def __init__(self, root: Path, digest: str):
        self.folder = root / ".partial" / digest
        self.body = self.folder / BODY

    @property
    def size(self) -> int:
        """Bytes received."""
        return self.body.stat().st_size if self.body.is_file() else 0

    def state(self) -> dict[str, Any]:
        """Return what the first part of the body came with; empty if it cannot be continued."""
        try:
            found = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if self.size and isinstance(found, dict) else {}

    def begin(self, state: dict[str, Any]) -> None:
        """Discard what was received and expect the body that ``state`` describes."""
        self.discard()
        self.folder.mkdir(parents=True)
        self.body.write_bytes(b"")
        (self.folder / STATE).write_text(json.dumps(state), encoding="utf-8")

    def discard(self) -> None:
        """Remove everything of this request."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def rename(self, file: str) -> Path:
        """Give the whole body its final name, still in the partial folder."""
        return self.body.rename(self.folder / file)

    def finish(self, target: Path, file: str, record: dict[str, Any]) -> Path:
        """Move body and record, flushed to disk, to their final folder, and return it."""
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
    with write_errors():
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


@dataclass(frozen=True)
class Fetched:
    """A body that was accepted: its path, its record, and the observations in it.

    ``frame`` is None if only part of the body was read (an archive of gigabytes) or it holds no
    data (a list of files). ``record`` has source, service, parameters, url, final_url, status,
    headers, retrieved (UTC), file, bytes, unpacked, sha256, reader, options, rows and kzdata (the
    version).
    """

    path: Path
    record: dict[str, Any]
    frame: pd.DataFrame | None


def folder_name(request: Request, at: datetime) -> str:
    """Return the name of the folder of one fetch: its time, then its request."""
    return f"{at:%Y%m%dT%H%M%SZ}-{request.digest}"


def latest_folder(
    root: Path, source: str, service: str | None, parameters: Mapping[str, str]
) -> Path:
    """Return the latest recorded folder of a source whose parameters agree with those given.

    Raises `NotAvailable` if there is none, `NotKept` for a damaged record.
    """
    found = []
    for place in (root / source).glob(f"*/{RECORD}"):
        about = read_record(place.parent)
        agrees = all(about["parameters"].get(n) == str(v) for n, v in parameters.items())
        if agrees and service in (None, about["service"]):
            found.append((about["retrieved"], place.parent.name, place.parent))
    if not found:
        raise NotAvailable(
            f"{root / source} holds no recorded answer of {source} with these parameters.",
            "Fetch it once without --replay.",
        )
    return max(found)[2]


def read_record(folder: Path) -> dict[str, Any]:
    """Return the record of a folder. Raises `NotKept` if it cannot be read."""
    path = folder / RECORD
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        if Path(about["file"]).name != about["file"]:
            raise ValueError("its file is elsewhere")
        for name in ("parameters", "service", "retrieved", "sha256", "options"):
            _ = about[name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotKept(
            f"{path} is damaged: {error!r}.", "Remove the folder and fetch again."
        ) from None
    return about


def checked_body(folder: Path, about: dict[str, Any]) -> Path:
    """Return the path of the recorded body, checked against its SHA-256."""
    path = folder / about["file"]
    try:
        found = files.sha256_of(path)
    except OSError as error:
        raise NotKept(f"{path} is not there: {error.strerror}.", "Fetch it again.") from None
    if found != about["sha256"]:
        raise NotKept(
            f"{path} has SHA-256 {found[:12]}…, its record says {about['sha256'][:12]}….",
            "It was edited or damaged: fetch it again.",
        )
    return path
