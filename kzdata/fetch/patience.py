"""How often and how patiently a service is asked again."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from kzdata.fetch.endpoints import Endpoint
from kzdata.fetch.failures import FetchError

T = TypeVar("T")
_SPREAD = random.Random()


def retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header, a number or a date; none where it says neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def persist(once: Callable[[], T], endpoint: Endpoint, notice: Callable[[str], None]) -> T:
    """The first success of ``once``; its last failure where none came or none can.

    Waits double, with a random part so that many clients do not return together; what the server
    says in Retry-After goes first, and is a reason to give up where it is beyond ``wait_at_most``.
    """
    for attempt in range(1, endpoint.attempts + 1):
        try:
            return once()
        except FetchError as failure:
            if not failure.retryable or attempt == endpoint.attempts:
                raise
            wait = endpoint.backoff_seconds * 2 ** (attempt - 1)
            wait = min(wait * _SPREAD.uniform(1, 1.5), endpoint.wait_at_most)
            if failure.retry_after is not None:
                wait = max(failure.retry_after, min(wait, endpoint.backoff_seconds))
            if wait > endpoint.wait_at_most:
                raise
            notice(
                f"{failure.fact} Asking again in {wait:.1f} s "
                f"(attempt {attempt + 1} of {endpoint.attempts})."
            )
        time.sleep(wait)
    raise AssertionError("an endpoint has at least one attempt")
