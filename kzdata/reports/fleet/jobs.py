"""One edition made in a process of its own, here or on another machine: plain data in and out.

A job writes nothing that stays. Its report goes back as bytes, and one place publishes it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import multiprocessing
import os
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kzdata import settings
from kzdata.errors import (
    ContractError,
    KzdataError,
    NotAvailable,
    NotebookFailed,
    ParameterError,
    SeedError,
)
from kzdata.files import Hashes, combined
from kzdata.reports.editions import Edition
from kzdata.reports.execute import Progress
from kzdata.reports.fleet import changes
from kzdata.reports.fleet.staleness import Plan, answers, data_state, inputs, key, own, standing

# A cell that fails with one of these says something about the data, not about the machinery.
_IN_THE_DATA = re.compile(r": (ContractError|SeedError|CorrectionOutdated): ")

_DRIFTED = re.compile(r": (StoreError|WrongFormat): ")


class ElsewhereOtherwise(KzdataError):
    """A worker whose code, libraries or data are not those of whoever asks it."""


def plain(edition: Edition) -> dict[str, Any]:
    """An edition as data that any process understands."""
    return dataclasses.asdict(edition)


def job(asked: Mapping[str, Any], *, progress: Progress | None = None) -> dict[str, Any]:
    """Make one edition. ``asked`` holds the ``edition`` as `plain` gives it, and perhaps:

    ``formats`` in place of its own, the ``engine``, ``before`` (see `changes.changes`),
    ``expected`` and ``own``, what the asker has: code, libraries, data, notebooks and the files
    that they read must be the same here; and ``elsewhere``, where the asker cannot know what is
    secret here.

    The answer has ``status``: ``built`` with ``outputs`` (bytes by path), ``manifest`` and
    ``changes``; else ``finding``, ``drift``, ``elsewhere`` or ``failed`` with a ``message``.
    Nothing is raised, and no message holds a secret.
    """
    begun = time.monotonic()
    answer: dict[str, Any]
    try:
        answer = {"status": "built", **_made(asked, progress)}
    except KzdataError as error:
        answer = {"status": status_of(error), "message": str(error)}
    except Exception as error:
        answer = {
            "status": "failed",
            "message": f"{type(error).__name__}: {error}",
            "traceback": traceback.format_exc(),
        }
    from kzdata.reports.redaction import hide

    for name in ("message", "traceback"):
        if name in answer:
            answer[name] = hide(answer[name])
    return answer | {"name": asked["edition"]["name"], "seconds": time.monotonic() - begun}


def status_of(error: KzdataError) -> str:
    """What an error makes of an edition: finding, drift, usage, failed or elsewhere."""
    if isinstance(error, ElsewhereOtherwise):
        return "elsewhere"
    said = error.fact if isinstance(error, NotebookFailed) else ""
    if isinstance(error, ContractError | SeedError) or _IN_THE_DATA.search(said):
        return "finding"
    if type(error).__name__ in {"StoreError", "WrongFormat"} or _DRIFTED.search(said):
        return "drift"
    return "usage" if isinstance(error, ParameterError) else "failed"


def _made(asked: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
    from kzdata.reports.blocks import Document
    from kzdata.reports.build import Closing, compose
    from kzdata.reports.colophon import Job
    from kzdata.reports.editions import check_formats
    from kzdata.reports.execute import resolve
    from kzdata.reports.manifest import NAME
    from kzdata.reports.redaction import refuse_secrets

    edition = Edition.of(asked["edition"])
    hashes = Hashes()
    here = standing(hashes)
    expected = asked.get("expected")
    if expected is not None:
        _same(expected, dataclasses.asdict(here))
    begun = own(edition, hashes)
    _same_own(asked.get("own") or begun, begun)
    told: dict[str, Any] = {}

    def closing(document: Document, questions: list[str]) -> Closing:
        answered, sources = answers(questions, strict=True)
        fresh = Hashes()
        if data_state(fresh) != here.data or own(edition, fresh) != begun:
            raise ElsewhereOtherwise(
                "The data, a notebook or a file that it reads changed while the edition was made.",
                "Run it again: kzdata run",
            )
        made_from = inputs(
            edition, here, fresh, questions=questions, answered=answered, sources=sources
        )
        said = changes.facts(document)
        told["changes"] = changes.changes(asked.get("before"), key(made_from), said)
        files = {changes.FACTS: _json(said)}
        if told["changes"] is not None:
            files[changes.CHANGES] = _json(told["changes"])
        told_of = told["changes"]
        return Closing(
            changes.section(told_of), files, {"inputs": made_from}, changes.new_findings(told_of)
        )

    composed = compose(
        [Job(resolve(each), values) for each, values in edition.bound().items()],
        check_formats(asked.get("formats") or edition.formats),
        asked=edition,
        engine=asked.get("engine"),
        progress=progress,
        closing=closing,
    )
    if asked.get("elsewhere"):
        refuse_secrets([*composed.outputs.items(), (NAME, _json(composed.manifest))])
    return {"outputs": composed.outputs, "manifest": composed.manifest, **told}


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _same_own(expected: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    other = []
    for kind in ("notebooks", "files"):
        names = {*expected[kind], *here[kind]}
        other += [n for n in sorted(names) if expected[kind].get(n) != here[kind].get(n)]
    if other:
        raise ElsewhereOtherwise(
            f"The worker is not what asks it; it differs in {', '.join(other)}.",
            "Put the same notebooks and files there, then run again.",
        )


def _same(expected: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    other = []
    for kind in ("code", "versions", "rules"):
        names = {*expected[kind], *here[kind]}
        other += [
            f"{kind} {name}"
            for name in sorted(names)
            if expected[kind].get(name) != here[kind].get(name)
        ]
    other += ["data"] if expected["data"] != here["data"] else []
    if other:
        listed = ", ".join(other[:12]) + (" and more" if len(other) > 12 else "")
        raise ElsewhereOtherwise(
            f"The worker is not what asks it; it differs in {listed}.",
            "Install the same kzdata, libraries, data and seeds on the worker, then run again.",
        )


def before(folder: Path) -> dict[str, Any] | None:
    """What the report in a folder said, to hold the next one against; None where there is none."""
    from kzdata.reports.manifest import read

    manifest = read(folder)
    if manifest is None or "inputs" not in manifest:
        return None
    try:
        said = json.loads((folder / changes.FACTS).read_bytes())
    except (OSError, ValueError):
        return None
    try:
        told = json.loads((folder / changes.CHANGES).read_bytes())
    except (OSError, ValueError):
        told = None
    try:
        made_from, generated = key(manifest["inputs"]), str(manifest["generated"])
    except (KeyError, TypeError, AttributeError):
        return None
    return {"key": made_from, "generated": generated, "facts": said, "changes": told}


def fingerprint() -> str:
    """One hash of the code, libraries, rules and data of this process."""
    return combined(dataclasses.asdict(standing(Hashes())))


DEADLINE = 3600.0  # seconds that one edition may take


class Here(Executor):
    """Jobs are done at once, in this process: one edition, followed cell by cell."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a job that is done already."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@contextlib.contextmanager
def local(jobs: int, engine: str | None) -> Iterator[Executor]:
    """Processes of this machine: forked from a warm server, or started afresh (engine plain)."""
    executor: Any = _warm(jobs) if engine != "plain" else None
    if executor is None:
        # Started, not forked: a fork would copy threads' locks in whatever state they are.
        executor = ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_end_with,
            initargs=(os.getpid(),),
        )
    with executor:
        try:
            yield executor
        except BaseException:
            # Leaving waits for what runs, and that may take as long as an edition may.
            if isinstance(executor, ProcessPoolExecutor):
                executor.shutdown(wait=False, cancel_futures=True)
                for child in multiprocessing.active_children():
                    child.kill()
            else:
                executor.give_up()
            raise


def _end_with(parent: int) -> None:
    """Let this process end when its parent has, however that ended; its kernels then do the same.

    A worker of the standard library's pool would wait for its next job for ever.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _warm(jobs: int) -> Executor | None:
    try:
        from kzdata.kernels.executor import WarmExecutor

        warm: Executor = WarmExecutor(jobs=jobs, deadline=DEADLINE)
    except (ImportError, KzdataError, OSError):  # nothing can be forked here
        return None
    return warm


SECONDS = 10

_ADDRESS = re.compile(r"((tcp|tls|ucx|wss?)://)?[^/\s]+:\d+/?")


class ClusterError(KzdataError):
    """A cluster that cannot be used: not reached, without workers, or other than what asks it."""


@contextlib.contextmanager
def connected(address: str) -> Iterator[Executor]:
    """An executor of the cluster at ``address``, whose workers are what this process is.

    Raises `NotAvailable` where Dask is not installed, `ClusterError` where the scheduler cannot be
    reached, has no worker, or has one with other code, libraries, data or seeds.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NotAvailable("Dask is not installed.", "pip install 'kzdata[dask]'") from None
    if not _ADDRESS.fullmatch(address):
        # Dask tries it all the same, and complains of itself as the process ends.
        raise ClusterError(f"Invalid address {address!r}.", "Write it like tcp://127.0.0.1:8786")
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(
            f"No scheduler answers at {address}: {error}.", "Start one: dask scheduler"
        ) from None
    with client:
        _compare(client, address)
        # Every attempt is a fresh run, and a report that kills its worker must not kill them all.
        yield client.get_executor(pure=False, retries=1)


def _compare(client: Any, address: str) -> None:
    try:
        found = client.run(fingerprint, on_error="return")
    except (OSError, TimeoutError) as error:
        raise ClusterError(f"The workers of {address} do not answer: {error}.") from None
    if not found:
        raise ClusterError(f"{address} has no worker.", f"Start one: dask worker {address}")
    mine = fingerprint()
    other = sorted(str(worker) for worker, theirs in found.items() if theirs != mine)
    if other:
        raise ClusterError(
            f"Workers with other code, libraries, data or seeds: {', '.join(other)}.",
            "Install the same kzdata and the same data there; kzdata --version tells the first.",
        )


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
    reports: Path = field(default_factory=settings.reports_folder)

    def folder(self, edition: Edition) -> Path:
        """Where the report of an edition stands."""
        return self.out or self.reports / edition.name


Start = Callable[[int], contextlib.AbstractContextManager[Executor]]


@contextlib.contextmanager
def executor(wishes: Wishes, waiting: int) -> Iterator[Start]:
    """How to get an executor for so many jobs; asked again where one has broken."""
    if wishes.scheduler is not None:  # an empty one is told as no address
        pass

        with connected(wishes.scheduler) as cluster:
            yield lambda count: contextlib.nullcontext(cluster)
        return

    def start(count: int) -> contextlib.AbstractContextManager[Executor]:
        if waiting == 1 or wishes.jobs == 1:
            return Here()
        return local(min(wishes.jobs, count), wishes.engine)

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
