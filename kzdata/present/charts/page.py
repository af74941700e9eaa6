"""The page of a chart: an empty figure, and the finish that puts the words around the plot.

Everything is measured in inches on a page 640 px wide, so that no title is cut and nothing
overlaps; the figure grows in height as its words need.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from kzdata.i18n.catalogue import direction
from kzdata.present.charts import style
from kzdata.present.charts.chart import Chart

_RIGHT_TO_LEFT = "\u200f"  # a line that begins with a figure is still a Hebrew line

_LEAD = 1.32  # height of a line in units of its type size

# A figure and its unit; a Hebrew figure ends with the sign that sets it apart.
_UNBROKEN = re.compile("(?<=[0-9\u2069]) (?=(?:thousand|million|billion|trillion|%|km|км|ק״מ))")

_FROM_RIGHT = re.compile("[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufefc]")

_TEXT = style.WIDTH - 2 * style.MARGIN


def sheet(height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Any, Any]:
    """A figure whose plot is ``height`` inches high, and its axes, dressed by the caller.

    Must be called, like `finish`, inside `style.house`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(style.WIDTH, height))
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, **options)
    return figure, axes


def finish(
    figure: Any,
    *,
    name: str,
    title: str,
    subtitle: object,
    alt: object,
    caption: object,
    frame: pd.DataFrame,
    shift: Any = None,
) -> Chart:
    """Title, subtitle and caption around the plot; the figure becomes a `Chart`.

    ``shift(figure)`` is called once the places of the axes are final, for labels that have to
    be spread where they would overlap.
    """
    title, subtitle, alt, caption = map(style.clean, (title, subtitle, alt, caption))
    head = [
        (wrap(title, style.TITLE, _TEXT, bold=True), style.TITLE, style.INK, "bold"),
        (wrap(subtitle, style.BODY, _TEXT), style.BODY, style.SOFT, "normal"),
    ]
    foot = [(wrap(caption, style.SMALL, _TEXT), style.SMALL, style.SOFT, "normal")]
    plot = figure.get_figheight()
    top = style.MARGIN + sum(_height(lines, size) for lines, size, *_ in head) + 0.12
    bottom = 0.12 + sum(_height(lines, size) for lines, size, *_ in foot) + style.MARGIN
    figure.set_size_inches(style.WIDTH, top + plot + bottom)
    _write(figure, head, style.MARGIN)
    _write(figure, foot, top + plot + 0.12)
    fit(figure, top, bottom)
    if shift is not None:
        shift(figure)
        fit(figure, top, bottom)
    return Chart(name, title, subtitle, alt, caption, frame, figure)


def _height(lines: list[str], size: float) -> float:
    return len(lines) * size * _LEAD / 72


def _write(figure: Any, paragraphs: list[Any], offset: float) -> None:
    """Lines from ``offset`` inches below the upper edge, from the side where reading begins."""
    rtl = direction() == "rtl"
    edge = style.MARGIN / style.WIDTH
    for lines, size, color, weight in paragraphs:
        for line in lines:
            figure.text(
                1 - edge if rtl else edge,
                1 - offset / figure.get_figheight(),
                _RIGHT_TO_LEFT + line if rtl else line,
                ha="right" if rtl else "left",
                size=size,
                color=color,
                weight=weight,
                va="top",
            )
            offset += size * _LEAD / 72


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most ``width`` inches; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in _UNBROKEN.sub("\N{NO-BREAK SPACE}", text).split(" "):
        wider = f"{line} {word}".strip()
        if inches(wider, size, bold=bold) <= width:
            line = wider
            continue
        if line:
            lines.append(line)
        while inches(word, size, bold=bold) > width:
            cut = next(
                n
                for n in range(len(word) - 1, 0, -1)
                if n == 1 or inches(word[:n], size, bold=bold) <= width
            )
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line else lines


def shorten(text: object, size: float, width: float, lines: int) -> str:
    """The text in at most ``lines`` lines, ended by an ellipsis where it is longer."""
    wrapped = wrap(style.clean(text), size, width)
    if len(wrapped) <= lines:
        return "\n".join(wrapped)
    last = wrapped[lines - 1]
    while last and inches(last + "…", size) > width:
        last = last[:-1]
    return "\n".join([*wrapped[: lines - 1], last.rstrip(" ,;") + "…"])


def inches(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line of text.

    The font sets no letter closer to a space, so a line is as wide as its words and spaces. Where
    some letters run from the right, other letters stand side by side than in the text.
    """
    words = [text] if _FROM_RIGHT.search(text) else text.split(" ")
    spaces = (len(words) - 1) * _pixels(" ", size, bold)
    return (sum(_pixels(word, size, bold) for word in words) + spaces) / style.DPI


@lru_cache(4096)
def _pixels(text: str, size: float, bold: bool) -> float:
    from matplotlib.font_manager import FontProperties

    font = FontProperties(size=size, weight="bold" if bold else "normal")
    return _ruler().get_text_width_height_descent(text, font, ismath=False)[0]


@cache
def _ruler() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(1, 1, style.DPI)


def fit(figure: Any, top: float, bottom: float) -> None:
    """Move the axes so that all they draw, labels included, fills the plot's part of the page."""
    from matplotlib.transforms import Bbox

    height = figure.get_figheight()
    want = Bbox.from_extents(style.MARGIN, bottom, style.WIDTH - style.MARGIN, height - top)
    figure.subplots_adjust(
        left=0.1, right=0.9, bottom=(bottom + 0.2) / height, top=1 - (top + 0.1) / height
    )
    extra = [(each, each.get_default_bbox_extra_artists()) for each in figure.axes]
    for _ in range(4):  # labels move with the axes: a few rounds settle them
        boxes = [axes.get_tightbbox(_ruler(), bbox_extra_artists=each) for axes, each in extra]
        drawn = Bbox.union([box for box in boxes if box is not None])
        drawn = drawn.transformed(figure.dpi_scale_trans.inverted())
        place = figure.subplotpars
        figure.subplots_adjust(
            left=place.left + (want.x0 - drawn.x0) / style.WIDTH,
            right=place.right + (want.x1 - drawn.x1) / style.WIDTH,
            bottom=place.bottom + (want.y0 - drawn.y0) / height,
            top=place.top + (want.y1 - drawn.y1) / height,
        )
