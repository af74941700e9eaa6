"""Kernels for notebooks: their environment, manager and client, and how to end them at once."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import time
from importlib.metadata import entry_points
from pathlib import Path
from queue import Empty
from threading import Lock
from typing import Any

from kzdata import query_log
from kzdata.errors import NotebookFailed
from kzdata.kernels.environment import base

_lock = Lock()

_running: dict[Path, Any] = {}  # the kernel's own folder: what started it

_given_up: set[Path] = set()


def started(folder: Path, provisioner: Any) -> None:
    """A kernel has started; it ends right away where its report was given up meanwhile."""
    with _lock:
        _running[folder] = provisioner
        late = any(each in folder.parents for each in _given_up)
    if late:
        _kill(provisioner)


def ended(folder: Path) -> None:
    """A kernel is done with."""
    with _lock:
        _running.pop(folder, None)


def give_up(scratch: Path) -> None:
    """Kill every kernel whose folder is below ``scratch``, and any that would still start there."""
    with _lock:
        _given_up.add(scratch)
        mine = [kernel for folder, kernel in _running.items() if scratch in folder.parents]
    for each in mine:
        _kill(each)


def _kill(provisioner: Any) -> None:
    # It may have ended by itself a moment ago.
    with contextlib.suppress(OSError, AttributeError):
        if provisioner.pgid:
            os.killpg(provisioner.pgid, signal.SIGKILL)  # with what its cells have started
        else:
            provisioner.process.kill()


LONGEST_SOCKET = 70

HANDLES = 120  # four kernels at once take 90 here, each 60 of its own; short of them it hangs

RECONNECT_MS = 4

PROVISIONERS = "jupyter_client.kernel_provisioners"


def environment(scratch: Path, epoch: int) -> dict[str, str]:
    """The environment of a kernel: nothing of the person's own IPython, nothing left to chance."""
    return {
        **base(),
        "SOURCE_DATE_EPOCH": str(epoch),
        query_log.VARIABLE: str(scratch / query_log.NAME),
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
    }


def refuse_few_handles() -> None:
    """Raise `NotebookFailed` where a kernel of this process could not open what it needs.

    It inherits the limit. It would not end by itself, but stay without answering.
    """
    try:
        import resource
    except ImportError:  # no such limit is known here
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        mine = len(list(Path("/dev/fd").iterdir()))
    except OSError:  # often for want of one more
        mine = 0
    if limit != resource.RLIM_INFINITY and limit - mine < HANDLES:
        raise NotebookFailed(
            f"This process may have {limit} files open and has {mine}; a kernel needs {HANDLES}.",
            "Allow more before the command: ulimit -n 1024",
        )


@functools.cache
def registered(provisioner: str) -> bool:
    """Whether jupyter_client finds it; every installed package is asked."""
    return bool(entry_points(group=PROVISIONERS, name=provisioner))


def kernel_manager(scratch: Path, epoch: int, provisioner: str | None = None) -> type:
    """A kernel manager class that starts this very interpreter.

    A machine's "python3" kernelspec may point anywhere; the report must be made with the pandas
    and matplotlib that its manifest names. ``provisioner`` is the name of jupyter_client's entry
    point that starts it, by default or where it is not registered jupyter_client's own.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    env = environment(scratch, epoch)
    if provisioner and not registered(provisioner):
        from kzdata.kernels.provisioner import plainly

        plainly("kzdata was installed before it had warm kernels; install it again.")
        provisioner = None
    metadata = {"kernel_provisioner": {"provisioner_name": provisioner}} if provisioner else {}
    for name in ("ipython", "runtime"):
        (scratch / name).mkdir(parents=True, exist_ok=True)

    # Sockets in a private folder cannot be listened to by others; their path has to be short.
    private = os.name == "posix" and len(str(scratch)) < LONGEST_SOCKET

    class OwnKernel(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.client_factory = prompt_client()
            if private:
                self.transport = "ipc"
            self.connection_file = str(scratch / "runtime" / "kernel.json")
            # The first try may come before the kernel listens; zmq's own second is 0.1 s later.
            self.context.reconnect_ivl = RECONNECT_MS

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(
                argv=[
                    sys.executable,
                    "-m",
                    "ipykernel_launcher",
                    "-f",
                    "{connection_file}",
                    "--HistoryManager.enabled=False",
                ],
                display_name="kzdata",
                language="python",
                metadata=metadata,
            )

        async def _async_start_kernel(self, **options: Any) -> None:
            await super()._async_start_kernel(**{**options, "env": env})
            started(scratch, self.provisioner)

        start_kernel = _async_start_kernel

    return OwnKernel


@functools.cache
def prompt_client() -> type:
    """A client that begins when the kernel is ready.

    jupyter_client's own goes on when nothing has been said for a fifth of a second; the kernel
    says itself when it is done with the question.
    """
    from jupyter_client.asynchronous.client import AsyncKernelClient

    class PromptClient(AsyncKernelClient):
        def start_channels(
            self,
            shell: bool = True,
            iopub: bool = True,
            stdin: bool = False,
            hb: bool = False,
            control: bool = False,
        ) -> None:
            # Whether it lives is asked of its process; nobody answers its questions.
            super().start_channels(shell, iopub, stdin, hb, control)

        async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
            until = time.monotonic() + (float("inf") if timeout is None else timeout)
            heard = answered = False
            pause = 0.02
            self.kernel_info()
            while not heard or not answered:
                # Whatever comes shows that the socket of outputs is connected: what is said there
                # before is lost. A kernel of today welcomes; an older one has to be asked again.
                if answered:
                    self.kernel_info()
                with contextlib.suppress(Empty):
                    await self.iopub_channel.get_msg(timeout=pause)
                    heard = True
                answered |= await self._answered(pause if heard else 0)
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info")
                if time.monotonic() > until:
                    raise RuntimeError(f"Kernel did not respond in {timeout:g} seconds")
                pause = min(2 * pause, 1.0)

        async def _answered(self, seconds: float) -> bool:
            with contextlib.suppress(Empty):
                while True:
                    reply = await self.shell_channel.get_msg(timeout=seconds)
                    if reply["msg_type"] == "kernel_info_reply":
                        self._handle_kernel_info_reply(reply)
                        return True
            return False

        wait_for_ready = _async_wait_for_ready

    return PromptClient
