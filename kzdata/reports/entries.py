"""The entries of ``reports/editions.yml``: fields checked, matrix and languages multiplied.

What an entry leaves out is what the settings ``formats`` and ``language`` say.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kzdata import settings
from kzdata.errors import KzdataError, did_you_mean
from kzdata.reports.blocks import slug
from kzdata.typed import GivenTwice, yaml_once

FIELDS: dict[str, Any] = {
    "title": (str, dict),
    "notebooks": list,
    "parameters": dict,
    "matrix": dict,
    "formats": list,
    "languages": list,
    "calendar": dict,
    "reads": list,
}
LONGEST = 120  # a name becomes that of a folder, with more around it while it is made
LANGUAGES = ("en", "ru", "kk", "he")


def read_entries(place: Path) -> dict[Any, Any]:
    """What the file says, by name; nothing where there is no file.

    Raises `KzdataError` for what is no text, no YAML, or says one thing twice.
    """
    import yaml

    try:
        if place.exists() and not place.is_file():
            raise KzdataError(
                f"{place} is no file.", "Write the editions into a file of this name."
            )
        found = yaml_once(place.read_text(encoding="utf-8-sig")) or {}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise KzdataError(f"{place} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise KzdataError(f"{place} is no text in UTF-8.", "Save it again as UTF-8.") from None
    except GivenTwice as twice:
        raise KzdataError(
            f"{place.name}, line {twice.line}: {twice.key!r} stands here more than once.",
            "Leave one of them out.",
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # ValueError: 30 February
        raise KzdataError(f"{place.name} is no YAML: {error}") from None
    if not isinstance(found, dict):
        raise KzdataError(f"{place.name} holds no editions by name.", "Write name: and its fields.")
    return found


def expanded(name: str, entry: Any, where: str) -> Iterator[dict[str, Any]]:
    """The fields of each edition that an entry makes. Raises `KzdataError` naming what is wrong."""
    from kzdata.reports.formats import FORMATS, check_formats

    def wrong(fact: str, hint: str | None = None) -> KzdataError:
        return KzdataError(f"{where}, edition {name}: {fact}", hint)

    if slug(name) != name:
        raise wrong(
            "the name becomes a folder; use lower-case letters, digits and hyphens.",
            f"For example {slug(name) or 'kaz-isr'}.",
        )
    _check_fields(entry, wrong)
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
        for number, language in enumerate(
            entry.get("languages") or [settings.value("language") or "en"]
        ):
            if language not in LANGUAGES:
                raise wrong(f"{language!r} is no language.", did_you_mean(str(language), LANGUAGES))
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


def _check_fields(entry: Any, wrong: Any) -> None:
    if not isinstance(entry, dict):
        raise wrong("it has no fields.", "Give it " + ", ".join(FIELDS) + ".")
    for key, value in entry.items():
        if key not in FIELDS:
            raise wrong(f"{key!r} is no field of an edition.", did_you_mean(str(key), FIELDS))
        if not isinstance(value, FIELDS[key]):
            kinds = FIELDS[key] if isinstance(FIELDS[key], tuple) else (FIELDS[key],)
            raise wrong(
                f"{key} is {value!r}, expected a {' or a '.join(each.__name__ for each in kinds)}."
            )
    for key in ("title", "notebooks"):
        if not entry.get(key):
            raise wrong(f"{key} is missing.")
    languages = entry.get("languages", ["en"])
    if not languages:
        raise wrong("languages is empty.", "Leave it out for English alone.")
    for language in languages:
        if languages.count(language) > 1:
            raise wrong(f"languages: {language!r} stands there twice.", "Leave one of them out.")


def _calendar(given: Any, wrong: Any) -> tuple[str, str]:
    if given is None:
        return "", "UTC"
    from kzdata.reports.calendars import check_calendar

    for key in given:
        if key not in {"cron", "time_zone"}:
            raise wrong(
                f"calendar: {key!r} is no field.", did_you_mean(str(key), ["cron", "time_zone"])
            )
    cron, time_zone = str(given.get("cron", "")), str(given.get("time_zone", "UTC"))
    try:
        check_calendar(cron, time_zone)
    except KzdataError as error:
        raise wrong(f"calendar: {error.fact}", error.hint) from None
    return cron, time_zone


def _combinations(matrix: Any, shared: Mapping[str, Any], wrong: Any) -> Iterator[dict[str, Any]]:
    for name, values in matrix.items():
        if not isinstance(values, list) or not values:
            raise wrong(f"matrix: {name} is {values!r}, expected a list of values.", "[ISR, TUR]")
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
