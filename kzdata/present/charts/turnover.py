"""Exports and imports of a pair by year, with what is known of an unfinished year beside them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import PeriodMismatch
from kzdata.i18n.sentences import Sentence, said, t
from kzdata.indicators import aggregates
from kzdata.model import periods
from kzdata.present.charts import breaks, inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.present.charts.inputs import in_product, product_of

_FROM = 'kz.charts.turnover(kz.observations("KAZ", "ISR", freq="A"))'

_PART = "part of a year"

_COLUMNS = ["reporter", "partner", "flow", "period", "value", "unit", "obs_status", "source"]


def turnover(
    frame: pd.DataFrame,
    *,
    partial: pd.DataFrame | pd.Series | None = None,
    title: str | None = None,
) -> Chart:
    """Exports and imports stacked by year, so that the height is turnover.

    ``frame`` holds annual X and M rows of one pair and unit from `kz.observations`. ``partial``
    is one row of turnover over part of a year, such as a claim or the row ``published`` of
    `kz.partial_year`; it is hatched, named with its months and never compared with a year, and
    the chart's own frame marks it in a column drawn_as. A
    year without both sides is a gap, as is a year without a row. ``title`` is by default the
    finding; numbers in one of your own must be figures of the frame.

    Raises `ContractError`, `NotAvailable`, `MeasureMismatch` or `UnitMismatch` for frames that
    cannot be drawn so, `PeriodMismatch` for a ``partial`` that is a whole year, and
    `KzdataError` for a title that the data contradict.

    >>> import kzdata as kz
    >>> print(kz.charts.turnover(kz.observations("KAZ", "ISR", start=2015)).title)
    Trade of Kazakhstan with Israel fell 18.1% in 2025, to US$193.3 million
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    if partial is None and "drawn_as" in rows.columns:
        own = rows[rows["drawn_as"] == _PART]
        partial = own if len(own) else None
    rows = inputs.annual(rows[rows["flow"].isin(["X", "M"])], _FROM)
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    unit = inputs.only(rows, "unit", _FROM)
    product = product_of(rows, _FROM)
    inputs.once(rows, ["flow", "year"], _FROM)
    total = inputs.annual(aggregates.turnover(rows.drop(columns="year")), _FROM)
    inputs.some(total["value"], "turnover", _FROM)
    extra = _partial(partial, unit)
    shown = pd.concat([rows, total, *extra], ignore_index=True).drop(columns="year")
    if extra:
        shown["drawn_as"] = ["year"] * (len(rows) + len(total)) + [_PART]
    known = total.dropna(subset=["value"]).sort_values("year")
    finding, growth = _finding(known, extra, pair, unit)
    finding = in_product(finding, product)
    facts = title_check.facts(shown, *growth)
    factor, unit_words = words.scale([*total["value"], *(e["value"].iloc[0] for e in extra)], unit)
    missing = sorted(set(range(rows["year"].min(), rows["year"].max() + 1)) - set(known["year"]))
    with style.house():
        figure, axes = page.sheet(2.9)
        changed = _draw(axes, rows, total, missing, extra, factor)
        return page.finish(
            figure,
            name="-".join(filter(None, ["turnover", *pair, product])).lower(),
            title=title_check.checked(title, finding, facts),
            subtitle=said(
                "Trade of {reporter} with {partner} in product {product}, exports plus imports, "
                "{unit}"
                if product
                else "Trade in goods of {reporter} with {partner}, exports plus imports, {unit}",
                product=product,
                reporter=words.place(pair[0]),
                partner=words.place(pair[1]),
                unit=unit_words,
            ),
            alt=_alt(title or finding, rows, known, missing, unit),
            caption=words.credit(
                shown,
                said(
                    "Exports FOB, imports CIF, as {reporter} reports them.",
                    reporter=words.place(pair[0]),
                ),
                said("n/a: {years} missing at source or not at hand.", years=words.years(missing))
                if missing
                else "",
                breaks.from_years(changed),
                words.statuses(rows[rows["value"].notna()]),
            ),
            frame=shown,
        )


def _partial(partial: pd.DataFrame | pd.Series | None, unit: str) -> list[pd.DataFrame]:
    if partial is None:
        return []
    row = partial.to_frame().T if isinstance(partial, pd.Series) else partial
    row = inputs.need(row, ["period", "value", "unit", "source"], "partial=answers.iloc[[0]]")
    if "answer" in row.columns:
        row = row[row["answer"] == "published"]
    row = row.reset_index(drop=True).astype({"value": float})
    months = [periods.months_in(period) for period in row["period"]]
    if len(row) != 1 or (months[0] or 12) >= 12:
        raise PeriodMismatch(
            f"partial= is one row over part of a year, not {', '.join(row['period']) or 'none'}.",
            'Try: partial=answers[answers["answer"] == "published"]',
        )
    inputs.only(pd.DataFrame({"unit": [unit, row["unit"].iloc[0]]}), "unit", _FROM)
    return [row]


def _finding(
    known: pd.DataFrame, extra: list[pd.DataFrame], pair: list[str], unit: str
) -> tuple[Sentence, list[title_check.Fact]]:
    last = known.iloc[-1]
    year = int(last["year"])
    parts = {
        "reporter": words.place(pair[0]),
        "partner": words.place(pair[1]),
        "year": year,
        "money": words.amount(last["value"], unit),
    }
    if extra and int(extra[0]["period"].iloc[0][:4]) > year:
        part = extra[0].iloc[0]
        return said(
            "{partial} in {months}, after {money} in the whole of {year}: trade of {reporter} with "
            "{partner}",
            partial=words.amount(part["value"], unit),
            months=words.short(part["period"]),
            **parts,
        ), []
    before = known[known["year"] == year - 1]
    if before.empty or before["value"].iloc[0] <= 0 or not breaks.continued(before.iloc[0], last):
        return said("Trade of {reporter} with {partner} was {money} in {year}", **parts), []
    growth = 100 * (last["value"] / before["value"].iloc[0] - 1)
    if abs(growth) < title_check.STILL:
        return said(
            "Trade of {reporter} with {partner} was {money} in {year}, much as in the year before",
            **parts,
        ), []
    finding = said(
        "Trade of {reporter} with {partner} fell {growth} in {year}, to {money}"
        if growth < 0
        else "Trade of {reporter} with {partner} rose {growth} in {year}, to {money}",
        growth=words.percent(growth),
        **parts,
    )
    return finding, [title_check.Fact(growth, "percent")]


def _draw(
    axes: Any,
    rows: pd.DataFrame,
    total: pd.DataFrame,
    missing: list[int],
    extra: list[pd.DataFrame],
    factor: float,
) -> list[breaks.Takeover]:
    style.dress(axes)
    wide = rows.pivot(index="year", columns="flow", values="value").reindex(columns=["X", "M"])
    whole = wide.dropna() / factor
    marks.bars(axes, whole.index, whole["X"], style.WINE)
    marks.bars(axes, whole.index, whole["M"], style.LILAC, bottoms=whole["X"])
    keys = [
        marks.patch(t("Exports"), color=style.WINE),
        marks.patch(t("Imports"), color=style.LILAC),
    ]
    first, last = int(rows["year"].min()), int(rows["year"].max())
    sums = whole.sum(axis=1)
    labels = marks.labelled(sums)
    slots = {}
    for part in extra:
        place = marks.slot_after(first, last)
        value = part["value"].iloc[0] / factor
        axes.bar(
            place,
            value,
            width=0.78,
            color="white",
            edgecolor=style.WINE,
            hatch=style.HATCH,
            label="partial",
        )
        name = str(words.short(part["period"].iloc[0]))
        slots[place] = name.replace(" ", "\n")
        marks.above(axes, place, value, words.figure(value, words.decimals([*sums, value])))
        keys.append(
            marks.patch(
                t("Turnover of {months}, not a full year", months=name),
                facecolor="white",
                edgecolor=style.WINE,
                hatch=style.HATCH,
            )
        )
    marks.span(axes, [*sums, *(part["value"].iloc[0] / factor for part in extra)])
    marks.figures(axes, total.set_index("year"), factor, labels)
    marks.year_axis(axes, first, last, slots)
    marks.gaps(axes, missing)
    marks.key(axes, keys)
    return breaks.breaks(axes, total)


def _alt(
    finding: object, rows: pd.DataFrame, known: pd.DataFrame, missing: list[int], unit: str
) -> str:
    last, peak = known.iloc[-1], inputs.extreme(known, "value")
    sides = rows[rows["year"] == last["year"]].set_index("flow")["value"]
    alt = t(
        "Stacked bars: {finding}. Exports of {year} were {exports}, imports {imports}; the highest "
        "turnover from {first} was {peak} in {peak_year}.",
        finding=finding,
        year=int(last["year"]),
        exports=words.amount(sides["X"], unit),
        imports=words.amount(sides["M"], unit),
        first=int(known["year"].min()),
        peak=words.amount(peak["value"], unit),
        peak_year=int(peak["year"]),
    )
    return " ".join([alt, *inputs.no_figure(missing)])
