"""Files: whole-or-nothing writes, locks, hashes, scratch folders, and the YAML that people type."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import glob
import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from kzdata.errors import PublishError

SCRATCH = "kzwork-"  # short: sockets stand in it, and their paths have to be

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}

_POLL = 0.02  # seconds between two looks at a lock that another holds

# A file written again within the clock's tick keeps its time: what is younger is not remembered.
YOUNG_NS = 2_000_000_000

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2

_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}

# Writing


def write_whole(place: Path, content: bytes) -> None:
    """Write a file in one step, on the disk before it has its name; makes its folder."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def sync(path: Path) -> None:
    """Put a file's content, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(folder: Path) -> None:
    """Put a folder and everything below it on the disk."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(place) / name)
        sync(Path(place))


# Exchanging folders


def swap(new: Path, target: Path) -> None:
    """``new`` becomes ``target``; the folder that was there, if any, is then called ``new``.

    Linux exchanges two names in one step. Elsewhere two renames do it, and a kill between them
    leaves the old folder under a name that `heal` knows. Raises OSError, with both names as they
    were.
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
    if rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
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


# Locks


def lock(path: Path, *, wait: bool = True) -> int:
    """A handle that holds the lock file ``path``; closing it lets go.

    Raises BlockingIOError where another holds it and ``wait`` is False, and OSError where the file
    cannot be made or the file system has no locks.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not _locked(handle, wait=wait):
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path))
            # Whoever had it before may have removed the file: then its name is another's.
            if _is_at(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path, *, remove: bool = False) -> Iterator[None]:
    """Hold the lock file ``path``, others wait; ``remove`` it afterwards."""
    handle = lock(path)
    try:
        yield
    finally:
        if remove:  # while it is held: who waits for it finds another name there, and tries again
            with contextlib.suppress(OSError):
                path.unlink()
        os.close(handle)


def _locked(handle: int, *, wait: bool) -> bool:
    # On handles of our own instead of by filelock.FileLock, which opens neither a folder nor a
    # file that is removed while it is held. A lock belongs to a handle and to its copies in forks.
    from filelock import lock_descriptor

    return lock_descriptor(handle, blocking=wait, poll_interval=_POLL)


def _is_at(handle: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False


# Folders for work under way


@contextlib.contextmanager
def workspace(parent: Path, prefix: str = "", *, mode: int = 0o777) -> Iterator[Path]:
    """A new folder in ``parent``, gone afterwards; after a `swap`, what then has its name is.

    It is held while its process lives. What killed processes left under such names goes first.
    """
    _sweep(parent, prefix)
    folder, handle = _new_folder(parent, prefix, mode)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _sweep(parent: Path, prefix: str) -> None:
    """Remove the folders in ``parent``, named so, that no living process holds."""
    for folder in parent.glob(f"{glob.escape(prefix)}*/"):
        with contextlib.suppress(OSError):
            handle = _open_folder(folder)
            try:
                if _locked(handle, wait=False):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)


def _new_folder(parent: Path, prefix: str, mode: int) -> tuple[Path, int]:
    while True:
        folder = parent / f"{prefix}{secrets.token_hex(6)}"
        folder.mkdir(mode=mode)
        try:
            handle = _open_folder(folder)
        except FileNotFoundError:  # a sweep removed it before it was held
            continue
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            if _locked(handle, wait=True) and _is_at(handle, folder):
                return folder, handle
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)
            raise
        os.close(handle)


def _open_folder(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A private folder for files that nobody keeps, in the system's folder for such (TMPDIR).

    Raises `PublishError` where it cannot be made, or its disk is full or fails while it is used.
    """
    with contextlib.ExitStack() as stack:
        try:
            space = workspace(Path(tempfile.gettempdir()), SCRATCH, mode=0o700)
            folder = stack.enter_context(space)
        except OSError as error:
            raise _unusable(error) from error
        try:
            yield folder
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise _unusable(error) from error
            raise


def _unusable(error: OSError) -> PublishError:
    where = tempfile.tempdir or "the folder for temporary files"
    return PublishError(
        f"Nothing can be written to {where}: {error.strerror or error}.",
        "Free it, or name another folder before the command: TMPDIR=/path",
    )


# Hashes


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, which is never in memory as a whole."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def combined(parts: Any) -> str:
    """One hash of plain data, whatever the order of its keys."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode())


class Hashes:
    """SHA-256 of files, remembered while size, time and inode of a file stay what they were.

    `save` keeps them in ``place`` for the next run.
    """

    def __init__(self, place: Path | None = None) -> None:
        self.place = place
        self._known: dict[str, list[Any]] = {}
        self._used: dict[str, list[Any]] = {}
        if place is not None:
            with contextlib.suppress(OSError, ValueError):
                found = json.loads(place.read_bytes())
                self._known = found if isinstance(found, dict) else {}

    def of(self, path: str | Path) -> str | None:
        """The hash of a file's content, None where there is no such file."""
        name = os.fspath(path)
        try:
            about = os.stat(name)  # noqa: PTH116 -- some thousand files, each time
        except OSError:
            return None
        seen = [about.st_size, about.st_mtime_ns, about.st_ino]
        for known in (self._used.get(name), self._known.get(name)):
            if isinstance(known, list) and known[:3] == seen:
                self._used[name] = known
                return str(known[3])
        try:
            found = sha256_of(Path(name))
        except OSError:
            return None
        if time.time_ns() - about.st_mtime_ns > YOUNG_NS:
            self._used[name] = [*seen, found]
        return found

    def save(self) -> None:
        """Keep what was used; a cache that cannot be written costs time and nothing else."""
        if self.place is not None and self._used != self._known:
            with contextlib.suppress(OSError):
                write_whole(self.place, json.dumps(self._used).encode())


class GivenTwice(ValueError):
    """A mapping of a file has ``key`` twice, the second time in ``line``."""

    def __init__(self, key: str, line: int):
        super().__init__(f"line {line}: {key}: given twice")
        self.key, self.line = key, line


def yaml_of(path: Path) -> Any:
    """What a file says. Read by libyaml where PyYAML has it, which takes a sixth of the time."""
    import yaml

    return yaml.load(path.read_text(encoding="utf-8"), _loader())


def yaml_once(text: str) -> Any:
    """What a text says that has no key twice. Raises `GivenTwice`, or an error of PyYAML's."""
    import yaml

    return yaml.load(text, _strict())


@cache
def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _strict() -> Any:
    from yaml import ScalarNode

    class Strict(_loader()):  # type: ignore[misc]
        """YAML keeps the last of two equal keys in silence."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, ScalarNode):
                    if key.value in seen:
                        raise GivenTwice(key.value, key.start_mark.line + 1)
                    seen.add(key.value)
            return super().construct_mapping(node, deep)

    return Strict
