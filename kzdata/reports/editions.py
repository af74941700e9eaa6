"""The editions: which notebooks, with which parameters, make a report that is published again.

They are typed by a person in ``reports/editions.yml``, whose head explains every field::

    kaz:
      title: "Kazakhstan and {partner}"
      notebooks: [bilateral, partial_year]
      parameters: {reporter: KAZ}
      matrix: {partner: [ISR, TUR]}
      formats: [html, pdf, xlsx]
      languages: [en, ru]
      calendar: {cron: "0 6 * * 1", time_zone: Asia/Almaty}

One entry makes an edition for each combination of its matrix and each language: this one
``kaz-isr``, ``kaz-isr-ru``, ``kaz-tur`` and ``kaz-tur-ru``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kzdata import home
from kzdata.errors import KzdataError, ParameterError, UnknownCode, did_you_mean
from kzdata.reports.entries import expanded, read_entries

if TYPE_CHECKING:
    from kzdata.reports.parameters import Parameter

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
        from kzdata.reports.engine import resolve, short_name
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
            f"{self.name}: reads names {each}, and there is no such file below {home.HOME}."
            for each in self.reads
            if not (home.HOME / each).is_file()
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
    place = path or home.HOME / "reports" / "editions.yml"
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
        raise UnknownCode(f"{name!r} is no edition.", did_you_mean(name, known))
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
            raise UnknownCode(f"{name!r} is no edition.", hint)
    loose = set(names) - known.keys()
    return [each for each in known.values() if each.name in names or each.family in loose]
