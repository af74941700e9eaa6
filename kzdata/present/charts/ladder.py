"""How far each promise has come: a row each, a column for each stage."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import UnknownCode, did_you_mean
from kzdata.i18n.catalogue import spoken
from kzdata.i18n.sentences import (
    Later,
    Sentence,
    format_list,
    known_word,
    retold,
    said,
    said_number,
    t,
    word,
)
from kzdata.present.charts import inputs, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.seeds.schemas import LADDER, LAPSED

_FROM = 'kz.charts.ladder(kz.commitments("2026-03-01"))'

_COLUMNS = ["title", "stage", "stage_since", "value", "source", "as_of"]

_STATES = {"announced", "financed", "operating", LAPSED}


def ladder(commitments: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Promises as rows; the mark stands at the stage reached, with the day of its evidence.

    ``commitments`` is what `kz.commitments` returns for one day. Raises `UnknownCode` for a
    stage that is not on the ladder; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> print(kz.charts.ladder(kz.commitments("2026-03-01")).title)
    On the evidence at hand, none of 3 promises has reached a contract: 2 at memorandum and ...
    """
    rows = inputs.need(commitments, _COLUMNS, _FROM)
    as_of = inputs.only(rows, "as_of", _FROM)
    stages = [*LADDER, LAPSED] if (rows["stage"] == LAPSED).any() else list(LADDER)
    for stage in rows["stage"]:
        if stage not in stages:
            raise UnknownCode(
                f"Unknown stage of the ladder {stage!r}.", did_you_mean(stage, stages)
            )
    shown = rows.reset_index(drop=True)
    finding, counts = _finding(shown)
    facts = title_check.facts(shown, *(title_check.Fact(float(n), "count") for n in counts))
    unknown = int(shown["value"].isna().sum())
    with style.house():
        figure, axes = page.sheet(0.62 * len(shown) + 0.75)
        _draw(axes, shown, stages)
        return page.finish(
            figure,
            name="ladder",
            title=title_check.checked(title, finding, facts + title_check.facts(_day(as_of))),
            subtitle=said(
                "Stage reached by the evidence at hand on {day}, and its date",
                day=words.short(as_of),
            ),
            alt=said(
                "Ladder of stages: {finding}. {promises}",
                finding=title or finding,
                promises=_spoken(shown),
            ),
            caption=words.credit(
                shown,
                said(
                    "No value was published for {unknown} of {promises}: unknown, not zero.",
                    unknown=unknown,
                    promises=len(shown),
                )
                if unknown
                else "",
                said("No later evidence found is not proof that there is none."),
            ),
            frame=shown,
        )


def _day(as_of: str) -> pd.DataFrame:
    return pd.DataFrame({"period": [as_of]})


def _finding(shown: pd.DataFrame) -> tuple[Sentence, list[int]]:
    # No day in it: what is not on record by a day may have happened before it all the same.
    rungs = shown["stage"].map({stage: n for n, stage in enumerate(LADDER)})
    firm = int((rungs >= LADDER.index("contract")).sum())
    counts = shown["stage"].value_counts()
    stages = [_counted(int(counts[s]), s) for s in (*LADDER, LAPSED) if s in counts]
    parts = {"firm": firm, "stages": Later(format_list, stages)}
    if not firm:
        finding = said_number(
            "On the evidence at hand, none of {n} promise has reached a contract: {stages}",
            "On the evidence at hand, none of {n} promises has reached a contract: {stages}",
            len(shown),
            **parts,
        )
    elif firm == 1:
        finding = said_number(
            "On the evidence at hand, {firm} of {n} promise has reached a contract: {stages}",
            "On the evidence at hand, {firm} of {n} promises has reached a contract: {stages}",
            len(shown),
            **parts,
        )
    else:
        finding = said(
            "On the evidence at hand, {firm} of {n} promises have reached a contract: {stages}",
            n=len(shown),
            **parts,
        )
    return finding, [firm, len(shown), *counts]


def _counted(number: int, stage: str) -> Sentence:
    """``2 announced``, ``1 at intent``: a stage that is no state is one that a promise is at."""
    if stage in _STATES:
        return said("{number} {stage}", number=number, stage=word(stage))
    return said("{number} at {stage}", number=number, stage=word(stage))


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
        if row.stage != LAPSED:  # how far a lapsed promise had come, its stage does not say
            axes.plot([0, rung], [place, place], color=color, linewidth=3, zorder=3)
        axes.plot(
            rung, place, "X" if row.stage == LAPSED else "o", color=color, markersize=11, zorder=4
        )
        axes.annotate(
            str(words.short(row.stage_since)),
            (rung, place),
            xytext=(0, -9),
            textcoords="offset points",
            ha="center",
            va="top",
            size=style.SMALL,
            weight="bold",
        )
    titles = [page.shorten(retold(each), style.BODY, 2.05, 3) for each in shown["title"]]
    axes.set_yticks(range(len(shown)), titles, linespacing=1.15)
    axes.set_ylim(len(shown) - 0.35, -0.45)
    # Room for half of a date left of the first stage; English dates are the shortest.
    axes.set_xlim(-0.85 if spoken() == "en" else -1.35, len(stages) - 0.6)
    axes.xaxis.tick_top()
    axes.set_xticks(
        range(len(stages)),
        list(map(known_word, stages)),
        rotation=40,
        ha="left",
        rotation_mode="anchor",
        size=style.SMALL,
    )


def _spoken(shown: pd.DataFrame) -> Later:
    return Later(
        lambda: " ".join(
            t(
                "{promise}: {stage}, {day}.",
                promise=style.clean(retold(row.title)),
                stage=word(row.stage),
                day=words.short(row.stage_since),
            )
            for row in inputs.each(shown.head(8))
        )
    )
