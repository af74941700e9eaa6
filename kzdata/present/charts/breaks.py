"""Where a series passes from one publisher to another: the line that marks it, and its words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from kzdata.i18n.sentences import format_list, known_word, t
from kzdata.model import contract
from kzdata.present.charts import style, words


class Takeover(NamedTuple):
    """The first year of another publisher, and who published before and since."""

    year: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def takeovers(rows: pd.DataFrame) -> list[Takeover]:
    """The changes of publisher in one series with the columns year, value and source."""
    ordered = rows.dropna(subset=["value"]).sort_values("year")
    pairs = list(zip(ordered["year"], map(_publishers, ordered["source"]), strict=True))
    return [Takeover(int(b[0]), a[1], b[1]) for a, b in pairwise(pairs) if a[1] != b[1]]


def continued(before: pd.Series, after: pd.Series) -> bool:
    """Whether a figure continues the one before: of the same publisher, no break flagged."""
    return _publishers(before["source"]) == _publishers(after["source"]) and (
        after.get("obs_status") != "B"
    )


def _publishers(joined: str) -> tuple[str, ...]:
    return tuple(sorted({words.publisher(one) for one in contract.split_sources(joined)}))


def line(axes: Any, year: int) -> None:
    """A thin line before the first year of another publisher."""
    axes.axvline(year - 0.5, color=style.CONTEXT, linewidth=0.9, linestyle=(0, (2, 2)))


def breaks(axes: Any, rows: pd.DataFrame) -> list[Takeover]:
    """Mark every change of publisher in a series by a line that says so, and return them."""
    found = takeovers(rows)
    for each in found:
        line(axes, each.year)
        axes.annotate(
            t("new source"),
            (each.year - 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-3, 0),
            textcoords="offset points",
            ha="right",
            va="top",
            size=style.SMALL,
            color=style.SOFT,
        )
    return found


def from_years(found: list[Takeover]) -> str:
    """The note of a chart whose credit names the publishers anyway."""
    years = words.years(each.year for each in found)
    return t("From {years} by another publisher.", years=years) if found else ""


def named(found: list[Takeover]) -> list[str]:
    """The same with the publishers: ``from 2020 by the Bureau, before by the Bank``."""
    return [
        t(
            "from {year} by {after}, before by {before}",
            year=each.year,
            after=format_list([known_word(who) for who in each.after]),
            before=format_list([known_word(who) for who in each.before]),
        )
        for each in found
    ]
