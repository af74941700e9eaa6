"""The jobs of a run, done by whatever executor it has; one whose worker died is tried again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kzdata import home
from kzdata.files import Hashes
from kzdata.fleet import executors
from kzdata.fleet.executors import Here
from kzdata.fleet.inputs import own
from kzdata.fleet.job import before, job, plain
from kzdata.fleet.planning import Plan
from kzdata.reports.editions import Edition
from kzdata.reports.engine import Progress

TRIES = 2  # of a job whose worker died


@dataclass(frozen=True)
class Wishes:
    """How a run is to be done."""

    jobs: int = 1
    engine: str | None = None
    scheduler: str | None = None
    force: bool = False
    dry: bool = False
    out: Path | None = None
    formats: tuple[str, ...] | None = None
    reports: Path = field(default_factory=home.reports_folder)

    def folder(self, edition: Edition) -> Path:
        """Where the report of an edition stands."""
        return self.out or self.reports / edition.name


Start = Callable[[int], contextlib.AbstractContextManager[Executor]]


@contextlib.contextmanager
def executor(wishes: Wishes, waiting: int) -> Iterator[Start]:
    """How to get an executor for so many jobs; asked again where one has broken."""
    if wishes.scheduler is not None:  # an empty one is told as no address
        from kzdata.fleet.cluster import connected

        with connected(wishes.scheduler) as cluster:
            yield lambda count: contextlib.nullcontext(cluster)
        return

    def start(count: int) -> contextlib.AbstractContextManager[Executor]:
        if waiting == 1 or wishes.jobs == 1:
            return Here()
        return executors.local(min(wishes.jobs, count), wishes.engine)

    yield start


def answers_of(
    plans: Sequence[Plan],
    wishes: Wishes,
    expected: dict[str, Any],
    start: Start,
    progress: Progress | None,
) -> Iterator[tuple[Plan, dict[str, Any]]]:
    """The answer of each job as it comes. A job whose worker died is done again, alone."""
    left = list(plans)
    for turn in range(TRIES):
        if not left:
            return
        broken: list[Plan] = []
        # After a death nobody knows whose job it was: one at a time tells.
        for group in [left] if turn == 0 else [[plan] for plan in left]:
            with start(len(group)) as executor:
                work = partial(job, progress=progress) if isinstance(executor, Here) else job
                given: dict[Future[Any], Plan] = {}
                for plan in group:
                    try:
                        given[executor.submit(work, _asked(plan, wishes, expected))] = plan
                    except BrokenExecutor:
                        broken.append(plan)
                for done in as_completed(given):
                    plan = given.pop(done)  # a report is some megabytes: keep none that is done
                    answer = _result(done)
                    if answer is None:
                        broken.append(plan)
                    else:
                        yield plan, answer
        left = broken
    for plan in left:
        yield plan, _died()


def _asked(plan: Plan, wishes: Wishes, expected: dict[str, Any]) -> dict[str, Any]:
    return {
        "edition": plain(plan.edition),
        "formats": wishes.formats,
        "engine": wishes.engine,
        "before": before(wishes.folder(plan.edition)),
        "expected": expected,
        "own": own(plan.edition, Hashes()),
        "elsewhere": bool(wishes.scheduler),
    }


def _result(done: Future[Any]) -> dict[str, Any] | None:
    """What a job answers; None where its worker died before it could."""
    try:
        answer: dict[str, Any] = done.result()
    except BrokenExecutor:
        return None
    except Exception as error:  # whatever else an executor says of a job that it lost
        return {"status": "failed", "message": f"{type(error).__name__}: {error}", "seconds": 0.0}
    return answer


def _died() -> dict[str, Any]:
    return {
        "status": "failed",
        "message": "The process that made it died, twice: out of memory, or killed.",
        "seconds": 0.0,
    }
