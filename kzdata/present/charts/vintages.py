"""What was known when: a series in each of its editions, and how far later ones moved."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.i18n.formats import exact
from kzdata.i18n.sentences import Sentence, said_number, t
from kzdata.model import codes, periods
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_FROM = 'kz.charts.vintages(kz.observations("KAZ", "ISR", flow="X", source="all", freq="A"))'

_COLUMNS = ["reporter", "partner", "flow", "period", "value", "unit", "source", "published"]

_SAME = 0.05  # percent: a revision that one decimal shows as none


def vintages(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Above, a series in its first and its newest edition; below, the fan of its revisions.

    ``frame`` holds annual rows of one flow and one source, a row for each period and publication
    date (`kz.observations` with ``source="all"``, or one frame an edition put together). A
    revision is the percentage by which a later edition of a figure differs from its first one:
    a dot for each edition, the newest filled, on a line from the lowest to the highest. A figure
    that was published once has no dot, an edition without a date takes no part. Raises
    `NotAvailable` where no figure was published twice; other errors and ``title`` as in
    `turnover`.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", flow="X", freq="A", start=2020, end=2024)
    >>> later = trade.assign(value=1.02 * trade["value"], published="2027-01")
    >>> print(kz.charts.vintages(pd.concat([trade, later])).title)
    Later editions revised 5 of 5 annual figures, most of all 2020: up by 2.0%
    """
    rows = inputs.annual(inputs.need(frame, _COLUMNS, _FROM), _FROM)
    inputs.some(rows["value"], "figure", _FROM)
    rows = rows[rows["value"].notna() & (rows["published"] != codes.UNKNOWN)]
    rows = inputs.need(rows, _COLUMNS, _FROM)
    reporter, partner, flow, unit, _ = (
        inputs.only(rows, column, _FROM)
        for column in ("reporter", "partner", "flow", "unit", "source")
    )
    inputs.once(rows, ["period", "published"], _FROM)
    ends = {each: periods.span(each).end for each in rows["published"].unique()}
    rows = rows.assign(day=rows["published"].map(ends))
    rows = rows.sort_values(["year", "day"], ignore_index=True)
    first = rows.groupby("year")["value"].transform("first")
    base = rows.groupby("year")["published"].transform("first")
    later = rows["published"] != base
    moved = (100 * (rows["value"] / first - 1)).where(later & (first > 0))
    rows = rows.assign(base_period=base, revision_pct=moved)
    if later.any() and not (first[later] > 0).any():
        raise NotAvailable(
            t("A revision in percent needs a first figure above zero."),
            "Draw exports and imports, each on its own.",
        )
    if rows["revision_pct"].notna().sum() == 0:
        raise NotAvailable(
            t("No figure was published twice."),
            "Load an earlier or later edition: kzdata load SOURCE PATH -p published=2026-03",
        )
    newest = rows.groupby("year").tail(1)
    finding, facts = _finding(newest)
    factor, unit_words = words.scale(rows["value"], unit)
    shown = rows.drop(columns=["year", "day"])
    dates = sorted(ends, key=lambda each: (ends[each], each))
    with style.house():
        figure, (above, below) = page.sheet(
            3.7, 2, sharex=True, gridspec_kw={"height_ratios": [1.25, 1], "hspace": 0.34}
        )
        _levels(above, rows, newest, factor)
        _fan(below, rows, newest)
        marks.year_axis(below, int(rows["year"].min()), int(rows["year"].max()))
        return page.finish(
            figure,
            name=f"vintages-{reporter}-{partner}-{flow}".lower(),
            title=title_check.checked(title, finding, [*title_check.facts(shown), *facts]),
            subtitle=t(
                "{flow} of goods, {reporter} with {partner}, in {n} editions from {first} to "
                "{last}, {unit}; below, change since the first edition, percent",
                flow=words.flow(flow, first=True),
                reporter=words.place(reporter),
                partner=words.place(partner),
                n=len(dates),
                first=words.short(dates[0]),
                last=words.short(dates[-1]),
                unit=unit_words,
            ),
            alt=_alt(title or finding, rows, newest, unit),
            caption=words.credit(
                shown,
                t("A figure is compared with its own first edition, never with another source's."),
                words.statuses(newest) if "obs_status" in newest else "",
            ),
            frame=shown,
        )


def _finding(newest: pd.DataFrame) -> tuple[Sentence, list[title_check.Fact]]:
    twice = newest.dropna(subset=["revision_pct"])
    most = twice.iloc[int(twice["revision_pct"].abs().argmax())]
    change = float(most["revision_pct"])
    moved = int((twice["revision_pct"].abs() >= _SAME).sum())
    facts = [title_check.Fact(float(n), "count") for n in (moved, len(twice))]
    facts.append(title_check.Fact(change, "percent"))
    parts = {"moved": moved, "year": int(most["year"]), "change": words.percent(change)}
    if not moved:
        return said_number(
            "Later editions left the figure of {n} year as it was first published",
            "Later editions left the figures of {n} years as they were first published",
            len(twice),
        ), facts
    if change > 0:
        return said_number(
            "Later editions revised {moved} of {n} annual figure, most of all {year}: up by "
            "{change}",
            "Later editions revised {moved} of {n} annual figures, most of all {year}: up by "
            "{change}",
            len(twice),
            **parts,
        ), facts
    return said_number(
        "Later editions revised {moved} of {n} annual figure, most of all {year}: down by {change}",
        "Later editions revised {moved} of {n} annual figures, most of all {year}: down by "
        "{change}",
        len(twice),
        **parts,
    ), facts


def _levels(axes: Any, rows: pd.DataFrame, newest: pd.DataFrame, factor: float) -> None:
    style.dress(axes)
    first = rows.groupby("year").head(1)
    looks = (
        (newest, style.WINE, "o", 1.8, t("Newest edition")),
        (first, style.LILAC, "s", 1.4, t("First edition")),
    )
    for part, color, marker, width, _ in looks:
        years, values = marks.runs(list(part["year"]), list(part["value"] / factor))
        axes.plot(years, values, color=color, marker=marker, markersize=4.5, linewidth=width)
    high = rows["value"].max() / factor
    axes.set_ylim(min(0.0, 1.1 * rows["value"].min() / factor), 1.14 * high)
    last = newest.iloc[-1]
    text = words.figure(last["value"] / factor, words.decimals(rows["value"] / factor))
    axes.annotate(
        text,
        (last["year"], last["value"] / factor),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        size=style.SMALL,
        weight="bold",
    )
    marks.key(axes, [marks.dot(n, marker, c, line="-") for _, c, marker, _, n in looks])


def _fan(axes: Any, rows: pd.DataFrame, newest: pd.DataFrame) -> None:
    style.dress(axes)
    style.baseline(axes)
    known = rows.dropna(subset=["revision_pct"])
    for year, each in known.groupby("year"):
        low, high = min(0.0, each["revision_pct"].min()), max(0.0, each["revision_pct"].max())
        axes.plot([year, year], [low, high], color=style.CONTEXT, linewidth=1.2, zorder=2)
    between = known.drop(index=newest.index, errors="ignore")
    axes.plot(
        between["year"],
        between["revision_pct"],
        "D",
        color=style.CONTEXT,
        markerfacecolor="white",
        markersize=4.5,
        linestyle="none",
        zorder=3,
    )
    last = newest.dropna(subset=["revision_pct"])
    look = {"color": style.WINE, "markersize": 6, "linestyle": "none", "zorder": 4}
    axes.plot(last["year"], last["revision_pct"], "o", **look)
    values = last.set_index("year")["revision_pct"]
    reach = max(0.0, known["revision_pct"].max()) - min(0.0, known["revision_pct"].min())
    near = 0.08 * (reach or 1.0)
    for year, value in marks.labelled(values):
        aside = 0 if abs(value) > near else 6 if value >= 0 else -6  # off the line of zero
        sign = "+" if round(value, 1) > 0 else ""
        axes.annotate(
            sign + style.plain(value, 1),
            (year, value),
            xytext=(7, aside),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            path_effects=marks.halo(),
        )
    axes.margins(y=0.15)
    handles = [marks.dot(t("Change to the newest edition, percent"), "o", style.WINE)]
    if len(between):
        handles.append(marks.dot(t("to one between"), "D", style.CONTEXT, filled=False))
    marks.key(axes, handles)


def _alt(finding: object, rows: pd.DataFrame, newest: pd.DataFrame, unit: str) -> str:
    twice = newest.dropna(subset=["revision_pct"])
    most = twice.iloc[int(twice["revision_pct"].abs().argmax())]
    first = rows[rows["year"] == most["year"]].iloc[0]
    return t(
        "Two lines above dots: {finding}. The figure of {year} was {before} in the edition of "
        "{first} and is {after} in that of {last}; the mean revision without its sign is {mean} "
        "percent.",
        finding=finding,
        year=int(most["year"]),
        before=words.amount(first["value"], unit),
        first=words.short(first["published"]),
        after=words.amount(most["value"], unit),
        last=words.short(most["published"]),
        mean=exact(float(twice["revision_pct"].abs().mean()), 1),
    )
