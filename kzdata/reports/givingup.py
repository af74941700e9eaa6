"""The kernels of a report that is given up end at once, not when their cell is done."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from threading import Lock
from typing import Any

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
