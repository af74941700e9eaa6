"""How wide each column of a printed table is, how small its type, and which way its page lies."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from kzdata.errors import PublishError
from kzdata.files import scratch
from kzdata.i18n.sentences import t
from kzdata.reports.bidi import in_order
from kzdata.reports.blocks import (
    Block,
    Chart,
    Column,
    Document,
    Heading,
    Image,
    Preformatted,
    Prose,
    Sources,
    Statement,
    Table,
)
from kzdata.reports.html import TEMPLATES
from kzdata.reports.markdown import plain, tokens

PORTRAIT, LANDSCAPE = 467.0, 713.0  # points between the margins of A4

GUTTER = 9.0

# Advances of the text face in ems, by kind of character, with a little to spare.
DIGIT, CAPITAL, SMALL, OTHER = 0.485, 0.68, 0.5, 0.58

KINDS = {
    " .,:;'!|()[]/-\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}fijlt": 0.32,
    "mwшщжюмфыMWШЩЖЮМ": 0.82,
    "%+=−–—": 0.62,
}

SPECIAL = {character: advance for kind, advance in KINDS.items() for character in kind}

BOLD = 1.07

# Size of type, whether the page lies on its side, and the most lines that a row may grow to.
TRIES = [(9.0, False, 5), (8.0, False, 7), (7.5, False, 10), (8.0, True, 8), (7.0, True, 14)]

SMALLEST = 6.0

MANY = 45  # rows: more than a page holds, so that a narrow table is set in two columns


@dataclass(frozen=True)
class Layout:
    """``widths`` in points; empty when the columns may have the width they ask for."""

    size: float
    landscape: bool
    widths: list[float]
    twice: bool = False


def layout(columns: list[Column], rows: list[list[str]]) -> Layout:
    """The first of the tries in which nothing is cut and no row grows tall; else the smallest."""
    for size, landscape, tallest in TRIES:
        room = LANDSCAPE if landscape else PORTRAIT
        if len(rows) > MANY and _fit(columns, rows, size, 0.47 * PORTRAIT, tallest) == []:
            return Layout(size, False, [], twice=True)
        widths = _fit(columns, rows, size, room, tallest)
        if widths is not None:
            return Layout(size, landscape, widths)
    least = [_least(c, [row[n] for row in rows], SMALLEST) for n, c in enumerate(columns)]
    scale = min(1.0, LANDSCAPE / sum(least))
    return Layout(SMALLEST, True, [round(width * scale, 1) for width in least])


def _fit(
    columns: list[Column], rows: list[list[str]], size: float, room: float, tallest: int
) -> list[float] | None:
    cells = [[row[n] for row in rows] for n in range(len(columns))]
    natural = [
        max(_width(column.title, BOLD * size), *(_width(text, size) for text in texts), 0.0)
        for column, texts in zip(columns, cells, strict=True)
    ]
    if sum(natural) <= room:
        return []
    least = [_least(column, texts, size) for column, texts in zip(columns, cells, strict=True)]
    if sum(least) > room:
        return None
    widths = _shared(least, natural, [_weight(texts, size) for texts in cells], room)
    pairs = zip(cells, widths, strict=True)
    lines = max((_lines(text, w, size) for texts, w in pairs for text in texts), default=1)
    return [round(width, 1) for width in widths] if lines <= tallest else None


def _shared(
    least: list[float], natural: list[float], weights: list[float], room: float
) -> list[float]:
    """Widths that fill the room with as few and as even lines as can be.

    The sum over columns of weight / width² (the squares of their cells' lines) is least where
    widths go with the cube root of the weight; the factor is found by halving.
    """
    low, high = 0.0, room
    widths = least
    for _ in range(60):
        factor = (low + high) / 2
        widths = [
            min(max(factor * weight ** (1 / 3), lowest), widest)
            for lowest, widest, weight in zip(least, natural, weights, strict=True)
        ]
        low, high = (factor, high) if sum(widths) < room else (low, factor)
    return widths


def _weight(texts: list[str], size: float) -> float:
    return sum(_width(text, size) ** 2 for text in texts)


def _least(column: Column, cells: list[str], size: float) -> float:
    pieces = cells if column.align == "right" else map(_longest, cells)
    head = _width(_longest(column.title), BOLD * size)
    return max(head, *(_width(piece, size) for piece in pieces), 0.0)


def _longest(text: str) -> str:
    # Only these break a line: a no-break space keeps "US$162.4 million" in one piece.
    return max(re.split(r"[ \t\n\N{ZERO WIDTH SPACE}]+", text), key=len)


def _width(text: str, size: float) -> float:
    return sum(map(_advance, text)) * size + GUTTER


@cache
def _advance(character: str) -> float:
    if character in SPECIAL:
        return SPECIAL[character]
    if character.isdigit():
        return DIGIT
    if character.islower():
        return SMALL
    return CAPITAL if character.isupper() else OTHER


def _lines(text: str, width: float, size: float) -> float:
    return (_width(text, size) - GUTTER) / max(width - GUTTER, 1.0)


PAGE = 1.36  # height over width of the room that a page has for a figure

SHRINK = 1.25  # a figure this much taller is made smaller instead

PIECE = (0.1, 0.25)  # of a page, the shortest and the tallest where nothing is drawn

BLANK = 8  # empty rows that part two pieces: more than there are between the lines of a text


def cuts(png: bytes) -> list[float]:
    """Heights at which to cut, as shares of the whole, each where least is drawn.

    Empty for a figure that fits a page, whole or a little smaller. Where nothing at all is drawn
    the pieces are shorter than a page, so that the first of them fill the page that text began.
    """
    import numpy as np
    from matplotlib.image import imread

    pixels = imread(io.BytesIO(png), format="png")
    grey = pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=2)
    height, width = grey.shape
    if height <= PAGE * SHRINK * width:
        return []
    changes = (np.abs(np.diff(grey, axis=1)) > 0.1).sum(axis=1)
    blank = _blank(changes)
    found: list[float] = []
    start, room = 0, int(PAGE * width)
    # What is left is cut as well, though it fit a page: it would leave white the one that it does
    # not fit. Less than the shortest piece is no piece of its own.
    while height - start > PIECE[1] * room:
        low, high = (start + share * room for share in PIECE)
        near = [row for row in blank if low < row < min(high, height - PIECE[0] * room)]
        if not near and height - start <= room:
            break
        start = near[-1] if near else _quietest(changes, start + int(0.7 * room), start + room)
        found.append(start / height)
    return found


def _blank(changes: Any) -> list[int]:
    """The middles of the places where nothing is drawn over some rows."""
    found, begin = [], 0
    for row, drawn in enumerate([*(changes > 0), True]):
        if drawn:
            if row - begin >= BLANK:
                found.append((begin + row) // 2)
            begin = row + 1
    return found


def _quietest(changes: Any, first: int, last: int) -> int:
    """The middle of the longest run of rows in which least changes; a later one if as long."""
    window = changes[first:last]
    quiet = window <= window.min()
    best, length, begin = len(window) - 1, 0, None
    for row, still in enumerate([*quiet, False]):
        if still and begin is None:
            begin = row
        elif not still and begin is not None:
            if row - begin >= length:
                best, length = (begin + row) // 2, row - begin
            begin = None
    return first + best


SMALLEST = 0.7  # the smallest type of a chart is then 5.7 points high

ABOVE = 26.0  # points: the space above a heading, which it does not have at the head of a page


class Spot(NamedTuple):
    """Where a figure's group (its heading, its paragraph, itself) begins and ends, in points.

    ``before`` is the page and height at which the text before the group ends, ``after`` the same
    for the group, ``picture`` the height of the picture as it stands, ``top`` and ``bottom`` the
    edges of the type area.
    """

    before: tuple[int, float]
    after: tuple[int, float]
    picture: float
    top: float
    bottom: float


def shrink(spot: Spot) -> float | None:
    """How much of its size the picture keeps on the page before; None if it stays as it is."""
    if spot.after[0] != spot.before[0] + 1:
        return None
    words = spot.after[1] - spot.top - spot.picture
    room = spot.bottom - spot.before[1] - ABOVE - words
    kept = int(1000 * room / spot.picture) / 1000
    return kept if SMALLEST <= kept < 1 else None


def fit(look: Callable[[Mapping[int, float]], Sequence[Spot]]) -> dict[int, float]:
    """The figures that are set smaller, by number, and how much of their size they keep.

    ``look`` lays the document out with such sizes and says where the figures are. One is changed
    at a time, from the front, since each moves what follows; one that does not come to the page
    before all the same keeps its size.
    """
    sizes: dict[int, float] = {}
    kept: set[int] = set()
    spots = look(sizes)
    while True:
        wanted = ((n, shrink(spot)) for n, spot in enumerate(spots) if n not in kept)
        number, size = next(((n, size) for n, size in wanted if size is not None), (0, None))
        if size is None:
            return sizes
        kept.add(number)
        tried = sizes | {number: size}
        seen = look(tried)
        if seen[number].after[0] == seen[number].before[0]:
            sizes, spots = tried, seen


LONG_WORD = 20

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


def _opening(statement: Statement, document: Document) -> dict[str, Any]:
    new = plain(statement.markdown) in document.fresh
    return {"new": new, "c": blocks(statement.markdown)}


def _lead(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nodes, each with what introduces it: a paragraph stays with its figure or table, and
    headings that a table on a turned page follows move onto that page. A mark stands before the
    headings and the paragraph that move with a figure."""
    led: list[dict[str, Any]] = []
    for node in nodes:
        if node.get("landscape"):
            while led and led[-1]["t"] == "heading":
                node["lead"].insert(0, led.pop())
        elif node["t"] in {"figure", "table"} and led[-1]["t"] == "text":
            led[-1]["keep"] = len(led[-1]["c"]) == 1
        if node["t"] == "figure" and not node["cuts"]:
            led.insert(_first_of_group(led), {"t": "mark"})
        led.append(node)
    return led


def _first_of_group(led: list[dict[str, Any]]) -> int:
    first = len(led)
    while first and (led[first - 1]["t"] == "heading" or led[first - 1].get("keep")):
        first -= 1
    return first


def _block(block: Block, keep: Callable[[str, bytes], str]) -> list[dict[str, Any]]:
    match block:
        case Heading():
            # One level less than in HTML: there the report's title is the first.
            return [{"t": "heading", "level": block.level - 1, "c": inline(block.markdown)}]
        case Prose() | Sources():
            small = isinstance(block, Sources)
            return [{"t": "text", "small": small, "keep": False, "c": blocks(block.markdown)}]
        case Statement():
            return [{"t": "statement", "finding": block.finding, "c": blocks(block.markdown)}]
        case Table():
            notes = [blocks(note) for note in block.notes]
            return [_grid(block.title, block.columns, block.rows) | {"notes": notes}]
        case Chart():
            places = cuts(block.png)
            # Lines where it is shown once; a figure over several pages is kept once as pixels.
            svg = ("image/svg+xml", block.svg.encode())
            name = keep("image/png", block.png) if places else keep(*svg)
            # The picture prints its own sources; as text, the title can be searched for.
            shown = {"file": name, "alt": block.alt, "cuts": places, "caption": block.title}
            width, height = struct.unpack(">II", block.png[16:24])  # as a PNG's header has them
            return [{"t": "figure", "ratio": height / width} | shown]
        case Image():
            name = keep(block.mime, block.content)
            return [{"t": "picture", "file": name, "alt": block.alt or t("Picture")}]
        case Preformatted():
            return [{"t": "code", "s": block.text}]


def _grid(title: str, columns: list[Column], rows: list[list[str]]) -> dict[str, Any]:
    rows = [[breakable(cell) for cell in row] for row in rows]
    plan = layout(columns, rows)
    return {
        "t": "table",
        "title": inline(title) if title else [],
        "lead": [],
        "size": plan.size,
        "landscape": plan.landscape,
        "widths": plan.widths,
        "twice": plan.twice,
        "breakable": plan.size == SMALLEST,
        "align": [column.align for column in columns],
        "head": [column.title for column in columns],
        "rows": rows,
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
        for statement in document.all(Statement)
        for number in statement.numbers
    ]
    rows = [list(row) for row in dict.fromkeys(tuple(row) for row in rows)]
    columns = [Column(each) for each in (t("Number"), t("Source"), t("Place"), t("Published"))]
    return _grid(t("The numbers in the text, in its order"), columns, rows) if rows else None


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

        def compiler(sizes: Mapping[int, float]) -> typst.Compiler:
            shrunk = {str(number): size for number, size in sizes.items()}
            return typst.Compiler(
                str(root / "report.typ"),
                root=str(root),
                font_paths=fonts,
                sys_inputs={"sizes": json.dumps(shrunk)},
            )

        def look(sizes: Mapping[int, float]) -> list[Spot]:
            return _spots(json.loads(compiler(sizes).query("<spot>", field="value")))

        try:
            sizes = fit(look)
            # PDF/UA-1 (ISO 14289-1): every picture described, every table headed, in reading order.
            printed = compiler(sizes).compile(
                format="pdf", pdf_standards="ua-1", timestamp=epoch, pretty=False
            )
        except typst.TypstError as error:
            raise PublishError(
                f"The report could not be typeset: {error.message}. {' '.join(error.hints)}",
                "Leave the PDF out for now: --format html,xlsx",
            ) from None
    assert isinstance(printed, bytes)
    return printed


def _spots(found: list[dict[str, Any]]) -> list[Spot]:
    """What the template says of each figure: two records, one before and one after it."""
    return [
        Spot(
            before=(before["page"], before["y"]),
            after=(after["page"], after["y"]),
            picture=after["picture"],
            top=after["top"],
            bottom=after["bottom"],
        )
        for before, after in zip(found[::2], found[1::2], strict=True)
    ]
