"""Whether a body is what its source publishes: weighed, then read by the reader of the source."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pandas as pd

from kzdata import __version__, files
from kzdata.errors import KzdataError
from kzdata.fetch import endpoints, failures, storage, transfer, transport
from kzdata.fetch.endpoints import Endpoint, Request, filled
from kzdata.fetch.failures import (
    CutShort,
    FetchError,
    KeyEchoed,
    NoKey,
    Secret,
    TooLarge,
    Unreadable,
)
from kzdata.fetch.storage import Fetched
from kzdata.readers import registry
from kzdata.readers.payload import GZIP, ZIP, field, from_json, receive

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
            raise transport.echoed(endpoint)
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
        return registry.read(endpoint.source, path, **told, limit=endpoint.max_unpacked)
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
        registry.read(endpoint.source, part, **told, limit=endpoint.max_unpacked)


def prepare(
    source: str,
    parameters: Mapping[str, str],
    *,
    service: str | None = None,
    declared: Path | None = None,
) -> tuple[Request, Secret | None]:
    """The request, and the key where the service takes one and it is at hand.

    Without ``service`` it is the first that can be asked: the ones that want a key, with one.
    """
    known = endpoints.load(declared)
    offered = endpoints.services(source, known)
    key = failures.find(source) if any(each.key_header for each in offered.values()) else None
    if service is None:
        able = [name for name, each in offered.items() if key or not each.needs_key]
        service = able[0] if able else next(iter(offered))
    return endpoints.request(source, parameters, service=service, endpoints=known), key


def retrieve(
    source: str,
    parameters: Mapping[str, str] | None = None,
    *,
    service: str | None = None,
    replay: bool = False,
    out: Path | None = None,
    declared: Path | None = None,
    progress: transfer.Progress = lambda done, whole: None,
    notice: Callable[[str], None] = lambda text: None,
) -> Fetched:
    """One body of ``source``, as it came, in ``out`` (``raw`` of the user's data folder).

    ``replay`` opens no connection: it reads the latest recorded body of these parameters.
    ``declared`` is another file of endpoints. ``progress`` is told bytes here and in all,
    ``notice`` why something is asked again. Raises a leaf of `FetchError`, whose ``retryable``
    says whether to come back; `ParameterError`, `UnknownCode` for what cannot be asked;
    `NotAvailable` for nothing to replay.
    """
    root = Path(out) if out is not None else storage.raw_folder()
    if replay:
        return _replayed(source, dict(parameters or {}), service, root, declared)
    request, key = prepare(source, parameters or {}, service=service, declared=declared)
    if request.endpoint.needs_key and key is None:
        raise NoKey(
            f"{source} {request.endpoint.service} answers to a key only.",
            f"Set {failures.variable(source)}, or: keyring set kzdata {source}",
        )
    hide = key.hide if key else str
    if hide(request.url) != request.url or hide(request.file) != request.file:
        raise KeyEchoed("A parameter holds the key.", "The key goes into the environment alone.")
    failure: KzdataError
    try:
        with storage.alone(root, request.digest):
            return endpoints.persist(
                _Once(request, key, root, progress), request.endpoint, lambda t: notice(hide(t))
            )
    except FetchError as error:
        failure = error.without(hide)
    raise failure  # here, so that it carries no frames and no context


class _Once:
    """One attempt; remembers the hash of an answer that nothing but a second one can confirm."""

    def __init__(
        self, request: Request, key: Secret | None, root: Path, progress: transfer.Progress
    ):
        self.request, self.key, self.root, self.progress = request, key, root, progress
        self.seen: str | None = None

    def __call__(self) -> Fetched:
        endpoint = self.request.endpoint
        host = urlsplit(self.request.url).hostname or ""
        partial = storage.Partial(self.root, self.request.digest)
        storage.take_turn(self.root, host, endpoint.seconds_between)
        try:
            return self._accepted(partial)
        except FetchError as failure:
            if not failure.retryable or not partial.state().get("tag"):
                partial.discard()
            raise

    def _accepted(self, partial: storage.Partial) -> Fetched:
        request, endpoint = self.request, self.request.endpoint
        at = datetime.now(UTC)
        state = transfer.bring(request, partial, self.key, self.progress)
        with storage.kept(), partial.body.open("rb") as begun:
            # Servers announce gzip and send plain bytes; the name tells what is there.
            packed = begun.read(len(GZIP)) == GZIP
        packed &= state["headers"].get("content-encoding", "").lower() in ("gzip", "x-gzip")
        file = request.file + ".gz" * (packed and not request.file.endswith(".gz"))
        with storage.kept():
            path = partial.named(file)
        weight = weigh(path, endpoint, self.key, framed=state["framed"])
        self._confirm(endpoint, state["framed"], weight.sha256)
        told = options(endpoint, request.parameters, at.date())
        frame = read(path, endpoint, told, framed=state["framed"])
        about = {
            "source": endpoint.source,
            "service": endpoint.service,
            "parameters": request.parameters,
            **{name: state[name] for name in ("url", "final_url", "status", "headers")},
            "retrieved": at.isoformat(timespec="seconds"),
            "file": file,
            "bytes": weight.size,
            "unpacked": weight.unpacked,
            "sha256": weight.sha256,
            "reader": endpoint.source,
            "options": told,
            "rows": None if frame is None else len(frame),
            "kzdata": __version__,
        }
        if self.key and self.key.hide(json.dumps(about)) != json.dumps(about):
            raise transport.echoed(endpoint)
        with storage.kept():
            target = self.root / endpoint.source / storage.folder_name(request, at)
            folder = partial.finish(target, file, about)
        return Fetched(folder / file, about, frame)

    def _confirm(self, endpoint: Endpoint, framed: bool, sha256: str) -> None:
        if framed or endpoint.ends_itself or self.seen == sha256:
            return
        self.seen = sha256
        raise CutShort(
            f"{endpoint.source} does not tell where its answer ends, and delimited text does not "
            "show it.",
            "It is taken once two answers in a row are the same.",
        )


def _replayed(
    source: str,
    parameters: dict[str, str],
    service: str | None,
    root: Path,
    declared: Path | None,
) -> Fetched:
    known = endpoints.services(source, endpoints.load(declared))
    folder = storage.latest(root, source, service, parameters)
    about = storage.read(folder)
    endpoint = known.get(about["service"]) or next(iter(known.values()))
    path = storage.body(folder, about)
    return Fetched(path, about, read(path, endpoint, about["options"]))
