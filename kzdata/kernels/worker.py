"""A forked process becomes a kernel, or does a job."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import pickle
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from kzdata.kernels import linux
from kzdata.kernels.preload import ADDED

DONE, RAISED = "done", "raised"


def prepared(task: dict[str, Any], guard: int, fds: list[int]) -> Callable[[], None]:
    """Make this process what a started one would be, and return what it is to do.

    ``task`` has ``env``, ``cwd`` and either ``argv`` of a kernel, or ``path`` and ``call`` of a
    job. ``fds`` are standard output and error; for a job, where its result goes and the socket of
    the server as well.
    """
    linux.die_with(guard, signal.SIGKILL)
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, target in zip([nothing, fds[0], fds[1]], range(3), strict=True):
        os.dup2(fd, target)
        os.close(fd)
    os.environ.clear()
    os.environ.update({**ADDED, **task["env"]})
    time.tzset()
    os.chdir(task["cwd"])
    _reseed()
    if "argv" in task:
        return _kernel(task["argv"])
    for fd in fds[2:]:
        os.set_inheritable(fd, False)
    return partial(_job, task, *fds[2:])


def _reseed() -> None:
    # Python's own generator sees to itself at a fork; numpy's drew its seed in the server.
    if "numpy" in sys.modules:
        import numpy

        numpy.random.seed()


def _kernel(arguments: list[str]) -> Callable[[], None]:
    """What starts a kernel. It is called without anything, by a module, as by ipykernel's own
    launcher: so a recursion goes as deep as in a kernel that was started.
    """
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None
    sys.argv = [str(launcher.origin), *arguments]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *arguments]
    from ipykernel import kernelapp

    # ipykernel reads this when it is imported, and without it takes a terminal to be its asker.
    kernelapp.IPKernelApp.instance(parent_handle=int(os.environ.get("JPY_PARENT_PID") or 0))
    launch: Callable[[], None] = kernelapp.launch_new_instance
    return launch


def _job(task: dict[str, Any], out: int, control: int) -> None:
    from kzdata.kernels import client

    sys.path[:] = task["path"]
    client.inherit(socket.socket(fileno=control), task["early"])
    do(task["call"], Connection(out, readable=False))
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def do(call: bytes, line: Connection) -> None:
    """Make the pickled call and send what it gave, or what it raised."""
    try:
        function, args, options = pickle.loads(call)
        answer = (DONE, function(*args, **options))
    except BaseException as error:
        error.add_note("".join(traceback.format_exception(error)))
        answer = (RAISED, error)
    with contextlib.suppress(BrokenPipeError):
        line.send_bytes(_packed(answer))


def _packed(answer: tuple[str, Any]) -> bytes:
    buffer = io.BytesIO()
    try:
        pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(answer)
        if answer[0] == RAISED:
            pickle.loads(buffer.getvalue())  # some exceptions go in and do not come out
        return buffer.getvalue()
    except Exception as error:
        said = repr(answer[1]) if answer[0] == RAISED else f"its result: {error}"
        return pickle.dumps(("unpicklable", said))
