"""Bring editions up to date: who works on which, how each went, and the exit code of the run."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kzdata import files
from kzdata.errors import ExitCode, KzdataError, NotebookFailed, ParameterError, PublishError
from kzdata.reports.editions import Edition
from kzdata.reports.execute import Progress
from kzdata.reports.fleet import records
from kzdata.reports.fleet.changes import contradictions
from kzdata.reports.fleet.jobs import Wishes, answers_of, executor, status_of
from kzdata.reports.fleet.records import folder
from kzdata.reports.fleet.staleness import Plan, Planner, affected, drifted
from kzdata.reports.publish import refuse_foreign, staging
from kzdata.reports.redaction import hide

# The worst of a run's outcomes is its exit code; "planned" is what a dry run would build.
EXITS = {
    "built": ExitCode.DONE,
    "planned": ExitCode.DONE,
    "unchanged": ExitCode.UNCHANGED,
    "finding": ExitCode.FINDING,
    "drift": ExitCode.DRIFT,
    "failed": ExitCode.REPORT_FAILED,
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


def exit_code(outcomes: Iterable[Outcome]) -> ExitCode:
    """0 fine, 10 nothing new, 20 finding in the data, 30 source drift, 40 a report failed."""
    codes = {EXITS[each.status] for each in outcomes}
    grave = [code for code in codes if code >= ExitCode.FINDING]
    if grave:
        return max(grave)
    return ExitCode.DONE if ExitCode.DONE in codes else ExitCode.UNCHANGED


def code_of(error: NotebookFailed) -> ExitCode:
    """Return the exit code of a failed notebook: that of the error which one of its cells met."""
    return EXITS.get(status_of(error), ExitCode.REPORT_FAILED)


class Claims:
    """The editions that this run makes; a run that cannot write its mark goes on without."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def take(
        self, plans: Sequence[Plan], waits: Callable[[Plan], None]
    ) -> tuple[list[Plan], list[Plan]]:
        """Those of ``plans`` that are ours now, and those that another run makes.

        Where all are another's, waits until the first is free; ``waits`` is told.
        """
        mine = [plan for plan in plans if self._claim(plan.edition.name, wait=False)]
        if plans and not mine:
            waits(plans[0])
            self._claim(plans[0].edition.name, wait=True)
            mine = [plans[0]]
        names = {plan.edition.name for plan in mine}
        return mine, [plan for plan in plans if plan.edition.name not in names]

    def release(self, name: str) -> None:
        """Let another run have an edition."""
        handle = self._held.pop(name, None)
        if handle is not None:
            os.close(handle)

    def close(self) -> None:
        """Let go of all."""
        for name in list(self._held):
            self.release(name)

    def _claim(self, name: str, *, wait: bool) -> bool:
        """Whether the edition is ours; False only where another run has it."""
        place = folder() / f"{name}.lock"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle = files.lock(place, wait=wait)
        except BlockingIOError:
            return False
        except OSError:  # it cannot be written, or the file system has no locks
            return True
        self._held[name] = handle
        return True


Told = Callable[[Outcome], None]


def run(
    editions: Sequence[Edition],
    wishes: Wishes,
    *,
    told: Told = lambda outcome: None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Bring these editions up to date, in their order. ``told`` hears of each as it ends.

    What stands unchanged is left alone, unless ``force``, and so is what another run makes
    meanwhile. An edition that asks for what its notebooks do not take has failed; where none is
    otherwise, nothing runs and the error is raised.
    """
    planner = Planner()
    drift = drifted(planner.hashes)
    ended: dict[str, Outcome] = {}

    def end(*outcomes: Outcome) -> None:
        for outcome in _kept(outcomes, wishes):
            ended[outcome.name] = outcome
            told(outcome)

    def settle(plans: list[Plan]) -> list[Plan]:
        """Those that have to be made; of the others the outcome is known."""
        known = [_settled(plan, wishes, affected(plan.sources, drift)) for plan in plans]
        end(*filter(None, known))
        return [plan for plan, each in zip(plans, known, strict=True) if each is None]

    plans, misused = _planned(editions, planner, wishes)
    for name, error in misused.items():
        end(Outcome(name, "failed", str(wishes.reports / name), message=str(error)))
    left = settle(plans)
    expected = dataclasses.asdict(planner.standing)
    with executor(wishes, len(left)) as start, contextlib.closing(Claims()) as claims:
        while left:
            mine, left = _taken(left, claims, wishes, told)
            # What another run made meanwhile is not made again.
            mine = [_forced(planner.plan(plan.edition), wishes) for plan in mine]
            made = answers_of(settle(mine), wishes, expected, start, progress)
            for plan, answer in made:
                end(_published(plan, answer, wishes, drift))
                claims.release(plan.edition.name)
            for plan in mine:
                claims.release(plan.edition.name)
    return [ended[each.name] for each in editions]


def _taken(
    left: list[Plan], claims: Claims, wishes: Wishes, told: Told
) -> tuple[list[Plan], list[Plan]]:
    if wishes.out:
        return left, []
    return claims.take(
        left, lambda plan: told(Outcome(plan.edition.name, "waiting", "", plan.reasons))
    )


def _planned(
    editions: Sequence[Edition], planner: Planner, wishes: Wishes
) -> tuple[list[Plan], dict[str, KzdataError]]:
    """The plan of each edition, and those that cannot be made as they are written.

    Raises the error where all are so: then nothing is run.
    """
    plans: list[Plan] = []
    misused: dict[str, KzdataError] = {}
    for each in editions:
        try:
            plan = _forced(planner.plan(each), wishes)
            if plan.reasons:
                each.bound()
            plans.append(plan)
        except KzdataError as error:
            misused[each.name] = error
    planner.save()
    if misused and not plans:
        if len(misused) == 1:
            raise next(iter(misused.values()))
        raise ParameterError("\n".join(map(str, misused.values())))
    return plans, misused


def _forced(plan: Plan, wishes: Wishes) -> Plan:
    if plan.reasons or not (wishes.force or wishes.out or wishes.formats):
        return plan
    return dataclasses.replace(plan, reasons=["it was asked for in any case"])


def _settled(plan: Plan, wishes: Wishes, drift: list[str]) -> Outcome | None:
    """The outcome of an edition that is not made now, None for one that is."""
    name, folder = plan.edition.name, wishes.folder(plan.edition)
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


def _kept(outcomes: Sequence[Outcome], wishes: Wishes) -> Iterator[Outcome]:
    """The outcomes, put down for the calendar; what is told of them holds no secret."""
    now = dt.datetime.now(dt.UTC)
    unchanged = [each.name for each in outcomes if each.status == "unchanged"]
    unkept = ""
    if unchanged and not wishes.dry and not wishes.out:
        try:
            records.keep_unchanged(unchanged, now, wishes.reports)
        except PublishError as error:
            unkept = str(error)
    for each in outcomes:
        message, status = hide(each.message) if each.message else "", each.status
        if status == "unchanged":
            status, message = ("failed", unkept) if unkept else (status, message)
        elif not wishes.dry and not wishes.out:
            try:
                records.keep(each.name, status, message, now, wishes.reports)
            except PublishError as error:
                message = "\n".join(filter(None, [message, str(error)]))
        yield dataclasses.replace(each, status=status, message=message)


def _published(
    plan: Plan, answer: dict[str, Any], wishes: Wishes, drift: dict[str, str]
) -> Outcome:
    """Publish what a job made, and say how it went."""
    folder = wishes.folder(plan.edition)
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
