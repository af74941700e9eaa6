"""Which figures are set smaller, and how much: where they stand decides."""

from __future__ import annotations

import pytest

from kzdata.reports.pdf import ABOVE, SMALLEST, Spot, fit, shrink


def spot(room: float, picture: float = 400.0, words: float = 100.0, moved: int = 1) -> Spot:
    """A figure with ``room`` points left on the page before it, in a type area of 0 to 1000."""
    end = words + picture if moved else 1000 - room + words + picture
    return Spot((3, 1000 - room), (3 + moved, end), picture, 0.0, 1000.0)


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        # room 426 less 26 above and 100 of words leaves 300 of 400
        (spot(426), 0.75),
        (spot(400), None),  # 274 of 400 is less than the least
        (spot(600), None),  # there is room enough: something else moved it
        (spot(900, moved=0), None),
        (spot(426, moved=2), None),
    ],
)
def test_a_picture_shrinks_to_the_room_that_is_left(where, kept):
    assert (ABOVE, SMALLEST) == (26.0, 0.7)
    assert shrink(where) == kept


def test_one_at_a_time_from_the_front_and_each_once():
    asked = []

    def look(sizes):
        asked.append(dict(sizes))
        first = spot(426, moved=0 if 0 in sizes else 1)
        # the second fits only once the first has gone to the page before; the third never goes
        second = spot(466, moved=0 if 1 in sizes else 1) if 0 in sizes else spot(50)
        return [first, second, spot(500)]

    assert fit(look) == {0: 0.75, 1: 0.85}
    assert asked == [{}, {0: 0.75}, {0: 0.75, 1: 0.85}, {0: 0.75, 1: 0.85, 2: 0.935}]


def test_nothing_to_fit():
    assert fit(lambda sizes: []) == {}
