"""Small drawing that several charts share: year axes, gaps, keys, spread labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, repeat
from math import inf
from typing import Any

import pandas as pd

from kzdata.i18n.sentences import t
from kzdata.model import periods, vocabulary
from kzdata.present.charts import page, style, words

FEW, MANY = 6, 12

"""Up to twelve bars every bar has its figure and every year its label.

Fewer than six bars keep the width they would have among six."""


def year_axis(axes: Any, first: int, last: int, extra: dict[float, str] | None = None) -> None:
    """Whole years under the plot, every fifth where they are many; ``extra`` are further slots."""
    years = list(range(first, last + 1))
    if len(years) > MANY:
        years = [y for y in years if y % 5 == 0 and (y == last or last - y > 2)] + [last]
    ticks = {float(year): str(year) for year in years} | (extra or {})
    axes.set_xticks(list(ticks), list(ticks.values()))
    beside = max(0.7, (FEW - len(ticks)) / 2)  # a bar alone should not fill the page
    axes.set_xlim(first - beside, max([last, *(extra or {})]) + beside)


def slot_after(first: int, last: int) -> float:
    """Where a bar that is no full year stands: right of the years, clear of their labels."""
    return last + max(1.2, 0.6 * (last - first + 3) / (style.WIDTH - 0.8))


def gaps(axes: Any, places: Iterable[float], step: float = 1.0) -> None:
    """``n/a`` where figures are missing, once for those in a row: a gap is not a zero.

    ``step`` is the way from one place to the next. Called when the axes have their limits: a gap
    too narrow for the word has it upright.
    """
    inside: list[list[float]] = []
    for place in sorted(places):
        if inside and place - inside[-1][-1] < 1.5 * step:
            inside[-1].append(place)
        else:
            inside.append([place])
    first, last = axes.get_xlim()
    up = axes.get_ylim()[1] > 0  # below zero where nothing stands above it
    text = t("n/a")
    wide = page.inches(text, style.SMALL)
    for run in inside:
        room = (style.WIDTH - 1) * step * len(run) / (last - first)
        axes.annotate(
            text,
            (sum(run) / len(run), 0),
            xytext=(0, 2 if up else -2),
            textcoords="offset points",
            ha="center",
            va="bottom" if up else "top",
            size=style.SMALL,
            color=style.SOFT,
            rotation=0 if wide < room else 90,
            path_effects=halo(),
        )


def bars(
    axes: Any, places: Iterable[float], heights: Iterable[float], color: str, *,
    width: float = 0.78, bottoms: Iterable[float] = repeat(0.0), **look: Any,
) -> None:  # fmt: skip
    """Bars around ``places``, none where a height is missing.

    ``axes.bar`` would measure each for limits that charts set anyway.
    """
    from matplotlib.patches import Rectangle

    drawn: dict[str, Any] = {"facecolor": color, "edgecolor": "white", "linewidth": 0.5} | look
    for place, height, bottom in zip(places, heights, bottoms, strict=False):
        if not pd.isna(height):
            axes.add_artist(Rectangle((place - width / 2, bottom), width, height, **drawn))


def figures(axes: Any, rows: pd.DataFrame, factor: float, labels: list[tuple[Any, float]]) -> None:
    """The figures of ``labels`` at the ends of bars, and beside every bar the letter of its status.

    ``rows`` are indexed by place, with value and obs_status; ``labels`` is what `labelled` chose.
    """
    shown = dict(labels)
    digits = words.decimals(rows["value"] / factor)
    for place, value, status in zip(rows.index, rows["value"], rows["obs_status"], strict=True):
        if place in shown:
            above(axes, place, value / factor, flagged(words.figure(shown[place], digits), status))
        elif not pd.isna(value) and (letter := flagged("", status)):
            above(axes, place, value / factor, letter, color=style.SOFT)


def alone(line: pd.Series) -> dict[str, Any]:
    """A mark for a line in which some figure has no neighbour to be joined to."""
    there = line.notna()
    apart = there & ~there.shift(1, fill_value=False) & ~there.shift(-1, fill_value=False)
    return {"marker": "o", "markersize": 2.5} if apart.any() else {}


def flagged(text: str, status: object) -> str:
    """A figure with the letter of its status, where it is not a normal one."""
    known = status in words.STATUS_NOTES and status not in vocabulary.MISSING
    return f"{text} {status}".strip() if known else text


def span(axes: Any, values: Iterable[float], above: float = 0.16, below: float = 0.14) -> None:
    """Limits that hold zero, every figure and the labels at their ends."""
    known = [value for value in values if not pd.isna(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    reach = high - low
    top = high + above * reach * (high > 0) if reach else 1.0
    axes.set_ylim(low - below * reach * (low < 0), top)


def halo() -> list[Any]:
    """A white rim, for figures that a line may cross."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground="white")]


def above(axes: Any, x: float, y: float, text: str, **options: Any) -> None:
    """A figure just outside the end of a bar, on the far side from zero."""
    up = y >= 0
    axes.annotate(
        text,
        (x, y),
        textcoords="offset points",
        ha="center",
        va="bottom" if up else "top",
        path_effects=halo(),
        **{"xytext": (0, 2 if up else -2), "size": style.SMALL, "color": style.INK} | options,
    )


def labelled(values: pd.Series) -> list[tuple[Any, float]]:
    """The bars that get their figure: all where they are few, else the extremes and the last.

    ``values`` are indexed by year, none missing. An extreme that stands beside the last bar at
    about its height goes without, since the two figures would overlap.
    """
    if len(values) <= MANY:
        return list(values.items())
    last = values.index[-1]
    reach = max(values.max(), 0) - min(values.min(), 0)
    ends: list[Any] = [values.idxmax()] if values.max() > 0 else []
    ends += [values.idxmin()] if values.min() < 0 else []
    kept = [
        year
        for year in ends
        if abs(last - year) > 2 or abs(values[last] - values[year]) > 0.08 * reach
    ]
    return [(year, values[year]) for year in dict.fromkeys([*kept, last])]


def key(axes: Any, handles: Sequence[Any], columns: int | None = None) -> None:
    """A line above the plot that names what is drawn; two or more where one is too short."""
    if columns is None:
        each = max((page.inches(h.get_label(), style.SMALL) for h in handles), default=0)
        room = style.WIDTH - 2 * style.MARGIN - 1.0  # beside the names of rows, where there are any
        total = sum(page.inches(h.get_label(), style.SMALL) + 0.5 for h in handles)
        columns = len(handles) if total <= room else max(1, int(room / (each + 0.5)))
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.01),
        ncol=max(columns, 1),
        borderaxespad=0,
        borderpad=0.2,
        handlelength=1.4,
        handletextpad=0.5,
        columnspacing=1.4,
    )


def patch(label: object, **options: Any) -> Any:
    """A coloured square for a key."""
    from matplotlib.patches import Patch

    return Patch(label=str(label), **options)


def dot(label: object, marker: str, color: str, *, filled: bool = True, line: Any = "none") -> Any:
    """A marker for a key."""
    from matplotlib.lines import Line2D

    face = color if filled else "white"
    return Line2D(
        [],
        [],
        marker=marker,
        color=color,
        markerfacecolor=face,
        linestyle=line,
        markersize=6,
        label=str(label),
    )


def spread(
    wanted: Sequence[float], sizes: Sequence[float], low: float = -inf, high: float = inf
) -> list[float]:
    """Centres for labels of these sizes, in the order given, none on another, near ``wanted``.

    ``wanted`` is ascending. Pool adjacent violators on the wanted places less the room that
    the labels before them need: the least movement in squares, kept between low and high.
    """
    offsets = [0.0]
    for before, after in pairwise(sizes):
        offsets.append(offsets[-1] + (before + after) / 2)
    blocks: list[list[float]] = []  # sum, count
    for value, offset in zip(wanted, offsets, strict=True):
        blocks.append([value - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    flat = [total / count for total, count in blocks for _ in range(int(count))]
    if not flat:
        return []
    first, last = low + sizes[0] / 2, high - sizes[-1] / 2 - offsets[-1]
    return [
        max(min(value, last), first) + offset for value, offset in zip(flat, offsets, strict=True)
    ]


def decimal_year(period: str) -> tuple[float, float]:
    """First and last moment of a period as years and parts of a year."""
    span = periods.span(period)

    def at(day: Any, offset: int) -> float:
        days = 366 if day.year % 4 == 0 and (day.year % 100 or day.year % 400 == 0) else 365
        return day.year + (day.timetuple().tm_yday - 1 + offset) / days

    return at(span.start, 0), at(span.end, 1)


def runs(years: Sequence[int], values: Sequence[float]) -> tuple[list[int], list[float]]:
    """Every year between the first and the last, NaN where there is no figure."""
    known = dict(zip(years, values, strict=True))
    every = list(range(min(years), max(years) + 1))
    return every, [known.get(year, float("nan")) for year in every]
