"""Publish a report whole or not at all.

Everything is built in a hidden folder beside the target, read back, put on the disk, and then
takes the target's place in one step. Whoever looks at the target at any time, also after the power
failed, sees the previous report or the new one. What a killed run leaves is removed by the next.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kzdata import files
from kzdata.errors import PublishError
from kzdata.files import sha256
from kzdata.reports.manifest import NAME, read
from kzdata.reports.output_check import parses
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
                "Replace NaN and infinity with None, which marks a missing value.",
            ) from None
        self.put(NAME, text.encode())
        with _explained(self.target):
            verify(self.folder)
            there = sorted(path for path in self.folder.rglob("*") if path.is_file())
            refuse_secrets(
                (path.relative_to(self.folder).as_posix(), path.read_bytes()) for path in there
            )
            files.sync_all(self.folder)
            with _lock(self.target):
                refuse_foreign(self.target)
                files.swap(self.folder, self.target)
                files.sync(self.target.parent)


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """A staging folder for a report at ``target``, gone afterwards whatever happens.

    Raises `PublishError` where the target is not a place for a report, or cannot be written.
    """
    target = target.expanduser()
    with contextlib.ExitStack() as stack:
        with _explained(target):
            refuse_foreign(target)  # before anything is made beside it, and again under the lock
            target.parent.mkdir(parents=True, exist_ok=True)
            target = target.parent.resolve() / target.name
            with _lock(target):
                files.heal(target)
                refuse_foreign(target)
            space = files.workspace(target.parent, f".{target.name}.building-", mode=0o755)
            folder = stack.enter_context(space)
        # After publishing, the name of the folder holds the previous report, and goes too.
        yield Staging(folder, target)


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
        fact = f"{target} holds files that are not a kzdata report."
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


def _lock(target: Path) -> contextlib.AbstractContextManager[None]:
    """Held for the moments in which names change; building goes on side by side."""
    return files.locked(target.parent / f".{target.name}.lock", remove=True)
