"""Folders of work under way: held while their process lives, swept away once it is gone."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kzdata.errors import PublishError

SCRATCH = "kzwork-"  # short: sockets stand in it, and their paths have to be
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


def sweep(parent: Path, prefix: str = "") -> None:
    """Remove the folders in ``parent``, named so, that no process holds: what the killed left."""
    for folder in parent.glob(f"{glob.escape(prefix)}*/"):
        with contextlib.suppress(OSError):
            holding = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(holding)


def hold(parent: Path, prefix: str = "") -> tuple[Path, int]:
    """A new folder in ``parent`` and the handle that holds it; the system lets go of it when the
    process ends."""
    folder = parent / f"{prefix}{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    holding = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(holding, fcntl.LOCK_EX)
    return folder, holding


@contextlib.contextmanager
def released(folder: Path, holding: int) -> Iterator[Path]:
    """The folder, which is gone afterwards; after an exchange, what then has its name."""
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(holding)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A private folder for files that nobody keeps, in the system's folder for such (TMPDIR).

    What killed processes left there is swept first. Raises `PublishError` where the folder cannot
    be made, or its disk is full or fails while it is used.
    """
    try:
        parent = Path(tempfile.gettempdir())
        sweep(parent, SCRATCH)
        folder, holding = _scratch()
    except OSError as error:
        raise _unusable(error) from error
    with released(folder, holding):
        try:
            yield folder
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise _unusable(error) from error
            raise


def _unusable(error: OSError) -> PublishError:
    where = tempfile.tempdir or "the folder for temporary files"
    return PublishError(
        f"Nothing can be written to {where}: {error.strerror or error}.",
        "Free it, or name another folder before the command: TMPDIR=/path",
    )


def _scratch() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
        try:
            holding = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        with contextlib.suppress(FileNotFoundError):
            fcntl.flock(holding, fcntl.LOCK_EX)
            # Another's sweep may have come between its making and its holding.
            if os.path.samestat(os.fstat(holding), folder.stat()):
                return folder, holding
        os.close(holding)
