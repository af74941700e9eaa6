"""How wide each column of a printed table is, how small its type, and which way its page lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kzdata.reports.blocks import Column

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
