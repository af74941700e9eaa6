"""The seed folder read and checked as a whole: YAML in, records out.

Every field is explained at the head of its file. Loading checks all files together and raises one
`SeedError` with every problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kzdata.errors import SeedError
from kzdata.home import HOME
from kzdata.seeds import check
from kzdata.seeds.shapes import Record
from kzdata.typed import GivenTwice, yaml_once

# Each kind of record, the files that hold it, and the list inside them.
FILES = {
    "sources": "sources*.yml",
    "claims": "claims*.yml",
    "events": "events.yml",
    "commitments": "commitments.yml",
    "indicators": "commitments.yml",
    "assumptions": "assumptions.yml",
}


@dataclass(frozen=True)
class Seeds:
    """Every record of a seed folder, in the order of its files; checked."""

    sources: dict[str, Record]
    claims: list[Record]
    events: list[Record]
    commitments: list[Record]
    indicators: list[Record]
    assumptions: dict[str, Record]


@cache
def load(folder: Path = HOME / "seeds") -> Seeds:
    """Read and check a seed folder once. Raises one `SeedError` that lists every problem."""
    records: dict[str, list[Record]] = {kind: [] for kind in FILES}
    found: list[str] = []
    for kind, pattern in FILES.items():
        paths = sorted(folder.glob(pattern))
        if not paths:
            found.append(f"{pattern}: no such file in {folder}")
        for path in paths:
            try:
                records[kind] += _records(path, kind)
            except SeedError as wrong:
                found.append(wrong.fact)
    found = list(dict.fromkeys(found)) or check.problems(records)
    if found:
        raise SeedError(
            f"{len(found)} problem{'s' * (len(found) > 1)} in {folder}:\n"
            + "\n".join("    " + one for one in found),
            "Mend the fields named; the head of each file explains them.",
        )
    return Seeds(
        sources={each["id"]: each for each in records["sources"]},
        claims=records["claims"],
        events=records["events"],
        commitments=records["commitments"],
        indicators=records["indicators"],
        assumptions={each["id"]: each for each in records["assumptions"]},
    )


def _records(path: Path, kind: str) -> list[Record]:
    """The records under ``kind`` in a file, each with the name of its file under ``_file``."""
    import yaml

    try:
        content = yaml_once(path.read_text(encoding="utf-8"))
    except GivenTwice as wrong:
        raise SeedError(f"{path.name}: {wrong}") from None
    except yaml.YAMLError as wrong:
        raise SeedError(f"{path.name}: not YAML: " + " ".join(str(wrong).split())) from wrong
    if not isinstance(content, dict) or not isinstance(content.get(kind), list):
        raise SeedError(f"{path.name}: has no list {kind!r}")
    known = {name for name, pattern in FILES.items() if path.match(pattern)}
    if extra := sorted(str(key) for key in content.keys() - known):
        raise SeedError(f"{path.name}: unknown list {', '.join(extra)}")
    if wrong_kind := [each for each in content[kind] if not isinstance(each, dict)]:
        raise SeedError(f"{path.name}: {kind}: {wrong_kind[0]!r} is not a record")
    return [{**each, "_file": path.name} for each in content[kind]]
