"""One request over one connection, bounded in time: the only lines that open a socket.

The standard library's client is enough and hands over the bytes as they came: nothing is unpacked,
no redirect is followed, no password file is read. Two things it does not do are done here: an
answer that drips is ended at its time, and a body shorter than announced is an error.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from kzdata.fetch import failures
from kzdata.fetch.endpoints import Endpoint, retry_after
from kzdata.fetch.failures import (
    CutShort,
    FetchError,
    Secret,
    TooSlow,
    Unreachable,
    Untrusted,
    variable,
)

_PIECE = 2**16

_BROKEN = (OSError, http.client.HTTPException, ValueError)


@dataclass
class Answer:
    """Status and headers (names in lower case), and the body piece by piece, as it came."""

    status: int
    headers: dict[str, str]
    body: Iterator[bytes]

    @property
    def length(self) -> int | None:
        """The announced bytes of the body; none where it comes in chunks, or to the end."""
        said = self.headers.get("content-length", "")
        return int(said) if said.isascii() and said.isdigit() and not self.chunked else None

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks, the last of which says so."""
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def framed(self) -> bool:
        """Whether the answer itself tells where its body ends."""
        return self.chunked or self.length is not None


@contextlib.contextmanager
def asked(
    url: str,
    headers: dict[str, str],
    key: tuple[str, Secret] | None,
    *,
    timeout: float,
    at_most: float,
) -> Iterator[Answer]:
    """GET ``url``; ``key`` is the header and the secret that goes into it.

    ``timeout`` bounds the wait for a byte, ``at_most`` the answer as a whole. Raises `Unreachable`,
    `TooSlow` or `CutShort`; their texts hold what the system said, and no headers.
    """
    parts = urlsplit(url)
    watch = _Watch(at_most)
    connection = _connection(parts, timeout)
    try:
        with _told(parts, watch, Unreachable, "broke before an answer"):
            connection.connect()
            watch.over(connection.sock)
            _send(connection, parts, headers, key)
            response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, named, iter(()))
        answer.body = _pieces(response, answer, parts, watch)
        yield answer
    finally:
        watch.stop()
        connection.close()


def _send(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    headers: dict[str, str],
    key: tuple[str, Secret] | None,
) -> None:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.putrequest("GET", target, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if key is not None:
        connection.putheader(key[0], key[1].reveal())
    connection.putheader("Connection", "close")
    connection.endheaders()


def _pieces(
    response: http.client.HTTPResponse, answer: Answer, parts: SplitResult, watch: _Watch
) -> Iterator[bytes]:
    came = 0
    with _told(parts, watch, CutShort, "broke off"):
        while piece := response.read1(_PIECE):
            came += len(piece)
            yield piece
            if watch.over_time:
                break
    if watch.over_time:
        raise watch.too_slow(parts)
    if answer.length is not None and came != answer.length:
        raise CutShort(
            f"{parts.hostname} announced {answer.length:,} bytes and sent {came:,}.",
            "The answer was cut: ask again.",
        )


@contextlib.contextmanager
def _told(parts: SplitResult, watch: _Watch, kind: type[FetchError], how: str) -> Iterator[None]:
    """What the system raises becomes a `FetchError`, without the frames that held the headers."""
    failure: FetchError | None = None
    try:
        yield
    except FetchError:
        raise
    except TimeoutError:
        failure = TooSlow(f"{parts.hostname} sent nothing for too long.", "Ask again later.")
    except ssl.SSLCertVerificationError as error:
        failure = Untrusted(
            f"{parts.hostname} shows a certificate not trusted here: {error.verify_message}.",
            "Where a proxy signs for it, name its certificates in SSL_CERT_FILE.",
        )
    except _BROKEN as error:
        said = f"{type(error).__name__}: {error}".rstrip(": ")
        failure = kind(f"The connection to {parts.hostname} {how} ({said}).", "Ask again later.")
    if failure is not None:
        raise watch.too_slow(parts) if watch.over_time else failure


class _Watch:
    """Ends a connection at its time: a server that drips keeps every single wait short."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.ends = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    @property
    def over_time(self) -> bool:
        return time.monotonic() >= self.ends

    def over(self, opened: socket.socket) -> None:
        self._socket = opened
        if self.over_time:
            self._end()

    def stop(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Below TLS: its own shutdown would wait for the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def too_slow(self, parts: SplitResult) -> TooSlow:
        return TooSlow(
            f"{parts.hostname} did not end its answer within {self.seconds:g} s.",
            "Ask again later, or for less.",
        )


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":  # of a machine to itself; endpoints and redirects allow no other
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)
    trust = ssl.create_default_context()
    proxy = urllib.request.getproxies().get("https", "")
    if not proxy or urllib.request.proxy_bypass(host):
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=trust)
    by = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if by.scheme != "http" or not by.hostname:
        raise Unreachable("The proxy of this machine is none for http.", "Set HTTPS_PROXY.")
    tunnel = http.client.HTTPSConnection(by.hostname, by.port, timeout=timeout, context=trust)
    tunnel.set_tunnel(host, parts.port or 443, _proxy_headers(by))
    return tunnel


def _proxy_headers(by: SplitResult) -> dict[str, str]:
    if not by.username:
        return {}
    said = f"{unquote(by.username)}:{unquote(by.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(said.encode()).decode()}


_BUSY = {408, 425, 429, 500, 502, 503, 504}

_MOST = 200  # characters of a server's own explanation


def check_type(answer: Answer, endpoint: Endpoint, hide: Callable[[str], str]) -> None:
    """Raise `WrongType` for a type that is not declared, or an encoding that was not asked for."""
    said = answer.headers.get("content-type", "").lower()
    if said and not any(each.lower() in said for each in endpoint.types):
        raise failures.WrongType(
            f"{endpoint.source} answered with the type {shown(hide(said), 80)}, not "
            f"{' or '.join(endpoint.types)}{_beginning(answer, hide)}.",
            "Open the address in a browser to see what the server says.",
            status=answer.status,
        )
    encoding = answer.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise failures.WrongType(
            f"{endpoint.source} packed its answer as {shown(hide(encoding), 40)}, unasked.",
            "Try again later; if it stays so, say so.",
            status=answer.status,
        )


def empty(endpoint: Endpoint, status: int) -> failures.EmptyAnswer:
    """The failure that an answer without a body is."""
    return failures.EmptyAnswer(
        f"{endpoint.source} answered {status} with no body.",
        "Services answer an unknown flow or key so: check both.",
        status=status,
    )


def echoed(endpoint: Endpoint) -> failures.KeyEchoed:
    """The failure that an answer with the key in it is."""
    return failures.KeyEchoed(
        f"{endpoint.source} repeats the key in its answer.",
        "Nothing of it is kept. Tell the publisher, and ask for a new key.",
    )


def refusal(answer: Answer, endpoint: Endpoint, hide: Callable[[str], str]) -> failures.FetchError:
    """The failure that a status other than 200 stands for."""
    status = answer.status
    if status == 204:
        return empty(endpoint, status)
    fact = f"{endpoint.source} answered {status}{_beginning(answer, hide)}."
    if status in _BUSY:
        after = retry_after(answer.headers.get("retry-after", ""))
        when = f", in {after:,.0f} s" if after is not None else ""
        return failures.Busy(fact, f"Ask again later{when}.", status=status, retry_after=after)
    hint = "Mend the request; --show says what is asked."
    if status in (401, 403) and endpoint.key_header:
        source = endpoint.source
        hint = f"Check the key: {variable(source)}, or keyring set kzdata {source}"
    return failures.Refused(fact, hint, status=status)


def _beginning(answer: Answer, hide: Callable[[str], str]) -> str:
    """What the server says in words, where it says it in text; best effort."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        return ""
    taken = b""
    with contextlib.suppress(failures.CutShort, failures.TooSlow):
        for piece in answer.body:
            taken += piece
            if len(taken) > 20 * _MOST:
                break
    # Hidden before it is shortened: half a key is still half of a key.
    text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", hide(taken.decode("utf-8", "replace")))
    words = shown(text, _MOST).rstrip(".")
    return f": {words}" if words else ""


def shown(text: str, most: int) -> str:
    """Foreign text in one line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]
