"""What part of a year says about the year, on one ruler: the flagship chart."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from kzdata import aggregates, contract, periods
from kzdata.charts import headline, inputs, marks, page, style, words
from kzdata.charts.chart import Chart
from kzdata.errors import ContractError

_FROM = 'kz.charts.partial_year(kz.partial_year("2025-01-01/P11M", trade), trade=trade)'
_COLUMNS = [
    "answer",
    "reporter",
    "partner",
    "flow",
    "period",
    "value",
    "unit",
    "lower",
    "upper",
    "base_period",
    "level",
    "growth_pct",
    "growth_lower_pct",
    "growth_upper_pct",
    "source",
]


class _Row(NamedTuple):
    """One line of the chart: what it is, and what is drawn on it."""

    kind: str
    name: str
    period: str
    row: pd.Series


def partial_year(
    answers: pd.DataFrame, *, trade: pd.DataFrame | None = None, title: str | None = None
) -> Chart:
    """The answers of `kz.partial_year` as lines on one value axis.

    From the top: the last full year and the same months of it, published or bounded; the
    published part of the year, hatched; the full year as estimated, with its interval, and the
    naive 12/k as an open marker; the outcome, once published, and whether the interval held it.
    The last full year is drawn where ``trade``, the frame given to `kz.partial_year`, holds it.

    Raises `ContractError` for a frame that is not one of answers; other errors and ``title`` as
    in `turnover`.
    """
    rows = inputs.need(answers, _COLUMNS, _FROM)
    answer = dict(zip(rows["answer"], (row for _, row in rows.iterrows()), strict=True))
    for name in ("published", "estimate"):
        if name not in answer:
            raise ContractError(f"The answers hold no row {name!r}.", f"Try: {_FROM}")
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    unit = inputs.only(rows, "unit", _FROM)
    flow = inputs.only(rows, "flow", _FROM)
    base = _base(trade, flow, answer["published"]["period"])
    shown = pd.concat([base, rows], ignore_index=True)
    lines = _lines(answer, base)
    finding = _finding(answer, unit)
    factor, unit_words = words.scale([*shown["value"], *shown["upper"]], unit)
    facts = headline.facts(shown, headline.Fact(100 * answer["estimate"]["level"], "percent"))
    with style.house():
        figure, axes = page.sheet(0.52 * len(lines) + 0.35)
        _draw(axes, lines, answer, factor, unit)
        return page.finish(
            figure,
            name="partial-year-" + "-".join(pair).lower(),
            title=headline.checked(title, finding, facts),
            subtitle=f"{contract.FLOWS[flow].capitalize()} of goods, {words.place(pair[0])} with "
            f"{words.place(pair[1])}, {unit_words}",
            alt=_alt(title or finding, answer, unit),
            caption=words.credit(shown, _note(answer)),
            frame=shown,
        )


def _base(trade: pd.DataFrame | None, flow: str, period: str) -> pd.DataFrame:
    """The flow of the year before, as a row with answer ``last_year``; empty where unknown."""
    if trade is None:
        return pd.DataFrame()
    rows = inputs.need(trade, ["flow", "period", "value", "source"], _FROM)
    rows = rows[rows["period"] == str(int(period[:4]) - 1)]
    if flow == "T" and len(rows):
        rows = aggregates.turnover(rows)
    rows = rows[(rows["flow"] == flow) & rows["value"].notna()].head(1)
    return rows.assign(answer="last_year") if len(rows) else pd.DataFrame()


def _lines(answer: dict[str, pd.Series], base: pd.DataFrame) -> list[_Row]:
    published, estimate = answer["published"], answer["estimate"]
    same = periods.previous_year(published["period"])
    lines = []
    if len(base):
        full = base.iloc[0]
        lines.append(_Row("full", f"{full['period']}, full year", "published", full))
    if "bounds" in answer:
        lines.append(_Row("bounds", words.short(same), "not published: bounds", answer["bounds"]))
    elif "like_for_like" in answer:
        lines.append(_Row("like", words.short(same), "published", answer["like_for_like"]))
    lines.append(_Row("part", words.short(published["period"]), "published", published))
    level = f"estimate, {100 * estimate['level']:g} % interval"
    lines.append(_Row("estimate", f"{estimate['period']}, full year", level, estimate))
    if "outcome" in answer:
        since = answer["outcome"]
        lines.append(_Row("outcome", f"{since['period']}, full year", "published since", since))
    return lines


def _draw(
    axes: Any, lines: list[_Row], answer: dict[str, pd.Series], factor: float, unit: str
) -> None:
    style.dress(axes, values="x")
    names = [f"{line.name}\n{line.period}" for line in lines]
    axes.set_yticks(range(len(lines)), names, linespacing=1.15)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    for place, line in enumerate(lines):
        end, text = _DRAWN[line.kind](axes, place, line.row, answer, factor)
        axes.annotate(
            text,
            (end, place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            size=style.BODY,
            path_effects=marks.halo(),
            weight="bold" if line.kind in ("estimate", "outcome") else "normal",
        )
    style.baseline(axes, values="x")
    axes.set_xlim(left=0)


def _text(value: float, factor: float) -> str:
    return style.plain(value / factor, words.decimals([value / factor]))


def _bar(axes: Any, place: int, value: float, **look: Any) -> None:
    axes.barh(place, value, height=0.5, **look)


def _full(axes: Any, place: int, row: pd.Series, answer: Any, factor: float) -> tuple[float, str]:
    _bar(axes, place, row["value"] / factor, color=style.LILAC)
    return row["value"] / factor, _text(row["value"], factor)


def _bounds(axes: Any, place: int, row: pd.Series, answer: Any, factor: float) -> tuple[float, str]:
    low, high = row["lower"] / factor, row["upper"] / factor
    _range(axes, place, low, high, style.LILAC)
    return high, f"{_text(row['lower'], factor)} to {_text(row['upper'], factor)}"


def _like(axes: Any, place: int, row: pd.Series, answer: Any, factor: float) -> tuple[float, str]:
    value = answer["published"]["value"] / (1 + row["growth_pct"] / 100)
    _bar(axes, place, value / factor, color="white", edgecolor=style.LILAC, hatch=style.HATCH)
    return value / factor, _text(value, factor)


def _part(axes: Any, place: int, row: pd.Series, answer: Any, factor: float) -> tuple[float, str]:
    _bar(
        axes,
        place,
        row["value"] / factor,
        color="white",
        edgecolor=style.WINE,
        hatch=style.HATCH,
    )
    said = _text(row["value"], factor)
    if "like_for_like" in answer:
        said += f"   growth {style.plain(answer['like_for_like']['growth_pct'], 1)} %"
    elif "bounds" in answer:
        low, high = (answer["bounds"][f"growth_{side}_pct"] for side in ("lower", "upper"))
        said += f"   growth between {style.plain(low, 0)} and {style.plain(high, 0)} %"
    return row["value"] / factor, said


def _estimate(
    axes: Any, place: int, row: pd.Series, answer: Any, factor: float
) -> tuple[float, str]:
    low, high = row["lower"] / factor, row["upper"] / factor
    _range(axes, place, low, high, style.WINE)
    axes.plot(row["value"] / factor, place, "D", color=style.WINE, markersize=8, zorder=4)
    if "naive" in answer:
        naive = answer["naive"]["value"] / factor
        axes.plot(
            naive,
            place + 0.34,
            "o",
            color=style.INK,
            markersize=5,
            markerfacecolor="white",
            zorder=5,
        )
        months = periods.months_in(answer["published"]["period"])
        axes.annotate(
            f"naive × 12/{months}: {_text(answer['naive']['value'], factor)}",
            (naive, place + 0.34),
            xytext=(-7, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            size=style.SMALL,
            color=style.SOFT,
        )
    interval = f"{_text(row['lower'], factor)} to {_text(row['upper'], factor)}"
    return high, f"{_text(row['value'], factor)}   ({interval})"


def _outcome(
    axes: Any, place: int, row: pd.Series, answer: Any, factor: float
) -> tuple[float, str]:
    value = row["value"] / factor
    _bar(axes, place, value, color=style.WINE)
    axes.plot(value, place, "o", color=style.BLACK, markersize=7, zorder=4)
    axes.plot([value, value], [place - 1, place], color=style.BLACK, linewidth=0.9, zorder=3)
    said = "inside" if _held(answer) else "outside"
    return value, f"{_text(row['value'], factor)}   {said} the interval"


_DRAWN = {
    "full": _full,
    "bounds": _bounds,
    "like": _like,
    "part": _part,
    "estimate": _estimate,
    "outcome": _outcome,
}


def _range(axes: Any, place: int, low: float, high: float, color: str) -> None:
    axes.barh(place, high - low, left=low, height=0.16, color=color)
    for end in (low, high):
        axes.plot([end, end], [place - 0.22, place + 0.22], color=color, linewidth=2)


def _held(answer: dict[str, pd.Series]) -> bool:
    estimate = answer["estimate"]
    return bool(estimate["lower"] <= answer["outcome"]["value"] <= estimate["upper"])


def _finding(answer: dict[str, pd.Series], unit: str) -> str:
    published, estimate = answer["published"], answer["estimate"]
    said = (
        f"{words.short(published['period'])} pointed to {words.amount(estimate['value'], unit)} "
        f"for the year"
    )
    if "outcome" not in answer:
        return said.replace("pointed", "points")
    verdict = "inside" if _held(answer) else "outside"
    return (
        f"{said}; it closed at {words.amount(answer['outcome']['value'], unit)}, {verdict} the "
        f"{100 * estimate['level']:g} % interval"
    )


def _alt(finding: str, answer: dict[str, pd.Series], unit: str) -> str:
    estimate = answer["estimate"]
    said = (
        f"Bars and ranges on one axis: {finding}. Published for "
        f"{words.short(answer['published']['period'])} are "
        f"{words.amount(answer['published']['value'], unit)}. The interval runs from "
        f"{words.amount(estimate['lower'], unit)} to {words.amount(estimate['upper'], unit)}"
    )
    if "naive" in answer:
        said += f"; the naive figure is {words.amount(answer['naive']['value'], unit)}"
    if "bounds" in answer:
        low, high = (answer["bounds"][side] for side in ("lower", "upper"))
        said += (
            f". The same months of the year before are not published and lie between "
            f"{words.amount(low, unit)} and {words.amount(high, unit)}"
        )
    return said + "."


def _note(answer: dict[str, pd.Series]) -> str:
    months = periods.months_in(answer["published"]["period"])
    return (
        f"Hatched: {months} months, not a year. Estimate: share of the same months in earlier "
        "years; the interval holds errors of season, lumpiness and revision."
    )
