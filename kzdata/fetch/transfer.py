"""One attempt to bring a body over: redirects, statuses, ranges, and the bytes onto the disk."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from kzdata import __version__
from kzdata.fetch import storage, transport
from kzdata.fetch.endpoints import LOOPBACK, Endpoint, Request
from kzdata.fetch.failures import CutShort, RedirectRefused, Secret, TooLarge
from kzdata.fetch.transport import Answer

Progress = Callable[[int, int | None], None]

_HOPS = 5

_MOVED = {301, 302, 303, 307, 308}

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def bring(
    request: Request, partial: storage.Partial, key: Secret | None, progress: Progress
) -> dict[str, Any]:
    """Fill ``partial`` with the whole body; returns the state that it came with.

    A part that is here is continued where the server gave it a strong entity tag and allows
    ranges; otherwise it is thrown away. Raises the leaves of `FetchError`.
    """
    endpoint = request.endpoint
    state = partial.state()
    wanted = {
        "User-Agent": f"kzdata/{__version__}",
        "Accept": endpoint.accept,
        "Accept-Encoding": "gzip" if endpoint.compressed else "identity",
    }
    if state.get("tag") and state.get("url") == request.url:
        wanted |= {"Range": f"bytes={partial.size}-", "If-Range": state["tag"]}
    with _arrived(request, wanted, key) as (answer, final):
        hide = key.hide if key else str
        if answer.status == 416 and "Range" in wanted:
            partial.discard()
            raise CutShort(f"{endpoint.source} has another body now.", "Ask again.")
        if answer.status == 206 and "Range" in wanted:
            _check_range(answer, state, partial)
        elif answer.status == 200:
            if answer.length == 0:
                raise transport.empty(endpoint, 200)
            transport.check_type(answer, endpoint, hide)
            _check_size(answer.length or 0, endpoint)
            state = _state(request, answer, final)
            with storage.kept():
                partial.begin(state)
        else:
            raise transport.refusal(answer, endpoint, hide)
        _write(answer, partial, endpoint, key, state, progress)
    return state


@contextlib.contextmanager
def _arrived(
    request: Request, headers: dict[str, str], key: Secret | None
) -> Iterator[tuple[Answer, str]]:
    """The answer after redirects, and where it came from."""
    endpoint, url = request.endpoint, request.url
    home = urlsplit(url)
    for _ in range(_HOPS):
        here = urlsplit(url)
        same = (here.scheme, here.netloc) == (home.scheme, home.netloc)
        sent = (endpoint.key_header, key) if key and same and endpoint.key_header else None
        with transport.asked(
            url,
            headers,
            sent,
            timeout=endpoint.timeout_seconds,
            at_most=endpoint.at_most_seconds,
        ) as answer:
            if answer.status not in _MOVED:
                yield answer, url
                return
            location = answer.headers.get("location", "")
            if key and key.hide(location) != location:
                raise transport.echoed(endpoint)
            url = _onwards(url, location, endpoint, home.hostname)
    raise RedirectRefused(
        f"{endpoint.source} was redirected {_HOPS} times.", "Open the address in a browser."
    )


def _onwards(url: str, location: str, endpoint: Endpoint, home: str | None) -> str:
    try:
        onwards = urljoin(url, location)
        parts = urlsplit(onwards)
        named = parts.hostname or ""
        port = parts.port
    except ValueError:
        onwards, named, parts, port = "", "", urlsplit(url), None
    allowed = named in endpoint.redirects or (named == home and port == urlsplit(url).port)
    plain = urlsplit(url).scheme == "http" and named in LOOPBACK  # a machine with itself
    safe = parts.scheme == "https" or (parts.scheme == "http" and plain)
    if not location or not allowed or not safe or parts.username:
        raise RedirectRefused(
            f"{endpoint.source} points on to {parts.scheme}://{named or 'nowhere'}, "
            "which is not declared.",
            "If the publisher moved, add the host to `redirects` in seeds/endpoints.yml.",
        )
    return onwards


def _state(request: Request, answer: Answer, final: str) -> dict[str, Any]:
    tag = answer.headers.get("etag", "")
    ranges = "bytes" in answer.headers.get("accept-ranges", "").lower()
    came_from = urlsplit(final)
    return {
        "url": request.url,
        # Without its query, where a storage host puts signatures of its own.
        "final_url": f"{came_from.scheme}://{came_from.netloc}{came_from.path}",
        "status": answer.status,
        "headers": {name: answer.headers[name] for name in KEPT if name in answer.headers},
        "tag": tag if ranges and tag.startswith('"') else "",
        "length": answer.length,
        "framed": answer.framed,
    }


# The headers that describe the body; cookies and traces are nobody's evidence.
KEPT = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "transfer-encoding",
    "date",
    "etag",
    "last-modified",
)


def _write(
    answer: Answer,
    partial: storage.Partial,
    endpoint: Endpoint,
    key: Secret | None,
    state: dict[str, Any],
    progress: Progress,
) -> None:
    has_key = key.finder() if key else lambda piece: False
    size = partial.size
    with storage.kept():
        body = partial.body.open("ab")
    with body:
        for piece in answer.body:
            size += len(piece)
            if has_key(piece):
                raise transport.echoed(endpoint)
            _check_size(size, endpoint)
            with storage.kept():
                body.write(piece)
            progress(size, state["length"])
        with storage.kept():
            body.flush()
    if size == 0:
        raise transport.empty(endpoint, answer.status)
    if state["length"] is not None and size != state["length"]:
        raise CutShort(
            f"{endpoint.source} announced {state['length']:,} bytes; {size:,} are here.",
            "Ask again.",
        )


def _check_range(answer: Answer, state: dict[str, Any], partial: storage.Partial) -> None:
    found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    same = (
        found is not None
        and int(found[1]) == partial.size
        and found[2] in ("*", str(state["length"]))
        and answer.headers.get("etag", state["tag"]) == state["tag"]
    )
    if not same:
        partial.discard()
        raise CutShort("The server continued another body than the one here.", "Ask again.")


def _check_size(size: int, endpoint: Endpoint) -> None:
    if size > endpoint.max_bytes:
        raise TooLarge(
            f"{endpoint.source} sends more than {endpoint.max_bytes:,} bytes.",
            "Ask for less, or raise max_bytes in seeds/endpoints.yml.",
        )
