"""Where the store is, and the error of a store that cannot be used as it stands."""

from __future__ import annotations

from pathlib import Path

from kzdata.errors import KzdataError
from kzdata.home import user_folder


class StoreError(KzdataError):
    """The user's store cannot be written, or a file in it is not what its journal says."""


def store_folder() -> Path:
    """The folder of the journal, its lock, the batches, and what is being written."""
    return user_folder() / "store"
