"""Where the jobs of a run are done: in this process, in processes of this machine, in a cluster.

All of them are ``concurrent.futures`` executors, so a run does not know which one it has.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from kzdata.errors import KzdataError

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
    executor = _warm(jobs) if engine != "plain" else None
    if executor is None:
        # Started, not forked: a fork would copy threads' locks in whatever state they are.
        executor = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    with executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _warm(jobs: int) -> Executor | None:
    try:
        from kzdata.warm.executor import WarmExecutor

        warm: Executor = WarmExecutor(jobs=jobs, deadline=DEADLINE)
    except (ImportError, KzdataError, OSError):  # nothing can be forked here
        return None
    return warm
