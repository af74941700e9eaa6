"""The manifest of a raw folder, as a person types it: each slip is named before a file is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kzdata.errors import ContractError, did_you_mean
from kzdata.readers.printed import SCALES
from kzdata.typed import yaml_of

TEXTS = ("source", "publisher", "title", "published", "licence", "reader", "unit", "file", "sha256")
OTHERS = (
    *("series", "edition", "url", "accessed", "accessed_via", "language", "reliability"),
    *("dataflow", "decimals", "significant_digits", "flags", "missing", "note"),
)
FORM = "A line a field, as unit: MUSD; text with a colon in quotes."


def load(path: Path) -> dict[str, Any]:
    """The manifest at ``path``; raises `ContractError` with everything that is wrong in it."""
    try:
        manifest = yaml_of(path)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContractError(f"{path} is no YAML: {error}", FORM) from None
    if not isinstance(manifest, dict):
        raise ContractError(f"{path} holds no fields.", FORM)
    problems = list(_problems(manifest, path))
    if problems:
        lines = "\n    ".join(problems)
        raise ContractError(f"{path}:\n    {lines}", "Mend the fields named.")
    return manifest


def _problems(manifest: dict[Any, Any], path: Path) -> Iterator[str]:
    for name in manifest:
        if name not in TEXTS + OTHERS:
            yield f"{name}: is no field of a manifest. {did_you_mean(str(name), TEXTS + OTHERS)}"
    for name in TEXTS:
        given = manifest.get(name)
        if given is None or given == "":
            yield f"{name}: missing"
        elif not isinstance(given, str):
            yield f'{name}: {given} is no text; put it in quotes, as {name}: "2026-02"'
    for name in ("decimals", "significant_digits"):
        if name in manifest and not isinstance(manifest[name], int):
            yield f"{name}: {manifest[name]!r} is no whole number"
    yield from _at_odds({n: v for n, v in manifest.items() if isinstance(v, str) and v}, path)


def _at_odds(given: dict[str, str], path: Path) -> Iterator[str]:
    """What each field says by itself, held against the folder and the lists."""
    if given.get("source", path.parent.name) != path.parent.name:
        yield f"source: {given['source']!r}, but the folder is {path.parent.name!r}"
    if given.get("unit", "USD") not in SCALES:
        yield f"unit: {given['unit']!r} is none. {did_you_mean(given['unit'], SCALES)}"
    if not re.fullmatch(r"[0-9a-f]{64}", given.get("sha256", "0" * 64)):
        yield "sha256: not 64 hexadecimal digits; sha256sum FILE prints them"
    if "file" in given and not (path.parent / given["file"]).is_file():
        yield f"file: {given['file']!r} is not in the folder"
