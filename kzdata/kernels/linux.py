"""The calls to the system that forked kernels stand on; they are Linux's."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

_PDEATHSIG, _SUBREAPER = 1, 36


def missing() -> str | None:
    """What this system lacks for forked kernels, or None."""
    if sys.platform != "linux":
        return f"forked kernels need Linux, this is {sys.platform}"
    if not hasattr(os, "pidfd_open"):
        return "this Python has no os.pidfd_open"
    try:
        os.close(os.pidfd_open(os.getpid()))
        _children_file(os.getpid()).read_bytes()
    except OSError as error:
        return f"this kernel of Linux cannot follow processes ({error})"
    return None


def _prctl(option: int, value: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def die_with(parent: int, signum: signal.Signals) -> None:
    """Get this signal when ``parent``, which forked this process, ends; now, if it has."""
    _prctl(_PDEATHSIG, signum)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl(_SUBREAPER, 1)


def kill_descendants() -> None:
    """End every descendant, also those that left for a session of their own; then reap them.

    Needs `adopt_orphans`: what a killed child leaves behind is the next child to kill.
    """
    while True:
        children = _children_file(os.getpid()).read_text().split()
        for pid in map(int, children):
            os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def threads() -> int:
    """How many threads this process has, those of libraries included."""
    return len(list(Path("/proc/self/task").iterdir()))


def _children_file(pid: int) -> Path:
    return Path(f"/proc/{pid}/task/{pid}/children")
