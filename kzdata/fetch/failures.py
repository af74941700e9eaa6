"""Errors of a fetch. The exit code of those that can succeed later says so."""

from __future__ import annotations

from collections.abc import Callable

from kzdata.errors import ExitCode, KzdataError
from kzdata.readers.payload import WrongFormat


class FetchError(KzdataError):
    """A failed fetch; ``status`` is that of the answer, if one came."""

    @property
    def retryable(self) -> bool:
        """Whether asking again later can help."""
        return self.exit_code is ExitCode.RETRY_LATER

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
        word = "retryable" if self.retryable else "not retryable"
        super().__init__(fact, f"{hint} ({word})" if hint else f"({word})")

    def without(self, hide: Callable[[str], str]) -> FetchError:
        """Return a copy with every text passed through ``hide`` and without a traceback."""
        copy = type(self).__new__(type(self))
        copy.status, copy.retry_after = self.status, self.retry_after
        KzdataError.__init__(copy, hide(self.fact), hide(self.hint or ""))
        return copy


class Unreachable(FetchError):
    """No connection, or one that broke before an answer."""

    exit_code = ExitCode.RETRY_LATER


class TooSlow(FetchError):
    """The server sent nothing for too long, or its answer passed the deadline."""

    exit_code = ExitCode.RETRY_LATER


class CutShort(FetchError):
    """The body is incomplete, or nothing tells whether it is complete."""

    exit_code = ExitCode.RETRY_LATER


class Untrusted(FetchError):
    """The server's certificate is not trusted here."""


class Busy(FetchError):
    """429, 408 or 5xx, after every attempt."""

    exit_code = ExitCode.RETRY_LATER


class RequestRefused(FetchError):
    """The server declines the request: 401, 403, 404 or another status."""


class NoKey(FetchError):
    """The service requires a key, or the text given cannot be one."""


class EmptyAnswer(FetchError):
    """204, or 200 with no body."""


class WrongType(FetchError):
    """The content type is not one the source publishes."""


class TooLarge(FetchError):
    """The body exceeds the size limit of the source, packed or unpacked."""


class Unreadable(FetchError, WrongFormat):
    """The reader of the source refuses the body: another format, a changed field, a cut answer."""


class RedirectRefused(FetchError):
    """The server points to a host that is not declared, or out of TLS."""


class KeyEchoed(FetchError):
    """The answer repeats the key that was sent; nothing of it is kept."""


class NotKept(FetchError):
    """The body could not be written, or a stored record is damaged."""
