"""SHA-256 of files, remembered as long as size, time, and inode of a file stay what they were."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

# A file written again within the clock's tick keeps its time: what is younger is not remembered.
YOUNG_NS = 2_000_000_000


class Hashes:
    """The hashes of files; `save` keeps them in ``place`` for the next run."""

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
            found = hashlib.sha256(Path(name).read_bytes()).hexdigest()
        except OSError:
            return None
        if time.time_ns() - about.st_mtime_ns > YOUNG_NS:
            self._used[name] = [*seen, found]
        return found

    def save(self) -> None:
        """Keep what was used; a cache that cannot be written costs time and nothing else."""
        if self.place is not None and self._used != self._known:
            with contextlib.suppress(OSError):
                replace(self.place, json.dumps(self._used).encode())


def replace(place: Path, content: bytes) -> None:
    """Write a small file in one step: whoever reads it sees the old content or the new."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        fresh.write_bytes(content)
        fresh.replace(place)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def combined(parts: Any) -> str:
    """One hash of plain data, whatever the order of its keys."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
