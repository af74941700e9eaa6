"""Fetch one answer of a source: ask, bring over, read, record; or read what was recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from kzdata import __version__
from kzdata.errors import KzdataError
from kzdata.fetch import acceptance, endpoints, keys, patience, record, storage, transfer, words
from kzdata.fetch.endpoints import Endpoint, Request
from kzdata.fetch.failures import CutShort, FetchError, KeyEchoed, NoKey
from kzdata.fetch.keys import Secret
from kzdata.fetch.record import Fetched
from kzdata.readers.received import GZIP


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
    key = keys.find(source) if any(each.key_header for each in offered.values()) else None
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
            f"Set {keys.variable(source)}, or: keyring set kzdata {source}",
        )
    hide = key.hide if key else str
    if hide(request.url) != request.url or hide(request.file) != request.file:
        raise KeyEchoed("A parameter holds the key.", "The key goes into the environment alone.")
    failure: KzdataError
    try:
        with storage.alone(root, request.digest):
            return patience.persist(
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
        weight = acceptance.weigh(path, endpoint, self.key, framed=state["framed"])
        self._confirm(endpoint, state["framed"], weight.sha256)
        told = acceptance.options(endpoint, request.parameters, at.date())
        frame = acceptance.read(path, endpoint, told, framed=state["framed"])
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
            raise words.echoed(endpoint)
        with storage.kept():
            target = self.root / endpoint.source / record.folder_name(request, at)
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
    folder = record.latest(root, source, service, parameters)
    about = record.read(folder)
    endpoint = known.get(about["service"]) or next(iter(known.values()))
    path = record.body(folder, about)
    return Fetched(path, about, acceptance.read(path, endpoint, about["options"]))
