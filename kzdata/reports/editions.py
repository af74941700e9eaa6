"""Editions: the entries of editions.yml, their calendars, and the formats of a report."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NotRequired
from zoneinfo import ZoneInfo

from pydantic import Field
from typing_extensions import TypedDict

from kzdata import settings
from kzdata.errors import KzdataError, ParameterError, UnknownCode, did_you_mean
from kzdata.reports.blocks import slug
from kzdata.schemas import Expected, OneOf, load_yaml

if TYPE_CHECKING:
    from kzdata.reports.parameters import Parameter

FORMATS = ("html", "pdf", "xlsx")

FILES = {"html": "report.html", "pdf": "report.pdf", "xlsx": "data.xlsx"}


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """The formats in their order, each once. Raises `ParameterError` for any other."""
    asked = [formats] if isinstance(formats, str) else list(formats)
    for each in asked:
        if each not in FORMATS:
            raise ParameterError(
                f"Unknown report format {each!r}.", did_you_mean(str(each), FORMATS)
            )
    if not asked:
        raise ParameterError("No format is asked for.", "Give one or more of html, pdf, xlsx.")
    return tuple(each for each in FORMATS if each in asked)


def check_calendar(cron: str, time_zone: str) -> None:
    """Raise `KzdataError` for what is no cron expression, or names no day, or no time zone."""
    latest(cron, time_zone, dt.datetime.now(dt.UTC))


def latest(cron: str, time_zone: str, now: dt.datetime) -> dt.datetime:
    """The last moment up to ``now`` at which the edition was to appear, in UTC.

    Hours that a change of the clock skips or repeats are treated as Debian's cron does.
    """
    # The minute that has just begun counts, so look back from within it.
    return _first(cron, time_zone, now + dt.timedelta(microseconds=1), backwards=True)


def upcoming(cron: str, time_zone: str, now: dt.datetime) -> dt.datetime:
    """The next moment after ``now`` at which the edition is to appear, in UTC."""
    return _first(cron, time_zone, now, backwards=False)


def _first(cron: str, time_zone: str, now: dt.datetime, *, backwards: bool) -> dt.datetime:
    from cronsim import CronSim, CronSimError

    try:
        zone = ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        raise KzdataError(
            f"Unknown time zone {time_zone!r}.", "Write one of the tz database: Asia/Almaty, UTC."
        ) from None
    hint = 'Write minute hour day month weekday: "0 6 * * 1" is every Monday at six.'
    if len(cron.split()) != 5:  # cronsim would take a sixth in front for seconds
        raise KzdataError(f"Invalid cron expression {cron!r}: wrong number of fields.", hint)
    try:
        moment = next(CronSim(cron, now.astimezone(zone), reverse=backwards), None)
    except CronSimError as error:
        raise KzdataError(f"Invalid cron expression {cron!r}: {error}.", hint) from None
    if moment is None:
        raise KzdataError(f"{cron!r} names no day of the next fifty years.", hint)
    return moment.astimezone(dt.UTC)


LONGEST = 120  # a name becomes that of a folder, with more around it while it is made

LANGUAGES = ("en", "ru", "kk", "he")

HINT = "The head of reports/editions.yml explains every field."

Filled = Annotated[list[Any], Field(min_length=1)]


class Calendar(TypedDict):
    """When an edition is due."""

    cron: str
    time_zone: NotRequired[str]


class EditionEntry(TypedDict):
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


def read_entries(place: Path) -> dict[Any, EditionEntry]:
    """The entries of the file, by name; nothing where there is no file.

    Raises `KzdataError` with every field that is wrong.
    """
    if not place.exists():
        return {}
    return load_yaml(place, dict[Any, EditionEntry] | None, KzdataError, HINT) or {}


def expanded(name: str, entry: EditionEntry, where: str) -> Iterator[dict[str, Any]]:
    """The fields of each edition that an entry makes. Raises `KzdataError` naming what is wrong."""
    pass

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
    pass

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
    from kzdata.i18n.formats import area_name

    try:
        return area_name(value, language)
    except KzdataError:
        return str(value)  # refused in its turn, with the list of parameters


LANGUAGE = "language"  # the parameter of a notebook that says which


@dataclass(frozen=True)
class Edition:
    """One report of ``reports/editions.yml``: an entry, or one combination of its matrix.

    ``family`` is the name of the entry. ``cron`` is empty for an edition without a calendar.
    ``reads`` are files beside data and seeds, below the repository's folder.
    """

    name: str
    title: str
    notebooks: tuple[str, ...]
    parameters: dict[str, Any]
    formats: tuple[str, ...]
    family: str = ""
    language: str = "en"
    cron: str = ""
    time_zone: str = "UTC"
    reads: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Edition:
        """The edition of `dataclasses.asdict`, also after a journey as JSON."""
        kept = {each.name: plain[each.name] for each in fields(cls)}
        for name in ("notebooks", "formats", "reads"):
            kept[name] = tuple(kept[name])
        return cls(**kept)

    def bound(self) -> dict[str, dict[str, Any]]:
        """For each notebook the value of its parameters: the edition's where it declares them.

        Raises `ParameterError` for a parameter that no notebook of the edition declares, and for a
        file under ``reads`` that is not there.
        """
        from kzdata.reports.execute import resolve, short_name
        from kzdata.reports.parameters import bind_declared

        called = [short_name(resolve(name)) for name in self.notebooks]
        for twice in sorted({each for each in called if called.count(each) > 1}):
            raise ParameterError(
                f"Two notebooks of the edition {self.name} are called {twice}.",
                "Give one of them another name.",
            )
        declared = {name: _declared(resolve(name)) for name in self.notebooks}
        names = {each.name for known in declared.values() for each in known}
        strangers = sorted(set(self.parameters) - names)
        if strangers:
            raise ParameterError(
                f"No notebook of the edition {self.name} declares "
                + ", ".join(repr(each) for each in strangers)
                + ".",
                did_you_mean(strangers[0], names),
            )
        bound, problems = {}, []
        for name, known in declared.items():
            own = {each.name for each in known}
            given = {key: value for key, value in self.parameters.items() if key in own}
            if LANGUAGE in own:
                given.setdefault(LANGUAGE, self.language)
            elif self.language != "en":
                problems.append(
                    f"{self.name}: {name} declares no parameter {LANGUAGE!r}, so it speaks "
                    f"English, not {self.language}."
                )
                continue
            try:
                bound[name] = bind_declared(known, given, where=f"{self.name}: {name}")
            except ParameterError as error:
                problems.append(str(error))
        problems += [
            f"{self.name}: reads names {each}, which does not exist below {settings.HOME}."
            for each in self.reads
            if not (settings.HOME / each).is_file()
        ]
        if problems:
            raise ParameterError("\n".join(problems))
        return bound


def _declared(path: Path) -> list[Parameter]:
    about = path.stat()
    return _declared_then(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=256)
def _declared_then(path: Path, written: int, size: int) -> list[Parameter]:
    from kzdata.reports.parameters import parameters

    return parameters(path)


def read_editions(path: Path | None = None) -> dict[str, Edition]:
    """Every edition by name. Raises `KzdataError` naming the entry and the field that is wrong."""
    place = path or settings.HOME / "reports" / "editions.yml"
    found: dict[str, Edition] = {}
    for name, entry in read_entries(place).items():
        for each in (Edition(**one) for one in expanded(str(name), entry, place.name)):
            if each.name in found and found[each.name].family == each.family:
                raise KzdataError(
                    f"{place.name}, edition {name}: two of its values make an edition {each.name}.",
                    "Leave one of them out.",
                )
            if each.name in found:
                raise KzdataError(
                    f"{place.name}: {each.family} and {found[each.name].family} both make an "
                    f"edition {each.name}.",
                    "Rename one of them.",
                )
            found[each.name] = each
    return found


def edition(name: str) -> Edition:
    """The edition of this name. Raises `UnknownCode` with the near ones."""
    known = read_editions()
    if name not in known:
        raise UnknownCode(f"Unknown edition {name!r}.", did_you_mean(name, known))
    return known[name]


def select(names: tuple[str, ...]) -> list[Edition]:
    """The editions of these names, each once.

    The name of an entry that makes several stands for the edition that has the same name (its first
    language), and for all of them where none has. Without names all. Raises `UnknownCode` with the
    near names.
    """
    known = read_editions()
    if not names:
        return list(known.values())
    families = {each.family for each in known.values()}
    for name in names:
        if name not in known and name not in families:
            hint = did_you_mean(name, {*known, *families})
            if hint.startswith("Known"):
                hint += "\n  For another pair: kzdata report bilateral -p partner=CODE"
            raise UnknownCode(f"Unknown edition {name!r}.", hint)
    loose = set(names) - known.keys()
    return [each for each in known.values() if each.name in names or each.family in loose]
