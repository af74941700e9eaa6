"""Fetch one answer of a source: request, receive, validate, record; or replay a recorded one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tenacity

from kzdata import __version__
from kzdata.fetch import endpoints, keys, storage, transport, validation
from kzdata.fetch.endpoints import Endpoint, Request
from kzdata.fetch.failures import CutShort, FetchError, KeyEchoed, NoKey
from kzdata.fetch.keys import Secret
from kzdata.fetch.storage import Fetched
from kzdata.readers.payload import GZIP


def prepare(
    source: str,
    parameters: Mapping[str, str],
    *,
    service: str | None = None,
    declared: Path | None = None,
) -> tuple[Request, Secret | None]:
    """Return the request, and the key if the service takes one and it is known.

    Without ``service``, take the first that can be asked; one that needs a key only with a key.
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
    progress: transport.Progress = lambda done, whole: None,
    notice: Callable[[str], None] = lambda text: None,
) -> Fetched:
    """Fetch one body of ``source`` into ``out`` (default: ``raw`` in the user's data folder).

    ``replay`` opens no connection: it reads the latest recorded body of these parameters.
    ``declared`` is another file of endpoints. ``progress`` receives the bytes received and in all,
    ``notice`` the reason of each retry. Raises a leaf of `FetchError`, whose ``retryable`` says
    whether to come back; `ParameterError` or `UnknownCode` for an impossible request;
    `NotAvailable` if there is nothing to replay.
    """
    root = Path(out) if out is not None else storage.raw_folder()
    if replay:
        return _replay(source, dict(parameters or {}), service, root, declared)
    request, key = prepare(source, parameters or {}, service=service, declared=declared)
    if request.endpoint.needs_key and key is None:
        raise NoKey(
            f"{source} {request.endpoint.service} requires a key.",
            f"Set {keys.variable(source)}, or: keyring set kzdata {source}",
        )
    hide = key.hide if key else str
    if hide(request.url) != request.url or hide(request.file) != request.file:
        raise KeyEchoed("A parameter holds the key.", "Set the key in the environment only.")
    attempt = _Attempt(request, key, root, progress)
    try:
        with storage.alone(root, request.digest):
            return _retrying(request.endpoint, lambda text: notice(hide(text)))(attempt)
    except FetchError as error:
        failure = error.without(hide)
    raise failure  # outside `except`: no frame and no context that could show the key


def _retrying(endpoint: Endpoint, notice: Callable[[str], None]) -> tenacity.Retrying:
    """Exponential waits with jitter, or the server's Retry-After; none beyond ``wait_at_most``."""
    backoff = tenacity.wait_exponential(endpoint.backoff_seconds, max=endpoint.wait_at_most)
    jitter = tenacity.wait_random(0, endpoint.backoff_seconds / 2)

    def retryable(error: BaseException) -> bool:
        return (
            isinstance(error, FetchError)
            and error.retryable
            and (error.retry_after or 0) <= endpoint.wait_at_most
        )

    def wait(state: tenacity.RetryCallState) -> float:
        after = _error(state).retry_after
        if after is None:
            return min(backoff(state) + jitter(state), endpoint.wait_at_most)
        return max(after, min(endpoint.backoff_seconds, endpoint.wait_at_most))

    def report(state: tenacity.RetryCallState) -> None:
        notice(
            f"{_error(state).fact} Asking again in {state.upcoming_sleep:.1f} s "
            f"(attempt {state.attempt_number + 1} of {endpoint.attempts})."
        )

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(retryable),
        stop=tenacity.stop_after_attempt(endpoint.attempts),
        wait=wait,
        before_sleep=report,
        reraise=True,
    )


def _error(state: tenacity.RetryCallState) -> Any:
    return state.outcome and state.outcome.exception()


class _Attempt:
    """One attempt; it remembers the hash of an answer that only a second one can confirm."""

    def __init__(
        self, request: Request, key: Secret | None, root: Path, progress: transport.Progress
    ):
        self.request, self.key, self.root, self.progress = request, key, root, progress
        self.unconfirmed: str | None = None

    def __call__(self) -> Fetched:
        endpoint = self.request.endpoint
        host = urlsplit(self.request.url).hostname or ""
        partial = storage.PartialBody(self.root, self.request.digest)
        storage.take_turn(self.root, host, endpoint.seconds_between)
        try:
            return self._download(partial)
        except FetchError as failure:
            if not failure.retryable or not partial.state().get("tag"):
                partial.discard()
            raise

    def _download(self, partial: storage.PartialBody) -> Fetched:
        request, endpoint = self.request, self.request.endpoint
        at = datetime.now(UTC)
        state = transport.receive_body(request, partial, self.key, self.progress)
        with storage.write_errors(), partial.body.open("rb") as stream:
            # Some servers announce gzip and send plain bytes: the name follows the bytes.
            packed = stream.read(len(GZIP)) == GZIP
        packed &= state["headers"].get("content-encoding", "").lower() in ("gzip", "x-gzip")
        file = request.file + ".gz" * (packed and not request.file.endswith(".gz"))
        with storage.write_errors():
            path = partial.rename(file)
        size = validation.measure(path, endpoint, self.key, framed=state["framed"])
        self._confirm(endpoint, state["framed"], size.sha256)
        options = validation.reader_options(endpoint, request.parameters, at.date())
        frame = validation.read(path, endpoint, options, framed=state["framed"])
        record = {
            "source": endpoint.source,
            "service": endpoint.service,
            "parameters": request.parameters,
            **{name: state[name] for name in ("url", "final_url", "status", "headers")},
            "retrieved": at.isoformat(timespec="seconds"),
            "file": file,
            "bytes": size.size,
            "unpacked": size.unpacked,
            "sha256": size.sha256,
            "reader": endpoint.source,
            "options": options,
            "rows": None if frame is None else len(frame),
            "kzdata": __version__,
        }
        if self.key and self.key.hide(json.dumps(record)) != json.dumps(record):
            raise transport.echoed(endpoint)
        with storage.write_errors():
            target = self.root / endpoint.source / storage.folder_name(request, at)
            folder = partial.finish(target, file, record)
        return Fetched(folder / file, record, frame)

    def _confirm(self, endpoint: Endpoint, framed: bool, sha256: str) -> None:
        if framed or endpoint.ends_itself or self.unconfirmed == sha256:
            return
        self.unconfirmed = sha256
        raise CutShort(
            f"{endpoint.source} does not say where its answer ends, and delimited text does not "
            "show it.",
            "The answer is accepted once two in a row are the same.",
        )


def _replay(
    source: str,
    parameters: dict[str, str],
    service: str | None,
    root: Path,
    declared: Path | None,
) -> Fetched:
    known = endpoints.services(source, endpoints.load(declared))
    folder = storage.latest_folder(root, source, service, parameters)
    record = storage.read_record(folder)
    endpoint = known.get(record["service"]) or next(iter(known.values()))
    path = storage.checked_body(folder, record)
    return Fetched(path, record, validation.read(path, endpoint, record["options"]))
