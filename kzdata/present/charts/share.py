"""The share of a pair in the national total over the years."""

from __future__ import annotations

import pandas as pd

from kzdata.i18n.sentences import Later, Sentence, format_list, joined, known_word, said, t, word
from kzdata.model import codes, contract
from kzdata.present.charts import breaks, inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_FROM = "kz.charts.share(kz.share(turnover, total))"

_COLUMNS = ["reporter", "partner", "flow", "period", "value", "value_share", "unit", "source"]

_NAMES = {"X": "exports", "M": "imports", "T": "turnover"}

_LOOKS = {"T": (style.WINE, "o"), "X": (style.ORANGE, "s"), "M": (style.VIOLET, "^")}


def share(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Share of a pair in the total of the reporter, a line for each flow.

    ``frame`` is what `kz.share` returns for one pair: annual rows with ``value_share`` between
    0 and 1. A year without a share interrupts the line; a line across marks where another
    publisher of the part takes over. Errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> world = kz.observations("KAZ", "WLD", start=2020, end=2025, freq="M").pipe(kz.annual)
    >>> trade = kz.observations("KAZ", "ISR", start=2020, end=2025)
    >>> print(kz.charts.share(kz.share(trade, world)).title)
    Israel made up 0.15% of the exports of Kazakhstan in 2025, down from 0.69% in 2020
    """
    rows = inputs.annual(inputs.need(frame, _COLUMNS, _FROM), _FROM)
    rows = rows[rows["flow"].isin(list(_NAMES))].sort_values(["flow", "year"])
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    inputs.once(rows, ["flow", "year"], _FROM)
    inputs.some(rows["value_share"], "share", _FROM)
    shown = rows.drop(columns="year").reset_index(drop=True)
    flows = [flow for flow in ("T", "X", "M") if (rows["flow"] == flow).any()]
    known = rows[(rows["flow"] == flows[0]) & rows["value_share"].notna()]
    finding, change = _finding(known, pair, flows[0])
    credited, totals = _credited(shown)
    highest = inputs.extreme(known, "value_share")
    first, last = int(rows["year"].min()), int(rows["year"].max())
    with style.house():
        figure, axes = page.sheet(2.7)
        style.dress(axes)
        ends = []
        for flow in flows:
            line = rows[rows["flow"] == flow]
            color, marker = _LOOKS[flow]
            years, values = marks.runs(list(line["year"]), list(100 * line["value_share"]))
            axes.plot(years, values, color=color, marker=marker, linewidth=2, markersize=4.5)
            final = line.dropna(subset=["value_share"]).iloc[-1]
            ends.append((100 * final["value_share"], int(final["year"]), flow))
            for at, value, status in _flagged(line):
                marks.above(axes, at, 100 * value, marks.flagged("", status), color=style.SOFT)
        marks.span(axes, 100 * rows["value_share"], above=0.12)
        marks.year_axis(axes, first, last)
        changed = breaks.breaks(axes, known)

        def label(figure) -> None:
            box = axes.get_window_extent()
            apart = 0.16 * figure.dpi / box.height * axes.get_ylim()[1]
            ends.sort()
            places = marks.spread([value for value, *_ in ends], [apart] * len(ends))
            for place, (value, at, flow) in zip(places, ends, strict=True):
                axes.annotate(
                    t("{share} of {flow}", share=words.percent(value, 2), flow=word(_NAMES[flow]))
                    if len(ends) > 1
                    else str(words.percent(value, 2)),
                    (at, place),
                    xytext=(8, 0),
                    textcoords="offset points",
                    va="center",
                    color=_LOOKS[flow][0],
                    weight="bold",
                    size=style.SMALL,
                    annotation_clip=False,
                )

        return page.finish(
            figure,
            name="share-" + "-".join(pair).lower(),
            title=title_check.checked(title, finding, title_check.facts(shown, *change)),
            subtitle=said(
                "Share of {partner} in the {flows} in goods of {reporter}, percent",
                partner=words.place(pair[1]),
                flows=Later(lambda: format_list([known_word(_NAMES[flow]) for flow in flows])),
                reporter=words.place(pair[0]),
            ),
            alt=said(
                "Line chart: {finding}. The highest share was {share} in {year}.",
                finding=title or finding,
                share=words.percent(100 * highest["value_share"], 2),
                year=int(highest["year"]),
            ),
            caption=words.credit(
                credited,
                said(
                    "Trade with the partner {publishers}.",
                    publishers=joined(breaks.named(changed), "; "),
                )
                if changed
                else "",
                said(
                    "The total by {publishers}.",
                    publishers=Later(lambda: format_list([known_word(who) for who in totals])),
                )
                if changed and totals
                else "",
                words.statuses(known) if "obs_status" in known else "",
            ),
            frame=shown,
            shift=label,
        )


def _flagged(line: pd.DataFrame) -> list[tuple[int, float, str]]:
    """Year, share and status of what is not a normal figure."""
    if "obs_status" not in line:
        return []
    known = line[line["value_share"].notna() & line["obs_status"].isin(list(words.STATUS_NOTES))]
    return list(zip(known["year"], known["value_share"], known["obs_status"], strict=True))


def _credited(shown: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The rows with a row for each source of the total besides, and who publishes the total."""
    if "share_source" not in shown:
        return shown, []
    both = shown.dropna(subset=["share_source"])
    whole = both.assign(source=both["share_source"], published=codes.UNKNOWN)
    pairs = zip(both["source"], both["share_source"], strict=True)
    totals = {
        words.publisher(one)
        for part, joined in pairs
        for one in set(contract.split_sources(joined)) - set(contract.split_sources(part))
    }
    return pd.concat([shown, whole], ignore_index=True), sorted(totals)


def _finding(
    known: pd.DataFrame, pair: list[str], flow: str
) -> tuple[Sentence, list[title_check.Fact]]:
    last = known.iloc[-1]
    now = 100 * last["value_share"]
    parts = {
        "partner": words.place(pair[1]),
        "share": words.percent(now, 2),
        "flow": word(_NAMES[flow]),
        "reporter": words.place(pair[0]),
        "year": int(last["year"]),
    }
    if len(known) == 1:
        return said("{partner} made up {share} of the {flow} of {reporter} in {year}", **parts), []
    start = known.iloc[0]
    then = 100 * start["value_share"]
    if str(words.percent(then, 2)) == str(parts["share"]):
        return said(
            "{partner} made up {share} of the {flow} of {reporter} in {year}, as in {start}",
            **parts,
            start=int(start["year"]),
        ), []
    finding = said(
        "{partner} made up {share} of the {flow} of {reporter} in {year}, down from {then} in "
        "{start}"
        if now < then
        else "{partner} made up {share} of the {flow} of {reporter} in {year}, up from {then} in "
        "{start}",
        **parts,
        then=words.percent(then, 2),
        start=int(start["year"]),
    )
    return finding, [title_check.Fact(now - then, "pp")]
