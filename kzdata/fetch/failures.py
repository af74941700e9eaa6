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

from collections.abc import Callable

from kzdata.errors import KzdataError
from kzdata.readers.received import WrongFormat


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
