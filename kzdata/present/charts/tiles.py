"""Tiles: where each stands, so that its area is its share, and how much of its name it holds."""

from __future__ import annotations

from typing import Any, NamedTuple

from kzdata.i18n.sentences import t
from kzdata.model import nomenclature
from kzdata.present.charts import page, style, words

OTHERS = ""

"""The code of the tile of all that are not drawn."""


class Tile(NamedTuple):
    """One rectangle, in units of the page's width, and whose it is."""

    code: str
    value: float
    x: float
    y: float
    width: float
    height: float


def named(over: str, code: str) -> str:
    """The name of a partner or of a product, as a label has it."""
    if over == "partner":
        return str(words.place(code))
    return nomenclature.chapter_name(code) if code.isdecimal() else code


def squarified(parts: list[tuple[str, float]], width: float, height: float) -> list[Tile]:
    """Rectangles with areas in proportion to the values, in their order, as square as can be.

    Source of the layout: Bruls, Huizing and van Wijk (2000).
    """
    from squarify import normalize_sizes, squarify

    drawn = [(code, value) for code, value in parts if value > 0]
    areas = normalize_sizes([value for _, value in drawn], width, height)
    return [
        Tile(code, value, place["x"], place["y"], place["dx"], place["dy"])
        for (code, value), place in zip(drawn, squarify(areas, 0, 0, width, height), strict=True)
    ]


def draw(
    axes: Any, tiles: list[Tile], total: float, over: str, mine: str, others: int
) -> list[str]:
    """The tiles with what fits of name and share, ``mine`` set off, the rest in grey.

    Returns the codes that stand for a name which did not fit.
    """
    from matplotlib.patches import Rectangle

    coded: list[str] = []
    for tile in tiles:
        own, rest = tile.code == mine and bool(mine), tile.code == OTHERS
        color = style.WINE if own else style.GRID if rest else style.LILAC
        axes.add_patch(
            Rectangle(
                (tile.x, tile.y),
                tile.width,
                tile.height,
                facecolor=color,
                edgecolor="white",
                linewidth=1.2,
            )
        )
        name = t("{n} others", n=others) if rest else named(over, tile.code)
        share = str(words.percent(100 * tile.value / total))
        text = _fitting(style.clean(name), share, tile)
        if not text and not rest and (text := _fitting(tile.code, share, tile)):
            coded.append(tile.code)
        if text:
            axes.text(
                tile.x + 0.05,
                tile.y + 0.05,
                text,
                size=style.SMALL,
                color="white" if own else style.INK,
                weight="bold" if own else "normal",
                va="top",
                ha="left",
                linespacing=1.25,
            )
    return coded


def _fitting(name: str, share: str, tile: Tile) -> str:
    """Name and share where they fit whole into the tile, the name alone, or nothing.

    A tile too narrow for its name is tried again with its code.
    """
    line = style.SMALL * 1.32 / 72
    room = tile.width - 0.1
    broken = page.wrap(name, style.SMALL, room) if room > 0.2 else []
    whole = set(" ".join(broken).split(" ")) == set(name.split(" "))
    if not broken or not whole:
        return ""
    if (len(broken) + 1) * line + 0.06 <= tile.height and page.inches(share, style.SMALL) <= room:
        return "\n".join([*broken, share])
    return "\n".join(broken) if len(broken) * line + 0.06 <= tile.height else ""
