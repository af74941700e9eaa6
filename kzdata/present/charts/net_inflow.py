"""Net inflow of direct investment by quarter, where a minus is a result and not a mistake."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.i18n.sentences import Sentence, said, said_number, t, term, word
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_FROM = 'kz.charts.net_inflow(kz.observations("KAZ", dataflow="fdi_net_inflow", freq="Q"))'

_COLUMNS = ["reporter", "partner", "dataflow", "freq", "period", "value", "unit", "source"]


def net_inflow(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Quarterly net inflow as bars, negative quarters below zero, and the four-quarter sum.

    ``frame`` holds quarterly rows of dataflow fdi_net_inflow of one reporter and partner. The
    sum is a line that exists only where four quarters in a row do. Errors and ``title`` as in
    `turnover`.

    >>> import kzdata as kz
    >>> fdi = kz.observations("KAZ", "WLD", dataflow="fdi_net_inflow", freq="Q")
    >>> print(kz.charts.net_inflow(fdi).title)
    Net direct investment into Kazakhstan was an outflow of US$672.4 million in the 4 ...
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    rows = inputs.need(rows[rows["freq"] == "Q"], _COLUMNS, _FROM)
    for column in ("dataflow", "reporter", "partner"):
        inputs.only(rows, column, _FROM)
    unit = inputs.only(rows, "unit", _FROM)
    inputs.once(rows, ["period"], _FROM)
    inputs.some(rows["value"], "net inflow", _FROM)
    rows = rows.assign(quarter=rows["period"].map(_quarter)).sort_values("quarter")
    every = range(rows["quarter"].min(), rows["quarter"].max() + 1)
    series = rows.set_index("quarter")["value"].reindex(every)
    sums = series.rolling(4, min_periods=4).sum()
    rows = rows.assign(four_quarters_value=sums.reindex(rows["quarter"]).to_numpy())
    lowest = inputs.extreme(rows, "value", largest=False)
    negative = int((series < 0).sum())
    known = int(series.notna().sum())
    finding, more = _finding(rows, sums, negative, known, unit)
    factor, unit_words = words.scale([*series, *sums], unit)
    reporter, partner = rows["reporter"].iloc[0], rows["partner"].iloc[0]
    origin = word(term("all partners")) if partner == "WLD" else words.place(partner)
    shown = rows.drop(columns="quarter").reset_index(drop=True)
    with style.house():
        figure, axes = page.sheet(2.9)
        style.dress(axes)
        at = [quarter / 4 + 0.125 for quarter in every]
        first, final = min(every) // 4, max(every) // 4
        marks.year_axis(axes, first, final)
        axes.set_xlim(first - 0.2, final + 1.1)
        marks.span(axes, [*series / factor, *sums / factor], above=0.08, below=0.08)
        for sign, color, hatch in ((1, style.LILAC, ""), (-1, style.ORANGE, "xxx")):
            side = series.where(series * sign > 0)
            marks.bars(axes, at, side / factor, color, width=0.2, hatch=hatch, linewidth=0)
        dots = {"marker": "o", "markersize": 3.5} if len(series) <= 40 else marks.alone(sums)
        axes.plot(at, sums / factor, color=style.BLACK, linewidth=1.8, **dots)
        style.baseline(axes)
        missing = [place for place, value in zip(at, series, strict=True) if pd.isna(value)]
        marks.gaps(axes, missing, 0.25)
        last: Any = sums.last_valid_index()
        if last is not None:
            axes.annotate(
                words.figure(sums[last] / factor, words.decimals([sums[last] / factor])),
                (last / 4 + 0.125, sums[last] / factor),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                weight="bold",
                size=style.SMALL,
                path_effects=marks.halo(),
            )
        keys = [
            marks.patch(t("Quarter"), color=style.LILAC),
            marks.patch(
                t("Negative quarter"),
                facecolor=style.ORANGE,
                edgecolor="white",
                hatch="xxx",
                linewidth=0,
            ),
            marks.dot(t("Sum of four quarters"), "", style.BLACK, line="-"),
        ]
        there = [bool((series > 0).any()), bool(negative), last is not None]
        marks.key(axes, [key for key, is_there in zip(keys, there, strict=True) if is_there])
        return page.finish(
            figure,
            name=f"net-inflow-{reporter}-{partner}".lower(),
            title=title_check.checked(title, finding, title_check.facts(shown, *more)),
            subtitle=said(
                "Net inflow of foreign direct investment into {reporter}, {origin}, {first} to "
                "{last}, {unit}",
                reporter=words.place(reporter),
                origin=origin,
                first=words.short(rows["period"].iloc[0]),
                last=words.short(rows["period"].iloc[-1]),
                unit=unit_words,
            ),
            alt=said(
                "Bars by quarter with a line: {finding}. The lowest quarter was {quarter} with "
                "{money}.",
                finding=title or finding,
                quarter=words.short(lowest["period"]),
                money=words.amount(lowest["value"], unit),
            ),
            caption=words.credit(
                shown,
                said(
                    "Net of repayments and losses, so quarters can be negative; not the gross "
                    "inflow."
                ),
            ),
            frame=shown,
        )


def _quarter(period: str) -> int:
    return 4 * int(period[:4]) + int(period[-1]) - 1


def _finding(
    rows: pd.DataFrame, sums: pd.Series, negative: int, known: int, unit: str
) -> tuple[Sentence, list[title_check.Fact]]:
    counts = [title_check.Fact(float(n), "count") for n in (negative, known, 4)]
    parts = {
        "reporter": words.place(rows["reporter"].iloc[0]),
        "negative": negative,
        "known": known,
    }
    if pd.isna(sums.iloc[-1]):
        finding = (
            said(
                "Net direct investment into {reporter} was negative in {negative} of {known} "
                "quarters",
                **parts,
            )
            if negative
            else said_number(
                "Net direct investment into {reporter} was negative in none of {n} quarter",
                "Net direct investment into {reporter} was negative in none of {n} quarters",
                known,
                reporter=parts["reporter"],
            )
        )
        return finding, counts
    total = float(sums.iloc[-1])
    finding = said(
        "Net direct investment into {reporter} added up to {money} in the 4 quarters to {end}; "
        "{negative} of {known} quarters were negative"
        if total >= 0
        else "Net direct investment into {reporter} was an outflow of {money} in the 4 quarters to "
        "{end}; {negative} of {known} quarters were negative",
        **parts,
        money=words.amount(abs(total), unit),
        end=words.short(rows["period"].iloc[-1]),
    )
    return finding, [*counts, title_check.Fact(total, unit)]
