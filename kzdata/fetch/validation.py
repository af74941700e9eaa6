"""Validation of a body: its size and archive checked, then read by the reader of its source."""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import pandas as pd

from kzdata import files
from kzdata.errors import KzdataError
from kzdata.fetch.endpoints import Endpoint, filled
from kzdata.fetch.failures import CutShort, FetchError, TooLarge, Unreadable
from kzdata.fetch.keys import Secret
from kzdata.fetch.transport import echoed
from kzdata.readers import registry
from kzdata.readers.payload import GZIP, ZIP, field, from_json, receive

_PIECE = 2**20
_SAMPLE_LINES = 2000
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, ValueError)


@dataclass(frozen=True)
class BodySize:
    """SHA-256 and bytes of a body as it came, and its bytes unpacked from gzip or zip."""

    sha256: str
    size: int
    unpacked: int


def reader_options(endpoint: Endpoint, parameters: dict[str, str], today: date) -> dict[str, Any]:
    """Return ``endpoint.options`` with their texts filled in and empty ones left out."""
    values = parameters | {"today": today.isoformat()}
    filled_in = {
        name: filled(text, values) if isinstance(text, str) else text
        for name, text in endpoint.options.items()
    }
    return {name: value for name, value in filled_in.items() if value != ""}


def measure(path: Path, endpoint: Endpoint, key: Secret | None, *, framed: bool = True) -> BodySize:
    """Unpack piece by piece, keeping nothing; the sizes that an archive declares are not trusted.

    Raises `TooLarge`, `KeyEchoed`, and for a damaged archive `Unreadable`, or `CutShort` if the
    answer did not say where its body ends (``framed``).
    """
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as body:
        start = body.read(4)
        body.seek(0)
        while piece := body.read(_PIECE):
            digest.update(piece)
            size += len(piece)
        unpacked = size
        body.seek(0)
        try:
            if start.startswith(GZIP):
                with gzip.open(body) as stream:
                    unpacked = _count(stream, endpoint, key, 0)
            elif start.startswith(ZIP):
                unpacked = 0
                with zipfile.ZipFile(body) as archive:
                    for member in archive.infolist():
                        with archive.open(member) as stream:  # also checks its CRC at the end
                            unpacked = _count(stream, endpoint, key, unpacked)
            else:
                _count(body, endpoint, key, 0)
        except FetchError:
            raise
        except _DAMAGED as error:
            raise (Unreadable if framed else CutShort)(
                f"{endpoint.source} sent a damaged archive: {error}.", "Ask again later."
            ) from None
    return BodySize(digest.hexdigest(), size, unpacked)


def _count(stream: IO[bytes] | Any, endpoint: Endpoint, key: Secret | None, size: int) -> int:
    has_key = key.finder() if key else lambda piece: False
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > endpoint.max_unpacked:
            raise TooLarge(
                f"{endpoint.source} sent a body of more than {endpoint.max_unpacked:,} bytes "
                "unpacked.",
                "Ask for less, or raise max_unpacked in seeds/endpoints.yml.",
            )
        if has_key(piece):
            raise echoed(endpoint)
    return size


def read(
    path: Path, endpoint: Endpoint, options: dict[str, Any], *, framed: bool = True
) -> pd.DataFrame | None:
    """Return the observations of a body; None if only a sample was read or it holds no data.

    ``path`` has the body's final name: readers take editions from it, and rows name it. Raises
    `Unreadable` with the reader's own words (the field, the row count), or `CutShort` if the answer
    did not say where its body ends.
    """
    try:
        if endpoint.reading == "fields":
            _fields(path, endpoint)
            return None
        if endpoint.reading == "sample":
            _sample(path, endpoint, options)
            return None
        return registry.read(endpoint.source, path, **options, limit=endpoint.max_unpacked)
    except FetchError:
        raise
    except KzdataError as error:
        kind: type[FetchError] = Unreadable if framed else CutShort
        raise kind(
            f"{endpoint.source} sent a body that its reader refuses. {error.fact}", error.hint
        ) from None
    except Exception as error:  # whatever a reader raises, the body was not read
        raise Unreadable(
            f"{endpoint.source} sent a body on which its reader fails: "
            f"{type(error).__name__}: {error}",
            "If the publisher changed the format, report it.",
        ) from None


def _fields(path: Path, endpoint: Endpoint) -> None:
    body = receive(path, limit=endpoint.max_unpacked)
    answer = from_json(body)
    for name in endpoint.fields:
        field(answer, name, body)


def _sample(path: Path, endpoint: Endpoint, options: dict[str, Any]) -> None:
    """The first rows of one member through the reader: the whole would not fit in memory."""
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if re.fullmatch(endpoint.member, Path(n).name)]
        if not names:
            raise Unreadable(
                f"{path.name} has no member like {endpoint.member}; it has "
                f"{', '.join(archive.namelist()[:10])}.",
                "If the publisher renamed its files, report it.",
            )
        with archive.open(max(names)) as stream:
            lines = [line for _, line in zip(range(_SAMPLE_LINES), stream, strict=False)]
    with files.scratch() as folder:
        part = folder / Path(max(names)).name
        part.write_bytes(b"".join(lines))
        registry.read(endpoint.source, part, **options, limit=endpoint.max_unpacked)
