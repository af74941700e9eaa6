"""Jobs in fresh processes, at most so many at once, each to end by its deadline."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, TypeVar

from kzdata.errors import JobFailed
from kzdata.kernels import client, preload, worker

LOG = logging.getLogger("kzdata.kernels")

T = TypeVar("T")


class WarmExecutor(Executor):
    """An executor of `concurrent.futures` whose every job is a process of its own.

    A job gets this process's environment, folder and import path. It is forked from the warm
    server, with the imports done and ``modules`` besides, and ends with everything that it
    started: when it is done, at its ``deadline`` in seconds after its start, and when this process
    ends, however that happens. What it raises is raised by its future; `JobFailed` says that it
    passed its deadline or died without an answer, or that what it was given or gave back cannot
    be pickled.

    By default one job more than there are cores: a job waits for its kernel and the kernel for it
    in turns, and what waits leaves its core to another.

    Where nothing can be forked, jobs are processes started by Python's own `multiprocessing`,
    which the log says; what such a job starts in a session of its own may outlive it.
    """

    def __init__(
        self, jobs: int | None = None, deadline: float | None = None, modules: Iterable[str] = ()
    ):
        self._server: client.Server | None = None
        try:
            self._server = client.server(modules=(preload.OWN, preload.JOBS, *modules))
        except client.NotWarm as error:
            LOG.warning("Jobs are started instead of forked. %s", error.fact)
        self._deadline = deadline
        self._forked: set[client.Forked] = set()
        self._given_up = False
        self._threads = ThreadPoolExecutor(jobs or (os.cpu_count() or 1) + 1, "kzdata-job")

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """The future of ``fn(*args, **kwargs)``; ``fn`` is a function that can be imported."""
        try:
            call = pickle.dumps((fn, args, kwargs), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            raise JobFailed(
                f"A job cannot be sent to another process: {error}",
                "Submit a function of a module, with plain data.",
            ) from None
        if fn.__module__ == "__main__":
            raise JobFailed(
                f"{fn.__qualname__} stands in the program itself, which jobs do not import.",
                "Put it in a module beside the program.",
            )
        return self._threads.submit(self._run, fn.__qualname__, call)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As every executor; a job that runs is waited for."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def give_up(self) -> None:
        """Cancel what waits and kill what runs, with everything that it started."""
        self._given_up = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for forked in list(self._forked):
            forked.send_signal(signal.SIGKILL)

    def _run(self, name: str, call: bytes) -> Any:
        results, out = Pipe(duplex=False)
        with results:
            server = self._server
            if server is None:
                return _started(name, call, results, out, self._deadline)
            with out:
                here = {"env": dict(os.environ), "cwd": str(Path.cwd()), "path": sys.path}
                forked = server.fork({**here, "call": call}, out.fileno(), job=True)
            self._forked.add(forked)
            try:
                if self._given_up:  # a moment ago
                    raise JobFailed(f"{name} was given up before it began.")
                return _answer(name, forked, results, self._deadline)
            except client.NotWarm as error:
                LOG.warning("A job is started instead of forked. %s", error.fact)
            finally:
                self._forked.discard(forked)
                _end(forked)
        self._server = None
        return self._run(name, call)


def _answer(name: str, forked: client.Forked, results: Connection, deadline: float | None) -> Any:
    while not forked.started(1.0):
        pass
    return _received(name, results, lambda: forked.wait(10), deadline)


def _started(
    name: str, call: bytes, results: Connection, out: Connection, deadline: float | None
) -> Any:
    with out:
        process = multiprocessing.get_context("spawn").Process(
            target=worker.do, args=(call, out), daemon=False
        )
        process.start()
    try:
        return _received(name, results, lambda: _code(process), deadline)
    finally:
        process.kill()
        process.join()
        process.close()


def _code(process: multiprocessing.process.BaseProcess) -> int:
    process.join(10)
    return process.exitcode or 0


def _received(
    name: str, results: Connection, code: Callable[[], int], deadline: float | None
) -> Any:
    # The other end of the line is closed when the process ends, with or without a result.
    if not results.poll(deadline):
        raise JobFailed(f"{name} was stopped: it was not done in {deadline:g} s.")
    try:
        word, value = pickle.loads(results.recv_bytes())
    except (EOFError, OSError):
        ended = code()
        how = f"by signal {-ended}" if ended < 0 else f"with exit code {ended}"
        raise JobFailed(f"The process of {name} ended {how} before it gave a result.") from None
    if word == worker.RAISED:
        raise value
    if word != worker.DONE:
        raise JobFailed(f"{name} ended, but what it gave cannot be handed over: {value}")
    return value


def _end(forked: client.Forked) -> None:
    if forked.returncode is None:
        forked.send_signal(signal.SIGKILL)
        forked.wait(10)
    forked.close()
