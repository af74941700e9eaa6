"""The seed folder read and checked as a whole: YAML in, records out.

Every field is explained at the head of its file. Loading checks all files together and raises one
`SeedError` with every problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kzdata.errors import SeedError
from kzdata.schemas import read
from kzdata.seeds import schemas
from kzdata.seeds.schemas import FILES, Record
from kzdata.settings import HOME

KINDS = ("sources", "claims", "events", "commitments", "indicators", "assumptions")


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
    records: dict[str, list[Record]] = {kind: [] for kind in KINDS}
    found: list[str] = []
    for pattern, schema in FILES.items():
        paths = sorted(folder.glob(pattern))
        if not paths:
            found.append(f"{pattern}: no such file in {folder}")
        for path in paths:
            content, problems = read(path, schema)
            found += [f"{path.name}: {each}" for each in problems]
            for kind, many in (content or {}).items():
                records[kind] += [{**each, "_file": path.name} for each in many]
    found = found or list(schemas.problems(records))
    if found:
        raise SeedError(
            f"{len(found)} problem{'s' * (len(found) > 1)} in {folder}:\n"
            + "\n".join("    " + one for one in found),
            "Correct the fields named; the header of each file explains them.",
        )
    return Seeds(
        sources={each["id"]: each for each in records["sources"]},
        claims=records["claims"],
        events=records["events"],
        commitments=records["commitments"],
        indicators=records["indicators"],
        assumptions={each["id"]: each for each in records["assumptions"]},
    )
