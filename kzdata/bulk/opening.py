"""BACI text as a stream, out of its gz or zip, no longer than was asked for."""

from __future__ import annotations

import contextlib
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from kzdata.errors import NotAvailable
from kzdata.readers.received import GZIP, ZIP, WrongFormat, chosen

MOST = 1 << 36  # bytes after unpacking; all years of BACI are below a third of it
AGAIN = "Check that the file is BACI's and whole: download it again."


@contextlib.contextmanager
def opened(path: str | PathLike[str], member: str | None, limit: int) -> Iterator[tuple[Any, str]]:
    """The text as a binary stream, out of its gz or zip, and the name it has there."""
    place = Path(path)
    if not place.is_file():
        raise NotAvailable(f"{place} is no file.", "Check the path.")
    with contextlib.ExitStack() as stack:
        packed = stack.enter_context(place.open("rb"))
        magic = packed.read(4)
        packed.seek(0)
        stream: Any = packed
        name = place.name
        if magic.startswith(GZIP):
            stream, name = stack.enter_context(gzip.open(packed)), name.removesuffix(".gz")
        elif magic == ZIP:
            with _sound(place.name):
                archive = stack.enter_context(zipfile.ZipFile(packed))
                inside = chosen(archive, place.name, member)
                stream, name = stack.enter_context(archive.open(inside)), Path(inside).name
        yield _Bounded(stream, place.name, limit), name


@contextlib.contextmanager
def _sound(name: str) -> Iterator[None]:
    """Around what reads the file and nothing else: a store that is full is no damaged file."""
    try:
        yield
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise WrongFormat(f"{name} is damaged: {error}.", AGAIN) from None


class _Bounded:
    """A stream that ends with an error where it is longer than asked for: archives may be bombs."""

    closed = False

    def __init__(self, stream: Any, name: str, limit: int) -> None:
        self._stream, self._name, self._limit, self._size = stream, name, limit, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        with _sound(self._name):
            part = self._stream.read(size)
        self._size += len(part)
        if self._size > self._limit:
            raise WrongFormat(
                f"{self._name} is larger than {self._limit:,} bytes unpacked.",
                "Load a smaller file, or raise the limit: limit=…",
            )
        return part

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True
