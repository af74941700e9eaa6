"""What an edition is made from, as hashes: it is made again when one of them changes.

notebooks, modules beside them and files under ``reads``, by content · the edition's own entry · the
answers to what its notebooks asked of data and seeds · kzdata's code by package · the libraries by
version. Of the data as a whole only one hash is kept: while that is the same, no question has to be
asked again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from kzdata import home
from kzdata.files import Hashes, combined
from kzdata.fleet.answers import whole
from kzdata.reports.editions import Edition

FORMAT = "kzdata-inputs/1"
# Seeds that reach a report through recorded questions only; every other seed is a rule for all.
ASKED_FOR = (
    *("claims*.yml", "events.yml", "commitments.yml", "assumptions.yml", "sources*.yml"),
    *("preferences.yml", "transit.yml", "endpoints.yml"),
)
# How names of what draws no report begin.
SHELL = ("cli", "shell", "terminal", "exits", "completion", "fetch")
# What is installed for these draws no report.
_NO_FIGURE = ("bench", "browser", "dask", "docs", "lab", "test")
# pandas calculates with the last two where they are there.
_UNDECLARED = ("scipy", "numexpr", "bottleneck")


@dataclass(frozen=True)
class Standing:
    """What all editions of a run share: code, libraries, rules, and the data as a whole."""

    code: dict[str, str]
    versions: dict[str, str]
    rules: dict[str, str]
    data: str


def standing(hashes: Hashes) -> Standing:
    """The standing of this machine now."""
    return Standing(_code(hashes), dict(_libraries()), _rules(hashes), data_state(hashes))


@cache
def _libraries() -> dict[str, str]:
    """What made a report, and every library that kzdata or pandas may call while it is made."""
    from kzdata.reports.manifest import versions

    found = versions()
    for each in (*_UNDECLARED, *(metadata.requires("kzdata") or ())):
        name = re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0]
        if name not in found and not any(f"extra == '{extra}'" in each for extra in _NO_FIGURE):
            with contextlib.suppress(metadata.PackageNotFoundError):
                found[name] = metadata.version(name)
    return found


def _code(hashes: Hashes) -> dict[str, str]:
    package = Path(__file__).resolve().parents[1]
    parts: dict[str, dict[str, str | None]] = {}
    for folder, inside, names in os.walk(package):
        inside[:] = sorted(each for each in inside if each not in {"__pycache__", "shipped"})
        below = os.path.relpath(folder, package)
        for name in sorted(names):
            if name.endswith((".pyc", ".pyo")):
                continue
            part = name.removesuffix(".py") if below == "." else Path(below).parts[0]
            if not part.startswith(SHELL):
                path = os.path.join(folder, name)  # noqa: PTH118 -- some hundred files, each time
                parts.setdefault(part, {})[os.path.relpath(path, package)] = hashes.of(path)
    return {part: combined(files) for part, files in sorted(parts.items())}


def _rules(hashes: Hashes) -> dict[str, str]:
    return {
        name: found
        for name, found in _seeds(hashes).items()
        if not any(fnmatch(name.removeprefix("seeds/"), pattern) for pattern in ASKED_FOR)
    }


def _seeds(hashes: Hashes) -> dict[str, str]:
    paths = sorted((home.HOME / "seeds").glob("*"))
    found = {f"seeds/{path.name}": hashes.of(path) for path in paths if path.is_file()}
    return {name: each for name, each in found.items() if each is not None}


def data_state(hashes: Hashes) -> str:
    """One hash of all that a notebook can be answered from: shipped, typed, and loaded."""
    from kzdata.vintages import store_folder

    data = home.HOME / "data"
    paths = sorted([*data.glob("tidy/*"), *data.glob("raw/*/manifest.yml")])
    found = {path.relative_to(data).as_posix(): hashes.of(path) for path in paths}
    # The journal names every batch by its content.
    return combined([found, _seeds(hashes), hashes.of(store_folder() / "journal.jsonl")])


def inputs(
    edition: Edition,
    at: Standing,
    hashes: Hashes,
    *,
    questions: list[str],
    answered: dict[str, str],
    sources: list[str],
) -> dict[str, Any]:
    """What an edition was made from, as plain data for its manifest."""
    return {
        "format": FORMAT,
        **own(edition, hashes, questions),
        "code": at.code,
        "rules": at.rules,
        "whole_data": whole(questions),
        "answers": answered,
        "sources": sources,
        "data": at.data,
        "versions": at.versions,
    }


def own(edition: Edition, hashes: Hashes, questions: Iterable[str] = ()) -> dict[str, Any]:
    """What is an edition's alone: its notebooks, its entry, and the files that it reads.

    These are what the entry declares under ``reads``, modules beside a notebook, and the files that
    its notebooks asked kzdata to read, which ``questions`` name.
    """
    from kzdata.reports.engine import resolve

    entry = asdict(edition)
    for told_elsewhere in ("cron", "time_zone", "family"):  # when, and how it is called: not what
        del entry[told_elsewhere]
    notebooks = [resolve(each) for each in edition.notebooks]
    files = {home.HOME / name for name in edition.reads}
    for path in notebooks:
        files.update(path.parent.glob("*.py"))
    given = (json.loads(each)["given"] or {} for each in questions if '"path"' in each)
    files |= {
        Path(os.path.normpath(each["path"])) for each in given if isinstance(each.get("path"), str)
    }
    return {
        "notebooks": {path.name: hashes.of(path) for path in notebooks},
        "entry": _plain(entry),
        "files": {_called(path): hashes.of(path) for path in sorted(files)},
        "epoch": os.environ.get("SOURCE_DATE_EPOCH"),
    }


def _called(path: Path) -> str:
    """A file's name below the repository, where it stands there."""
    return (path.relative_to(home.HOME) if path.is_relative_to(home.HOME) else path).as_posix()


def key(made_from: dict[str, Any]) -> str:
    """One hash of the inputs: what an unrelated source changes is not in it."""
    counted = {name: value for name, value in made_from.items() if name not in {"data", "sources"}}
    if made_from["whole_data"]:
        counted["data"] = made_from["data"]
    return combined(counted)


def changed(
    before: dict[str, Any],
    edition: Edition,
    at: Standing,
    hashes: Hashes,
    answer: Callable[[list[str]], dict[str, str]],
) -> list[str]:
    """Which inputs are not what they were; an empty list means that the report stands.

    ``answer`` is asked only where the data as a whole have changed.
    """
    if before.get("format") != FORMAT:
        return ["the report before names no inputs"]
    now = own(edition, hashes, before["answers"])
    found = _differing("notebook", before["notebooks"], now["notebooks"])
    found += _differing("edition", before["entry"], now["entry"])
    found += _differing("file", before["files"], now["files"])
    found += _differing("code", before["code"], at.code)
    found += _differing("library", before["versions"], at.versions, values=True)
    found += _differing("seed", before["rules"], at.rules)
    if before["epoch"] != now["epoch"]:
        found.append("SOURCE_DATE_EPOCH changed")
    if before["data"] != at.data:
        if before["whole_data"]:
            found.append("data: something changed, and its notebooks may read all of it")
        elif not found:
            again = answer(list(before["answers"]))
            for question, known in before["answers"].items():
                if again.get(question) != known:
                    found.append(f"data: another answer to {shown(question)}")
    return found


def _plain(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {str(name): _plain(value) for name, value in entry.items()}
    if isinstance(entry, list | tuple):
        return [_plain(value) for value in entry]
    return entry if isinstance(entry, str | int | float | bool | None) else str(entry)


def _differing(kind: str, before: Any, now: Any, *, values: bool = False) -> list[str]:
    names = sorted({*before, *now})
    said = []
    for name in names:
        old, new = before.get(name), now.get(name)
        if old != new:
            detail = f" {old} → {new}" if values else " changed"
            detail = " is new" if name not in before else " is gone" if name not in now else detail
            said.append(f"{kind} {name}{detail}")
    return said


def shown(question: str) -> str:
    """A question as somebody would type it."""
    asked = json.loads(question)
    given = ", ".join(f"{name}={value!r}" for name, value in (asked["given"] or {}).items())
    return f"kz.{asked['ask'].rpartition('.')[2]}({given})"
