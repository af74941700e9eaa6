"""The house look: colours, type and the few matplotlib settings that everything else rests on.

The palette was chosen for the best colour-blind separation at a contrast of 3:1 or more on white.
Hatches, markers and direct labels repeat what colour says, so that a chart also reads in grey.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from kzdata.i18n.catalogue import speaking, spoken
from kzdata.i18n.formats import format_number

PALETTE = ("#801650", "#A285D1", "#D55E00", "#009E73", "#7a21dd", "#000000")

WINE, LILAC, ORANGE, GREEN, VIOLET, BLACK = PALETTE

INK, SOFT, GRID, CONTEXT = "#1c2126", "#56606b", "#d9dde1", "#767d86"

WIDTH = 6.4

"""Inches: 640 px at 100 dpi, the width that every chart is laid out for."""

DPI = 100

PNG_DPI = 130

MARGIN = 0.12

TITLE, BODY, SMALL = 12.5, 9.0, 8.0

"""Points; at 640 px the smallest text is 11 px high."""

HATCH = "////"

"""Drawn over whatever covers only part of a year."""

_HOUSE: dict[Any, Any] = {
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same letters on every machine
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign is money here, never mathematics
    "text.hinting": "none",  # widths then scale alike on screen and in SVG
    "axes.edgecolor": CONTEXT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.8,
    "xtick.color": CONTEXT,
    "ytick.color": CONTEXT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": BODY,
    "ytick.labelsize": BODY,
    "lines.solid_capstyle": "butt",
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "svg.fonttype": "path",
    "svg.hashsalt": "kzdata",
}

_one_at_a_time = threading.RLock()


@contextmanager
def house() -> Iterator[None]:
    """matplotlib's own defaults and then ours, whatever the user's matplotlibrc says.

    The settings are of the whole process, and the explorer of a notebook answers in a thread of its
    own while a cell runs: one thread at a time draws.
    """
    import matplotlib

    with _one_at_a_time, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_HOUSE)
        yield


def dress(axes: Any, *, values: str = "y", unit: bool = True) -> None:
    """Light lines across the value axis only, no box, no tick marks."""
    from matplotlib.ticker import MaxNLocator

    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.grid(axis=values, color=GRID, linewidth=0.7)
    if unit:
        ruler = axes.yaxis if values == "y" else axes.xaxis
        ruler.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        ruler.set_major_formatter(ticks(plain))


def ticks(told: Callable[[float], str]) -> Any:
    """A formatter of an axis that keeps to the language of now, whenever the chart is drawn."""
    from matplotlib.ticker import FuncFormatter

    language = spoken()

    def text(value: float, _: object) -> str:
        with speaking(language):
            return told(value)

    return FuncFormatter(text)


def baseline(axes: Any, *, values: str = "y") -> None:
    """The line of zero, darker than the grid."""
    (axes.axhline if values == "y" else axes.axvline)(0, color=INK, linewidth=0.9, zorder=2.5)


def plain(value: float, decimals: int | None = None) -> str:
    """A number for an axis or a label, as the language groups digits; a true minus sign.

    >>> plain(-1234.5), plain(193.2878, 1)
    ('−1,234.5', '193.3')
    """
    return format_number(value, decimals, digits=10)


def clean(text: object) -> str:
    """Text from data as one line of letters that the font has.

    Control and direction characters go, since they could reorder a label; a letter that the
    font lacks becomes the replacement sign, so that nothing disappears in silence.
    """
    said = str(text)
    ours = _isolates(said)
    kept = "".join(
        c for c in said if unicodedata.category(c) not in ("Cc", "Cf") or c in "\n\t" or c in ours
    )
    # English lines are broken at any space, others keep a figure and its unit together.
    spaces = r"\s+" if spoken() == "en" else r"[^\S\u00a0\u202f]+"
    line = re.sub(spaces, " ", kept).strip()
    return "".join(c if ord(c) in _letters() or c in ours else "�" for c in line)


def _isolates(text: str) -> str:
    """The marks that a Hebrew sentence of ours needs; none where they do not pair."""
    opened = 0
    for c in text:
        opened += (c in "\u2066\u2067") - (c == "\u2069")
        if opened < 0:
            return ""
    return "\u200e\u2066\u2067\u2069" if spoken() == "he" and not opened else ""


@cache
def _letters() -> frozenset[int]:
    from matplotlib import font_manager, ft2font

    with house():
        return frozenset(ft2font.FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap())
