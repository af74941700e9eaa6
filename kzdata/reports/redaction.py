"""Keep secrets out of reports and messages.

A file is searched in every way in which its reader may come to read it: as its bytes; what is
packed in it (members of archives, streams, the texts in a picture, data addresses, the strings of
JSON); and without what only divides a text: tags, blanks, escapes.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import importlib.util
import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes

from kzdata.errors import PublishError

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


SHORTEST = 8  # a shorter text occurs by chance

HIDDEN = "[hidden]"

_TELLING = re.compile(
    r"(?i)(^|_)(api_?key|key|token|secret|password|passwd|pwd|passphrase|credentials?|auth|cookie|"
    r"dsn|pat)(_|$|\d)|(apikey|password|secret|token)$"
)

_PLACES = re.compile(r"(?i)(_|^)(sock|socket|file|path|dir|home|url_?prefix|id|name|type|mode)$")

_SHAPED = re.compile(
    r"(sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|AKIA|ASIA|AIza|eyJ|hf|npm|pypi)[-_A-Za-z0-9.]{16,}"
)

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^/@:\s]*:([^/@\s]+)@")

_BETWEEN = r"(?:\s|\x1b\[[0-9;]*m|<[^<>]*>|\\n)*"


def secrets(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Each secret value that this process knows, and the name of where it came from."""
    given = os.environ if environment is None else environment
    found = {}
    for name, value in given.items():
        text = value.strip()
        if len(text) < SHORTEST or os.path.isabs(text) or text.lower() in {"disabled", "required"}:  # noqa: PTH117
            continue
        telling = _TELLING.search(name) and not _PLACES.search(name)
        if telling or _SHAPED.fullmatch(text):
            found[text] = name
        password = _ADDRESS.match(text)  # of an address that carries one
        if password and len(password[1]) >= SHORTEST:
            found[password[1]] = name
    return _kept() | found if environment is None else found


@cache
def _kept() -> dict[str, str]:
    if importlib.util.find_spec("keyring") is None:
        return {}
    from kzdata.fetch import endpoints, keys
    from kzdata.fetch.failures import NoKey

    found = {}
    for source in endpoints.load():
        with contextlib.suppress(NoKey):  # what is no key is none to hide
            if secret := keys.find(source):
                found[secret.reveal()] = f"the key of {source}"
    return found


def hide(text: str, known: Mapping[str, str] | None = None) -> str:
    """The text with every secret in it replaced, whatever its disguise."""
    for value in secrets() if known is None else known:
        for form in forms(value):
            text = text.replace(form.decode("utf-8", "surrogateescape"), HIDDEN)
        if len(_bare(value)) >= SHORTEST:
            # Wrapped by a terminal, coloured in a traceback, or cut by the tags of a page.
            text = re.sub(_BETWEEN.join(map(re.escape, _bare(value))), HIDDEN, text)
    return text


def forms(value: str) -> list[bytes]:
    """A value as it may stand in a file: plain, quoted, escaped, backwards, in hexadecimal, base64.

    Without the blanks in it as well: a page may break the line there, see `squeezed`.
    """
    raw = value.encode()
    bare = {_bare(value)} if len(_bare(value)) >= SHORTEST else set()
    escaped = {
        value,
        value[::-1],
        *bare,
        quote(value, safe=""),
        quote_plus(value),
        html.escape(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
    }
    found = {each.encode() for each in escaped} | {raw.hex().encode(), raw.hex().upper().encode()}
    for wide in (value.encode("utf-16-le"), value.encode("utf-16-be")):
        found |= {wide, wide.hex().encode()}
    found.add(base64.b32encode(raw).rstrip(b"=")[: len(raw) * 8 // 5])  # the last sign may be cut
    for offset in range(3):
        # Of a value in the middle of other text only the letters between the edges are certain.
        text = base64.b64encode(b"\0" * offset + raw).rstrip(b"=")
        first = (0, 2, 3)[offset]
        last = len(text) - (1 if (offset + len(raw)) % 3 else 0)
        if last - first >= SHORTEST:
            found |= {text[first:last], text[first:last].translate(bytes.maketrans(b"+/", b"-_"))}
    return sorted(found, key=len, reverse=True)


def _bare(value: str) -> str:
    return "".join(value.split())


def refuse_secrets(outputs: Iterable[tuple[str, bytes]]) -> None:
    """Raise `PublishError` where a secret stands in a file; its name is told, its value is not."""
    known = {name: forms(value) for value, name in secrets().items()}
    if not known:
        return
    found = set()
    for path, content in outputs:
        for part in [path.encode(), *readings(content)]:
            for name, disguises in known.items():
                if any(form in part for form in disguises):
                    found.add((name, hide(path)))
    if found:
        listed = "; ".join(f"the value of {name} in {path}" for name, path in sorted(found))
        raise PublishError(
            f"The report holds what must not leave this machine: {listed}.",
            "Nothing was published. Find the cell that shows it, and change the key: a copy may "
            "stand in a saved notebook.",
        )
