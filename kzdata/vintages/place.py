"""Where the user's own store is, and the error of a store that cannot be used as it stands."""

from __future__ import annotations

import os
from pathlib import Path

from kzdata.errors import KzdataError


class StoreError(KzdataError):
    """The user's store cannot be written, or a file in it is not what its journal says."""


def user_folder() -> Path:
    """``KZDATA_HOME`` where it is set, else the user's data folder of this system.

    Raises `StoreError` for a relative ``KZDATA_HOME``, which would be another place from every
    folder that kzdata is started in.
    """
    if named := os.environ.get("KZDATA_HOME"):
        folder = Path(named).expanduser()
        if not folder.is_absolute():
            raise StoreError(
                f"KZDATA_HOME={named!r} is no absolute path.", f"KZDATA_HOME={Path.cwd() / named}"
            )
        return folder
    import platformdirs

    return platformdirs.user_data_path("kzdata", appauthor=False)


def store_folder() -> Path:
    """The folder of the journal, its lock, the batches, and what is being written."""
    return user_folder() / "store"
