"""Let a new folder take the place of an old one.

Linux exchanges two names in one step. Elsewhere two renames do it, and a kill between them leaves
the old folder under a name that `heal` knows.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2
UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}


def swap(new: Path, target: Path) -> None:
    """``new`` becomes ``target``; the folder that was there, if any, is then called ``new``.

    Raises OSError, with both names as they were.
    """
    if not target.exists() or not any(target.iterdir()):
        new.rename(target)  # also onto an empty folder
    elif not exchange(new, target):
        in_two_steps(new, target)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names at once; False where the system or the file system cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = (os.fsencode(one), os.fsencode(other))
    if rename(AT_FDCWD, names[0], AT_FDCWD, names[1], ctypes.c_uint(RENAME_EXCHANGE)) == 0:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(other))


def in_two_steps(new: Path, target: Path) -> None:
    """The exchange by renaming; between the steps the old folder is at `aside`."""
    old = aside(target)
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    old.rename(new)


def aside(target: Path) -> Path:
    """Where the old folder stands between the two steps."""
    return target.parent / f".{target.name}.previous"


def heal(target: Path) -> None:
    """Undo or finish an exchange that was killed between its steps."""
    old = aside(target)
    if old.is_dir() and not target.exists():
        old.rename(target)
    elif old.is_dir():
        shutil.rmtree(old, ignore_errors=True)
