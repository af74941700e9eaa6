"""Markdown by paragraphs: each heading, paragraph and item of a list is a message of its own."""

from __future__ import annotations

import re

from kzdata.language.catalogue import translated
from kzdata.language.current import spoken

_BLANK = re.compile(r"(\n\s*\n)")
_ITEM = re.compile(r"(^|\n)(?=[-*] |\d+\. )")
_LEAD = re.compile(r"(#{1,6} +|[-*] +|\d+\. +)?")


def pieces(markdown: str) -> list[tuple[str, str]]:
    """The text cut into (lead, message): joined again they are the text.

    A lead is what stands before the words: white space, the marks of a heading or of an item.
    """
    found: list[tuple[str, str]] = []
    for part in _BLANK.split(markdown.replace("\r\n", "\n")):
        if not part.strip():
            found.append((part, ""))
            continue
        places = [match.end() for match in _ITEM.finditer(part) if match.end() > 0]
        for start, end in zip([0, *places], [*places, len(part)], strict=True):
            item = part[start:end]
            lead = _LEAD.match(item)
            marks = lead[0] if lead else ""
            body = item[len(marks) :]
            found.append((marks, body.rstrip("\n")))
            found.append(("\n" * (len(body) - len(body.rstrip("\n"))), ""))
    return found


def messages_of(markdown: str) -> list[str]:
    """The messages of a text, in its order, white space in a line joined."""
    return [_joined(words) for _, words in pieces(markdown) if words.strip()]


def translate_markdown(markdown: str) -> str:
    """The text in the language spoken now, paragraph by paragraph. Raises `MissingMessage`."""
    if spoken() == "en":
        return markdown
    return "".join(
        lead + (translated(_joined(words)) if words.strip() else words)
        for lead, words in pieces(markdown)
    )


def _joined(words: str) -> str:
    return " ".join(words.split())
