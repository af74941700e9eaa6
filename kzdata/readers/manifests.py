"""The manifest of a raw folder, as a person types it: each slip is named before a file is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from kzdata.errors import ContractError
from kzdata.readers.printed import SCALES
from kzdata.schemas import Expected, OneOf, closed, load_yaml, refuse

Quoted = Annotated[str, Field(min_length=1), Expected("text; put it in quotes")]
Sha256 = Annotated[
    str,
    Field(pattern="^[0-9a-f]{64}$"),
    Expected("64 hexadecimal digits in quotes; sha256sum FILE prints them"),
]


class Flag(TypedDict):
    """Cells whose status is declared."""

    flow: Quoted
    periods: list[Quoted]
    obs_status: Quoted
    note: Quoted


class Gap(TypedDict):
    """Cells that are missing at source."""

    partner: Quoted
    periods: list[Quoted]
    note: Quoted


@closed
class Manifest(TypedDict):
    """``manifest.yml`` of a folder under ``data/raw``; `Any` is shown as it is written."""

    source: Quoted
    publisher: Quoted
    title: Quoted
    published: Quoted
    licence: Quoted
    reader: Quoted
    unit: Annotated[str, OneOf(tuple(SCALES))]
    file: Quoted
    sha256: Sha256
    series: NotRequired[Any]
    edition: NotRequired[Any]
    url: NotRequired[Any]
    accessed: NotRequired[Any]
    accessed_via: NotRequired[Any]
    language: NotRequired[Any]
    reliability: NotRequired[Any]
    note: NotRequired[Any]
    dataflow: NotRequired[Quoted]
    decimals: NotRequired[int]
    significant_digits: NotRequired[int]
    flags: NotRequired[list[Flag]]
    missing: NotRequired[list[Gap]]


def load(path: Path) -> dict[str, Any]:
    """The manifest at ``path``; raises `ContractError` with everything that is wrong in it."""
    hint = "One line a field, as unit: MUSD; text with a colon, and dates, in quotes."
    manifest = load_yaml(path, Manifest, ContractError, hint)
    problems = []
    if manifest["source"] != path.parent.name:
        problems.append(f"source: {manifest['source']!r}, but the folder is {path.parent.name!r}")
    if not (path.parent / manifest["file"]).is_file():
        problems.append(f"file: {manifest['file']!r} is not in the folder")
    refuse(path, problems, ContractError, hint)
    return manifest
