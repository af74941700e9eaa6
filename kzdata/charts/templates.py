"""Sentences of charts as whole templates with named fields, so that they can be translated."""

from __future__ import annotations


def t(template: str, /, **parts: object) -> str:
    """The template with its parts in place.

    >>> t("{first} to {last}", first=1995, last=2025)
    '1995 to 2025'
    """
    return template.format(**parts)
