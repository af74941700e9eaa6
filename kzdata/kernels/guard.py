"""The parent of one kernel or job: forks it, follows it, and leaves nothing of it behind.

It adopts whatever the process starts, however it is started. All of that ends when the process
ends, when the asker hangs up or is killed, and when the server ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from kzdata.kernels import linux, worker

REFUSED, STARTED, ENDED = "refused", "started", "ended"


def watch(server: int, fds: list[int], refusal: str | None) -> Callable[[], None]:
    """Returns in the process forked, with what it is to do; the guard itself ends here."""
    signal.signal(signal.SIGTERM, _leave)
    linux.die_with(server, signal.SIGTERM)
    linux.adopt_orphans()
    os.setsid()
    line = Connection(fds[0])
    try:
        task: dict[str, Any] = line.recv()
    except (EOFError, OSError):
        os._exit(0)
    if refusal:
        with contextlib.suppress(OSError):
            line.send((REFUSED, refusal))
        os._exit(0)
    guard = os.getpid()
    pid = os.fork()
    if pid == 0:
        line.close()
        return worker.prepared(task, guard, fds[1:])
    try:
        for fd in fds[1:]:
            os.close(fd)
        code = _follow(pid, line)
        linux.kill_descendants()
        with contextlib.suppress(OSError):
            line.send((ENDED, code))
    finally:
        linux.kill_descendants()
        os._exit(0)


def _leave(*_: Any) -> NoReturn:
    linux.kill_descendants()
    os._exit(0)


def _follow(pid: int, line: Connection) -> int:
    """The exit code of the process; the signal that ended it, negative, as subprocess has it."""
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(line, select.POLLIN)
    with contextlib.suppress(OSError):
        line.send((STARTED, pid))
    while True:
        ready = [fd for fd, _ in poll.poll()]
        if handle in ready:
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        try:
            signum = line.recv()
        except (EOFError, OSError):
            os.kill(pid, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        _tell(pid, signum)


def _tell(pid: int, signum: int) -> None:
    # Not yet reaped by us, so the number still means this process and its group.
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:  # it has not come to its own session yet
        os.kill(pid, signum)
