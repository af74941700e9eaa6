"""Where the store is, how it is asked, and the error of one that cannot be used as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kzdata.errors import KzdataError
from kzdata.home import user_folder

Wanted = Mapping[str, str | tuple[str, ...]]  # columns, and what they must say


class StoreError(KzdataError):
    """A file in the user's store, or its journal, is not what was loaded."""


class StoreUnusable(StoreError):
    """The place of the store cannot be read or written: permissions, or a full disk."""


def store_folder() -> Path:
    """The folder of the journal, its lock, the batches, and what is being written."""
    return user_folder() / "store"
