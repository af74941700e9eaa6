"""What went into a report, what came out, and where each number of its text stands."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from kzdata import settings
from kzdata.files import sha256, sha256_of
from kzdata.reports.blocks import Document, StatementBlock
from kzdata.reports.markdown import plain

NAME = "manifest.json"

FORMAT = "kzdata-report/1"

LIBRARIES = (
    *("kzdata", "pandas", "numpy", "matplotlib", "papermill", "nbclient", "ipykernel"),
    *("typst", "xlsxwriter", "jinja2", "markdown-it-py"),
)

READABLE = ("data/tidy", "seeds")


def versions() -> dict[str, str]:
    """The interpreter and the libraries that made a report."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "from source"
    return found


def data_hashes() -> dict[str, str]:
    """SHA-256 of every file that a run could read, by its path below HOME."""
    root = settings.HOME
    paths = [path for top in READABLE for path in (root / top).rglob("*") if path.is_file()]
    return {
        path.relative_to(root).as_posix(): sha256_of(path)
        for path in sorted(paths)
        if not any(part.startswith((".", "__")) for part in path.relative_to(root).parts)
    }


def register(document: Document) -> list[dict[str, Any]]:
    """Every number of the text, with the sentence and the section in which it stands."""
    return [
        {"section": part.name, "statement": plain(block.markdown), **number}
        for part in document.sections
        for block in part.blocks
        if isinstance(block, StatementBlock)
        for number in block.numbers
    ]


def manifest(
    document: Document,
    *,
    edition: str | None,
    parameters: dict[str, dict[str, Any]],
    notebooks: dict[str, str],
    outputs: dict[str, bytes],
    generated: str,
) -> dict[str, Any]:
    """The manifest; ``generated`` is the one field that differs when nothing else does."""
    return {
        "format": FORMAT,
        "edition": edition,
        "title": plain(document.title),
        "language": document.language,
        "as_of": document.as_of or None,
        "generated": generated,
        "parameters": parameters,
        "notebooks": notebooks,
        "data": data_hashes(),
        "versions": versions(),
        "outputs": {
            path: {"sha256": sha256(content), "bytes": len(content)}
            for path, content in sorted(outputs.items())
        },
        "findings": [plain(finding.markdown) for finding in document.findings],
        "numbers": register(document),
    }


def read(folder: Path) -> dict[str, Any] | None:
    """The manifest of a published report, or None where the folder holds no report of ours."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None
