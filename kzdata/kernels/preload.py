"""The imports of the server: code only, never data.

Two modules are left to the kernel, because they look for a running IPython while they are
imported: matplotlib.pyplot (in some versions) and matplotlib_inline.backend_inline.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import sys
import warnings
from collections.abc import Iterable

# What a plain kernel imports by itself before its first cell.
KERNEL = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.comm", "comm",
    "IPython.core.completerlib", "IPython.core.magics", "IPython.core.ultratb",
    "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.core.pylabtools", "IPython.utils.wildcard", "IPython.extensions.storemagic",
    "ipykernel.debugger", "faulthandler", "psutil", "runpy", "sqlite3", "tornado.platform.asyncio",
)  # fmt: skip

# What its cells import.
LIBRARIES = (
    "numpy", "pandas", "pandas.io.formats.style", "pandas.io.formats.html", "pandas.io.parsers",
    "matplotlib", "matplotlib.figure", "matplotlib.font_manager", "matplotlib.ticker",
    "matplotlib.patheffects", "matplotlib.image", "matplotlib.mathtext", "matplotlib.style",
    "matplotlib.dates", "matplotlib.gridspec", "matplotlib.widgets", "matplotlib.layout_engine",
    "matplotlib._constrained_layout", "matplotlib.projections.polar",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "PIL.Image",
    "PIL.PngImagePlugin", "PIL.BmpImagePlugin", "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin", "PIL.PpmImagePlugin", "mpl_toolkits.mplot3d", "asyncio",
    "concurrent.futures.process", "pandas.io.formats.string",
    "pandas.core.reshape.reshape", "pandas.core.methods.to_dict", "pandas.plotting._matplotlib",
    "pyarrow.pandas_compat",
)  # fmt: skip

READY = "kzdata.reports.ready"

# What runs notebooks and makes reports of them, and what kzdata imports when it is asked to.
REPORTS = (
    "papermill", "papermill.execute", "papermill.engines", "nbformat.v4", "nbclient",
    "jupyter_client.asynchronous", "jupyter_client.provisioning.local_provisioner",
    "zmq.asyncio", "jinja2", "markdown_it", "mdurl", "yaml", "babel.core", "babel.dates",
    "babel.numbers", "pycountry", "click", "platformdirs", "tempfile", "uuid", READY,
)  # fmt: skip

OWN, JOBS = "kzdata.*", "jobs"

NEVER = (
    "matplotlib.pyplot", "matplotlib_inline.backend_inline",
    "polars", "grpc", "cupy", "torch", "distributed",
)  # fmt: skip

ADDED: dict[str, str] = {}

"""What the imports have put into the environment: a kernel that imports finds it there too."""


def preload(more: Iterable[str] = ()) -> list[str]:
    """Import what kernels need, and ``more``; returns what that said which a kernel would show.

    ``more`` are names of modules, or `OWN` for all of kzdata's except its programs and this
    package's, or `JOBS` for what runs notebooks and makes reports. What kernels and jobs can do
    without is left out where it is not installed.
    """
    # See kzdata.reports.execute: a grammar of a second, for a check that no notebook needs.
    hidden = "rfc3987_syntax"
    absent = hidden not in sys.modules
    if absent:
        sys.modules[hidden] = None  # type: ignore[assignment]
    before = dict(os.environ)
    said: list[str] = []
    # Not catch_warnings: the filters that a library sets when it is imported have to stay.
    show = warnings.showwarning
    warnings.showwarning = lambda *told, **_: said.append(f"{told[1].__name__}: {told[0]}")
    try:
        _import(*KERNEL, *LIBRARIES)
        with warnings.catch_warnings():  # what others filter is no filter of a kernel's
            for name in more:
                if name == OWN:
                    _import(*_own())
                elif name == JOBS:
                    _import(*REPORTS)
                else:
                    importlib.import_module(name)
    finally:
        warnings.showwarning = show
        if absent:
            sys.modules.pop(hidden, None)
    ADDED.update({n: v for n, v in os.environ.items() if before.get(n) != v})
    return said + [f"{name} was imported" for name in NEVER if name in sys.modules]


def _import(*names: str) -> None:
    for name in names:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)


def _own() -> list[str]:
    import kzdata

    found = pkgutil.walk_packages(kzdata.__path__, "kzdata.", onerror=lambda name: None)
    programs = ("kzdata.cli.app", "kzdata.kernels", "kzdata.cli.shell", READY)
    return [
        each.name
        for each in found
        if not each.name.startswith(programs) and not each.name.endswith("__main__")
    ]
