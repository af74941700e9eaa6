"""Which editions have to be made, and why."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from kzdata import home
from kzdata.errors import KzdataError
from kzdata.files import Hashes, write_whole
from kzdata.fleet.answers import answers
from kzdata.fleet.inputs import Standing, changed, standing
from kzdata.fleet.records import folder
from kzdata.reports import manifest
from kzdata.reports.editions import Edition
from kzdata.reports.formats import FILES
from kzdata.typed import yaml_of

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
        self._reports = home.reports_folder()  # settings are looked up in files, each time
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
    for place in sorted((home.HOME / "data" / "raw").glob("*/manifest.yml")):
        try:
            said = yaml_of(place)
            name, wanted = str(said["file"]), str(said["sha256"])
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
            said = " ".join(str(error).split())
            found[place.parent.name] = f"{place.parent.name}/{place.name} is no manifest: {said}"
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
