"""Where the shipped notebooks, seeds, data and editions are, and where the user's own data are.

A checkout keeps what is shipped beside the package; an installed wheel carries the same folders
inside it.
"""

from __future__ import annotations

from pathlib import Path

from kzdata import settings

_PACKAGE = Path(__file__).resolve().parent
HOME = _PACKAGE.parent if (_PACKAGE.parent / "seeds").is_dir() else _PACKAGE / "shipped"


def reports_folder() -> Path:
    """Where reports stand: the setting ``reports``, else in the checkout, else, where kzdata is
    installed and its own folder is not for writing, below the current folder."""
    if named := settings.value("reports"):
        return named
    installed = HOME.parent == _PACKAGE
    return (Path.cwd() if installed else HOME) / "reports"


def user_folder() -> Path:
    """Where what a person fetches and loads is kept: the setting ``home`` (``KZDATA_HOME``), else
    the user's data folder of this system."""
    if named := settings.value("home"):
        return named
    import platformdirs

    return platformdirs.user_data_path("kzdata", appauthor=False)
