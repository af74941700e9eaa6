"""One panel of the chart of claims: rows of one measure on one axis."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kzdata import codes, contract, sources
from kzdata.charts import inputs, page, style, words
from kzdata.language import known_word, t, term

ROW, LABELS = 0.43, 1.75
"""Inches: the height of a row, the width for who said it."""

VERDICTS = {
    "confirmed": (term("Confirmed"), "o", style.GREEN, True),
    "rounds_to": (term("Rounds to it"), "s", style.VIOLET, True),
    "differs": (term("Differs"), "X", style.ORANGE, True),
    "other_measure": (term("Other measure"), "D", style.WINE, False),
    "unverifiable": (term("Nothing published"), "o", style.CONTEXT, False),
}
"""For each verdict its name in the key, marker, colour, and whether the marker is filled."""


def heading(name: tuple[str, ...], group: pd.DataFrame) -> list[str]:
    """What a panel measures, in lines."""
    dataflow, flow, reporter, partner, unit, length = name
    what = known_word(contract.DATAFLOWS.get(dataflow, dataflow))
    if dataflow == "trade_goods":
        what = t("{flow} of goods", flow=known_word(contract.FLOWS[flow]))
    sides = [words.place(c) for c in (reporter, partner) if c not in (codes.UNKNOWN, "_Z")]
    pair = t("{reporter} with {partner}", reporter=sides[0], partner=sides[1]) if sides[1:] else ""
    unit_words = str(words.scale(_finite(group), unit)[1])
    parts = [what[:1].upper() + what[1:], pair or "".join(map(str, sides)), length, unit_words]
    line = style.clean(", ".join(part for part in parts if part))
    return page.wrap(line, style.BODY, 6.0, bold=True)


def _finite(group: pd.DataFrame) -> list[float]:
    ends = [*group["value"], *group["lower"], *group["upper"], *group["observed_value"]]
    return [v for v in ends if not pd.isna(v) and not math.isinf(v)]


def draw(axes: Any, title: list[str], unit: str, group: pd.DataFrame) -> None:
    """One measure: its heading, and a row for each claim with its range and its verdict."""
    finite = _finite(group)
    factor, _ = words.scale(finite, unit)
    low, high = min(0.0, *finite) / factor, max(0.0, *finite) / factor
    reach = high - low
    axes.set_xlim(low - 0.03 * reach * (low < 0), high + 0.08 * reach if reach else 1)
    style.dress(axes, values="x")
    if not reach:
        axes.set_xticks([0])
    axes.annotate(
        "\n".join(title),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-LABELS * 72 - 6, 4),
        textcoords="offset points",
        va="bottom",
        size=style.BODY,
        weight="bold",
    )
    labels = []
    for place, row in enumerate(inputs.each(group)):
        labels.append(page.shorten(_label(row), style.SMALL, LABELS, 2))
        _claim(axes, place, row, factor)
    axes.set_yticks(range(len(group)), labels, size=style.SMALL)
    axes.set_ylim(len(group) - 0.4, -0.6)


def _label(row: Any) -> str:
    said = row.speaker if isinstance(row.speaker, str) and row.speaker else _publisher(row.source)
    when = "" if row.period == codes.UNKNOWN else str(words.short(row.period))
    return ": ".join(part for part in (when, said) if part)


def _publisher(joined: str) -> str:
    """Who printed the claim: the source that is no official series."""
    names = sources.split(joined)
    own = [name for name in names if name not in sources.manifests()] or names
    return known_word(words.publisher(own[0]))


def _claim(axes: Any, place: int, row: Any, factor: float) -> None:
    verdict, marker, color, filled = VERDICTS[row.verdict]
    left, right = axes.get_xlim()
    low, high = row.lower / factor, row.upper / factor
    axes.plot(
        [max(low, left), min(high, right)], [place, place], color=color, linewidth=2.5, zorder=2
    )
    for bound, end, arrow in ((low, left, 8), (high, right, 9)):
        if math.isinf(bound):
            axes.plot(end, place, marker=arrow, color=color, markersize=7, clip_on=False)
    if not pd.isna(row.value):
        axes.plot(
            row.value / factor,
            place,
            marker,
            color=color,
            markerfacecolor=color if filled else "white",
            markersize=8,
            zorder=4,
            clip_on=False,
        )
    if not pd.isna(row.observed_value):
        published = row.observed_value / factor
        axes.plot(
            [published, published],
            [place - 0.33, place + 0.33],
            color=style.BLACK,
            linewidth=2,
            zorder=3,
        )
    text = known_word(verdict).lower()
    if not pd.isna(row.difference_pct) and row.verdict == "differs":
        text = t("differs by {gap}%", gap=_small(row.difference_pct))
    printed = page.shorten(row.printed, style.SMALL, 1.5, 2)
    below = -5.5 * (1 + printed.count("\n"))
    for line, offset, weight in ((printed, 5.5, "bold"), (text, below, "normal")):
        axes.annotate(
            line,
            (1, place),
            xycoords=("axes fraction", "data"),
            xytext=(9, offset),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            weight=weight,
            color=style.INK,
            linespacing=1.15,
        )


def _small(percent: float) -> str:
    """One decimal, or one digit where the difference is smaller than that."""
    return style.plain(percent, 1) if abs(percent) >= 0.1 else style.plain(float(f"{percent:.1g}"))
