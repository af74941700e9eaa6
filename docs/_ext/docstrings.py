"""Docstrings as they are typed in kzdata, made ready for reStructuredText.

In a docstring ``|x|`` is an absolute value and ``*`` a star; an indented line is code.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

_LITERAL = re.compile(r"(``.+?``|`[^`\n]+`)")


def _escaped(text: str) -> str:
    parts = _LITERAL.split(text)
    parts[::2] = [re.sub(r"([|*\\]|_(?!\w))", r"\\\1", each) for each in parts[::2]]
    return "".join(parts)


def _ready(lines: list[str]) -> list[str]:
    made: list[str] = []
    example = block = False
    for number, line in enumerate(lines):
        blank = not line.strip()
        if line.lstrip().startswith(">>>"):
            example = True
        elif blank:
            example = False
        indented = line.startswith("    ")
        if indented and not block and not blank and (not number or not lines[number - 1].strip()):
            opened = next((each for each in reversed(made) if each.strip()), "")
            if not opened.endswith("::"):
                made += [".. code-block:: python", ""]
            block = True
        elif not indented and not blank:
            block = False
        made.append(line if example or block else _escaped(line))
    return made


def _process(app: Sphinx, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    lines[:] = _ready(lines)


def setup(app: Sphinx) -> dict[str, Any]:
    """Every docstring that autodoc reads passes here."""
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
