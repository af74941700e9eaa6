"""Keys of services: looked up, hidden in texts, and recognised in bodies.

It comes from the environment (KZDATA_<SOURCE>_KEY) or, where the package keyring is installed,
from the system's keyring (service ``kzdata``, user: the source). It leaves in a header only.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable
from urllib.parse import quote

from kzdata.fetch.failures import NoKey

_SHORTEST = 8  # a shorter text would be hidden wherever it occurs by chance


class Secret:
    """A key that no text or traceback shows; `reveal` is for the request header only."""

    __slots__ = ("_value",)

    def __init__(self, value: str):
        self._value = value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")

    def reveal(self) -> str:
        """Return the key itself."""
        return self._value

    def _forms(self) -> tuple[str, ...]:
        return (self._value, quote(self._value, safe=""))

    def hide(self, text: str) -> str:
        """Return ``text`` with the key, plain or percent-encoded, replaced."""
        for form in self._forms():
            text = text.replace(form, "[key]")
        return text

    def finder(self) -> Callable[[bytes], bool]:
        """Return a test for the pieces of a body in turn: has the key occurred so far?"""
        forms = [form.encode() for form in self._forms()]
        keep = max(map(len, forms)) - 1
        tail = b""

        def contains(piece: bytes) -> bool:
            nonlocal tail
            seen = tail + piece
            tail = seen[-keep:]
            return any(form in seen for form in forms)

        return contains


def variable(source: str) -> str:
    """Return the name of the environment variable of a source's key."""
    return f"KZDATA_{source.upper()}_KEY"


def find(source: str) -> Secret | None:
    """Return the key of a source, if any. Raises `NoKey` for a text that cannot be a key."""
    value = os.environ.get(variable(source), "") or _in_keyring(source)
    value = value.strip()
    if not value:
        return None
    if not re.fullmatch(rf"[\x21-\x7e]{{{_SHORTEST},}}", value):
        raise NoKey(
            f"{variable(source)} does not hold a key: a key has at least {_SHORTEST} printable "
            "ASCII characters and no blanks.",
            "Copy the key again from the service's page.",
        )
    return Secret(value)


def _in_keyring(source: str) -> str:
    try:
        keyring = importlib.import_module("keyring")
        return keyring.get_password("kzdata", source) or ""
    except Exception:  # not installed, no backend, locked: each means no key
        return ""
