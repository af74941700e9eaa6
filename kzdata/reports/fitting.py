"""Figures a little smaller where that keeps them on the page that their text is on.

A figure that does not fit the rest of a page begins the next one, with the heading and paragraph
that lead to it, and leaves a hole behind. The template says where each of them came to stand; from
that it follows how much smaller the picture has to be for the hole to hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

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
