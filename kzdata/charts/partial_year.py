"""What part of a year says about the year, on one ruler: the flagship chart."""

from __future__ import annotations

import pandas as pd

from kzdata import aggregates, contract, periods
from kzdata.charts import answer_rows, headline, inputs, page, style, words
from kzdata.charts.chart import Chart
from kzdata.errors import ContractError, NotAvailable
from kzdata.language import Later, Sentence, known_word, said, t

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
        raise NotAvailable("There is no estimate to draw.", str(answer["estimate"]["note"]))
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    unit = inputs.only(rows, "unit", _FROM)
    flow = inputs.only(rows, "flow", _FROM)
    base = rows[rows["answer"] == "last_year"]
    if trade is not None:
        base = _base(trade, flow, answer["published"]["period"])
    shown = pd.concat([base, rows[rows["answer"] != "last_year"]], ignore_index=True)
    lines = answer_rows.rows(answer, base)
    finding = _finding(answer, unit)
    factor, unit_words = words.scale([*shown["value"], *shown["upper"]], unit)
    facts = headline.facts(shown, headline.Fact(100 * answer["estimate"]["level"], "percent"))
    with style.house():
        figure, axes = page.sheet(0.52 * len(lines) + 0.35)
        answer_rows.draw(axes, lines, answer, factor)
        return page.finish(
            figure,
            name="partial-year-" + "-".join(pair).lower(),
            title=headline.checked(title, finding, facts),
            subtitle=said(
                "{flow} of goods, {reporter} with {partner}, {unit}",
                flow=Later(lambda: _capital(known_word(contract.FLOWS[flow]))),
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
        if answer_rows.held(answer)
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
