"""A notebook read from its file, and refused where it is none that a report can be made of."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kzdata.errors import KzdataError

KINDS = {"code", "markdown", "raw"}


@contextlib.contextmanager
def light_imports() -> Iterator[None]:
    """Import nbformat without what no notebook needs."""
    # Where JupyterLab is installed, jsonschema builds a whole grammar of internationalised
    # addresses when nbformat is imported: over a second, for a check that no notebook needs.
    hidden = "rfc3987_syntax"
    absent = hidden not in sys.modules
    if absent:
        sys.modules[hidden] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        if absent:
            sys.modules.pop(hidden, None)


def read_notebook(path: Path) -> Any:
    """The notebook in a file, in the current format.

    Raises `KzdataError` if it is none, or one of another language than Python.
    """
    with light_imports():
        import nbformat
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are given one
            found = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        book = nbformat.from_dict(found)  # papermill takes no notebook of an old format's class
        kinds = {str(cell.cell_type) for cell in book.cells} - KINDS
        foreign = _languages(book.metadata)
    except (OSError, ValueError, AttributeError, TypeError, nbformat.ValidationError) as error:
        raise KzdataError(f"{path.name} is no readable notebook: {error}") from None
    if kinds:
        raise KzdataError(f"{path.name} has cells of no known kind: {', '.join(sorted(kinds))}.")
    if foreign:
        raise KzdataError(
            f"{path.name} is written in {foreign[0]}; reports are made of notebooks in Python.",
            "If its cells are Python, choose a Python kernel in JupyterLab and save it.",
        )
    return book


def _languages(metadata: Any) -> list[str]:
    """The languages other than Python that the notebook says it is in."""
    said = [
        metadata.get("kernelspec", {}).get("language"),
        metadata.get("language_info", {}).get("name"),
    ]
    return [str(each) for each in said if each and "python" not in str(each).casefold()]
