"""How far each promise has come: a row each, a column for each stage."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.charts import headline, inputs, page, style, words
from kzdata.charts.chart import Chart
from kzdata.errors import UnknownCode, did_you_mean
from kzdata.pipeline import LADDER, LAPSED

_FROM = 'kz.charts.ladder(kz.commitments("2026-03-01"))'
_COLUMNS = ["title", "stage", "stage_since", "value", "source", "as_of"]
_STATES = {"announced", "financed", "operating", LAPSED}


def ladder(commitments: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Promises as rows; the mark stands at the stage reached, with the day of its evidence.

    ``commitments`` is what `kz.commitments` returns for one day. Raises `UnknownCode` for a
    stage that is not on the ladder; other errors and ``title`` as in `turnover`.
    """
    rows = inputs.need(commitments, _COLUMNS, _FROM)
    as_of = inputs.only(rows, "as_of", _FROM)
    stages = [*LADDER, LAPSED] if (rows["stage"] == LAPSED).any() else list(LADDER)
    for stage in rows["stage"]:
        if stage not in stages:
            raise UnknownCode(f"{stage!r} is no stage of the ladder.", did_you_mean(stage, stages))
    shown = rows.reset_index(drop=True)
    finding, counts = _finding(shown)
    facts = headline.facts(shown, *(headline.Fact(float(n), "count") for n in counts))
    unknown = int(shown["value"].isna().sum())
    with style.house():
        figure, axes = page.sheet(0.62 * len(shown) + 0.75)
        _draw(axes, shown, stages)
        return page.finish(
            figure,
            name="ladder",
            title=headline.checked(title, finding, facts + headline.facts(_day(as_of))),
            subtitle=f"Stage reached by the evidence at hand on {words.short(as_of)}, and its date",
            alt=f"Ladder of stages: {title or finding}. " + _spoken(shown),
            caption=words.credit(
                shown,
                f"No value was published for {unknown} of {len(shown)}: unknown, not zero."
                if unknown
                else "",
                "No later evidence found is not proof that there is none.",
            ),
            frame=shown,
        )


def _day(as_of: str) -> pd.DataFrame:
    return pd.DataFrame({"period": [as_of]})


def _finding(shown: pd.DataFrame) -> tuple[str, list[int]]:
    # No day in it: what is not on record by a day may have happened before it all the same.
    rungs = shown["stage"].map({stage: n for n, stage in enumerate(LADDER)})
    firm = int((rungs >= LADDER.index("contract")).sum())
    counts = shown["stage"].value_counts()
    parts = [_counted(counts[stage], stage) for stage in (*LADDER, LAPSED) if stage in counts]
    return (
        f"On the evidence at hand, {firm or 'none'} of {words.counted(len(shown), 'promise')} "
        f"{'have' if firm > 1 else 'has'} reached a contract: {words.listed(parts)}",
        [firm, len(shown), *counts],
    )


def _counted(number: int, stage: str) -> str:
    """``2 announced``, ``1 at intent``: a stage that is no state is one that a promise is at."""
    return f"{number} {stage}" if stage in _STATES else f"{number} at {stage}"


def _draw(axes: Any, shown: pd.DataFrame, stages: list[str]) -> None:
    style.dress(axes, unit=False)
    axes.grid(False)
    for place, row in enumerate(inputs.each(shown)):
        rung = stages.index(row.stage)
        color = style.ORANGE if row.stage == LAPSED else style.WINE
        axes.plot([0, len(stages) - 1], [place, place], color=style.GRID, linewidth=1.2, zorder=1)
        axes.plot(
            range(len(stages)),
            [place] * len(stages),
            "o",
            color=style.CONTEXT,
            markerfacecolor="white",
            markersize=5,
            linestyle="none",
            zorder=2,
        )
        axes.plot([0, rung], [place, place], color=color, linewidth=3, zorder=3)
        axes.plot(
            rung, place, "X" if row.stage == LAPSED else "o", color=color, markersize=11, zorder=4
        )
        axes.annotate(
            words.short(row.stage_since),
            (rung, place),
            xytext=(0, -9),
            textcoords="offset points",
            ha="center",
            va="top",
            size=style.SMALL,
            weight="bold",
        )
    titles = [page.shorten(axes.figure, each, style.BODY, 2.05, 3) for each in shown["title"]]
    axes.set_yticks(range(len(shown)), titles, linespacing=1.15)
    axes.set_ylim(len(shown) - 0.35, -0.45)
    axes.set_xlim(-0.85, len(stages) - 0.6)
    axes.xaxis.tick_top()
    axes.set_xticks(
        range(len(stages)), stages, rotation=40, ha="left", rotation_mode="anchor", size=style.SMALL
    )


def _spoken(shown: pd.DataFrame) -> str:
    return " ".join(
        f"{style.clean(row.title)}: {row.stage}, {words.short(row.stage_since)}."
        for row in inputs.each(shown.head(8))
    )
