"""Markdown as the reports allow it: CommonMark and tables, no HTML, no picture from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from kzdata.reports.blocks import Heading, Prose

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

ALLOWED = ("https://", "http://", "mailto:", "#")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def tokens(markdown: str, *, shift: int = 0) -> list[Token]:
    """The block tokens of a text, with every address that is not plain removed.

    A picture becomes its description: a report loads nothing. ``shift`` lowers headings.
    """
    found = _parser().parse(markdown)
    for token in found:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + shift, 6)}"
        if token.children:
            token.children = [_tame(child) for child in token.children]
    return found


def _tame(token: Token) -> Token:
    if token.type == "image":
        token.type, token.tag, token.content = "text", "", token.content or "picture"
        token.children = None
    elif token.type == "link_open":
        address = str(token.attrs.get("href", ""))
        if not address.lower().startswith(ALLOWED):
            token.attrs.pop("href", None)
    return token


def to_html(markdown: str) -> str:
    """The text as HTML: paragraphs, lists, tables."""
    parser = _parser()
    return parser.renderer.render(tokens(markdown, shift=2), parser.options, {})


def inline_html(markdown: str) -> str:
    """A single line of text as HTML, without the paragraph around it."""
    html = to_html(markdown).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html[3:-4]
    return html


def plain(markdown: str) -> str:
    """The words of a text without its marks."""
    parts = []
    for token in tokens(markdown):
        if token.type == "inline":
            for child in token.children or []:
                parts.append(" " if child.type.endswith("break") else child.content)
            parts.append(" ")
        elif token.type in {"fence", "code_block"}:
            parts.append(token.content)
    return " ".join("".join(parts).split())


def escaped(text: str) -> str:
    """The text as Markdown that shows every sign of it: _ and * are no emphasis."""
    return re.sub(r"([\\`_*|<>&\[\]])", r"\\\1", text)


def split_headings(markdown: str) -> list[Any]:
    """A text cut at its top headings: Heading and Prose in turn."""
    markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
    lines = markdown.split("\n")  # as the parser counts them
    blocks: list[Any] = []
    start = 0

    def prose(end: int) -> None:
        text = "\n".join(lines[start:end]).strip("\n")
        if text.strip():
            blocks.append(Prose(text))

    found = _parser().parse(markdown)
    for token, following in pairwise(found):
        if token.type == "heading_open" and token.level == 0 and token.map:
            prose(token.map[0])
            blocks.append(Heading(int(token.tag[1]), following.content))
            start = token.map[1]
    prose(len(lines))
    return blocks
