"""A server on loopback that misbehaves as told: each path has a list of manners, one a request.

The last manner of a path repeats. A manner gets the request's headers and the raw stream, so that
it can stop, lie or break where a well-mannered server library would not.
"""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Manner = Callable[[dict[str, str], "socketserver.StreamRequestHandler"], None]
_LONGEST = 8.0  # seconds that any manner may take


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: Path | None = None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tls = None
        if certificate is not None:  # a PEM file with the key in it
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)
        self.manners: dict[str, list[Manner]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        port = self.server_address[1]
        return f"https://localhost:{port}" if self.tls else f"http://127.0.0.1:{port}"

    def get_request(self):
        client, address = super().get_request()
        if self.tls:
            client.settimeout(_LONGEST)
            client = self.tls.wrap_socket(client, server_side=True)
        return client, address

    def on(self, path: str, *manners: Manner) -> None:
        self.manners[path] = list(manners)

    def handle_error(self, request, client_address):
        pass  # the client hung up, as it should


class _Handler(socketserver.StreamRequestHandler):
    timeout = _LONGEST

    def handle(self):
        target = self.rfile.readline(65537).decode("latin-1").split()
        headers = {}
        while line := self.rfile.readline(65537).decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        path = target[1].partition("?")[0]
        with self.server.lock:
            self.server.requests.append((target[1], headers))
            manners = self.server.manners[path]
            manner = manners.pop(0) if len(manners) > 1 else manners[0]
        manner(headers, self)


@contextlib.contextmanager
def serving(certificate: Path | None = None) -> Iterator[Server]:
    with Server(certificate) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


class _Tunnel(socketserver.BaseRequestHandler):
    """An HTTP proxy that answers CONNECT and passes on what it cannot read."""

    def handle(self):
        first = b""
        while b"\r\n\r\n" not in first:
            first += self.request.recv(65536)
        self.server.heads.append(first)
        host, _, port = first.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port)), _LONGEST) as onward:
            self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            ends = {self.request: onward, onward: self.request}
            while readable := select.select([*ends], [], [], _LONGEST)[0]:
                for end in readable:
                    if not (piece := end.recv(65536)):
                        return
                    ends[end].sendall(piece)


@contextlib.contextmanager
def tunnel() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Tunnel) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.address, server.heads = f"http://127.0.0.1:{server.server_address[1]}", []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def answer(body: bytes, status=200, kind="application/json", announce=0, **more: str) -> Manner:
    """A whole answer; ``announce`` bytes more than there are make it a cut one."""
    said = {"Content-Type": kind, "Content-Length": str(len(body) + announce)}
    said |= {name.replace("_", "-"): value for name, value in more.items()}

    def manner(headers, handler):
        handler.wfile.write(head(status, said) + body)

    return manner


def bare(status: int, **more: str) -> Manner:
    said = {name.replace("_", "-"): value for name, value in more.items()}
    return lambda headers, handler: handler.wfile.write(head(status, said))


def chunked(body: bytes, *, ends=True, kind="application/json") -> Manner:
    said = {"Content-Type": kind, "Transfer-Encoding": "chunked"}

    def manner(headers, handler):
        chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n"
        handler.wfile.write(head(200, said) + chunk + (b"0\r\n\r\n" if ends else b""))

    return manner


def endless(body: bytes, kind="application/json") -> Manner:
    """An answer that ends where the connection does: nothing tells whether it is whole."""
    return lambda headers, handler: handler.wfile.write(head(200, {"Content-Type": kind}) + body)


def dripping(body: bytes, *, in_head=False, pause=0.05) -> Manner:
    """A byte now and then, each well within any timeout of a single wait."""
    said = {"Content-Type": "application/json", "Content-Length": str(len(body))}

    def manner(headers, handler):
        first = head(200, said)
        if not in_head:
            handler.wfile.write(first)
        until = time.monotonic() + _LONGEST
        for byte in (first + body) if in_head else body:
            if time.monotonic() > until:
                return
            handler.wfile.write(bytes([byte]))
            time.sleep(pause)

    return manner


def silent(headers, handler) -> None:
    time.sleep(2)


def reset(before: bytes = b"") -> Manner:
    """Break the connection without a farewell, after ``before``."""

    def manner(headers, handler):
        handler.wfile.write(before)
        time.sleep(0.1)
        off = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
        handler.connection.close()

    return manner


def ranged(body: bytes, tag: str = '"one"', *, stop: int | None = None, pause=0.0) -> Manner:
    """Ranges are allowed; ``stop`` breaks off after so many bytes, ``pause`` sends slowly."""

    def manner(headers, handler):
        said = {"Content-Type": "application/json", "Accept-Ranges": "bytes", "ETag": tag}
        begin, status = 0, 200
        if headers.get("if-range") == tag:
            begin, status = int(headers["range"].removeprefix("bytes=").rstrip("-")), 206
            said["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
        said["Content-Length"] = str(len(body) - begin)
        handler.wfile.write(head(status, said))
        rest = body[begin:stop]
        for at in range(0, len(rest), 4096):
            handler.wfile.write(rest[at : at + 4096])
            time.sleep(pause)

    return manner


def packed(body: bytes) -> Manner:
    return answer(gzip.compress(body, mtime=0), Content_Encoding="gzip")


def moved(to: str, status=302) -> Manner:
    return bare(status, Location=to, Content_Length="0")
