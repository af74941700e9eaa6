"""A file of a report in every way in which its reader may come to read it.

As its bytes; what is packed in it (members of archives, streams, the texts in a picture, data
addresses, the strings of JSON); and without what only divides a text: tags, blanks, escapes.
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 3
LARGEST = 256 * 2**20  # of one packed part: what unpacks to more is no report's
_DATA_URI = re.compile(rb"data:[\w/+.;=-]+;base64,([A-Za-z0-9+/=\s]{16,})")
_PACKED = re.compile(r"[A-Za-z0-9+/\s]{24,}={0,2}\s*")
_ZLIB = {b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"}  # how its streams begin
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_TAG = re.compile(rb"<[^<>]*>")
_ESCAPE = re.compile(rb"\\+u([0-9A-Fa-f]{4})")
_ANSI = re.compile(rb"\x1b\[[0-9;]*m")
# Blanks, and what is drawn as nothing: soft hyphen, zero-width signs, marks of direction.
_BLANK = re.compile(
    rb"[\s\x00]+|\xc2[\xa0\xad]|\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]|\xef\xbb\xbf"
)


def readings(content: bytes) -> Iterator[bytes]:
    """A file's bytes, every layer in it, and each of them squeezed."""
    for part in layers(content):
        yield part
        yield from squeezed(part)


def squeezed(part: bytes) -> Iterator[bytes]:
    """A text without tags, blanks and escapes of HTML; and where it has any, of addresses."""
    bare = _TAG.sub(b"", part) if b"<" in part else part
    if b"&" in bare:
        text = html.unescape(bare.decode("utf-8", "surrogateescape"))
        bare = text.encode("utf-8", "surrogateescape")
    if b"\x1b" in bare:
        bare = _ANSI.sub(b"", bare)
    bare = _BLANK.sub(b"", bare)
    yield bare
    if b"%" in bare:
        yield unquote_to_bytes(bare)
    if b"\\u" in bare:  # as in JSON or Python, though it stand in neither
        yield _ESCAPE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), bare)


def layers(content: bytes, depth: int = DEEPEST) -> Iterator[bytes]:
    """A file's bytes, and what is packed in them."""
    yield content
    if not depth:
        return
    try:
        inside = list(_inside(content))
    except (ValueError, OSError, EOFError, RecursionError, zipfile.BadZipFile, zlib.error):
        return  # it is not what it begins as: its bytes are all there is to read
    for part in inside:
        yield from layers(part, depth - 1)


def _inside(content: bytes) -> Iterator[bytes]:
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.infolist():
                yield each.filename.encode() + each.comment
                if each.file_size <= LARGEST:
                    yield archive.read(each)
    elif content[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(content)) as packed:
            yield packed.read(LARGEST)
    elif content[:2] in _ZLIB:
        yield _inflated(content)
    elif content[:8] == b"\x89PNG\r\n\x1a\n":
        yield from _of_picture(content)
    elif content[:5] == b"%PDF-":
        for stream in _STREAM.findall(content):
            yield _inflated(stream)
    else:
        for address in _DATA_URI.findall(content):
            yield base64.b64decode(address)
        if content.lstrip()[:1] in b"{[" and content.strip():
            yield from _strings(json.loads(content))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, LARGEST)
    except zlib.error:
        return stream


def _of_picture(content: bytes) -> Iterator[bytes]:
    """The texts beside the pixels: name, and value where it is packed."""
    at = 8
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        kind, value = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if kind in {b"zTXt", b"iTXt"}:
            for start in (found.end() for found in re.finditer(b"\\0", value)):
                # One sign for the way of packing may stand between name and value.
                yield from (_inflated(value[start:]), _inflated(value[start + 1 :]))
        at += length + 12


def _strings(value: Any) -> Iterator[bytes]:
    """Each string of JSON, without its escapes; a list of lines is one text, as in notebooks."""
    if isinstance(value, str):
        yield value.encode("utf-8", "surrogatepass")
        if _PACKED.fullmatch(value):
            yield base64.b64decode(value)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name.encode("utf-8", "surrogatepass")
            yield from _strings(each)
    elif isinstance(value, list):
        if len(value) > 1 and all(isinstance(each, str) for each in value):
            yield from _strings("".join(value))
        for each in value:
            yield from _strings(each)
