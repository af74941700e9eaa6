"""The report on A4, typeset by Typst: tagged for reading aloud, the same bytes every time.

The template reads one JSON file and puts its strings on the page; nothing of a report's text is
ever part of a Typst program, so there is nothing to escape. What is measured, widths of columns and
sizes of figures, is measured in the template.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
from collections.abc import Callable
from typing import Any

from kzdata.errors import PublishError
from kzdata.files import scratch
from kzdata.i18n.sentences import t
from kzdata.reports.bidi import in_order
from kzdata.reports.blocks import (
    Block,
    ChartBlock,
    Column,
    Document,
    Heading,
    Image,
    Preformatted,
    Prose,
    Sources,
    StatementBlock,
    TableBlock,
)
from kzdata.reports.html import TEMPLATES
from kzdata.reports.markdown import plain, tokens

LONG_WORD = 20
PAGE = 1.36  # height over width of the room that a page has for a figure
SHRINK = 1.25  # a figure this much taller is made smaller instead
PIECE = (0.1, 0.25)  # of a page, the shortest and the tallest where nothing is drawn
BLANK = 8  # empty rows that part two pieces: more than there are between the lines of a text
SUFFIX = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}


def tree(document: Document) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The document for the template, and the pictures it names, by file name."""
    files: dict[str, bytes] = {}

    def keep(mime: str, content: bytes) -> str:
        name = f"picture-{len(files) + 1}.{SUFFIX[mime]}"
        files[name] = content
        return name

    parts = [
        _lead(
            [
                {"t": "heading", "level": 1, "c": inline(part.title)},
                *(node for block in part.blocks for node in _block(block, keep)),
            ]
        )
        for part in document.sections
    ]
    return {
        "title": plain(document.title),
        "kicker": document.edition or t("Report"),
        "as_of": t("As of {day}", day=document.as_of) if document.as_of else "",
        "labels": {
            "lead": t("In short"),
            "findings": t("Key findings"),
            "news": t("What is new"),
            "new": t("New"),
            "keys": t("Key figures"),
            "contents": t("Contents"),
            "figure": t("Figure"),
            "table": t("Table"),
            "numbers": t("Where the numbers in the text come from"),
            "about": t("About this report"),
        },
        "language": document.language,
        "direction": document.direction,
        "news": [blocks(each) for each in document.news],
        "lead": [_opening(each, document) for each in document.lead],
        "findings": [
            {
                "question": inline(question) if question else [],
                "answers": [_opening(each, document) for each in found],
            }
            for question, found in document.questions
        ],
        "keys": _keys(document),
        "parts": parts,
        "paged": document.paged,
        "numbers": _register(document),
        "about": [[name, breakable(text)] for name, text in document.about],
    }, files


def _opening(statement: StatementBlock, document: Document) -> dict[str, Any]:
    new = plain(statement.markdown) in document.fresh
    return {"new": new, "c": blocks(statement.markdown)}


def _lead(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nodes; a figure or table takes along the headings and the paragraph that lead to it."""
    led: list[dict[str, Any]] = []
    for node in nodes:
        if node["t"] in {"figure", "table"}:
            first = len(led)
            if led and led[-1]["t"] == "text" and len(led[-1]["c"]) == 1:
                first -= 1
            while first and led[first - 1]["t"] == "heading":
                first -= 1
            node["lead"], led[first:] = led[first:], []
        led.append(node)
    return led


def _block(block: Block, keep: Callable[[str, bytes], str]) -> list[dict[str, Any]]:
    match block:
        case Heading():
            # One level less than in HTML: there the report's title is the first.
            return [{"t": "heading", "level": block.level - 1, "c": inline(block.markdown)}]
        case Prose() | Sources():
            small = isinstance(block, Sources)
            return [{"t": "text", "small": small, "c": blocks(block.markdown)}]
        case StatementBlock():
            return [{"t": "statement", "finding": block.finding, "c": blocks(block.markdown)}]
        case TableBlock():
            notes = [blocks(note) for note in block.notes]
            return [_grid(block.title, block.columns, block.rows) | {"notes": notes}]
        case ChartBlock():
            places = cuts(block.png)
            # Lines where it is shown once; a figure over several pages is kept once as pixels.
            svg = ("image/svg+xml", block.svg.encode())
            name = keep("image/png", block.png) if places else keep(*svg)
            # The picture prints its own sources; as text, the title can be searched for.
            shown = {"file": name, "alt": block.alt, "cuts": places, "caption": block.title}
            return [{"t": "figure"} | shown]
        case Image():
            name = keep(block.mime, block.content)
            return [{"t": "picture", "file": name, "alt": block.alt or t("Picture")}]
        case Preformatted():
            return [{"t": "code", "s": block.text}]


def _grid(title: str, columns: list[Column], rows: list[list[str]]) -> dict[str, Any]:
    return {
        "t": "table",
        "title": inline(title) if title else [],
        "lead": [],
        "align": [column.align for column in columns],
        "head": [column.title for column in columns],
        "rows": [[breakable(cell) for cell in row] for row in rows],
        "notes": [],
    }


def _keys(document: Document) -> dict[str, Any] | None:
    found = document.key_figures
    if found is None:
        return None
    notes = [blocks(note) for note in found.notes]
    return _grid(found.title, found.columns, found.rows) | {"notes": notes, "numbered": False}


def _register(document: Document) -> dict[str, Any] | None:
    """Where each number of the text comes from, which the page shows on demand and print cannot."""
    keys = ("text", "source", "locator", "published")
    rows = [
        [str(number.get(key) or "").replace("_U", "") for key in keys]
        for statement in document.all(StatementBlock)
        for number in statement.numbers
    ]
    rows = [list(row) for row in dict.fromkeys(tuple(row) for row in rows)]
    columns = [Column(each) for each in (t("Number"), t("Source"), t("Place"), t("Published"))]
    return _grid(t("The numbers in the text, in its order"), columns, rows) if rows else None


def cuts(png: bytes) -> list[float]:
    """Where a figure taller than a page is cut, as shares of its height: where least is drawn.

    Empty for a figure that fits a page, whole or a little smaller. Where nothing at all is drawn
    the pieces are shorter than a page, so that the first of them fill the page that text began.
    """
    import numpy as np
    from matplotlib.image import imread

    pixels = imread(io.BytesIO(png), format="png")
    grey = pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=2)
    height, width = grey.shape
    room = int(PAGE * width)
    if height <= room * SHRINK:
        return []
    changes = (np.abs(np.diff(grey, axis=1)) > 0.1).sum(axis=1)
    drawn = np.convolve(changes, np.ones(BLANK), mode="same")
    shortest, tallest = (int(share * room) for share in PIECE)
    found: list[float] = []
    start = 0
    # What is left is cut as well, though it fit a page: it would leave white the one that it does
    # not fit. Less than the shortest piece is no piece of its own.
    while height - start > tallest:
        first, last = start + shortest, min(start + tallest, height - shortest)
        blank = first + np.flatnonzero(drawn[first:last] == 0)
        if not len(blank) and height - start <= room:
            break
        if not len(blank):
            first = start + int(0.7 * room)
            window = drawn[first : start + room]
            blank = first + np.flatnonzero(window == window.min())
        start = int(blank[-1])
        found.append(start / height)
    return found


def breakable(text: str) -> str:
    """The text with places to break inside words longer than a narrow column is wide."""

    def cut(word: re.Match[str]) -> str:
        parts = re.sub(r"([/_.,=&?+-])(?=\w)", "\\1\N{ZERO WIDTH SPACE}", word.group())
        return re.sub(rf"([^\s\u200b]{{{LONG_WORD}}})(?=\w)", "\\1\N{ZERO WIDTH SPACE}", parts)

    # A no-break space is a space to the eye: a figure and its unit are not one long word.
    return re.sub(rf"\S{{{LONG_WORD},}}", cut, text)


def blocks(markdown: str) -> list[dict[str, Any]]:
    """Markdown as a list of block nodes."""
    from markdown_it.tree import SyntaxTreeNode

    return [_node(child) for child in SyntaxTreeNode(tokens(markdown)).children]


def inline(markdown: str) -> list[dict[str, Any]]:
    """A single line of Markdown as inline nodes."""
    found = blocks(markdown)
    if len(found) == 1 and found[0]["t"] == "p":
        return found[0]["c"]
    return [{"t": "s", "s": plain(markdown)}]


def _node(node: Any) -> dict[str, Any]:
    kind = node.type
    if kind in {"paragraph", "heading"}:
        return {"t": "p" if kind == "paragraph" else "subhead", "c": _inlines(node)}
    if kind in {"bullet_list", "ordered_list"}:
        items = [[_node(child) for child in item.children] for item in node.children]
        return {"t": kind, "start": int(node.attrs.get("start", 1)), "items": items}
    if kind == "blockquote":
        return {"t": "quote", "c": [_node(child) for child in node.children]}
    if kind in {"fence", "code_block"}:
        return {"t": "code", "s": node.content.rstrip("\n")}
    if kind == "table":
        rows = [row.children for group in node.children for row in group.children]
        styles = [str(cell.attrs.get("style", "")) for cell in rows[0]]
        return {
            "t": "grid",
            "align": ["right" if "right" in style else "left" for style in styles],
            "rows": [[_inlines(cell) for cell in row] for row in rows],
        }
    return {"t": "rule"}


def _inlines(node: Any) -> list[dict[str, Any]]:
    return [each for child in node.children for each in _inline(child)]


def _inline(node: Any) -> list[dict[str, Any]]:
    if node.type == "inline":
        return _inlines(node)
    if node.type in {"strong", "em"}:
        return [{"t": node.type, "c": _inlines(node)}]
    if node.type == "link" and str(node.attrs.get("href", "")).startswith(("http", "mailto:")):
        return [{"t": "link", "to": node.attrs["href"], "c": _inlines(node)}]
    if node.type == "link":
        return _inlines(node)
    if node.type == "hardbreak":
        return [{"t": "br"}]
    if node.type == "softbreak":
        return [{"t": "s", "s": " "}]
    return [{"t": "code" if node.type == "code_inline" else "s", "s": breakable(node.content)}]


def render(document: Document, *, epoch: int) -> bytes:
    """The PDF. ``epoch`` (seconds) is the one time it carries, as its creation date.

    Type comes with the typesetter (Libertinus Serif) and with matplotlib (DejaVu Sans, for what
    the former lacks): nothing of the machine's is used, so every machine prints the same.
    """
    import typst
    from matplotlib import get_data_path

    content, files = tree(in_order(document))
    content["date"] = list(dt.datetime.fromtimestamp(epoch, dt.UTC).timetuple()[:3])
    with scratch() as root:
        for name, picture in files.items():
            (root / name).write_bytes(picture)
        (root / "document.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        shutil.copy(TEMPLATES / "report.typ", root / "report.typ")
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[f"{get_data_path()}/fonts/ttf"])

        try:
            # PDF/UA-1 (ISO 14289-1): every picture described, every table headed, in reading order.
            printed = typst.compile(
                str(root / "report.typ"),
                root=str(root),
                font_paths=fonts,
                format="pdf",
                pdf_standards="ua-1",
                timestamp=epoch,
                pretty=False,
            )
        except typst.TypstError as error:
            raise PublishError(
                f"The report could not be typeset: {error.message}. {' '.join(error.hints)}",
                "Leave the PDF out for now: --format html,xlsx",
            ) from None
    assert isinstance(printed, bytes)
    return printed
