"""Where the shipped notebooks, seeds, data and editions are.

A checkout keeps them beside the package; an installed wheel carries the same folders inside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
HOME = _PACKAGE.parent if (_PACKAGE.parent / "seeds").is_dir() else _PACKAGE / "shipped"
