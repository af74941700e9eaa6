"""This process's warm server, and a handle on each process forked from it."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from multiprocessing.connection import Connection, Pipe
from typing import Any

from kzdata.errors import KzdataError
from kzdata.kernels import environment, guard, linux, preload

START_SECONDS = 60.0


class NotWarm(KzdataError):
    """No warm process can be had here; ``fact`` says why."""


class Forked:
    """A process forked from the server, with the manners of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, line: Connection):
        self._line = line
        self.pid: int | None = None
        self.returncode: int | None = None

    def started(self, seconds: float) -> bool:
        """Whether it runs by now; waits so long at most. Raises `NotWarm` where it never will."""
        if self.pid is None and self._line.poll(seconds):
            try:
                word, value = self._line.recv()
            except (EOFError, OSError):
                self._never()
                raise NotWarm("The warm server ended before it could fork.") from None
            if word == guard.REFUSED:
                self._never()
                raise NotWarm(f"The warm server forks nothing: {value}.")
            self.pid = value
        return self.pid is not None

    def _never(self) -> None:
        self.returncode = -signal.SIGKILL
        self.close()

    def fileno(self) -> int:
        """Readable once it has ended, for whoever waits for many."""
        return self._line.fileno()

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self.returncode is None and self._line.poll(0):
            try:
                _, self.returncode = self._line.recv()
            except (EOFError, OSError):
                self.returncode = -signal.SIGKILL  # its guard was killed, and it with its guard
            self.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it and all that it started have ended."""
        if self.returncode is None and not self._line.poll(timeout):
            raise subprocess.TimeoutExpired("a warm process", timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to its process group."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._line.send(int(signum))

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Hang up: what still runs is killed."""
        self._line.close()


class Server:
    """The socket to a warm server: one that this process started, or its asker's."""

    def __init__(
        self,
        control: socket.socket,
        early: Mapping[str, str],
        process: subprocess.Popen[bytes] | None = None,
    ):
        self._control = control
        self._early = early
        self._process = process
        self._asker = os.getpid()

    @classmethod
    def start(cls, env: Mapping[str, str], modules: Iterable[str] = ()) -> Server:
        """Start a server with this environment; it imports while the caller goes on."""
        if said := linux.missing():
            raise NotWarm(f"{said[0].upper()}{said[1:]}.")
        early = environment.early(env)
        told = {**env, **early, **environment.SERVER_ONLY}
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = str(theirs.fileno())
            command = [sys.executable, "-m", "kzdata.kernels.server", number, str(os.getpid())]
            process = subprocess.Popen(
                [*command, *modules],
                env=told,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return cls(mine, early, process)

    def usable(self) -> bool:
        """Whether this very process may ask it, and it has not ended."""
        ended = self._process is not None and self._process.poll() is not None
        return self._asker == os.getpid() and not ended

    def check(self, env: Mapping[str, str]) -> None:
        """Raise `NotWarm` where a process under ``env`` would have started differently."""
        wanted = environment.early(env)
        both = {*wanted, *self._early}
        names = sorted(n for n in both if wanted.get(n) != self._early.get(n))
        if names:
            raise NotWarm(f"The environment differs from the warm server's in {', '.join(names)}.")

    def fork(
        self, task: Mapping[str, Any], *more: int, job: bool = False, shown: Sequence[int] = (1, 2)
    ) -> Forked:
        """A process that does the task; ``more`` are descriptors handed to it.

        ``shown`` are those of its standard output and error.
        """
        mine, theirs = Pipe()
        try:
            fds = [theirs.fileno(), *shown, *more]
            if job:
                fds.append(self._control.fileno())
            mine.send({**task, "early": self._early})
            socket.send_fds(self._control, [b"f"], fds)
        except OSError as error:
            mine.close()
            raise NotWarm(f"The warm server cannot be reached: {error}.") from None
        finally:
            theirs.close()
        return Forked(mine)

    def stop(self) -> None:
        """Let it go; what it forked ends as well."""
        self._control.close()
        if self._process is not None and self._asker == os.getpid():
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


_lock = threading.Lock()

_server: Server | None = None


def server(env: Mapping[str, str] | None = None, modules: Iterable[str] = (preload.OWN,)) -> Server:
    """This process's server, started if need be. Raises `NotWarm`.

    ``env`` is the environment of the process wanted, by default `environment.base`; ``modules``
    are imported by a server that is not there yet (see `preload.preload`).
    """
    global _server
    with _lock:
        if _server is None or not _server.usable():
            if _server is None:
                atexit.register(_stop)
            else:
                _server.stop()
            _server = Server.start(environment.base() if env is None else env, modules)
        elif env is not None:
            _server.check(env)
        return _server


def foresee(env: Mapping[str, str], modules: Iterable[str] = (preload.OWN,)) -> None:
    """Start the server now, if it can be had: it imports while the caller goes on."""
    with contextlib.suppress(NotWarm):
        server(env, modules)


def inherit(control: socket.socket, early: Mapping[str, str]) -> None:
    """Ask by this socket from now on: a job asks the server that forked it."""
    global _server
    _server = Server(control, early)


def _stop() -> None:
    if _server is not None:
        _server.stop()


def launch(
    env: Mapping[str, str], cwd: str, argv: list[str], shown: Sequence[int] = (1, 2)
) -> Forked:
    """A kernel with these arguments, started. Raises `NotWarm`."""
    forked = server(env).fork({"env": dict(env), "cwd": cwd, "argv": argv}, shown=shown)
    deadline = time.monotonic() + START_SECONDS
    while not forked.started(0.05):
        if time.monotonic() > deadline:
            forked.close()
            raise NotWarm(f"The warm server gave no answer in {START_SECONDS:.0f} s.")
    return forked
