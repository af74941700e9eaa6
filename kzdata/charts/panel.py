"""Small panels of one axis: in each a partner's line beside the line that all have in common."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kzdata.charts import marks, style, takeover, words
from kzdata.language import t

_LINE = 0.15  # inches: the height of a figure at the end of a line
_HIGH = 0.85  # inches: about the height of a panel


def draw(
    panels: Any,
    wide: pd.DataFrame,
    mine: str,
    names: dict[str, str],
    changed: dict[str, list[takeover.Takeover]],
) -> None:
    """A panel for each of ``names``: its index, that of ``mine``, and both figures at the end."""
    from matplotlib.ticker import FixedLocator, NullLocator

    flat = list(panels.flat)
    known = wide[[mine, *names]].melt()["value"].dropna()
    known = known[known > 0]
    low, high = min(80.0, known.min()) / 1.15, max(125.0, known.max()) * 1.15
    first, last = int(wide.index[0]), int(wide.index[-1])
    for axes, (partner, name) in zip(flat, names.items(), strict=False):
        style.dress(axes, unit=False)
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(FixedLocator(_ticks(low, high)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(style.ticks(style.plain))
        axes.set_ylim(low, high)
        axes.axhline(100, color=style.CONTEXT, linewidth=0.9)
        for year in sorted({each.year for one in (partner, mine) for each in changed[one]}):
            takeover.line(axes, year)
        look = {"linewidth": 1.5, **marks.alone(wide[partner])}
        axes.plot(wide.index, wide[partner], color=style.CONTEXT, **look)
        look = {"linewidth": 2.2, **marks.alone(wide[mine])}
        axes.plot(wide.index, wide[mine], color=style.WINE, **look)
        axes.set_title(name, loc="left", size=style.SMALL, weight="bold", pad=3, linespacing=1.1)
        axes.set_xlim(first - 0.05 * (last - first), last + 0.32 * (last - first))
        _figures(axes, wide, partner, mine)
        axes.set_xticks([first, last], [str(first), str(last)], size=style.SMALL)
        for tick, side in zip(axes.xaxis.get_major_ticks(), ("left", "right"), strict=True):
            tick.label1.set_ha(side)
        axes.tick_params(axis="y", labelsize=style.SMALL)
    across = panels.shape[1]
    for place, axes in enumerate(flat):
        if place >= len(names):
            axes.set_visible(False)
        elif place + across >= len(names):
            axes.tick_params(labelbottom=True)
    _key(flat[0], mine, max(name.count("\n") for name in names.values()))


def _ticks(low: float, high: float) -> list[float]:
    """Round values on the scale of ratios: 50, 100, 200, or 10, 100, 1,000 where it is long."""
    steps = (1, 2, 5) if high / low < 20 else (1, 5) if high / low < 400 else (1,)
    every = [step * 10.0**power for power in range(-9, 13) for step in steps]
    return [each for each in every if low <= each <= high]


def _figures(axes: Any, wide: pd.DataFrame, partner: str, mine: str) -> None:
    """The last index of both lines, moved apart where they would lie on each other."""
    ends = []
    for one, color in ((partner, style.SOFT), (mine, style.WINE)):
        line = wide[one].dropna()
        line = line[line > 0]
        if len(line):
            ends.append((math.log(line.iloc[-1]), int(line.index[-1]), line.iloc[-1], color))
    ends.sort()
    low, high = (math.log(each) for each in axes.get_ylim())
    size = (high - low) * _LINE / _HIGH
    places = marks.spread([each[0] for each in ends], [size] * len(ends), low, high)
    for place, (_, year, value, color) in zip(places, ends, strict=True):
        axes.annotate(
            words.figure(value, 0),
            (year, math.exp(place)),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            color=color,
            weight="bold" if color == style.WINE else "normal",
            path_effects=marks.halo(),
        )


def _key(axes: Any, mine: str, lines: int) -> None:
    keys = [
        marks.dot(t("The partner named above the panel"), "", style.CONTEXT, line="-"),
        marks.dot(words.place(mine), "", style.WINE, line="-"),
    ]
    keys[1].set_linewidth(2.2)
    axes.legend(
        handles=keys,
        loc="lower left",
        bbox_to_anchor=(0, 1.2 + 0.15 * lines),
        ncol=2,
        borderaxespad=0,
    )
