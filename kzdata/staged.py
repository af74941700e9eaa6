"""Folders of work under way: held while their process lives, swept away once it is gone."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path


def sweep(parent: Path, prefix: str = "") -> None:
    """Remove the folders in ``parent``, named so, that no process holds: what the killed left."""
    for folder in parent.glob(f"{glob.escape(prefix)}*/"):
        with contextlib.suppress(OSError):
            holding = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
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
