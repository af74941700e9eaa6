"""One HTTP exchange: the only module that opens a connection.

httpx speaks HTTP and TLS, finds the machine's proxy and notices a body that ends early. Added here:
a deadline for the whole answer, redirects to declared hosts only, the key to its own origin only,
and a body that reaches the disk as it came and can be continued.
"""

from __future__ import annotations

import contextlib
import email.utils
import math
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

from kzdata import __version__
from kzdata.fetch import storage
from kzdata.fetch.endpoints import LOOPBACK, Endpoint, Request
from kzdata.fetch.failures import (
    Busy,
    CutShort,
    EmptyAnswer,
    FetchError,
    KeyEchoed,
    RedirectRefused,
    RequestRefused,
    TooLarge,
    TooSlow,
    Unreachable,
    Untrusted,
    WrongType,
)
from kzdata.fetch.keys import Secret, variable

Progress = Callable[[int, int | None], None]
_REQUESTS = 5  # with every redirect
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_EXPLANATION = 200  # characters of a server's own explanation
# The headers that describe the body; cookies and trace identifiers are not evidence.
_RECORDED = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "transfer-encoding",
    "date",
    "etag",
    "last-modified",
)


def receive_body(
    request: Request, partial: storage.PartialBody, key: Secret | None, progress: Progress
) -> dict[str, Any]:
    """Fill ``partial`` with the whole body; return the state that it came with.

    Continue a partial body if the server gave it a strong entity tag and allows ranges; otherwise
    start again. Raises the leaves of `FetchError`; their texts hold no request header.
    """
    endpoint = request.endpoint
    state = partial.state()
    headers = {
        "User-Agent": f"kzdata/{__version__}",
        "Accept": endpoint.accept,
        "Accept-Encoding": "gzip" if endpoint.compressed else "identity",
        "Connection": "close",
    }
    if state.get("tag") and state.get("url") == request.url:
        headers |= {"Range": f"bytes={partial.size}-", "If-Range": state["tag"]}
    with _answered(request, headers, key) as (response, body):
        hide = key.hide if key else str
        status = response.status_code
        if status == 416 and "Range" in headers:
            partial.discard()
            raise CutShort(f"{endpoint.source} has another body now.", "Ask again.")
        if status == 206 and "Range" in headers:
            _check_range(response, state, partial)
        elif status == 200:
            length = _length(response)
            if length == 0:
                raise _empty(endpoint, status)
            _check_type(response, body, endpoint, hide)
            _check_size(length or 0, endpoint)
            state = _state(request, response)
            with storage.write_errors():
                partial.begin(state)
        else:
            raise _refusal(response, body, endpoint, hide)
        _write(body, partial, endpoint, key, state, progress)
    return state


@contextlib.contextmanager
def _answered(
    request: Request, headers: dict[str, str], key: Secret | None
) -> Iterator[tuple[httpx.Response, Iterator[bytes]]]:
    """The answer after redirects and the pieces of its body; what breaks is a `FetchError`."""
    endpoint = request.endpoint
    host = httpx.URL(request.url).host
    deadline = _Deadline(endpoint.at_most_seconds)
    kind: type[FetchError] = Unreachable
    how = "broke before an answer"
    try:
        with _client(request, key) as client, deadline:
            response = _send(client, request, headers, key, deadline)
            kind, how = CutShort, "broke off"
            with contextlib.closing(response):
                yield response, deadline.pieces(response)
    except FetchError:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        if deadline.passed or isinstance(error, httpx.TimeoutException):
            said = deadline.message if deadline.passed else "sent nothing for too long"
            raise TooSlow(f"{host} {said}.", "Ask again later, or for less.") from None
        if untrusted := _certificate_error(error):
            raise Untrusted(
                f"The certificate of {host} is not trusted here: {untrusted.verify_message}.",
                "Where a proxy signs for it, name its certificates in SSL_CERT_FILE.",
            ) from None
        fault = f"{type(error).__name__}: {error}".rstrip(": ")
        raise kind(f"The connection to {host} {how} ({fault}).", "Ask again later.") from None


def _client(request: Request, key: Secret | None) -> httpx.Client:
    secure = request.url.startswith("https:")
    trusting_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # plain http, on loopback only
    try:
        return httpx.Client(
            # OpenSSL's own trust store, or the one that SSL_CERT_FILE names; not a bundled list.
            verify=ssl.create_default_context() if secure else trusting_nobody,
            trust_env=secure,  # a proxy if the environment names one, but never for loopback
            timeout=request.endpoint.timeout_seconds,
            event_hooks={"response": [lambda moved: _check_redirect(moved, request, key)]},
        )
    except (ImportError, ValueError, httpx.InvalidURL):  # their texts hold the proxy's password
        raise Unreachable(
            "The proxy of this machine cannot be used.", "Set HTTPS_PROXY=http://HOST:PORT"
        ) from None


def _send(
    client: httpx.Client,
    request: Request,
    headers: dict[str, str],
    key: Secret | None,
    deadline: _Deadline,
) -> httpx.Response:
    endpoint = request.endpoint
    sending = client.build_request(
        "GET", request.url, headers=headers, extensions={"trace": deadline.trace}
    )
    home = sending.url
    if key and endpoint.key_header:
        sending.headers[endpoint.key_header] = key.reveal()
    for _ in range(_REQUESTS):
        response = client.send(sending, stream=True)
        if response.next_request is None:
            return response
        response.close()
        sending = response.next_request
        if (sending.url.scheme, sending.url.netloc) != (home.scheme, home.netloc):
            sending.headers.pop(endpoint.key_header, None)
    raise RedirectRefused(
        f"{endpoint.source} was redirected {_REQUESTS} times.", "Open the address in a browser."
    )


def _check_redirect(response: httpx.Response, request: Request, key: Secret | None) -> None:
    """Raise `RedirectRefused` unless a redirect stays on declared hosts and within TLS."""
    if not response.has_redirect_location:
        return
    endpoint, here = request.endpoint, response.url
    location = response.headers["location"]
    if key and key.hide(location) != location:
        raise echoed(endpoint)
    try:
        to = here.join(location)
    except (httpx.InvalidURL, ValueError):
        to = httpx.URL("")
    home = httpx.URL(request.url).host
    declared = to.host in endpoint.redirects or (to.host == home and to.port == here.port)
    loopback = here.scheme == "http" and to.host in LOOPBACK
    safe = to.scheme == "https" or (to.scheme == "http" and loopback)
    if not location or not declared or not safe or to.userinfo:
        raise RedirectRefused(
            f"{endpoint.source} redirects to {to.scheme}://{to.host or 'nowhere'}, "
            "which is not declared.",
            "If the publisher moved, add the host to `redirects` in seeds/endpoints.yml.",
        )


class _Deadline:
    """End a connection at its time, since a server that drips keeps every single wait short."""

    def __init__(self, seconds: float):
        self.message = f"did not end its answer within {seconds:g} s"
        self._seconds, self._ends = seconds, math.inf
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._ends = time.monotonic() + self._seconds
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._ends

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note the socket that httpx opens or wraps in TLS (its ``trace`` extension)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.passed:
                self._shut()

    def pieces(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it comes, still packed. A body cut by the deadline would look ended."""
        for piece in response.iter_raw():
            yield piece
            self._check()
        self._check()

    def _check(self) -> None:
        if self.passed:
            raise httpx.ReadTimeout(self.message)

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Below TLS: its own shutdown would wait for the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _length(response: httpx.Response) -> int | None:
    """The announced bytes of the body; none if it comes in chunks, or ends with the connection."""
    announced = response.headers.get("content-length", "")
    return int(announced) if announced.isdecimal() and not _is_chunked(response) else None


def _is_chunked(response: httpx.Response) -> bool:
    return "chunked" in response.headers.get("transfer-encoding", "").lower()


def _state(request: Request, response: httpx.Response) -> dict[str, Any]:
    tag = response.headers.get("etag", "")
    ranges = "bytes" in response.headers.get("accept-ranges", "").lower()
    length = _length(response)
    return {
        "url": request.url,
        # Without its query, where a storage host puts signatures of its own.
        "final_url": str(response.url.copy_with(query=None, fragment=None)),
        "status": response.status_code,
        "headers": {n: response.headers[n] for n in _RECORDED if n in response.headers},
        "tag": tag if ranges and tag.startswith('"') else "",
        "length": length,
        "framed": _is_chunked(response) or length is not None,
    }


def _write(
    pieces: Iterator[bytes],
    partial: storage.PartialBody,
    endpoint: Endpoint,
    key: Secret | None,
    state: dict[str, Any],
    progress: Progress,
) -> None:
    has_key = key.finder() if key else lambda piece: False
    size = partial.size
    with storage.write_errors():
        body = partial.body.open("ab")
    with body:
        for piece in pieces:
            size += len(piece)
            if has_key(piece):
                raise echoed(endpoint)
            _check_size(size, endpoint)
            with storage.write_errors():
                body.write(piece)
            progress(size, state["length"])
        with storage.write_errors():
            body.flush()
    if size == 0:
        raise _empty(endpoint, state["status"])
    if state["length"] is not None and size != state["length"]:
        raise CutShort(
            f"{endpoint.source} announced {state['length']:,} bytes; {size:,} came.", "Ask again."
        )


def _check_range(
    response: httpx.Response, state: dict[str, Any], partial: storage.PartialBody
) -> None:
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    same = (
        found is not None
        and int(found[1]) == partial.size
        and found[2] in ("*", str(state["length"]))
        and response.headers.get("etag", state["tag"]) == state["tag"]
    )
    if not same:
        partial.discard()
        raise CutShort("The server continued a different body.", "Ask again.")


def _check_size(size: int, endpoint: Endpoint) -> None:
    if size > endpoint.max_bytes:
        raise TooLarge(
            f"{endpoint.source} sends more than {endpoint.max_bytes:,} bytes.",
            "Ask for less, or raise max_bytes in seeds/endpoints.yml.",
        )


def _check_type(
    response: httpx.Response, body: Iterator[bytes], endpoint: Endpoint, hide: Callable[[str], str]
) -> None:
    """Raise `WrongType` for a type that is not declared, or an encoding not asked for."""
    media = response.headers.get("content-type", "").lower()
    if media and not any(each.lower() in media for each in endpoint.types):
        raise WrongType(
            f"{endpoint.source} answered with the type {_one_line(hide(media), 80)}, not "
            f"{' or '.join(endpoint.types)}{_explanation(response, body, hide)}.",
            "Open the address in a browser to see what the server says.",
            status=response.status_code,
        )
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise WrongType(
            f"{endpoint.source} packed its answer as {_one_line(hide(encoding), 40)}, unasked.",
            "Try again later; report it if it persists.",
            status=response.status_code,
        )


def _empty(endpoint: Endpoint, status: int) -> EmptyAnswer:
    return EmptyAnswer(
        f"{endpoint.source} answered {status} with no body.",
        "Services answer so to an unknown dataflow or key: check both.",
        status=status,
    )


def echoed(endpoint: Endpoint) -> KeyEchoed:
    """Return the error for an answer that repeats the key."""
    return KeyEchoed(
        f"{endpoint.source} repeats the key in its answer.",
        "Nothing of it is kept. Tell the publisher, and ask for a new key.",
    )


def _refusal(
    response: httpx.Response, body: Iterator[bytes], endpoint: Endpoint, hide: Callable[[str], str]
) -> FetchError:
    """The error for a status other than 200."""
    status = response.status_code
    if status == 204:
        return _empty(endpoint, status)
    fact = f"{endpoint.source} answered {status}{_explanation(response, body, hide)}."
    if status in _BUSY:
        after = retry_after(response.headers.get("retry-after", ""))
        when = f", in {after:,.0f} s" if after is not None else ""
        return Busy(fact, f"Ask again later{when}.", status=status, retry_after=after)
    hint = "Correct the request; --show prints what is asked."
    if status in (401, 403) and endpoint.key_header:
        source = endpoint.source
        hint = f"Check the key: {variable(source)}, or keyring set kzdata {source}"
    return RequestRefused(fact, hint, status=status)


def retry_after(text: str) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date; None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _explanation(
    response: httpx.Response, body: Iterator[bytes], hide: Callable[[str], str]
) -> str:
    """What the server says in words, if it says it in plain text; best effort."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return ""
    taken = b""
    with contextlib.suppress(httpx.HTTPError):
        for piece in body:
            taken += piece
            if len(taken) > 20 * _EXPLANATION:
                break
    # Hidden before it is shortened: half a key is still half of a key.
    text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", hide(taken.decode("utf-8", "replace")))
    words = _one_line(text, _EXPLANATION).rstrip(".")
    return f": {words}" if words else ""


def _one_line(text: str, most: int) -> str:
    """Foreign text in one line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]
