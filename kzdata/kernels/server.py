"""``python -m kzdata.kernels.server SOCKET PARENT [MODULE…]``: import, then fork on request.

Each request is one byte with the file descriptors of the process to be: its line to the asker, its
standard output and error, and for a job the socket by which it may ask in turn. What the process
is to do comes over its own line, so the server reads nothing, keeps nothing and has one thread.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable

from kzdata.kernels import guard, linux
from kzdata.kernels.preload import preload

END: tuple[bytes, list[int], int, None] = (b"", [], 0, None)


def serve(control: socket.socket, parent: int, refusal: str | None) -> Callable[[], None]:
    """Fork a guard a request until nobody is left who could ask.

    Returns in a forked process, with what that process is to do.
    """
    server = os.getpid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        supervisor = os.pidfd_open(parent)
    except OSError:
        os._exit(0)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(supervisor, select.POLLIN)
    while True:
        ready = [fd for fd, _ in poll.poll()]
        data, fds, _, _ = socket.recv_fds(control, 16, 8) if control.fileno() in ready else END
        _reap()
        # Another process may hold a copy of the asker's socket: its end alone is not waited for.
        if not data or supervisor in ready:
            os._exit(0)
        if os.fork() == 0:
            control.close()
            os.close(supervisor)
            return guard.watch(server, fds, refusal)
        for fd in fds:
            os.close(fd)


def _reap() -> None:
    # Guards report to their askers, not to us; only their remains are ours.
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> Callable[[], None]:
    """Import what kernels and jobs need, then serve. Returns in a forked process, as `serve`."""
    number, parent, *modules = sys.argv[1:]
    # The folder that -m put here is no part of a kernel's path.
    del sys.path[0]
    refusal = None
    gc.disable()  # what is imported stays: collecting takes a fifth of the time of all imports
    try:
        said = preload(modules)
        if said:
            refusal = "importing says what a kernel would show: " + "; ".join(said)
        elif linux.threads() > 1:
            refusal = "a library starts threads when it is imported"
    except Exception as error:
        refusal = f"the server cannot import: {error!r}"
    gc.freeze()  # or the first collection in each process would copy every page
    gc.enable()
    control = socket.socket(fileno=int(number))
    with contextlib.suppress(OSError):
        return serve(control, int(parent), refusal)
    sys.exit(1)


if __name__ == "__main__":
    work = main()
    work()
