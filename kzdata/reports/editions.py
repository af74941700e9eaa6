"""The editions: which notebooks, with which parameters, make a report that is published again.

They are typed by a person in ``reports/editions.yml``::

    kaz-isr:
      title: Kazakhstan and Israel
      notebooks: [bilateral, partial_year]
      parameters: {reporter: KAZ, partner: ISR}
      formats: [html, pdf, xlsx]
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kzdata import home
from kzdata.errors import KzdataError, ParameterError, UnknownCode, did_you_mean
from kzdata.reports import manifest
from kzdata.reports.blocks import slug

if TYPE_CHECKING:
    import pandas as pd

FIELDS = {"title": str, "notebooks": list, "parameters": dict, "formats": list}


@dataclass(frozen=True)
class Edition:
    """One entry of ``reports/editions.yml``."""

    name: str
    title: str
    notebooks: tuple[str, ...]
    parameters: dict[str, Any]
    formats: tuple[str, ...]

    def bound(self) -> dict[str, dict[str, Any]]:
        """For each notebook the value of its parameters: the edition's where it declares them.

        Raises `ParameterError` for a parameter that no notebook of the edition declares.
        """
        from kzdata.reports.engine import resolve
        from kzdata.reports.parameters import bind_declared, parameters

        declared = {name: parameters(resolve(name)) for name in self.notebooks}
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
            try:
                bound[name] = bind_declared(known, given, where=f"{self.name}: {name}")
            except ParameterError as error:
                problems.append(str(error))
        if problems:
            raise ParameterError("\n".join(problems))
        return bound


def read_editions(path: Path | None = None) -> dict[str, Edition]:
    """Every edition by name. Raises `KzdataError` naming the entry and the field that is wrong."""
    import yaml

    place = path or home.HOME / "reports" / "editions.yml"
    try:
        entries = yaml.safe_load(place.read_text(encoding="utf-8")) or {}
    except OSError:
        return {}
    except yaml.YAMLError as error:
        raise KzdataError(f"{place.name} is no YAML: {error}") from None
    if not isinstance(entries, dict):
        raise KzdataError(f"{place.name} holds no editions by name.", "Write name: and its fields.")
    return {str(name): _edition(str(name), entry, place.name) for name, entry in entries.items()}


def edition(name: str) -> Edition:
    """The edition of this name. Raises `UnknownCode` with the near ones."""
    known = read_editions()
    if name not in known:
        raise UnknownCode(f"{name!r} is no edition.", did_you_mean(name, known))
    return known[name]


def editions() -> pd.DataFrame:
    """name | title | notebooks | parameters | formats | built, one row for each edition.

    ``built`` is the day of the last report in ``reports/<name>``, or "never".
    """
    import pandas as pd

    rows = []
    for each in read_editions().values():
        last = manifest.read(home.reports_folder() / each.name)
        rows.append(
            {
                "name": each.name,
                "title": each.title,
                "notebooks": ", ".join(each.notebooks),
                "parameters": ", ".join(f"{k}={v}" for k, v in each.parameters.items()),
                "formats": ", ".join(each.formats),
                "built": str(last["generated"])[:10] if last else "never",
            }
        )
    columns = ["name", "title", "notebooks", "parameters", "formats", "built"]
    return pd.DataFrame(rows, columns=columns, dtype=str)


def _edition(name: str, entry: Any, where: str) -> Edition:
    def wrong(fact: str, hint: str | None = None) -> KzdataError:
        return KzdataError(f"{where}, edition {name}: {fact}", hint)

    if slug(name) != name:
        raise wrong(
            "the name becomes a folder; use lower-case letters, digits and hyphens.",
            f"For example {slug(name) or 'kaz-isr'}.",
        )
    if not isinstance(entry, dict):
        raise wrong("it has no fields.", "Give it " + ", ".join(FIELDS) + ".")
    for key, value in entry.items():
        if key not in FIELDS:
            raise wrong(f"{key!r} is no field of an edition.", did_you_mean(str(key), FIELDS))
        if not isinstance(value, FIELDS[key]):
            raise wrong(f"{key} is {value!r}, expected a {FIELDS[key].__name__}.")
    for key in ("title", "notebooks"):
        if not entry.get(key):
            raise wrong(f"{key} is missing.")
    from kzdata.reports.formats import check_formats

    return Edition(
        name,
        entry["title"],
        tuple(str(each) for each in entry["notebooks"]),
        {str(key): value for key, value in entry.get("parameters", {}).items()},
        check_formats(entry.get("formats", ["html", "pdf", "xlsx"])),
    )
