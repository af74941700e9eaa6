"""Where the jobs of a run are done: in this process, in processes of this machine, in a cluster.

All of them are ``concurrent.futures`` executors, so a run does not know which one it has.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import time
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
        from kzdata.warm.executor import WarmExecutor

        warm: Executor = WarmExecutor(jobs=jobs, deadline=DEADLINE)
    except (ImportError, KzdataError, OSError):  # nothing can be forked here
        return None
    return warm
