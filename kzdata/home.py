"""Where the shipped notebooks, seeds, data and editions are.

A checkout keeps them beside the package; an installed wheel carries the same folders inside it.
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
