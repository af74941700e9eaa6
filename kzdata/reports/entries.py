"""The entries of ``reports/editions.yml``: fields checked, matrix and languages multiplied.

What an entry leaves out is what the settings ``formats`` and ``language`` say.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from kzdata import settings
from kzdata.errors import KzdataError
from kzdata.reports.blocks import slug
from kzdata.schemas import Expected, OneOf, load_yaml

LONGEST = 120  # a name becomes that of a folder, with more around it while it is made
LANGUAGES = ("en", "ru", "kk", "he")


HINT = "The head of reports/editions.yml explains every field."
Filled = Annotated[list[Any], Field(min_length=1)]


class Calendar(TypedDict):
    """When an edition is due."""

    cron: str
    time_zone: NotRequired[str]


class Entry(TypedDict):
    """The fields of an entry."""

    title: Annotated[
        Annotated[str, Field(min_length=1)] | Annotated[dict[str, str], Field(min_length=1)],
        Expected("text, or text by language"),
    ]
    notebooks: Filled
    parameters: NotRequired[dict[Any, Any]]
    matrix: NotRequired[dict[Any, Filled]]
    formats: NotRequired[list[Any]]
    languages: NotRequired[Annotated[list[Annotated[str, OneOf(LANGUAGES)]], Field(min_length=1)]]
    calendar: NotRequired[Calendar]
    reads: NotRequired[list[Any]]


def read_entries(place: Path) -> dict[Any, Entry]:
    """The entries of the file, by name; nothing where there is no file.

    Raises `KzdataError` with every field that is wrong.
    """
    if not place.exists():
        return {}
    return load_yaml(place, dict[Any, Entry] | None, KzdataError, HINT) or {}


def expanded(name: str, entry: Entry, where: str) -> Iterator[dict[str, Any]]:
    """The fields of each edition that an entry makes. Raises `KzdataError` naming what is wrong."""
    from kzdata.reports.formats import FORMATS, check_formats

    def wrong(fact: str, hint: str | None = None) -> KzdataError:
        return KzdataError(f"{where}, edition {name}: {fact}", hint)

    if slug(name) != name:
        raise wrong(
            "the name becomes a folder; use lower-case letters, digits and hyphens.",
            f"For example {slug(name) or 'kaz-isr'}.",
        )
    languages = entry.get("languages") or [settings.value("language") or "en"]
    for language in languages:
        if languages.count(language) > 1:
            raise wrong(f"languages: {language!r} is listed twice.", "Leave one of them out.")
    cron, time_zone = _calendar(entry.get("calendar"), wrong)
    try:
        formats = check_formats(entry.get("formats", settings.value("formats") or FORMATS))
    except KzdataError as error:
        raise wrong(f"formats: {error.fact}", error.hint) from None
    shared = {str(key): value for key, value in entry.get("parameters", {}).items()}
    for combination in _combinations(entry.get("matrix", {}), shared, wrong):
        suffixes = [slug(str(value)) for value in combination.values()]
        if not all(suffixes):
            raise wrong(f"matrix: {combination} gives no name.", "Use letters and digits.")
        for number, language in enumerate(languages):
            full = "-".join([name, *suffixes, *([language] if number else [])])
            if len(full) > LONGEST:
                raise wrong(f"{full[:40]}… is a name of {len(full)} signs, and {LONGEST} at most.")
            yield {
                "name": full,
                "title": _title(entry["title"], language, {**shared, **combination}, wrong),
                "notebooks": tuple(str(each) for each in entry["notebooks"]),
                "parameters": {**shared, **combination},
                "formats": formats,
                "family": name,
                "language": language,
                "cron": cron,
                "time_zone": time_zone,
                "reads": tuple(str(each) for each in entry.get("reads", [])),
            }


def _calendar(given: Calendar | None, wrong: Any) -> tuple[str, str]:
    if given is None:
        return "", "UTC"
    from kzdata.reports.calendars import check_calendar

    cron, time_zone = given["cron"], given.get("time_zone", "UTC")
    try:
        check_calendar(cron, time_zone)
    except KzdataError as error:
        raise wrong(f"calendar: {error.fact}", error.hint) from None
    return cron, time_zone


def _combinations(matrix: Any, shared: Mapping[str, Any], wrong: Any) -> Iterator[dict[str, Any]]:
    for name in matrix:
        if name in shared:
            raise wrong(f"matrix: {name} is among the parameters too.", "Keep it in one of them.")
    for values in itertools.product(*matrix.values()):
        yield dict(zip(map(str, matrix), values, strict=True))


def _title(given: Any, language: str, parameters: Mapping[str, Any], wrong: Any) -> str:
    """The title in this language, the names in braces filled in; an area's code by its name."""
    if isinstance(given, dict):
        if language not in given:
            raise wrong(f"title: there is none in {language}.", "Add it beside the others.")
        given = given[language]
    title = str(given)
    for name, value in parameters.items():
        if f"{{{name}}}" in title:
            title = title.replace(f"{{{name}}}", _named(name, value, language))
    return title


def _named(name: str, value: Any, language: str) -> str:
    if name not in {"reporter", "partner"}:
        return str(value)
    from kzdata.codes import area_name

    try:
        return area_name(value, language)
    except KzdataError:
        return str(value)  # refused in its turn, with the list of parameters
