"""Whether whoever runs the cell can show widgets that answer, or only what is written down."""

from __future__ import annotations

import importlib.util
import os
import sys

from kzdata.errors import KzdataError

VARIABLE = "KZDATA_EXPLORER"
LIVE, STATIC = "live", "static"


def answers() -> bool:
    """Whether the request that runs this cell comes from a notebook on a screen.

    JupyterLab, Notebook 7 and VS Code name the cell in the request's metadata; papermill, nbclient
    and nbval, which only keep what a cell leaves behind, do not. ``KZDATA_EXPLORER`` set to
    ``live`` or ``static`` decides for itself; any other word raises `KzdataError`.
    """
    said = os.environ.get(VARIABLE)
    if said not in (None, "", LIVE, STATIC):
        raise KzdataError(f"{VARIABLE}={said!r} is no choice.", f"Write {LIVE} or {STATIC}.")
    if said == STATIC or importlib.util.find_spec("ipywidgets") is None:
        return False
    return said == LIVE or "cellId" in _request()


def _request() -> dict[str, object]:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return {}
    parent = kernel.get_parent("shell") or {}
    return dict(parent.get("metadata") or {})
