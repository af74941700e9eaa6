"""Warm kernels for whatever starts kernels through jupyter_client."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kzdata.kernels import client

LOG = logging.getLogger("kzdata.kernels")

NAME = "kzdata-warm"

KILLED_SECONDS = 5.0


@functools.cache
def plainly(why: str) -> None:
    """Say once why a kernel is started in the ordinary way."""
    LOG.warning("A plain kernel is started instead of a warm one. %s", why)


class WarmProvisioner(LocalProvisioner):
    """Forks the kernel from this process's warm server; where that cannot be, starts it plainly."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork an IPython kernel of this interpreter; start any other as jupyter_client does."""
        try:
            return self._fork(cmd, **kwargs)
        except client.NotWarm as error:
            plainly(error.fact)
            return await super().launch_kernel(cmd, **kwargs)

    def _fork(self, cmd: list[str], **kwargs: Any) -> Any:
        python, *rest = cmd
        if rest[:2] != ["-m", "ipykernel_launcher"] or not _same(python):
            raise client.NotWarm(f"The kernel is another program: {' '.join(cmd[:3])}.")
        if kwargs.get("stdin") is not None:
            raise client.NotWarm("The kernel's own input is redirected.")
        shown = [_descriptor(kwargs.get("stdout"), 1), _descriptor(kwargs.get("stderr"), 2)]
        env = dict(os.environ if kwargs.get("env") is None else kwargs["env"])
        if not kwargs.get("independent"):
            env["JPY_PARENT_PID"] = str(os.getpid())  # as jupyter_client's own launcher
        cwd = str(kwargs.get("cwd") or Path.cwd())
        forked = client.launch(env, cwd, rest[2:], shown)
        self.process: Any = forked
        self.pid = forked.pid
        self.pgid = None  # signals go by the guard, which knows whether the process is there
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """As `LocalProvisioner.kill`, and it has ended: jupyter_client looks once in 0.1 s."""
        await super().kill(restart)
        if isinstance(self.process, client.Forked):
            await _ended(self.process, KILLED_SECONDS)

    async def wait(self) -> int | None:
        """As `LocalProvisioner.wait`, without its tenth of a second between two looks."""
        if isinstance(self.process, client.Forked):
            while self.process.poll() is None:
                await _ended(self.process, KILLED_SECONDS)
            self.process = None
            return 0
        return await super().wait()


def _descriptor(given: Any, otherwise: int) -> int:
    """Where an output goes: to a file, as nbval's, or to this process's own."""
    if given is None:
        return otherwise
    found = given if isinstance(given, int) else int(given.fileno())
    if found < 0:  # subprocess's PIPE and the like
        raise client.NotWarm("The kernel's own output is to be read through a pipe.")
    return found


async def _ended(process: client.Forked, seconds: float) -> None:
    """Return when it has ended, or after so long."""
    if process.poll() is not None:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    line = process.fileno()
    loop.add_reader(line, ended.set)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), seconds)
    finally:
        loop.remove_reader(line)


def _same(python: str) -> bool:
    # A kernelspec's "python" is filled in by jupyter_client with this interpreter.
    return os.path.normpath(python) == os.path.normpath(sys.executable)
