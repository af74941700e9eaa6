"""Text whose signs cannot change the order of the words around it.

Unicode has signs that turn the reading direction of what follows (UAX 9). One in a quoted headline
could make a page show another order of words than it holds. The overriding and embedding ones,
which no text of ours needs, are shown by their number; isolates, which our own sentences in Hebrew
use, are closed where their line ends.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

_TURNING = re.compile("[\u202a-\u202e]")

_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"

_OF_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")

_DRAWN = {"svg", "png", "content"}  # a picture turns nothing outside of itself

Any_ = TypeVar("Any_")


def in_order(value: Any_) -> Any_:
    """The same value with every text in it made harmless; a document, a list, a text, anything."""
    made: Any = value
    if isinstance(value, str):
        made = _text(value)
    elif isinstance(value, list | tuple):
        made = type(value)(in_order(each) for each in value)
    elif isinstance(value, frozenset):
        made = frozenset(in_order(each) for each in value)
    elif isinstance(value, dict):
        made = {in_order(key): in_order(each) for key, each in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value) if each.name not in _DRAWN]
        made = replace(value, **{name: in_order(getattr(value, name)) for name in names})
    return made


def _text(text: str) -> str:
    if not _OF_DIRECTION.search(text):
        return text
    text = _TURNING.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
    return "\n".join(_balanced(line) for line in text.split("\n"))


def _balanced(line: str) -> str:
    open_, kept = 0, []
    for sign in line:
        if sign in _OPENING:
            open_ += 1
        elif sign == _CLOSING:
            if not open_:
                continue
            open_ -= 1
        kept.append(sign)
    return "".join(kept) + _CLOSING * open_
