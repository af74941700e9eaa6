"""Surplus and deficit of a pair by year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.i18n.sentences import Sentence, said, t
from kzdata.indicators import aggregates
from kzdata.present.charts import breaks, inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.present.charts.inputs import in_product, product_of

_FROM = 'kz.charts.balance(kz.observations("KAZ", "ISR", freq="A"))'

_COLUMNS = ["reporter", "partner", "flow", "period", "value", "unit", "obs_status", "source"]


def balance(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Exports less imports as bars above and below zero.

    ``frame`` holds annual X and M rows of one pair and unit, or rows of flow B from
    `kz.balance`. A year without both sides is a gap. Errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2015)
    >>> print(kz.charts.balance(kz.balance(trade)).title)
    Kazakhstan had a surplus of US$45.2 million with Israel in 2025, as in every year shown
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    if not (rows["flow"] == "B").all():
        rows = aggregates.balance(rows[rows["flow"].isin(["X", "M"])])
    rows = inputs.annual(rows, _FROM).sort_values("year")
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    unit = inputs.only(rows, "unit", _FROM)
    product = product_of(rows, _FROM)
    inputs.once(rows, ["year"], _FROM)
    inputs.some(rows["value"], "balance", _FROM)
    known = rows.dropna(subset=["value"])
    shown = rows.drop(columns="year").reset_index(drop=True)
    missing = sorted(set(range(rows["year"].min(), rows["year"].max() + 1)) - set(known["year"]))
    finding = in_product(_finding(known, pair, unit), product)
    factor, unit_words = words.scale(known["value"], unit)
    values = known["value"] / factor
    with style.house():
        figure, axes = page.sheet(2.7)
        style.dress(axes)
        for sign, color, hatch in ((1, style.GREEN, ""), (-1, style.ORANGE, "xxx")):
            side = values[values * sign > 0]
            marks.bars(axes, known.loc[side.index, "year"], side, color, hatch=hatch)
        style.baseline(axes)
        marks.span(axes, values)
        labels = marks.labelled(values.set_axis(known["year"]))
        marks.figures(axes, known.set_index("year"), factor, labels)
        marks.year_axis(axes, int(rows["year"].min()), int(rows["year"].max()))
        marks.gaps(axes, missing)
        changed = breaks.breaks(axes, rows)
        if keys := _key(values):
            marks.key(axes, keys)
        return page.finish(
            figure,
            name="-".join(filter(None, ["balance", *pair, product])).lower(),
            title=title_check.checked(title, finding, title_check.facts(shown, *_facts(known))),
            subtitle=said(
                "Trade of {reporter} with {partner} in product {product}, exports less imports, "
                "{unit}"
                if product
                else "Trade in goods of {reporter} with {partner}, exports less imports, {unit}",
                product=product,
                reporter=words.place(pair[0]),
                partner=words.place(pair[1]),
                unit=unit_words,
            ),
            alt=_alt(title or finding, known, missing, unit),
            caption=words.credit(
                shown,
                said("Exports FOB less imports CIF: balanced trade shows a small deficit."),
                said("n/a: {years} missing at source or not at hand.", years=words.years(missing))
                if missing
                else "",
                breaks.from_years(changed),
                words.statuses(known),
            ),
            frame=shown,
        )


def _key(values: pd.Series) -> list[Any]:
    surplus = marks.patch(t("Surplus: exports above imports"), color=style.GREEN)
    deficit = marks.patch(
        t("Deficit: imports above exports"),
        facecolor=style.ORANGE,
        edgecolor="white",
        hatch="xxx",
        linewidth=0,
    )
    return [surplus] * bool((values > 0).any()) + [deficit] * bool((values < 0).any())


def _finding(known: pd.DataFrame, pair: list[str], unit: str) -> Sentence:
    last = known.iloc[-1]
    year, value = int(last["year"]), last["value"]
    if not value:
        return said(
            "Exports of {reporter} to {partner} and imports from it were equal in {year}",
            reporter=words.place(pair[0]),
            partner=words.place(pair[1]),
            year=year,
        )
    since = year
    for row in inputs.each(known.iloc[::-1]):
        if row.year < since - 1 or row.value * value <= 0:
            break
        since = row.year
    parts = {
        "reporter": words.place(pair[0]),
        "partner": words.place(pair[1]),
        "money": words.amount(abs(value), unit),
        "year": year,
    }
    surplus = value >= 0
    if year - since <= 1:
        return said(
            "{reporter} had a surplus of {money} with {partner} in {year}"
            if surplus
            else "{reporter} had a deficit of {money} with {partner} in {year}",
            **parts,
        )
    if since == known["year"].min():
        return said(
            "{reporter} had a surplus of {money} with {partner} in {year}, as in every year shown"
            if surplus
            else "{reporter} had a deficit of {money} with {partner} in {year}, as in every year "
            "shown",
            **parts,
        )
    return said(
        "{reporter} had a surplus of {money} with {partner} in {year}, as every year since {since}"
        if surplus
        else "{reporter} had a deficit of {money} with {partner} in {year}, as every year since "
        "{since}",
        **parts,
        since=since,
    )


def _facts(known: pd.DataFrame) -> list[title_check.Fact]:
    signs = known["value"] >= 0
    return [title_check.Fact(float(count), "count") for count in (signs.sum(), (~signs).sum())]


def _alt(finding: object, known: pd.DataFrame, missing: list[int], unit: str) -> str:
    best, worst = (inputs.extreme(known, "value", largest=side) for side in (True, False))
    alt = t(
        "Bars above and below zero: {finding}. The extremes are {low} in {low_year} and {high} in "
        "{high_year}.",
        finding=finding,
        low=words.amount(worst["value"], unit),
        low_year=int(worst["year"]),
        high=words.amount(best["value"], unit),
        high_year=int(best["year"]),
    )
    return " ".join([alt, *inputs.no_figure(missing)])
