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
    finding, counts = _finding(shown, as_of)
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


def _finding(shown: pd.DataFrame, as_of: str) -> tuple[str, list[int]]:
    rungs = shown["stage"].map({stage: n for n, stage in enumerate(LADDER)})
    contract = LADDER.index("contract")
    firm = int((rungs >= contract).sum())
    counts = shown["stage"].value_counts()
    parts = [f"{counts[stage]} at {stage}" for stage in (*LADDER, LAPSED) if stage in counts]
    said = f"{firm} of {len(shown)}" if firm else f"None of {len(shown)}"
    return (
        f"{said} promises had reached a contract by {words.short(as_of)}: {words.listed(parts)}",
        [firm, len(shown), *counts],
    )


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
