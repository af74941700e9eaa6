"""Whether a body is what its source publishes: weighed, then read by the reader of the source."""

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
from kzdata.fetch import words
from kzdata.fetch.endpoints import Endpoint, filled
from kzdata.fetch.failures import CutShort, FetchError, TooLarge, Unreadable
from kzdata.fetch.keys import Secret
from kzdata.readers import reading
from kzdata.readers.received import GZIP, ZIP, field, from_json, receive

_PIECE = 2**20
_SAMPLE_LINES = 2000


@dataclass(frozen=True)
class Weight:
    """SHA-256 and bytes as they came, and bytes out of gz or zip."""

    sha256: str
    size: int
    unpacked: int


def options(endpoint: Endpoint, parameters: dict[str, str], today: date) -> dict[str, Any]:
    """What the reader is told: texts of ``endpoint.options`` filled, empty ones left out."""
    values = parameters | {"today": today.isoformat()}
    said = {
        name: filled(text, values) if isinstance(text, str) else text
        for name, text in endpoint.options.items()
    }
    return {name: value for name, value in said.items() if value != ""}


def weigh(path: Path, endpoint: Endpoint, key: Secret | None, *, framed: bool = True) -> Weight:
    """Unpack piece by piece, keeping nothing: what a body says of its size is not believed.

    Raises `TooLarge`, `KeyEchoed`, and for a damaged archive `Unreadable`, or `CutShort` where
    nothing told the end of the body.
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
        except (
            OSError,
            EOFError,
            zlib.error,
            zipfile.BadZipFile,
            RuntimeError,
            ValueError,
        ) as error:
            if isinstance(error, FetchError):
                raise
            raise (Unreadable if framed else CutShort)(
                f"{endpoint.source} sent a damaged archive: {error}.", "Ask again later."
            ) from None
    return Weight(digest.hexdigest(), size, unpacked)


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
            raise words.echoed(endpoint)
    return size


def read(
    path: Path, endpoint: Endpoint, told: dict[str, Any], *, framed: bool = True
) -> pd.DataFrame | None:
    """The observations of a body; none where only a sample was read, or where it holds no data.

    ``path`` has the body's final name: readers take editions from it, and rows name it. Raises
    `Unreadable` with the reader's own words (the field, the row count), `CutShort` instead where
    nothing told the end of the body.
    """
    try:
        if endpoint.reading == "fields":
            _fields(path, endpoint)
            return None
        if endpoint.reading == "sample":
            _sample(path, endpoint, told)
            return None
        return reading.read(endpoint.source, path, **told, limit=endpoint.max_unpacked)
    except FetchError:
        raise
    except KzdataError as error:
        kind: type[FetchError] = Unreadable if framed else CutShort
        raise kind(
            f"{endpoint.source} sent what its reader refuses. {error.fact}", error.hint
        ) from None
    except Exception as error:  # a reader that stumbles has not read the body
        raise Unreadable(
            f"{endpoint.source} sent what its reader stumbles over: "
            f"{type(error).__name__}: {error}",
            "If the publisher changed the format, say so.",
        ) from None


def _fields(path: Path, endpoint: Endpoint) -> None:
    body = receive(path, limit=endpoint.max_unpacked)
    answer = from_json(body)
    for name in endpoint.fields:
        field(answer, name, body)


def _sample(path: Path, endpoint: Endpoint, told: dict[str, Any]) -> None:
    """The first rows of one member through the reader: the whole would not fit in memory."""
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if re.fullmatch(endpoint.member, Path(n).name)]
        if not names:
            raise Unreadable(
                f"{path.name} has no member like {endpoint.member}; it has "
                f"{', '.join(archive.namelist()[:10])}.",
                "If the publisher renamed its files, say so.",
            )
        with archive.open(max(names)) as stream:
            lines = [line for _, line in zip(range(_SAMPLE_LINES), stream, strict=False)]
    with files.scratch() as folder:
        part = folder / Path(max(names)).name
        part.write_bytes(b"".join(lines))
        reading.read(endpoint.source, part, **told, limit=endpoint.max_unpacked)
