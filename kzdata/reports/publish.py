"""Publish a report whole or not at all.

Everything is built in a hidden folder beside the target, read back, put on the disk, and then
takes the target's place in one step. Whoever looks at the target at any time, also after the power
failed, sees the previous report or the new one. What a killed run leaves is removed by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kzdata.errors import PublishError
from kzdata.reports.exchange import heal, swap
from kzdata.reports.manifest import NAME, read, sha256
from kzdata.reports.parsing import parses
from kzdata.reports.redaction import refuse_secrets


class Staging:
    """A private folder in which a report is put together; ``put`` adds a file to it."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder, self.target = folder, target

    def put(self, path: str, content: bytes) -> None:
        """Write one file, named by its path inside the report."""
        place = self.folder / path
        if self.folder.resolve() not in place.resolve().parents:
            raise PublishError(f"{path!r} is not inside the report.")
        with _explained(self.target):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def fill(self, outputs: Mapping[str, bytes], manifest: dict[str, Any]) -> None:
        """Write every file and publish."""
        for path, content in outputs.items():
            self.put(path, content)
        self.publish(manifest)

    def publish(self, manifest: dict[str, Any]) -> None:
        """Add the manifest, verify every file against it, and take the target's place.

        Raises `PublishError` for a file that does not parse back, and for one that holds a secret.
        """
        try:
            text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        except ValueError as error:
            raise PublishError(
                f"The manifest cannot be written: {error}.",
                "A number that is none is left out: None says that it is missing.",
            ) from None
        self.put(NAME, text.encode())
        with _explained(self.target):
            verify(self.folder)
            files = sorted(path for path in self.folder.rglob("*") if path.is_file())
            refuse_secrets(
                (path.relative_to(self.folder).as_posix(), path.read_bytes()) for path in files
            )
            _to_disk(self.folder)
            with _lock(self.target):
                refuse_foreign(self.target)
                swap(self.folder, self.target)
                _sync(self.target.parent)


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """A staging folder for a report at ``target``, gone afterwards whatever happens.

    Raises `PublishError` where the target is not a place for a report, or cannot be written.
    """
    target = target.expanduser()
    with _explained(target):
        refuse_foreign(target)  # before anything is made beside it, and again under the lock
        target.parent.mkdir(parents=True, exist_ok=True)
        target = target.parent.resolve() / target.name
        with _lock(target):
            heal(target)
            refuse_foreign(target)
            _sweep(target)
            folder = target.parent / f"{_prefix(target)}{secrets.token_hex(6)}"
            folder.mkdir(mode=0o755)
            holding = _hold(folder)
    try:
        yield Staging(folder, target)
    finally:
        # After publishing, this name holds the previous report, and goes too.
        shutil.rmtree(folder, ignore_errors=True)
        if holding is not None:
            os.close(holding)


@contextlib.contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"The report cannot be written to {target}: {error.strerror or error}.",
            "Nothing was changed. Free the disk, mend the permissions, or give another --out.",
        ) from error


def refuse_foreign(target: Path) -> None:
    """Raise `PublishError` unless the target is absent, empty, or a report of ours."""
    if target.is_symlink():
        fact = f"{target} is a link; a report is published to a folder."
    elif target.exists() and not target.is_dir():
        fact = f"{target} is a file; a report is a folder."
    elif target.is_dir() and any(target.iterdir()) and read(target) is None:
        fact = f"{target} holds files, and they are no report of kzdata's."
    else:
        return
    raise PublishError(
        fact, "Nothing was changed. Move it away, or give another folder: --out ./my-report"
    )


def verify(folder: Path) -> None:
    """Read a report back from the disk and hold every file against its manifest.

    A report that another takes the place of meanwhile is read again. Raises `PublishError` naming
    each file that is missing, altered, unlisted or of another kind.
    """
    manifest = read(folder)
    while True:
        if manifest is None:
            raise PublishError(f"{folder} has no readable {NAME}.")
        wrong = _wrong(folder, manifest)
        if not wrong:
            return
        now = read(folder)
        if now == manifest:
            raise PublishError(f"The report in {folder} is not whole: " + "; ".join(wrong) + ".")
        manifest = now


def _wrong(folder: Path, manifest: dict[str, Any]) -> list[str]:
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {NAME}
    listed = manifest["outputs"]
    wrong = [f"{path} is missing" for path in sorted(listed.keys() - there)]
    wrong += [f"{path} is not in the manifest" for path in sorted(there - listed.keys())]
    for path in sorted(there & listed.keys()):
        try:
            content = (folder / path).read_bytes()
        except FileNotFoundError:
            wrong.append(f"{path} is missing")
            continue
        if sha256(content) != listed[path]["sha256"] or len(content) != listed[path]["bytes"]:
            wrong.append(f"{path} differs from its hash")
        elif not parses(path, content):
            wrong.append(f"{path} is not what its name says")
    return wrong


def _prefix(target: Path) -> str:
    return f".{target.name}.building-"


@contextlib.contextmanager
def _lock(target: Path) -> Iterator[None]:
    """Held for the moments in which names change; building goes on side by side."""
    path = target.parent / f".{target.name}.lock"
    handle = _locked(path)
    try:
        yield
    finally:
        # Removed while it is held: who waits for it finds another name there, and tries again.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked(path: Path) -> int:
    """A lock on the file that has this name now, made where there is none."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), path.stat()):
                    return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _hold(folder: Path) -> int | None:
    """A mark on a folder that the system takes away when this process ends, however it ends."""
    holding = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(holding)
        return None
    return holding


def _sweep(target: Path) -> None:
    """Remove the staging folders that no living process holds."""
    for folder in target.parent.glob(f"{glob.escape(_prefix(target))}*"):
        with contextlib.suppress(OSError):
            holding = _hold(folder)
            if holding is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(holding)


def _to_disk(folder: Path) -> None:
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(place) / name)
        _sync(Path(place))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
