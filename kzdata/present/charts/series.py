"""One flow of a pair, or exports beside imports, over periods of any one length."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import MeasureMismatch
from kzdata.i18n.sentences import Sentence, known_word, said, t
from kzdata.model import periods, vocabulary
from kzdata.present.charts import breaks, inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart


def series_finding(
    rows: pd.DataFrame, flows: list[str], unit: str
) -> tuple[Sentence, list[title_check.Fact]]:
    """The last figure, set against the same period of the year before where that is possible."""
    known = rows.dropna(subset=["value"])
    last = known.sort_values("at", kind="stable").iloc[-1]
    parts: dict[str, Any] = {
        "reporter": words.place(last["reporter"]),
        "partner": words.place(last["partner"]),
        "period": words.short(last["period"]),
        "money": words.amount(abs(last["value"]) if last["flow"] == "B" else last["value"], unit),
    }
    if len(flows) > 1:
        at_end = known[known["at"] == last["at"]].set_index("flow")["value"]
        if len(at_end) == 2:
            return said(
                "Exports of {reporter} to {partner} were {exports} and imports {imports} in "
                "{period}",
                exports=words.amount(at_end["X"], unit),
                imports=words.amount(at_end["M"], unit),
                **parts,
            ), []
    growth = _growth(known, last)
    flow = last["flow"]
    if growth is None or flow not in ("X", "M"):
        return _level(flow, last["value"], parts), []
    if abs(growth) < title_check.STILL:
        return _still(flow, parts), []
    parts["growth"] = words.percent(growth)
    told = _changed if len(last["period"]) == 4 else _changed_on_the_year
    return told(flow, growth < 0, parts), [title_check.Fact(growth, "percent")]


def _changed(flow: str, fell: bool, parts: dict[str, Any]) -> Sentence:
    if flow == "X":
        return said(
            "Exports of {reporter} to {partner} fell {growth} in {period}, to {money}"
            if fell
            else "Exports of {reporter} to {partner} rose {growth} in {period}, to {money}",
            **parts,
        )
    return said(
        "Imports of {reporter} from {partner} fell {growth} in {period}, to {money}"
        if fell
        else "Imports of {reporter} from {partner} rose {growth} in {period}, to {money}",
        **parts,
    )


def _changed_on_the_year(flow: str, fell: bool, parts: dict[str, Any]) -> Sentence:
    """Of a month or a quarter the reader has to know what it is set against."""
    if flow == "X":
        return said(
            "Exports of {reporter} to {partner} in {period} fell {growth} on the year before, to "
            "{money}"
            if fell
            else "Exports of {reporter} to {partner} in {period} rose {growth} on the year before, "
            "to {money}",
            **parts,
        )
    return said(
        "Imports of {reporter} from {partner} in {period} fell {growth} on the year before, to "
        "{money}"
        if fell
        else "Imports of {reporter} from {partner} in {period} rose {growth} on the year before, "
        "to {money}",
        **parts,
    )


def _still(flow: str, parts: dict[str, Any]) -> Sentence:
    if flow == "X":
        return said(
            "Exports of {reporter} to {partner} were {money} in {period}, much as in the year "
            "before",
            **parts,
        )
    return said(
        "Imports of {reporter} from {partner} were {money} in {period}, much as in the year before",
        **parts,
    )


def _growth(known: pd.DataFrame, last: pd.Series) -> float | None:
    before = known[
        (known["period"] == periods.previous_year(last["period"])) & (known["flow"] == last["flow"])
    ]
    if before.empty or before["value"].iloc[0] <= 0:
        return None
    if not breaks.continued(before.iloc[0], last):
        return None
    return float(100 * (last["value"] / before["value"].iloc[0] - 1))


def _level(flow: str, value: float, parts: dict[str, Any]) -> Sentence:
    if flow == "X":
        return said("Exports of {reporter} to {partner} were {money} in {period}", **parts)
    if flow == "M":
        return said("Imports of {reporter} from {partner} were {money} in {period}", **parts)
    if flow == "B" and value < 0:
        return said(
            "{reporter} had a deficit of {money} with {partner} in {year}",
            year=parts["period"],
            **parts,
        )
    if flow == "B":
        return said(
            "{reporter} had a surplus of {money} with {partner} in {year}",
            year=parts["period"],
            **parts,
        )
    return said("{reporter}, partner {partner}: {money} in {period}", **parts)


def subtitle(rows: pd.DataFrame, unit_words: object) -> str:
    """Measure, pair, periods and unit."""
    first = rows.iloc[0]
    flows = set(rows["flow"])
    ordered = rows.sort_values("at")["period"]
    parts = {
        "measure": known_word(vocabulary.DATAFLOWS.get(first["dataflow"], first["dataflow"])),
        "flow": known_word(vocabulary.FLOWS[first["flow"]]),
        "reporter": words.place(first["reporter"]),
        "partner": words.place(first["partner"]),
        "first": words.short(ordered.iloc[0]),
        "last": words.short(ordered.iloc[-1]),
        "unit": unit_words,
        "product": first["product"],
    }
    parts["measure"] = parts["measure"][:1].upper() + parts["measure"][1:]
    if first["product"].isdecimal():
        return t(
            "{measure} of {reporter} with {partner}, product {product}, {first} to {last}, {unit}",
            **parts,
        )
    if len(flows) > 1:
        return t(
            "{measure} of {reporter} with {partner}, exports FOB and imports as reported, {first} "
            "to {last}, {unit}",
            **parts,
        )
    if first["flow"] not in ("X", "M", "T", "B"):
        return t("{measure} of {reporter}, partner {partner}, {first} to {last}, {unit}", **parts)
    return t("{measure} of {reporter} with {partner}, {flow}, {first} to {last}, {unit}", **parts)


def alt(finding: object, rows: pd.DataFrame, unit: str) -> str:
    """The finding with the highest and the lowest figure."""
    high, low = (inputs.extreme(rows, "value", largest=side) for side in (True, False))
    return t(
        "Figures over time: {finding}. The highest was {high} in {high_period}, the lowest {low} "
        "in {low_period}.",
        finding=finding,
        high=words.amount(high["value"], unit),
        high_period=words.short(high["period"]),
        low=words.amount(low["value"], unit),
        low_period=words.short(low["period"]),
    )


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
    flows = [each for each in vocabulary.FLOWS if each in set(rows["flow"])]
    if len(flows) > 1 and set(flows) != {"X", "M"}:
        raise MeasureMismatch(
            t("The frame holds the flows {flows}; this chart shows one.", flows=", ".join(flows)),
            f"Try: {_FROM}",
        )
    rows = rows.assign(at=[_at(period) for period in rows["period"]])
    rows = rows.sort_values(["flow", "at"], ignore_index=True)
    first = rows.iloc[0]
    finding, facts = series_finding(rows, flows, unit)
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
            changed = breaks.breaks(axes, own[own["flow"] == flows[0]])
        return page.finish(
            figure,
            name=f"series-{first['reporter']}-{first['partner']}-{'-'.join(flows)}".lower(),
            title=title_check.checked(title, finding, [*title_check.facts(shown), *facts]),
            subtitle=subtitle(rows, unit_words),
            alt=alt(title or finding, rows, unit),
            caption=words.credit(
                shown,
                said("n/a: missing at source or not at hand.") if missing else "",
                breaks.from_years(changed),
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
