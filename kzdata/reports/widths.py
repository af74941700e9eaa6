"""How wide each column of a printed table is, how small its type, and which way its page lies."""

from __future__ import annotations

from dataclasses import dataclass

from kzdata.reports.blocks import Column

PORTRAIT, LANDSCAPE = 467.0, 713.0  # points between the margins of A4
GUTTER = 9.0
# Mean advance of a character of the text face; digits and capitals are wider than the mean.
LETTER, DIGIT = 0.475, 0.53
LONGEST_WORD = 22  # longer ones have places to break: see typeset.breakable
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
        max(_width(text, size) for text in [column.title, *texts])
        for column, texts in zip(columns, cells, strict=True)
    ]
    if sum(natural) <= room:
        return []
    least = [_least(column, texts, size) for column, texts in zip(columns, cells, strict=True)]
    spare = room - sum(least)
    if spare < 0:
        return None
    # A long column wants room by the square root of its text: it can wrap where a short one cannot.
    wants = [max(n - m, 0.0) ** 0.5 for n, m in zip(natural, least, strict=True)]
    total = sum(wants) or 1.0
    widths = [min(n, m + spare * w / total) for n, m, w in zip(natural, least, wants, strict=True)]
    left = room - sum(widths)
    if left > 0:  # what capped columns gave back goes to the one that asks most
        longest = max(range(len(widths)), key=lambda n: natural[n] - widths[n])
        widths[longest] += left
    lines = max(
        (_lines(t, w, size) for c, w in zip(cells, widths, strict=True) for t in c), default=1
    )
    return [round(width, 1) for width in widths] if lines <= tallest else None


def _least(column: Column, cells: list[str], size: float) -> float:
    if column.align == "right":
        return max(_width(text, size) for text in [_longest(column.title), *cells])
    return max(_width(_longest(text)[:LONGEST_WORD], size) for text in [column.title, *cells])


def _longest(text: str) -> str:
    return max(text.split(), key=len, default="")


def _width(text: str, size: float) -> float:
    wide = sum(c.isdigit() or c.isupper() for c in text)
    return (wide * DIGIT * 1.1 + (len(text) - wide) * LETTER) * size + GUTTER


def _lines(text: str, width: float, size: float) -> float:
    return (_width(text, size) - GUTTER) / max(width - GUTTER, 1.0)
