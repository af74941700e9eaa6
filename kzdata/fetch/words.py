"""What a server's answer says beside its body: its type, its refusal, its own words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

from kzdata.fetch import failures
from kzdata.fetch.endpoints import Endpoint
from kzdata.fetch.keys import variable
from kzdata.fetch.patience import retry_after
from kzdata.fetch.transport import Answer

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
