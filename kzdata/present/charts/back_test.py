"""Past estimates from part of a year against what the years became."""

from __future__ import annotations

import pandas as pd

from kzdata.i18n.sentences import said, t
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_FROM = "kz.charts.back_test(kz.back_test(monthly, 11), monthly=monthly)"

_COLUMNS = ["year", "months", "error_pct", "naive_error_pct", "source", "published"]


def back_test(
    frame: pd.DataFrame, *, monthly: pd.DataFrame | None = None, title: str | None = None
) -> Chart:
    """Error of the estimate and of the naive 12/k by year, in percent of the outcome.

    ``frame`` is what `kz.back_test` returns for one number of months; ``monthly``, the series it
    ran on, names the two countries in the subtitle; the chart's own frame knows them. Errors and
    ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> months = kz.turnover(kz.observations("KAZ", "WLD", freq="M"))
    >>> print(kz.charts.back_test(kz.back_test(months, 11, before=2026)).title)
    From 11 months, the estimate missed the year by 0.7% on average, the naive 12/11 by 1.1%
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    rows = rows.assign(year=rows["year"].astype(int)).sort_values("year")
    inputs.some(rows["error_pct"], "error", _FROM)
    months = int(float(inputs.only(rows, "months", _FROM)))
    mean, naive = (float(rows[c].abs().mean()) for c in ("error_pct", "naive_error_pct"))
    years = (int(rows["year"].min()), int(rows["year"].max()))
    finding = said(
        "From {months} months, the estimate missed the year by {mean} on average, the naive "
        "12/{months} by {naive}",
        months=months,
        mean=words.percent(mean),
        naive=words.percent(naive),
    )
    facts = [
        *title_check.facts(rows, *(title_check.Fact(v, "percent") for v in (mean, naive))),
        title_check.Fact(months, "count"),
        title_check.Fact(len(rows), "count"),
    ]
    named = f"{years[0]}–{years[1]}"
    worst = inputs.extreme(rows.assign(size=rows["error_pct"].abs()), "size")
    rows, sides = _sides(rows, monthly)
    with style.house():
        figure, axes = page.sheet(2.5)
        style.dress(axes)
        style.baseline(axes)
        marks_at = {
            "naive_error_pct": (0.17, "o", style.INK, False),
            "error_pct": (-0.17, "D", style.WINE, True),
        }
        for column, (offset, marker, color, filled) in marks_at.items():
            at = rows["year"] + offset
            axes.vlines(at, 0, rows[column], color=color, linewidth=1.2)
            axes.plot(
                at,
                rows[column],
                marker,
                color=color,
                markerfacecolor=color if filled else "white",
                markersize=6,
            )
            if len(rows) <= marks.MANY:
                for year, value in zip(at, rows[column], strict=True):
                    sign = "+" if round(value, 1) > 0 else ""
                    axes.annotate(
                        sign + style.plain(value, 1),
                        (year, value),
                        xytext=(0, 6 if value >= 0 else -6),
                        textcoords="offset points",
                        ha="center",
                        va="bottom" if value >= 0 else "top",
                        size=style.SMALL,
                        color=color,
                    )
        axes.margins(y=0.2)
        marks.year_axis(axes, *years)
        marks.key(
            axes,
            [
                marks.dot(t("Estimate"), "D", style.WINE),
                marks.dot(t("Naive × 12/{months}", months=months), "o", style.INK, filled=False),
            ],
        )
        return page.finish(
            figure,
            name=f"back-test-{months}-months",
            title=title_check.checked(title, finding, facts),
            subtitle=said(
                "Full-year estimate from the first {months} months against the outcome, turnover "
                "in goods of {reporter} with {partner}, {years}, error in percent",
                months=months,
                reporter=words.place(sides[0]),
                partner=words.place(sides[1]),
                years=named,
            )
            if sides
            else said(
                "Full-year estimate from the first {months} months against the outcome, turnover "
                "in goods, {years}, error in percent",
                months=months,
                years=named,
            ),
            alt=said(
                "Dot plot by year: {finding}. The largest error of the estimate was {error} in "
                "{year}.",
                finding=title or finding,
                error=words.percent(worst["error_pct"]),
                year=int(worst["year"]),
            ),
            caption=words.credit(
                rows, said("Each estimate uses earlier years only; above zero is too high.")
            ),
            frame=rows.assign(year=rows["year"].astype(str)).reset_index(drop=True),
        )


def _sides(rows: pd.DataFrame, monthly: pd.DataFrame | None) -> tuple[pd.DataFrame, list[str]]:
    """The rows with reporter and partner as columns, and the two, where they are known."""
    named = ["reporter", "partner"]
    if monthly is None:
        known = set(named) <= set(rows.columns)
        return rows, [inputs.only(rows, column, _FROM) for column in named] if known else []
    inputs.need(monthly, named, _FROM)
    sides = [inputs.only(monthly, column, _FROM) for column in named]
    return rows.assign(**dict(zip(named, sides, strict=True))), sides
