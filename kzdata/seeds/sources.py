"""Who published what: the register of sources, and the citation of any frame."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from kzdata.errors import ContractError, KzdataError, UnknownCode, did_you_mean
from kzdata.files import yaml_of
from kzdata.model.amounts import SCALES
from kzdata.model.contract import join_sources, split_sources
from kzdata.schemas import Expected, OneOf, closed, load_yaml, refuse
from kzdata.settings import HOME

if TYPE_CHECKING:
    pass

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


@cache
def manifests() -> dict[str, dict[str, Any]]:
    """The manifest of every folder of ``data/raw``, by source id.

    Raises `ContractError` where one is not what a manifest is.
    """
    found = {}
    for path in sorted((HOME / "data" / "raw").glob("*/manifest.yml")):
        found[path.parent.name] = load(path)
    return found


@cache
def registry() -> dict[str, dict[str, Any]]:
    """Every source by id: official series from their manifests, articles and press from seeds."""
    typed = yaml_of(HOME / "seeds" / "sources.yml")["sources"]
    known = dict(manifests())
    for each in typed:
        if each["id"] in known:
            raise KzdataError(
                f"The source {each['id']!r} is declared twice.", "Rename one in seeds/sources.yml."
            )
        known[each["id"]] = {"source": each["id"], **each}
    return known


def source(name: str) -> dict[str, Any]:
    """What is known of one source; raises `UnknownCode` with the near names."""
    if name not in registry():
        raise UnknownCode(f"Unknown source {name!r}.", did_you_mean(name, registry()))
    return registry()[name]


def publisher(joined: str) -> str:
    """Who publishes the sources of a row; an unregistered source stands for itself."""
    known = registry()
    return join_sources(known[n]["publisher"] if n in known else n for n in split_sources(joined))
