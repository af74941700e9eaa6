"""How it went with each edition, and with a whole run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

FINE, MISUSED, NOTHING_NEW, FINDING, DRIFT, RENDERING = 0, 2, 10, 20, 30, 40
# The worst of a run's outcomes is its exit code; "planned" is what a dry run would build.
EXITS = {
    "built": FINE,
    "planned": FINE,
    "unchanged": NOTHING_NEW,
    "finding": FINDING,
    "drift": DRIFT,
    "failed": RENDERING,
}


@dataclass(frozen=True)
class Outcome:
    """One edition of a run.

    ``status`` is built, unchanged, planned, finding (the data contradict themselves or break the
    contract), drift (a source's file is not what its manifest says) or failed. ``published`` says
    whether a new report stands: a finding that the data allow to be published is, the others not.
    """

    name: str
    status: str
    folder: str
    reasons: list[str] = field(default_factory=list)
    message: str = ""
    published: bool = False
    seconds: float = 0.0
    changes: dict[str, Any] | None = None


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0 fine, 10 nothing new, 20 finding in the data, 30 source drift, 40 a report failed."""
    codes = {EXITS[each.status] for each in outcomes}
    grave = [code for code in codes if code >= FINDING]
    if grave:
        return max(grave)
    return FINE if FINE in codes else NOTHING_NEW
