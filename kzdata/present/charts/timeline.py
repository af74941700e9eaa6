"""Visits, agreements and commissions in time, each as precisely as it is dated."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.i18n.sentences import Later, Sentence, joined, retold, said, said_number, t, term
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart


def timeline_finding(shown: pd.DataFrame) -> tuple[Sentence, list[int]]:
    """The finding of the chart of events, and the counts it prints."""
    events = shown[shown["happened"]]
    if events.empty:
        return said_number(
            "{n} event planned or stated, none that happened",
            "{n} events planned or stated, none that happened",
            len(shown),
        ), []
    last, first = int(events["began"].max()), int(events["began"].min())
    recent = int((events["began"] >= last - 1).sum())
    visits = int(((events["kind"] == "visit") & ~events["disputed"]).sum())
    parts = {"first": first, "visits": visits, "recent": recent, "since": last - 1}
    numbers = [len(events), visits, recent, last - 1]
    if recent == len(events):
        return said_number(
            "{n} dated event, in {last}",
            "{n} dated events, the last of them in {last}",
            len(events),
            last=last,
        ), numbers
    if not 0 < visits < len(events):
        return said(
            "{n} dated events since {first}, {recent} of them in {since} or later",
            n=len(events),
            **parts,
        ), numbers
    return said(
        "{n} dated events since {first}: {visits} of them an undisputed visit, {recent} in {since} "
        "or later"
        if visits == 1
        else "{n} dated events since {first}: {visits} of them undisputed visits, {recent} in "
        "{since} or later",
        n=len(events),
        **parts,
    ), numbers


def rest(shown: pd.DataFrame) -> Sentence | str:
    """What the title does not count."""
    disputed = int(((shown["kind"] == "visit") & shown["happened"] & shown["disputed"]).sum())
    only = int((~shown["happened"]).sum())
    parts = [said("as visits, {number} that a source disputes", number=disputed)] * bool(disputed)
    parts += [said("as events, {number} planned or only stated", number=only)] * bool(only)
    if not parts:
        return ""
    return said("Not counted in the title: {entries}.", entries=joined(parts, "; "))


_FROM = "kz.charts.timeline(kz.events())"

_COLUMNS = ["date", "date_precision", "kind", "title", "source"]

_KINDS = {
    "visit": (term("Visit"), "o", style.WINE),
    "agreement": (term("Agreement"), "D", style.GREEN),
    "commission": (term("Commission"), "s", style.VIOLET),
    "diplomacy": (term("Diplomacy"), "^", style.BLACK),
    "business": (term("Business"), "v", style.ORANGE),
}

_OTHER = (term("Other"), "P", style.CONTEXT)

_OPEN = (term("Planned, or only stated"), "o", style.CONTEXT)

_DATE, _TITLE = 0.17, 1.17  # inches from the marks of the list

_LINE, _SPACE, _LEVEL = style.BODY * 1.32 / 72, 0.1, 0.105


def timeline(events: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Events on a line of time, where their density shows, and below it by date, each in words.

    ``events`` is what `kz.events` returns. A day or a month is a mark, a year that is not dated
    better and a range of years are bars of their length. What is planned, or says only how
    something stands, has an open grey mark whatever its kind. The title counts what happened,
    and as visits those that no source disputes; the caption counts the rest. Events without a
    date are not drawn but counted in the caption. Raises `NotAvailable` when none has a
    date; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> print(kz.charts.timeline(kz.events(kind="diplomacy")).title)
    9 dated events since 1991, 3 of them in 2025 or later
    """
    rows = inputs.need(events, _COLUMNS, _FROM)
    dated = rows[rows["date"].notna() & (rows["date"] != "")]
    if dated.empty:
        raise NotAvailable("None of the events has a date.", f"Try: {_FROM}")
    spans = [_span(date) for date in dated["date"]]
    shown = dated.assign(began=[s[0] for s in spans], ended=[s[1] for s in spans])
    shown = shown.sort_values(["began", "ended", "title"], kind="stable").reset_index(drop=True)
    shown = shown.assign(disputed=_disputed(shown, rows), happened=_happened(shown))
    missing = len(rows) - len(dated)
    drawn = shown.drop(columns=["began", "ended", "disputed", "happened"])
    frame = pd.concat([drawn, rows.drop(index=dated.index)], ignore_index=True)
    finding, counts = timeline_finding(shown)
    counts += [len(shown), *shown["kind"].value_counts()]
    facts = title_check.facts(frame, *(title_check.Fact(float(n), "count") for n in counts))
    with style.house():
        figure, (line, table) = page.sheet(1.0, 2)
        dates = [page.inches(_when(date), style.BODY) for date in shown["date"]]
        beside = max(_TITLE, _DATE + max(dates) + 0.12)
        room = style.WIDTH - 2 * style.MARGIN - beside - 0.1
        texts = [page.wrap(_text(row), style.BODY, room) for row in inputs.each(shown)]
        sizes = [_LINE * len(lines) + _SPACE for lines in texts]
        levels = _levels(shown)
        heights = [_LEVEL * (max(levels) + 1) + 0.1, sum(sizes)]
        figure.set_figheight(sum(heights) + 0.75)
        table.get_gridspec().set_height_ratios(heights)
        figure.subplots_adjust(hspace=2 * 0.45 / sum(heights))
        _line(line, shown, levels)
        _list(table, shown, texts, sizes, beside)
        marks.key(line, _keys(shown))
        return page.finish(
            figure,
            name="timeline",
            title=title_check.checked(title, finding, facts),
            subtitle=said_number(
                "{n} dated entry, {first} to {last}; bars where only the year is known",
                "{n} dated entries, {first} to {last}; bars where only the year is known",
                len(shown),
                first=int(shown["began"].min()),
                last=int(shown["ended"].max() - 0.001),
            ),
            alt=said(
                "Timeline: {finding}. The first is {first}; the latest {last}.",
                finding=title or finding,
                first=_spoken(shown.iloc[0]),
                last=_spoken(shown.iloc[-1]),
            ),
            caption=words.credit(
                drawn,
                rest(shown),
                said_number(
                    "Not drawn, for want of a date: {n} event.",
                    "Not drawn, for want of a date: {n} events.",
                    missing,
                )
                if missing
                else "",
            ),
            frame=frame,
        )


def _span(date: str) -> tuple[float, float]:
    years = re.fullmatch(r"(\d{4})/(\d{4})", date)
    return (float(years[1]), float(years[2]) + 1) if years else marks.decimal_year(date)


def _when(date: str) -> str:
    return date.replace("/", "–") if "/" in date else str(words.short(date))


def _happened(shown: pd.DataFrame) -> pd.Series:
    if "status" not in shown:
        return pd.Series(True, index=shown.index)
    return shown["status"].fillna("happened") == "happened"


def _disputed(shown: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Whether a doubt is recorded, or an event that nobody doubts contradicts it."""
    if not {"doubt", "contradicts", "event"} <= set(known):
        return pd.Series(False, index=shown.index)
    sound = known[known["doubt"].isna()]
    denied = {name for each in sound["contradicts"].dropna() for name in str(each).split(", ")}
    return shown["doubt"].notna() | shown["event"].isin(denied)


def _text(row: Any) -> str:
    planned = not row.happened and row.status == "planned"
    tags = [t("planned")] * planned + [t("disputed")] * bool(row.disputed)
    return style.clean(retold(row.title)) + (f" ({', '.join(tags)})" if tags else "")


def _spoken(row: pd.Series) -> Later:
    return Later(lambda: f"{retold(row['title'])} ({_when(row['date'])})")


def _keys(shown: pd.DataFrame) -> list[Any]:
    present = set(shown.loc[shown["happened"], "kind"])
    looks = [look for kind, look in _KINDS.items() if kind in present]
    if present - set(_KINDS):
        looks.append(_OTHER)
    keys = [marks.dot(t(name), marker, color) for name, marker, color in looks]
    name, marker, color = _OPEN
    open_ = [] if shown["happened"].all() else [marks.dot(t(name), marker, color, filled=False)]
    return keys + open_


def _levels(shown: pd.DataFrame) -> list[int]:
    """The lowest free level of each event, so that no mark covers another; ranges come first."""
    years = shown["ended"].max() - shown["began"].min()
    least = 0.11 * max(years, 3) / (style.WIDTH - 0.5)
    taken: list[list[tuple[float, float]]] = []
    levels = [0] * len(shown)
    for n in sorted(range(len(shown)), key=lambda n: shown["date_precision"].iloc[n] != "range"):
        began, ended = shown["began"].iloc[n], shown["ended"].iloc[n]
        spare = max(0.0, least - (ended - began)) / 2
        low, high = began - spare, ended + spare
        free = (
            level
            for level, spans in enumerate(taken)
            if all(high <= a or b <= low for a, b in spans)
        )
        levels[n] = next(free, len(taken))
        if levels[n] == len(taken):
            taken.append([])
        taken[levels[n]].append((low, high))
    return levels


def _look(row: Any) -> tuple[str, str, str]:
    """Marker, colour and face: open and grey for what has not happened."""
    _, marker, color = _KINDS.get(row.kind, _OTHER) if row.happened else _OPEN
    return marker, color, color if row.happened else "white"


def _line(axes: Any, shown: pd.DataFrame, levels: list[int]) -> None:
    style.dress(axes, unit=False, values="x")
    first, last = int(shown["began"].min()), int(shown["ended"].max() - 0.001)
    for row, level in zip(inputs.each(shown), levels, strict=True):
        marker, color, face = _look(row)
        if row.ended - row.began > 0.2:
            axes.plot([row.began, row.ended], [level, level], color=color, linewidth=4.5)
        else:
            middle = (row.began + row.ended) / 2
            axes.plot(
                middle, level, marker, color=color, markerfacecolor=face, markersize=5.5, zorder=3
            )
    axes.set_ylim(-0.9, max(levels) + 0.9)
    axes.set_yticks([])
    axes.set_xlim(first - 0.3, last + 1.3)
    years = [y for y in range(first, last + 1) if last - first <= marks.MANY or y % 5 == 0]
    axes.set_xticks(years, [str(year) for year in years])
    axes.spines["bottom"].set_visible(True)


def _list(
    axes: Any, shown: pd.DataFrame, texts: list[list[str]], sizes: list[float], beside: float
) -> None:
    style.dress(axes, unit=False)
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, 1)
    axes.set_ylim(sum(sizes), 0)
    top, year = 0.0, None
    for row, lines, size in zip(inputs.each(shown), texts, sizes, strict=True):
        if int(row.began) != year:
            axes.axhline(top, color=style.GRID, linewidth=0.7)
            year = int(row.began)
        first = top + _SPACE / 2 + _LINE / 2
        marker, color, face = _look(row)
        look = {"color": color, "markerfacecolor": face, "markersize": 6, "clip_on": False}
        axes.plot(0, first, marker, **look)
        _beside(axes, first, _DATE, _when(row.date), style.SOFT)
        for line, text in enumerate(lines):
            _beside(axes, first + line * _LINE, beside, text, style.INK)
        top += size


def _beside(axes: Any, at: float, inches: float, text: str, color: str) -> None:
    label = axes.annotate(
        text,
        (0, at),
        xytext=(72 * inches, 0),
        textcoords="offset points",
        va="center_baseline",
        size=style.BODY,
        color=color,
    )
    label.set_in_layout(False)  # wrapped to the page already: it need not narrow the axes
