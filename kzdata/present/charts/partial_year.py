"""The rows of the chart of a partial year: a bar, a range or a mark for each answer."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from kzdata.errors import ContractError, NotAvailable
from kzdata.i18n.sentences import Later, Sentence, known_word, said, t
from kzdata.indicators import aggregates
from kzdata.model import periods, vocabulary
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart


class Row(NamedTuple):
    """One line of the chart: what it is, and what is drawn on it."""

    kind: str
    name: str
    period: str
    row: pd.Series


def answer_rows(answer: dict[str, pd.Series], base: pd.DataFrame) -> list[Row]:
    """The rows from the top: the year before, its same months, the part, the estimate, the end."""
    published, estimate = answer["published"], answer["estimate"]
    same = periods.previous_year(published["period"])
    lines = []
    if len(base):
        full = base.iloc[0]
        lines.append(Row("full", _whole(full), t("published"), full))
    if "bounds" in answer:
        said = t("not published: bounds")
        lines.append(Row("bounds", str(words.short(same)), said, answer["bounds"]))
    elif "like_for_like" in answer:
        lines.append(Row("like", str(words.short(same)), t("published"), answer["like_for_like"]))
    lines.append(Row("part", str(words.short(published["period"])), t("published"), published))
    level = t("estimate, {level} interval", level=words.level(estimate["level"]))
    lines.append(Row("estimate", _whole(estimate), level, estimate))
    if "outcome" in answer:
        since = answer["outcome"]
        lines.append(Row("outcome", _whole(since), t("published since"), since))
    return lines


def _whole(row: pd.Series) -> str:
    return t("{year}, full year", year=row["period"])


def draw(axes: Any, lines: list[Row], answer: dict[str, pd.Series], factor: float) -> None:
    """Draw the rows with their names on the left and their figures beside them."""
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
    return words.figure(value / factor, words.decimals([value / factor]))


def _between(row: pd.Series, factor: float) -> str:
    return t("{low} to {high}", low=_text(row["lower"], factor), high=_text(row["upper"], factor))


def _bar(axes: Any, place: int, value: float, **look: Any) -> None:
    axes.barh(place, value, height=0.5, **look)


def _full(axes: Any, place: int, row: pd.Series, answer: Any, factor: float) -> tuple[float, str]:
    _bar(axes, place, row["value"] / factor, color=style.LILAC)
    return row["value"] / factor, _text(row["value"], factor)


def _bounds(axes: Any, place: int, row: pd.Series, answer: Any, factor: float) -> tuple[float, str]:
    low, high = row["lower"] / factor, row["upper"] / factor
    _range(axes, place, low, high, style.LILAC)
    return high, _between(row, factor)


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
        growth = style.plain(answer["like_for_like"]["growth_pct"], 1)
        said += "   " + t("growth {growth}%", growth=growth)
    elif "bounds" in answer:
        low, high = (answer["bounds"][f"growth_{side}_pct"] for side in ("lower", "upper"))
        ends = {"low": style.plain(low, 0), "high": style.plain(high, 0)}
        said += "   " + t("growth between {low} and {high}%", **ends)
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
        most = max(
            row["upper"], *(answer[a]["value"] for a in ("published", "outcome") if a in answer)
        )
        right = naive < 0.5 * most / factor  # else it would lie on the names of the rows
        axes.annotate(
            t(
                "naive × 12/{months}: {value}",
                months=months,
                value=_text(answer["naive"]["value"], factor),
            ),
            (naive, place + 0.34),
            xytext=(7 if right else -7, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            size=style.SMALL,
            color=style.SOFT,
            path_effects=marks.halo(),
        )
    return high, f"{_text(row['value'], factor)}   ({_between(row, factor)})"


def _outcome(
    axes: Any, place: int, row: pd.Series, answer: Any, factor: float
) -> tuple[float, str]:
    value = row["value"] / factor
    _bar(axes, place, value, color=style.WINE)
    axes.plot(value, place, "o", color=style.BLACK, markersize=7, zorder=4)
    axes.plot([value, value], [place - 1, place], color=style.BLACK, linewidth=0.9, zorder=3)
    said = t("inside the interval") if held(answer) else t("outside the interval")
    return value, f"{_text(row['value'], factor)}   {said}"


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


def held(answer: dict[str, pd.Series]) -> bool:
    """Whether the interval of the estimate holds the outcome."""
    estimate = answer["estimate"]
    return bool(estimate["lower"] <= answer["outcome"]["value"] <= estimate["upper"])


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


def partial_year(
    answers: pd.DataFrame, *, trade: pd.DataFrame | None = None, title: str | None = None
) -> Chart:
    """The answers of `kz.partial_year` as lines on one value axis.

    From the top: the last full year and the same months of it, published or bounded; the
    published part of the year, hatched; the full year as estimated, with its interval, and the
    naive 12/k as an open marker; the outcome, once published, and whether the interval held it.
    The last full year is drawn where ``trade``, the frame given to `kz.partial_year`, holds it,
    or the row ``last_year`` of the chart's own frame.

    Raises `ContractError` for a frame that is not one of answers, `NotAvailable` where the past
    was too short for an estimate; other errors and ``title`` as
    in `turnover`.

    >>> import kzdata as kz
    >>> answers = kz.partial_year("2025-01-01/P11M", kz.observations("KAZ", "ISR"))
    >>> print(kz.charts.partial_year(answers).title)
    Jan–Nov 2025 pointed to US$178.1 million for the year; it closed at US$193.3 million, ...
    """
    rows = inputs.need(answers, _COLUMNS, _FROM)
    answer = dict(zip(rows["answer"], (row for _, row in rows.iterrows()), strict=True))
    for name in ("published", "estimate"):
        if name not in answer:
            raise ContractError(f"The answers hold no row {name!r}.", f"Try: {_FROM}")
    if pd.isna(answer["estimate"]["value"]):
        raise NotAvailable("The answer holds no estimate to draw.", str(answer["estimate"]["note"]))
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    unit = inputs.only(rows, "unit", _FROM)
    flow = inputs.only(rows, "flow", _FROM)
    base = rows[rows["answer"] == "last_year"]
    if trade is not None:
        base = _base(trade, flow, answer["published"]["period"])
    shown = pd.concat([base, rows[rows["answer"] != "last_year"]], ignore_index=True)
    lines = answer_rows(answer, base)
    finding = _finding(answer, unit)
    factor, unit_words = words.scale([*shown["value"], *shown["upper"]], unit)
    facts = title_check.facts(shown, title_check.Fact(100 * answer["estimate"]["level"], "percent"))
    with style.house():
        figure, axes = page.sheet(0.52 * len(lines) + 0.35)
        draw(axes, lines, answer, factor)
        return page.finish(
            figure,
            name="partial-year-" + "-".join(pair).lower(),
            title=title_check.checked(title, finding, facts),
            subtitle=said(
                "{flow} of goods, {reporter} with {partner}, {unit}",
                flow=Later(lambda: _capital(known_word(vocabulary.FLOWS[flow]))),
                reporter=words.place(pair[0]),
                partner=words.place(pair[1]),
                unit=unit_words,
            ),
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _finding(answer: dict[str, pd.Series], unit: str) -> Sentence:
    published, estimate = answer["published"], answer["estimate"]
    parts = {
        "months": words.short(published["period"]),
        "estimate": words.amount(estimate["value"], unit),
    }
    if "outcome" not in answer:
        return said("{months} points to {estimate} for the year", **parts)
    return said(
        "{months} pointed to {estimate} for the year; it closed at {outcome}, inside the {level} "
        "interval"
        if held(answer)
        else "{months} pointed to {estimate} for the year; it closed at {outcome}, outside the "
        "{level} interval",
        **parts,
        outcome=words.amount(answer["outcome"]["value"], unit),
        level=words.level(estimate["level"]),
    )


def _alt(finding: object, answer: dict[str, pd.Series], unit: str) -> str:
    estimate = answer["estimate"]
    alt = [
        t(
            "Bars and ranges on one axis: {finding}. Published for {months} are {published}. The "
            "interval runs from {low} to {high}.",
            finding=finding,
            months=words.short(answer["published"]["period"]),
            published=words.amount(answer["published"]["value"], unit),
            low=words.amount(estimate["lower"], unit),
            high=words.amount(estimate["upper"], unit),
        )
    ]
    if "naive" in answer:
        naive = words.amount(answer["naive"]["value"], unit)
        alt.append(t("The naive figure is {naive}.", naive=naive))
    if "bounds" in answer:
        alt.append(
            t(
                "The same months of the year before are not published and lie between {low} and "
                "{high}.",
                low=words.amount(answer["bounds"]["lower"], unit),
                high=words.amount(answer["bounds"]["upper"], unit),
            )
        )
    return " ".join(alt)


def _note(answer: dict[str, pd.Series]) -> Sentence:
    return said(
        "Hatched: {months} months, not a year. Estimate: what earlier years became "
        "after as many months; the interval holds errors of season, volatility and revision.",
        months=periods.months_in(answer["published"]["period"]),
    )
