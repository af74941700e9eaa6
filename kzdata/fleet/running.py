"""A run: the editions that have to be made are made side by side, and published by one place.

One that fails does not stop the others, nor does a worker that dies: what it had is tried again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kzdata import home
from kzdata.errors import KzdataError, ParameterError, PublishError
from kzdata.fleet import executors, records
from kzdata.fleet.changes import contradictions
from kzdata.fleet.executors import Here
from kzdata.fleet.job import before, job, plain
from kzdata.fleet.outcomes import Outcome
from kzdata.fleet.planning import Plan, Planner, affected, drifted
from kzdata.reports.editions import Edition
from kzdata.reports.engine import Progress
from kzdata.reports.publish import refuse_foreign, staging
from kzdata.reports.redaction import hide

TRIES = 2  # of a job whose worker died
Told = Callable[[Outcome], None]


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


def run(
    editions: Sequence[Edition],
    wishes: Wishes,
    *,
    told: Told = lambda outcome: None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Bring these editions up to date, in their order. ``told`` hears of each as it ends.

    What stands unchanged is left alone, unless ``force``. Raises `ParameterError` before anything
    runs where an edition that has to be made asks for what its notebooks do not take.
    """
    planner = Planner()
    drift = drifted(planner.hashes)
    plans = [_forced(planner.plan(each), wishes) for each in editions]
    planner.save()
    _check([plan.edition for plan in plans if plan.reasons])
    ended: dict[str, Outcome] = {}

    def end(plan: Plan, outcome: Outcome) -> None:
        outcome = _kept(outcome, wishes)
        ended[plan.edition.name] = outcome
        told(outcome)

    waiting = []
    for plan in plans:
        settled = _settled(plan, wishes, affected(plan.sources, drift))
        if settled:
            end(plan, settled)
        else:
            waiting.append(plan)
    expected = dataclasses.asdict(planner.standing)
    with _executor(wishes, len(waiting)) as start:
        for plan, answer in _answers(waiting, wishes, expected, start, progress):
            end(plan, _published(plan, answer, wishes, drift))
    return [ended[plan.edition.name] for plan in plans]


def _forced(plan: Plan, wishes: Wishes) -> Plan:
    if plan.reasons or not (wishes.force or wishes.out or wishes.formats):
        return plan
    return dataclasses.replace(plan, reasons=["it was asked for in any case"])


def _check(editions: Sequence[Edition]) -> None:
    problems = []
    for each in editions:
        try:
            each.bound()
        except ParameterError as error:
            problems.append(str(error))
    if problems:
        raise ParameterError("\n".join(problems))


def _folder(edition: Edition, wishes: Wishes) -> Path:
    return wishes.out or home.reports_folder() / edition.name


def _settled(plan: Plan, wishes: Wishes, drift: list[str]) -> Outcome | None:
    """The outcome of an edition that is not made now, None for one that is."""
    name, folder = plan.edition.name, _folder(plan.edition, wishes)
    if drift:
        return Outcome(name, "drift", str(folder), plan.reasons, "; ".join(drift))
    if not plan.reasons:
        return Outcome(name, "unchanged", str(folder))
    try:
        refuse_foreign(folder)
    except (KzdataError, OSError) as error:
        return Outcome(name, "failed", str(folder), plan.reasons, str(error))
    if wishes.dry:
        return Outcome(name, "planned", str(folder), plan.reasons)
    return None


def _kept(outcome: Outcome, wishes: Wishes) -> Outcome:
    """The outcome, put down for the calendar; what is told of it holds no secret."""
    message = hide(outcome.message)
    if not wishes.dry and not wishes.out:
        try:
            records.keep(outcome.name, outcome.status, message, dt.datetime.now(dt.UTC))
        except PublishError as error:
            message = "\n".join(filter(None, [message, str(error)]))
            status = outcome.status if outcome.status != "unchanged" else "failed"
            return dataclasses.replace(outcome, status=status, message=message)
    return dataclasses.replace(outcome, message=message)


Start = Callable[[int], contextlib.AbstractContextManager[Executor]]


@contextlib.contextmanager
def _executor(wishes: Wishes, waiting: int) -> Iterator[Start]:
    """How to get an executor for so many jobs; asked again where one has broken."""
    if wishes.scheduler:
        from kzdata.fleet.cluster import connected

        with connected(wishes.scheduler) as cluster:
            yield lambda count: contextlib.nullcontext(cluster)
        return

    def start(count: int) -> contextlib.AbstractContextManager[Executor]:
        if waiting == 1 or wishes.jobs == 1:
            return Here()
        return executors.local(min(wishes.jobs, count), wishes.engine)

    yield start


def _answers(
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
        "before": before(_folder(plan.edition, wishes)),
        "expected": expected,
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


def _published(
    plan: Plan, answer: dict[str, Any], wishes: Wishes, drift: dict[str, str]
) -> Outcome:
    """Publish what a job made, and say how it went."""
    folder = _folder(plan.edition, wishes)
    outcome = Outcome(
        plan.edition.name,
        answer["status"] if answer["status"] in {"finding", "drift"} else "failed",
        str(folder),
        plan.reasons,
        answer.get("message", ""),
        seconds=answer.get("seconds", 0.0),
    )
    if answer["status"] != "built":
        return outcome
    moved = affected(answer["manifest"]["inputs"]["sources"], drift)
    if moved:
        return dataclasses.replace(outcome, status="drift", message="; ".join(moved))
    try:
        with staging(folder) as stage:
            stage.fill(answer["outputs"], answer["manifest"])
    except PublishError as error:
        return dataclasses.replace(outcome, message=str(error))
    fresh = contradictions(answer["changes"])
    said = "The statements contradict each other anew: {sentences}"
    return dataclasses.replace(
        outcome,
        status="finding" if fresh else "built",
        message=said.format(sentences=" ".join(fresh)) if fresh else "",
        published=True,
        changes=answer["changes"],
    )
