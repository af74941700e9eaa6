"""Which editions are out of date: their inputs, and the answers their notebooks got, compared."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
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

import yaml

from kzdata import settings
from kzdata.errors import KzdataError
from kzdata.files import Hashes, combined, write_whole, yaml_of
from kzdata.reports import manifest
from kzdata.reports.editions import FILES, Edition
from kzdata.reports.fleet.records import folder

# A question comes from a file, so only these are ever asked.
ASKED = {
    "kzdata.store.query.observations",
    "kzdata.store.query.totals",
    "kzdata.seeds.frames.claims",
    "kzdata.seeds.frames.events",
    "kzdata.seeds.frames.assumption",
    "kzdata.seeds.commitments.commitments",
    "kzdata.seeds.commitments.follow_through",
    "kzdata.seeds.commitments.stage_histories",
    "kzdata.seeds.transit.transit_scenarios",
    "kzdata.store.revisions.diff",
    "kzdata.readers.registry.read",
}


def answers(questions: Iterable[str], *, strict: bool = False) -> tuple[dict[str, str], list[str]]:
    """The hash of each answer, and the ids of the sources that the answers come from.

    A question that only the whole of the data answers (its arguments hold a frame) is left out;
    see `whole`. With ``strict`` observations must keep the contract: raises `ContractError`.
    """
    found: dict[str, str] = {}
    named: set[str] = set()
    for question in questions:
        asked = json.loads(question)
        if asked["ask"] not in ASKED or asked["given"] is None:
            continue
        answer = _asked(asked["ask"], asked["given"])
        if strict and asked["ask"] == "kzdata.store.query.observations" and _is_frame(answer):
            from kzdata.model import contract

            contract.check(answer)
        sources = _source_files(answer)
        named |= set(sources)
        found[question] = combined([_digest(answer), _registered(sources)])
    return found, sorted(named)


def whole(questions: Iterable[str]) -> bool:
    """Whether anything was asked that cannot be asked again, or nothing at all was asked."""
    asked = [json.loads(each) for each in questions]
    return not asked or any(e["given"] is None or e["ask"] not in ASKED for e in asked)


def _asked(name: str, given: dict[str, Any]) -> Any:
    module, _, function = name.rpartition(".")
    positional = {key: value for key, value in given.items() if key not in {"options", "vintages"}}
    try:
        call = getattr(importlib.import_module(module), function)
        return call(**positional, **given.get("options", {}))
    except (KzdataError, OSError) as error:
        # That there is no answer is an answer; its words may name what else is loaded.
        return f"{type(error).__name__}"


def _is_frame(answer: Any) -> bool:
    return hasattr(answer, "columns")


def _digest(answer: Any) -> str:
    if not _is_frame(answer):
        return combined(answer)
    from pandas.util import hash_pandas_object

    try:
        content = hash_pandas_object(answer, index=False).to_numpy().tobytes()
    except TypeError:  # lists in cells
        content = answer.to_json(orient="split", index=False, double_precision=15).encode()
    return hashlib.sha256(repr(list(answer.columns)).encode() + content).hexdigest()


def _source_files(answer: Any) -> list[str]:
    from kzdata.model import contract

    if not _is_frame(answer) or "source" not in answer:
        return []
    joined = answer["source"].dropna().unique()
    return sorted({one for each in joined for one in contract.split_sources(each)})


def _registered(names: list[str]) -> list[Any]:
    from kzdata.seeds import sources

    try:
        known = sources.registry()
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return ["a manifest or the register cannot be read"]  # which one is told as a drift
    return [known.get(name) for name in names]


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
    package = Path(__file__).resolve().parents[2]
    parts: dict[str, dict[str, str | None]] = {}
    for place, inside, names in os.walk(package):
        inside[:] = sorted(each for each in inside if each not in {"__pycache__", "shipped"})
        below = os.path.relpath(place, package)
        for name in sorted(names):
            if name.endswith((".pyc", ".pyo")):
                continue
            part = name.removesuffix(".py") if below == "." else Path(below).parts[0]
            if not part.startswith(SHELL):
                path = os.path.join(place, name)  # noqa: PTH118 -- some hundred files, each time
                parts.setdefault(part, {})[os.path.relpath(path, package)] = hashes.of(path)
    return {part: combined(files) for part, files in sorted(parts.items())}


def _rules(hashes: Hashes) -> dict[str, str]:
    return {
        name: found
        for name, found in _seeds(hashes).items()
        if not any(fnmatch(name.removeprefix("seeds/"), pattern) for pattern in ASKED_FOR)
    }


def _seeds(hashes: Hashes) -> dict[str, str]:
    paths = sorted((settings.HOME / "seeds").glob("*"))
    found = {f"seeds/{path.name}": hashes.of(path) for path in paths if path.is_file()}
    return {name: each for name, each in found.items() if each is not None}


def data_state(hashes: Hashes) -> str:
    """One hash of all that a notebook can be answered from: shipped, typed, and loaded."""
    from kzdata.store.journal import store_folder

    data = settings.HOME / "data"
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
    from kzdata.reports.execute import resolve

    entry = asdict(edition)
    for told_elsewhere in ("cron", "time_zone", "family"):  # when, and how it is called: not what
        del entry[told_elsewhere]
    notebooks = [resolve(each) for each in edition.notebooks]
    files = {settings.HOME / name for name in edition.reads}
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
    return (
        path.relative_to(settings.HOME) if path.is_relative_to(settings.HOME) else path
    ).as_posix()


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


HASHES, ANSWERS = "hashes.of.json", "answers.of.json"  # the name of no edition holds a dot


@dataclass(frozen=True)
class Plan:
    """One edition: ``reasons`` to make it (none: it stands), and the sources it was made from."""

    edition: Edition
    reasons: list[str]
    sources: list[str]


class Planner:
    """Looks at each edition once; what it hashed and asked is remembered for the next run."""

    def __init__(self) -> None:
        self._reports = settings.reports_folder()  # settings are looked up in files, each time
        self.hashes = Hashes(folder() / HASHES)
        self.standing: Standing = standing(self.hashes)
        self._answers = _Answers(self.standing.data)

    def plan(self, edition: Edition) -> Plan:
        """Why an edition has to be made again."""
        try:
            return self._plan(edition)
        except KzdataError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError):
            return Plan(edition, ["the manifest of the report before cannot be understood"], [])

    def _plan(self, edition: Edition) -> Plan:
        place = self._reports / edition.name
        made = manifest.read(place)
        if made is None:
            return Plan(edition, ["it was never made"], [])
        if "inputs" not in made:
            return Plan(edition, ["the report before names no inputs"], [])
        sources = made["inputs"].get("sources", [])
        damaged = [
            f"{path} of the report is missing or altered"
            for path, listed in made["outputs"].items()
            if self.hashes.of(f"{place}/{path}") != listed["sha256"]
        ]
        wanted = {FILES[each] for each in edition.formats}
        damaged += [f"{path} was not asked for before" for path in wanted - made["outputs"].keys()]
        if damaged:
            return Plan(edition, damaged, sources)
        before = made["inputs"]
        reasons = changed(before, edition, self.standing, self.hashes, self._answers.of)
        return Plan(edition, reasons, sources)

    def save(self) -> None:
        """Remember for the next run."""
        self.hashes.save()
        self._answers.save()


class _Answers:
    """Answers are asked for again once for a state of the data, not once for an edition."""

    def __init__(self, state: str) -> None:
        self._place, self._state, self._fresh = folder() / ANSWERS, state, False
        self._known: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._place.read_bytes())
            self._known = dict(kept["known"]) if kept["state"] == state else {}

    def of(self, questions: list[str]) -> dict[str, str]:
        missing = [each for each in questions if each not in self._known]
        if missing:
            self._known |= answers(missing)[0]
            self._fresh = True
        return self._known

    def save(self) -> None:
        if self._fresh:
            kept = {"state": self._state, "known": self._known}
            with contextlib.suppress(OSError):
                write_whole(self._place, json.dumps(kept, ensure_ascii=False).encode())


def drifted(hashes: Hashes) -> dict[str, str]:
    """The sources whose file in data/raw is not the one of their manifest, each with a sentence."""
    found = {}
    for place in sorted((settings.HOME / "data" / "raw").glob("*/manifest.yml")):
        try:
            said = yaml_of(place)
            name, wanted = str(said["file"]), str(said["sha256"])
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
            said = " ".join(str(error).split())
            found[place.parent.name] = f"{place.parent.name}/{place.name} is not a manifest: {said}"
            continue
        here = hashes.of(place.parent / name)
        if here != wanted:
            is_now = f"has SHA-256 {here[:12]}…" if here else "is not there"
            found[place.parent.name] = (
                f"{place.parent.name}/{name} {is_now}, its manifest says {wanted[:12]}…"
            )
    return found


def affected(sources: Iterable[str], drift: dict[str, str]) -> list[str]:
    """What drifted among the sources of an edition."""
    return [drift[name] for name in sources if name in drift]
