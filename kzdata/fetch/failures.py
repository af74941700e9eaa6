"""Every way in which a fetch fails, and whether asking again later can help.

FetchError
├── Unreachable     no connection, or one that broke before an answer          retryable
├── TooSlow         the answer did not end within its time                     retryable
├── CutShort        the body ended before its end, or nothing tells its end    retryable
├── Untrusted       the server's certificate is not trusted here
├── Busy            429, 408 or 5xx, after every attempt                       retryable
├── Refused         the server declines the request (401, 403, 404, other)
├── NoKey           the service wants a key, or the key cannot be one
├── EmptyAnswer     204, or 200 with no body
├── WrongType       a content type that the source does not publish in
├── TooLarge        more bytes than the source is allowed, packed or unpacked
├── Unreadable      the reader of the source refuses the body; also a WrongFormat
├── RedirectRefused the server points to another host, or out of TLS
├── KeyEchoed       the answer repeats the key; nothing of it is kept
└── NotKept         the disk did not take the body, or the record is damaged
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable
from urllib.parse import quote

from kzdata.errors import KzdataError
from kzdata.readers.payload import WrongFormat


class FetchError(KzdataError):
    """``retryable``: whether asking again can help; ``status``: of the answer, where one came."""

    retryable = False

    def __init__(
        self,
        fact: str,
        hint: str | None = None,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ):
        self.status = status
        self.retry_after = retry_after
        said = "retryable" if self.retryable else "not retryable"
        super().__init__(fact, f"{hint} ({said})" if hint else f"({said})")

    def without(self, hide: Callable[[str], str]) -> FetchError:
        """The same failure with every text through ``hide``, and without the frames it rose in."""
        copy = type(self).__new__(type(self))
        copy.status, copy.retry_after = self.status, self.retry_after
        KzdataError.__init__(copy, hide(self.fact), hide(self.hint or ""))
        return copy


class Unreachable(FetchError):
    """No connection, or one that broke before an answer."""

    retryable = True


class TooSlow(FetchError):
    """The answer did not end within its time."""

    retryable = True


class CutShort(FetchError):
    """The body ended before its end, or nothing tells where its end is."""

    retryable = True


class Untrusted(FetchError):
    """The server's certificate is not trusted here."""


class Busy(FetchError):
    """429, 408 or 5xx, after every attempt."""

    retryable = True


class Refused(FetchError):
    """The server declines the request."""


class NoKey(FetchError):
    """The service wants a key, or what was given cannot be one."""


class EmptyAnswer(FetchError):
    """204, or 200 with no body."""


class WrongType(FetchError):
    """A content type that the source does not publish in."""


class TooLarge(FetchError):
    """More bytes than the source is allowed, packed or unpacked."""


class Unreadable(FetchError, WrongFormat):
    """The reader of the source refuses the body: another format, a changed field, a cut answer."""


class RedirectRefused(FetchError):
    """The server points to a host that is not declared, or out of TLS."""


class KeyEchoed(FetchError):
    """The answer repeats the key that was sent; nothing of it is kept."""


class NotKept(FetchError):
    """The disk did not take the body, or a record on it is damaged."""


_SHORTEST = 8  # a shorter text would be hidden wherever it occurs by chance


class Secret:
    """A key that shows itself to nobody; `reveal` is for the header alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str):
        self._value = value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")

    def reveal(self) -> str:
        """The key itself."""
        return self._value

    def _forms(self) -> tuple[str, ...]:
        return (self._value, quote(self._value, safe=""))

    def hide(self, text: str) -> str:
        """``text`` with the key, plain or percent-encoded, replaced."""
        for form in self._forms():
            text = text.replace(form, "[key]")
        return text

    def finder(self) -> Callable[[bytes], bool]:
        """Fed a body piece by piece: whether the key has stood in it, across pieces too."""
        forms = [form.encode() for form in self._forms()]
        keep = max(map(len, forms)) - 1
        tail = b""

        def stands_in(piece: bytes) -> bool:
            nonlocal tail
            seen = tail + piece
            tail = seen[-keep:]
            return any(form in seen for form in forms)

        return stands_in


def variable(source: str) -> str:
    """The name of the environment variable of a source's key."""
    return f"KZDATA_{source.upper()}_KEY"


def find(source: str) -> Secret | None:
    """The key of a source, or none. Raises `NoKey` for a text that cannot be a key."""
    value = os.environ.get(variable(source), "") or _in_keyring(source)
    value = value.strip()
    if not value:
        return None
    if not re.fullmatch(rf"[\x21-\x7e]{{{_SHORTEST},}}", value):
        raise NoKey(
            f"{variable(source)} holds no key: a key is {_SHORTEST} or more printable ASCII "
            "characters without blanks.",
            "Copy the key again from the service's page.",
        )
    return Secret(value)


def _in_keyring(source: str) -> str:
    try:
        keyring = importlib.import_module("keyring")
        return keyring.get_password("kzdata", source) or ""
    except Exception:  # not installed, no backend, locked: each means that no key is at hand
        return ""
