"""What arrived: the bytes of a published file or of a recorded answer, unpacked and recognised.

gz and zip are told by their first bytes, never by the name. What is plainly something else (an
error page, an empty answer, a workbook where text is due) is refused with its name.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from kzdata.errors import ExitCode, KzdataError, NotAvailable

LIMIT = 2**30  # bytes after unpacking; a year of BACI in HS 6 digits is below half of it

_CHUNK = 2**20

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

ZIP = b"PK\x03\x04"

GZIP = b"\x1f\x8b"

_BOM = b"\xef\xbb\xbf"


class WrongFormat(KzdataError, ValueError):
    """A file that is not what its source publishes: another type, a cut body, a changed field."""

    exit_code = ExitCode.DRIFT


@dataclass(frozen=True)
class Received:
    """The unpacked bytes and the name they came under; members of a zip keep their own name."""

    data: bytes
    name: str

    @cached_property
    def text(self) -> str:
        """The body as UTF-8 text without a byte order mark."""
        try:
            return self.data.removeprefix(_BOM).decode("utf-8")
        except UnicodeDecodeError as error:
            raise WrongFormat(
                f"{self.name} is not UTF-8 text (byte {error.start} is not).",
                "Check that the download is complete and is the format of this source.",
            ) from None


def receive(
    source: str | PathLike[str] | bytes, *, limit: int = LIMIT, member: str | None = None
) -> Received:
    """The body of a path or of bytes, out of its gz or zip. ``member`` picks a file of the zip.

    Raises `NotAvailable` for a path that is not there, `WrongFormat` for an empty body, a damaged
    archive, several members, or more than ``limit`` bytes unpacked.
    """
    if isinstance(source, bytes):
        packed, name = source, "the bytes given"
        size = len(packed)
    else:
        path = Path(source)
        if not path.is_file():
            raise NotAvailable(f"{path} is not a file.", "Check the path.")
        name, size = path.name, path.stat().st_size
        if size > limit:
            raise _too_large(name, limit)
        packed = path.read_bytes()
    if size > limit:
        raise _too_large(name, limit)
    return _named(_unpacked(Received(packed, name), limit, member))


def _unpacked(body: Received, limit: int, member: str | None) -> Received:
    if body.data.startswith(GZIP):
        try:
            with gzip.open(io.BytesIO(body.data)) as stream:
                data = _read(stream, body.name, limit)
        except (OSError, EOFError, zlib.error) as error:
            raise WrongFormat(f"{body.name} is a damaged gzip file: {error}.", _AGAIN) from None
        return Received(data, body.name.removesuffix(".gz"))
    if body.data.startswith(ZIP) and not is_workbook(body.data):
        return _out_of_zip(body, limit, member)
    return body


def _out_of_zip(body: Received, limit: int, member: str | None) -> Received:
    try:
        with zipfile.ZipFile(io.BytesIO(body.data)) as archive:
            inside = chosen(archive, body.name, member)
            with archive.open(inside) as stream:
                return Received(_read(stream, body.name, limit), Path(inside).name)
    except WrongFormat:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise WrongFormat(f"{body.name} is a damaged zip file: {error}.", _AGAIN) from None


def chosen(archive: zipfile.ZipFile, name: str, member: str | None) -> str:
    """The one file of an archive, or the one of it that is called ``member``."""
    names = [each.filename for each in archive.infolist() if not each.is_dir()]
    wanted = [each for each in names if member is None or member == Path(each).name]
    if len(wanted) != 1:
        raise WrongFormat(
            f"{name} holds {len(names)} files: {', '.join(sorted(names)[:20])}.",
            f"Name one: member={Path(sorted(names)[0]).name!r}" if names else _AGAIN,
        )
    return wanted[0]


def _read(stream: Any, name: str, limit: int) -> bytes:
    """Read on while below the limit: what an archive says of its size is not to be believed."""
    parts, size = [], 0
    while part := stream.read(_CHUNK):
        size += len(part)
        if size > limit:
            raise _too_large(name, limit)
        parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def stream(
    source: str | PathLike[str], *, limit: int, member: str | None = None
) -> Iterator[tuple[Any, str, bool]]:
    """A file to read on from, its name, and whether it is packed; for what memory cannot hold.

    The errors are those of `receive`; those of an archive come when its damage is reached.
    """
    place = Path(source)
    if not place.is_file():
        raise NotAvailable(f"{place} is no file.", "Check the path.")
    with contextlib.ExitStack() as stack:
        opened: Any = stack.enter_context(place.open("rb"))
        start, name = opened.read(2048), place.name
        opened.seek(0)
        packed = start.startswith((GZIP, ZIP))
        if start.startswith(GZIP):
            opened, name = stack.enter_context(gzip.open(opened)), name.removesuffix(".gz")
        elif start.startswith(ZIP):
            with _sound(place.name):
                archive = stack.enter_context(zipfile.ZipFile(opened))
                inside = chosen(archive, place.name, member)
                opened, name = stack.enter_context(archive.open(inside)), Path(inside).name
        else:
            if place.stat().st_size > limit:
                raise _too_large(name, limit)
            _named(Received(start, name))
        yield _Bounded(opened, place.name, limit), name, packed


@contextlib.contextmanager
def _sound(name: str) -> Iterator[None]:
    """Around what reads the file and nothing else: a store that is full is no damaged file."""
    try:
        yield
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise WrongFormat(f"{name} is damaged: {error}.", _AGAIN) from None


class _Bounded:
    """A stream that ends with an error where it is longer than asked for: archives may be bombs."""

    def __init__(self, stream: Any, name: str, limit: int) -> None:
        self._stream, self._name, self._limit, self._size = stream, name, limit, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        with _sound(self._name):
            part = self._stream.read(size)
        self._size += len(part)
        if self._size > self._limit:
            raise _too_large(self._name, self._limit)
        return part


def _named(body: Received) -> Received:
    start = body.data[:2048].removeprefix(_BOM).lstrip().lower()
    if not start:
        raise WrongFormat(
            f"{body.name} is empty.",
            "SDMX services answer an unknown flow or key with 204 and no body: check both.",
        )
    if start.startswith((b"<!doctype html", b"<html")):
        raise WrongFormat(
            f"{body.name} is an HTML page, not data: the server answered with an error or a form.",
            "Open it in a browser to see what the server says, then download again.",
        )
    return body


def in_utf8(body: Received, *, otherwise: str) -> Received:
    """The body in UTF-8, taken to be in the encoding ``otherwise`` where it is not."""
    try:
        body.data.decode("utf-8")
    except UnicodeDecodeError:
        return replace(body, data=body.data.decode(otherwise, errors="replace").encode())
    return body


def is_workbook(data: bytes) -> bool:
    """Whether a zip is an .xlsx workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False


def from_json(body: Received) -> Any:
    """The JSON of a body, numbers as the text they were printed as: digits are kept.

    A recorded answer ({url, status_code, headers, text}) gives the answer's own body.
    Raises `WrongFormat` for what is no JSON, a recorded error, or a recorded empty answer.
    """
    try:
        parsed = json.loads(body.text, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        raise WrongFormat(
            f"{body.name} is not complete JSON (line {error.lineno}, column {error.colno}: "
            f"{error.msg}).",
            _AGAIN,
        ) from None
    except RecursionError:
        raise WrongFormat(f"{body.name} nests JSON too deeply to be data.", _AGAIN) from None
    if isinstance(parsed, dict) and {"url", "status_code", "text"} <= set(parsed):
        if parsed["status_code"] != "200":
            raise WrongFormat(
                f"{body.name} records the answer {parsed['status_code']}"
                + (" with no body." if not parsed["text"] else "."),
                "204 is how SDMX services answer an unknown flow or key: check both.",
            )
        return from_json(_named(replace(body, data=str(parsed["text"]).encode())))
    return parsed


def field(record: Any, name: str, body: Received, *, place: str = "") -> Any:
    """A field of a JSON object; its absence raises `WrongFormat` with the field's name."""
    if not isinstance(record, dict) or name not in record:
        held = ", ".join(sorted(record)) if isinstance(record, dict) else type(record).__name__
        raise WrongFormat(
            f"{body.name} has no field {name!r}{place and ' in ' + place}; it has: {held}.",
            "Check that the file is of this source; if the publisher renamed the field, say so.",
        )
    return record[name]


def printed(record: Any, name: str, body: Received, *, place: str = "") -> str | None:
    """A field of a JSON object as the text or number printed, or None for null; else refused."""
    value = field(record, name, body, place=place)
    if isinstance(value, (list, dict)):
        raise WrongFormat(
            f"{body.name}: the field {name!r}{place and ' in ' + place} is not text or number.",
            "Check that the file is of this source; if the publisher changed the field, say so.",
        )
    return None if value is None else str(value)


def count(record: dict[str, Any], name: str, body: Received) -> int | None:
    """A whole number that an answer may say of itself; None where it does not."""
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    raise WrongFormat(f"{body.name}: {name} is {str(value)[:40]!r}, no whole number.", _AGAIN)


def rows_of(value: Any, body: Received) -> list[dict[str, Any]]:
    """A list of JSON objects; anything else is refused."""
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return value
    raise WrongFormat(
        f"{body.name} has no list of rows where this source has one.",
        "Check that the file is of this source, and whole.",
    )


def _too_large(name: str, limit: int) -> WrongFormat:
    return WrongFormat(
        f"{name} is larger than {limit:,} bytes unpacked.",
        "Ask the source for a smaller slice, or raise the limit: limit=…",
    )


_AGAIN = "Download it again."
