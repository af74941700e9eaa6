"""Values that must not leave: found by value wherever they stand, and hidden in what is told.

A secret is the value of an environment variable whose name says so, or whose value looks like a
key, and every key of a source in the system's keyring. A report that holds one, plain or in a usual
disguise, is not published; a message that holds one is told without it.
"""

from __future__ import annotations

import base64
import contextlib
import html
import importlib.util
import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import quote, quote_plus

from kzdata.errors import PublishError
from kzdata.reports.unpacking import readings

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
