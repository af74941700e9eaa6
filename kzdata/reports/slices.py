"""Where a figure taller than a page can be cut: between its rows, not through its words."""

from __future__ import annotations

import io
from typing import Any

PAGE = 1.36  # height over width of the room that a page has for a figure
SHRINK = 1.25  # a figure this much taller is made smaller instead
PIECE = (0.1, 0.25)  # of a page, the shortest and the tallest where nothing is drawn
BLANK = 8  # empty rows that part two pieces: more than there are between the lines of a text


def cuts(png: bytes, page: float = PAGE) -> list[float]:
    """Heights at which to cut, as shares of the whole, each where least is drawn.

    Empty for a figure that fits a page, whole or a little smaller. Where nothing at all is drawn
    the pieces are shorter than a page, so that the first of them fill the page that text began.
    """
    import numpy as np
    from matplotlib.image import imread

    pixels = imread(io.BytesIO(png), format="png")
    grey = pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=2)
    height, width = grey.shape
    if height <= page * SHRINK * width:
        return []
    changes = (np.abs(np.diff(grey, axis=1)) > 0.1).sum(axis=1)
    blank = _blank(changes)
    found: list[float] = []
    start, room = 0, int(page * width)
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
