"""One flow of a pair, or exports beside imports, over periods of any one length."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import contract
from kzdata.charts import headline, inputs, marks, page, series_words, style, takeover, words
from kzdata.charts.chart import Chart
from kzdata.errors import MeasureMismatch
from kzdata.language import said, t

_FROM = 'kz.charts.series(kz.observations("KAZ", "ISR", flow="X", freq="A"))'
_COLUMNS = ["dataflow", "freq", "reporter", "partner", "flow", "product", "period", "value"]
_COLUMNS += ["unit", "obs_status", "source"]
_WIDTHS = {"A": 0.78, "S": 0.4, "Q": 0.2, "M": 0.068}
_STEPS = {"A": 1.0, "S": 1 / 2, "Q": 1 / 4, "M": 1 / 12}
_MANY_GAPS = 12


def series(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """A series as bars, or exports and imports as two lines; the length of its periods is free.

    ``frame`` holds rows of one reporter, partner, product, unit and frequency, and of one flow or
    of X and M. A period without a figure is a gap. The finding sets the last figure against the
    same period of the year before. Errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> print(kz.charts.series(kz.observations("KAZ", "ISR", flow="X", freq="A")).title)
    Exports of Kazakhstan to Israel fell 28.8% in 2025, to US$119.2 million
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    for column in ("dataflow", "freq", "reporter", "partner", "product"):
        inputs.only(rows, column, _FROM)
    unit = inputs.only(rows, "unit", _FROM)
    inputs.once(rows, ["flow", "period"], _FROM)
    inputs.some(rows["value"], "figure", _FROM)
    flows = [each for each in contract.FLOWS if each in set(rows["flow"])]
    if len(flows) > 1 and set(flows) != {"X", "M"}:
        raise MeasureMismatch(
            t("The frame holds the flows {flows}; this chart shows one.", flows=", ".join(flows)),
            f"Try: {_FROM}",
        )
    rows = rows.assign(at=[_at(period) for period in rows["period"]])
    rows = rows.sort_values(["flow", "at"], ignore_index=True)
    first = rows.iloc[0]
    finding, facts = series_words.finding(rows, flows, unit)
    factor, unit_words = words.scale(rows["value"], unit)
    shown = rows.drop(columns="at")
    with style.house():
        figure, axes = page.sheet(2.8)
        style.dress(axes)
        years = [int(period[:4]) for period in rows["period"]]
        annual = first["freq"] == "A"
        marks.year_axis(axes, min(years), max(years))
        if not annual:
            axes.set_xlim(min(years) - 0.1, max(years) + (1.2 if len(flows) == 1 else 1.4))
        if len(flows) == 1 and first["freq"] in _WIDTHS:
            missing = _bars(axes, rows, factor)
        else:
            missing = _lines(axes, rows, flows, factor)
        changed = []
        if annual:
            own = rows.assign(year=years)
            changed = takeover.breaks(axes, own[own["flow"] == flows[0]])
        return page.finish(
            figure,
            name=f"series-{first['reporter']}-{first['partner']}-{'-'.join(flows)}".lower(),
            title=headline.checked(title, finding, [*headline.facts(shown), *facts]),
            subtitle=series_words.subtitle(rows, unit_words),
            alt=series_words.alt(title or finding, rows, unit),
            caption=words.credit(
                shown,
                said("n/a: missing at source or not at hand.") if missing else "",
                takeover.from_years(changed),
                words.statuses(rows[rows["value"].notna()]),
            ),
            frame=shown,
        )


def _at(period: str) -> float:
    """Where a period stands: a year on its number, a part of one in its middle."""
    if len(period) == 4:
        return float(period)
    return sum(marks.decimal_year(period)) / 2


def _bars(axes: Any, rows: pd.DataFrame, factor: float) -> bool:
    known = rows.dropna(subset=["value"])
    values = (known["value"] / factor).set_axis(known["at"])
    width = _WIDTHS[rows["freq"].iloc[0]]
    for sign, color, hatch in ((1, style.WINE, ""), (-1, style.ORANGE, "xxx")):
        side = values[values * sign > 0]
        edge = "white" if len(values) <= 60 else color
        marks.bars(axes, side.index, side, color, width=width, hatch=hatch, edgecolor=edge,
                   linewidth=0.4)  # fmt: skip
    marks.span(axes, values)
    if values.min() < 0:
        style.baseline(axes)
    decimals = words.decimals(values)
    narrow = width < _WIDTHS["A"]
    labels = marks.labelled(values)
    if narrow:  # beside the last bar: above it, the figure would lie on its neighbours
        labels = [each for each in labels if each[0] != values.index[-1]]
        known = known.iloc[:-1]
    marks.figures(axes, known.set_index("at"), factor, labels)
    if narrow:
        last = words.figure(values.iloc[-1], decimals)
        axes.annotate(
            marks.flagged(last, rows.dropna(subset=["value"])["obs_status"].iloc[-1]),
            (values.index[-1] + width / 2, values.iloc[-1]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            weight="bold",
        )
    return _gaps(axes, rows)


def _lines(axes: Any, rows: pd.DataFrame, flows: list[str], factor: float) -> bool:
    names = {"X": t("Exports"), "M": t("Imports")}
    looks = {flows[0]: (style.WINE, "o"), flows[-1]: (style.ORANGE, "s")}
    few = len(rows) <= 2 * 24
    ends = []
    for flow in flows:
        own = rows[rows["flow"] == flow]
        line = _whole(own)["value"] / factor
        color, marker = looks[flow]
        dots = {"marker": marker, "markersize": 4} if few else marks.alone(line)
        axes.plot(line.index, line, color=color, linewidth=1.6, **dots)
        last = own.dropna(subset=["value"])
        if len(last):
            ends.append((last["value"].iloc[-1] / factor, last["at"].iloc[-1], flow, color))
        for at, value, status in zip(
            last["at"], last["value"] / factor, last["obs_status"], strict=True
        ):
            if letter := marks.flagged("", status):
                marks.above(axes, at, value, letter, color=style.SOFT)
    marks.span(axes, rows["value"] / factor)
    ends.sort()
    height = axes.get_ylim()[1] - axes.get_ylim()[0]
    centres = marks.spread([each[0] for each in ends], [0.065 * height] * len(ends))
    decimals = words.decimals(each[0] for each in ends)
    for centre, (value, at, flow, color) in zip(centres, ends, strict=True):
        figure = words.figure(value, decimals)
        axes.annotate(
            t("{name} {figure}", name=names[flow], figure=figure) if flow in names else figure,
            (at, centre),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=color,
            weight="bold",
            size=style.SMALL,
            path_effects=marks.halo(),
        )
    return _gaps(axes, rows)


def _whole(own: pd.DataFrame) -> pd.DataFrame:
    """The series with a row for every year, month or quarter inside it, so that a gap is one."""
    freq = own["freq"].iloc[0]
    if freq not in ("A", "Q", "M"):
        return own.set_index("at")
    parts = {"A": 1, "Q": 4, "M": 12}[freq]
    offset = 0 if freq == "A" else 0.5
    number = (own["at"] * parts - offset).round().astype(int)
    every = range(number.min(), number.max() + 1)
    spaced = own.set_index(number).reindex(every)
    return spaced.set_index(pd.Index([(each + offset) / parts for each in every]))


def _gaps(axes: Any, rows: pd.DataFrame) -> bool:
    spaced = _whole(rows.drop_duplicates("at")) if rows["flow"].nunique() == 1 else None
    absent = rows.loc[rows["value"].isna(), "at"] if spaced is None else (
        spaced.index[spaced["value"].isna()]
    )  # fmt: skip
    if len(absent) <= _MANY_GAPS:
        marks.gaps(axes, set(absent), _STEPS.get(rows["freq"].iloc[0], 1.0))
    return len(absent) > 0
