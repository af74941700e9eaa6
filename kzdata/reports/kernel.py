"""The kernel of a report: this interpreter, alone, and the same from run to run."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path
from typing import Any

from kzdata import reads

LONGEST_SOCKET = 70


def environment(scratch: Path, epoch: int) -> dict[str, str]:
    """The environment of a kernel: nothing of the person's own IPython, nothing left to chance."""
    env = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": str(epoch),
        reads.VARIABLE: str(scratch / reads.NAME),
        "TZ": "UTC",
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
    }
    # What the matplotlib of the person's own settings draws is not what we publish.
    for name in ("MATPLOTLIBRC", "MPLBACKEND", "PYTHONSTARTUP"):
        env.pop(name, None)
    here = str(Path(__file__).resolve().parents[2])
    if here not in (*site.getsitepackages(), site.getusersitepackages()):
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [here, env.get("PYTHONPATH")]))
    return env


def kernel_manager(scratch: Path, epoch: int) -> type:
    """A kernel manager class that starts this very interpreter.

    A machine's "python3" kernelspec may point anywhere; the report must be made with the pandas
    and matplotlib that its manifest names.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    env = environment(scratch, epoch)
    for name in ("ipython", "runtime"):
        (scratch / name).mkdir(parents=True, exist_ok=True)

    # Sockets in a private folder cannot be listened to by others; their path has to be short.
    private = os.name == "posix" and len(str(scratch)) < LONGEST_SOCKET

    class OwnKernel(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            if private:
                self.transport = "ipc"
            self.connection_file = str(scratch / "runtime" / "kernel.json")

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
            )

        async def _async_start_kernel(self, **options: Any) -> None:
            await super()._async_start_kernel(**{**options, "env": env})

        start_kernel = _async_start_kernel

    return OwnKernel
