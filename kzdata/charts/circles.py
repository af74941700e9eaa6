"""Circles of a flow map: where each stands, and where its name does."""

from __future__ import annotations

from math import cos, radians, sin, sqrt
from typing import Any, NamedTuple

import pandas as pd

from kzdata.charts import inputs, marks, page, style, words

_LARGEST, _LEAST = 0.34, 0.035  # inches: radii
_MOVES = [
    (1 + side * push / 50, radians(turn))
    for turn in (0, *(s * n for n in range(2, 46, 2) for s in (1, -1)))
    for push in range(5)
    for side in (1, -1)
]
"""Tried in turn, its own place first: up to a twelfth nearer or farther, an eighth of a turn."""
_LETTERS = style.SMALL / 72


class Circle(NamedTuple):
    """A partner on the page, in inches from the reporter."""

    partner: str
    x: float
    y: float
    radius: float


def arranged(drawn: pd.DataFrame, scale: float) -> list[Circle]:
    """Circles at their place, the largest first, each moved as little as keeps it free."""
    largest = float(drawn["value"].max())
    found = [Circle("", 0.0, 0.0, 0.12)]
    for row in inputs.each(drawn):
        radius = max(_LEAST, _LARGEST * sqrt(row.value / largest))
        away = scale * sqrt(row.distance_km)
        at = radians(row.bearing_degrees)
        best = Circle(row.partner, away * sin(at), away * cos(at), radius)
        if not _free(best, found):
            tried = [
                best._replace(x=push * away * sin(at + turn), y=push * away * cos(at + turn))
                for push, turn in _MOVES
            ]
            tried.sort(key=lambda c: (c.x - best.x) ** 2 + (c.y - best.y) ** 2)
            best = next((c for c in tried if _free(c, found)), best)
        found.append(best)
    return found[1:]


def _free(circle: Circle, others: list[Circle]) -> bool:
    return all(
        sqrt((circle.x - other.x) ** 2 + (circle.y - other.y) ** 2)
        > circle.radius + other.radius + 0.02
        for other in others
    )


def named(axes: Any, circle: Circle, circles: list[Circle], taken: list[Any], *, own: bool) -> str:
    """Its name, or else its code, within the circle, or else its name or code beside it if free.

    Returns what was written; nothing where there was no room.
    """
    name = style.clean(words.place(circle.partner))
    for text in (name, circle.partner):
        if page.inches(text, style.SMALL) < 1.9 * circle.radius:
            color = "white" if own else style.INK
            taken.append(box(circle.x, circle.y, text))
            write(axes, circle.x, circle.y, text, color=color, path_effects=[])
            return text
    side = 1 if circle.x >= 0 else -1
    for text in (name, circle.partner) if own else (circle.partner,):
        half = page.inches(text, style.SMALL, bold=own) / 2
        beside = circle.radius + half + 0.04
        above = circle.radius + 0.09
        places = [(side * beside, 0), (0, -above), (0, above), (-side * beside, 0)]
        free = [
            (x, y) for x, y in places if free_at(circle.x + x, circle.y + y, text, circles, taken)
        ]
        if free or own:
            x, y = (free or places)[0]
            taken.append(box(circle.x + x, circle.y + y, text))
            weight = "bold" if own else "normal"
            write(axes, circle.x + x, circle.y + y, text, weight=weight)
            return text
    return ""


def free_at(x: float, y: float, text: str, circles: list[Circle], taken: list[Any]) -> bool:
    """Whether a label there stays on the page and lies on no circle and on no other label."""
    room = box(x, y, text)
    edge = style.WIDTH / 2 - style.MARGIN
    inside = room[0] >= -edge and room[2] <= edge
    return inside and not _covers(room, circles) and not any(_meets(room, each) for each in taken)


def write(axes: Any, x: float, y: float, text: str, **look: Any) -> None:
    """A label in the middle of a point."""
    look = {"size": style.SMALL, "color": style.INK, "path_effects": marks.halo()} | look
    axes.text(x, y, text, ha="center", va="center", zorder=7, **look)


def box(x: float, y: float, text: str) -> tuple[float, float, float, float]:
    """The room of a label around its middle: left, lower, right, upper."""
    half = page.inches(text, style.SMALL, bold=True) / 2  # with some air
    return x - half, y - _LETTERS / 2, x + half, y + _LETTERS / 2


def _meets(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _covers(room: tuple[float, float, float, float], circles: list[Circle]) -> bool:
    left, lower, right, upper = room
    return any(
        sqrt((c.x - min(max(c.x, left), right)) ** 2 + (c.y - min(max(c.y, lower), upper)) ** 2)
        < c.radius
        for c in circles
    )
