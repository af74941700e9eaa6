"""What a kernel is told from outside, and what of it cannot be told after the start."""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from pathlib import Path

INLINE = "module://matplotlib_inline.backend_inline"

FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    # The last bits of a matrix product depend on the number of threads that share it; and a
    # process may be forked only while it has a single thread.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

"""The same from machine to machine; share/…/kernel.json says the same to other programs."""

SERVER_ONLY = {
    # Arrow's allocator clears up in a thread of its own; a server that forks has one thread.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # What the debugger has to say when it is imported, a kernel keeps to itself.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

# What the matplotlib of the person's own settings draws is not what we publish.
PERSONAL = ("MATPLOTLIBRC", "MPLBACKEND", "PYTHONSTARTUP")

# Read when the interpreter starts or a library is imported: too late for a forked process.
_EARLY = (
    "ARROW_", "DYLD_", "GLIBC_", "GOTO_", "HOME", "KZDATA_HOME", "LANG", "LC_", "LD_", "MALLOC_",
    "MATPLOTLIBRC", "MIMALLOC_", "MKL_", "MPL", "NUMEXPR_", "OMP_", "OPENBLAS_", "PANDAS_",
    "PYTHON", "SSL_CERT", "XDG_",
)  # fmt: skip

# Read by an interpreter that shows a prompt or a program of its own; a kernel is neither.
_NEVER = ("PYTHONSTARTUP", "PYTHONINSPECT")


def base() -> dict[str, str]:
    """This process's environment with nothing of the person's own and nothing left to chance."""
    env = {**os.environ, **FIXED}
    for name in PERSONAL:
        env.pop(name, None)
    here = str(Path(__file__).resolve().parents[2])
    if here not in (*site.getsitepackages(), site.getusersitepackages()):
        parts = [part for part in env.get("PYTHONPATH", "").split(os.pathsep) if part != here]
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [here, *parts]))
    return env


def early(env: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that a process must have had from its start."""
    found = {n: v for n, v in env.items() if n.startswith(_EARLY) and n not in _NEVER}
    return {**found, "MPLBACKEND": env.get("MPLBACKEND") or INLINE}  # ipykernel's own default
