"""The partners of one country in one year, by turnover, with one of them found in the list."""

from __future__ import annotations

import pandas as pd

from kzdata.errors import UnknownCode, did_you_mean
from kzdata.i18n.catalogue import direction, spoken
from kzdata.i18n.sentences import Later, said, said_number
from kzdata.indicators import aggregates, growth
from kzdata.model import codes
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.present.charts.inputs import in_product, product_of

_FROM = 'kz.charts.ranking(kz.observations("KAZ", start=2025, end=2025, freq="A"))'

_COLUMNS = [
    "dataflow",
    "reporter",
    "partner",
    "flow",
    "product",
    "period",
    "value",
    "unit",
    "source",
]


def ranking(
    frame: pd.DataFrame, highlight: str = "ISR", top: int = 15, *, title: str | None = None
) -> Chart:
    """The largest ``top`` partners of one year as bars, and ``highlight`` wherever it ranks.

    ``frame`` holds X and M rows of many partners in one year, or T rows (then ranked as they
    are, or by a column rank from `kz.rank`). The world and unnamed partners take no part; a
    partner without a figure has no rank. Raises `UnknownCode` when ``highlight`` is not among
    the partners; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> print(kz.charts.ranking(kz.observations("KAZ", start=2025, end=2025, freq="A")).title)
    Israel ranks 48th of 197 among the trade partners of Kazakhstan in 2025, with US$193.3 ...
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    rows = rows[~rows["partner"].isin(list(codes.SPECIAL))]
    if not (rows["flow"] == "T").all():
        rows = aggregates.turnover(rows[rows["flow"].isin(["X", "M", "T"])])
    reporter = inputs.only(rows, "reporter", _FROM)
    period = inputs.only(rows, "period", _FROM)
    unit = inputs.only(rows, "unit", _FROM)
    product = product_of(rows, _FROM)
    inputs.some(rows["value"], "turnover", _FROM)
    inputs.once(rows, ["partner", "period"], _FROM)
    if "rank" not in rows.columns:
        rows = growth.rank(rows)
    mine = codes.area(highlight)
    if mine not in set(rows.loc[rows["value"].notna(), "partner"]):
        raise UnknownCode(
            f"{highlight!r} has no figure among the partners of {words.place(reporter)} in "
            f"{period}.",
            did_you_mean(mine, set(rows.loc[rows["value"].notna(), "partner"])),
        )
    ordered = rows.dropna(subset=["value"]).sort_values(["rank", "partner"])
    shown = ordered[(ordered["rank"] <= top) | (ordered["partner"] == mine)].reset_index(drop=True)
    (own,) = inputs.each(shown[shown["partner"] == mine])
    ranked, first = int(own.ranked), shown.iloc[0]
    finding = said(
        "{partner} ranks {rank} of {ranked} among the trade partners of {reporter} in {period}, "
        "with {money}",
        partner=words.place(mine),
        rank=Later(_ordinal, int(own.rank)),
        ranked=ranked,
        reporter=words.place(reporter),
        period=words.short(period),
        money=words.amount(own.value, unit),
    )
    finding = in_product(finding, product)
    factor, unit_words = words.scale(shown["value"], unit)
    facts = title_check.facts(shown, title_check.Fact(top, "count"))
    with style.house():
        figure, axes = page.sheet(0.235 * len(shown) + (0.5 if own.rank > top else 0.25))
        _draw(axes, shown, mine, factor, own.rank > top)
        return page.finish(
            figure,
            name="-".join(filter(None, ["ranking", reporter, period, product])).lower(),
            title=title_check.checked(title, finding, facts),
            subtitle=said(
                "Turnover of {reporter} by partner in product {product}, {period}, {unit}"
                if product
                else "Turnover in goods of {reporter} by partner, {period}, {unit}",
                product=product,
                reporter=words.place(reporter),
                period=words.short(period),
                unit=unit_words,
            ),
            alt=said(
                "Horizontal bars: {finding}. First is {partner} with {money}.",
                finding=title or finding,
                partner=words.place(first["partner"]),
                money=words.amount(first["value"], unit),
            ),
            caption=words.credit(
                shown,
                said_number(
                    "Ranked among the {n} partner with a figure.",
                    "Ranked among the {n} partners with a figure.",
                    ranked,
                ),
                words.statuses(shown) if "obs_status" in shown else "",
            ),
            frame=shown,
        )


def _draw(axes, shown: pd.DataFrame, mine: str, factor: float, apart: bool) -> None:
    places = [float(n) for n in range(len(shown))]
    if apart:
        places[-1] += 0.9
    values = shown["value"] / factor
    axes.barh(
        places,
        values,
        height=0.72,
        color=[style.WINE if p == mine else style.LILAC for p in shown["partner"]],
    )
    digits = len(str(int(shown["rank"].max())))
    figure_space = "\N{FIGURE SPACE}"  # as wide as a digit, so that the names stand in a column
    names = [
        f"{str(int(rank)).rjust(digits, figure_space)}  {style.clean(words.place(partner))}"
        for partner, rank in zip(shown["partner"], shown["rank"], strict=True)
    ]
    rtl = direction() == "rtl"
    axes.set_yticks(places, names, ha="right" if rtl else "left")
    for label, partner in zip(axes.get_yticklabels(), shown["partner"], strict=True):
        label.set_weight("bold" if partner == mine else "normal")
    wide = max(page.inches(name, style.BODY, bold=True) for name in names)
    axes.tick_params(axis="y", pad=4 if rtl else 72 * wide + 4)
    style.dress(axes, values="x")
    digits = words.decimals(values)
    status = shown["obs_status"] if "obs_status" in shown else [""] * len(shown)
    for place, value, partner, flag in zip(places, values, shown["partner"], status, strict=True):
        printed = words.figure(value, max(digits, 2) if value < 1 else digits)
        axes.annotate(
            marks.flagged(printed, flag),
            (value, place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            weight="bold" if partner == mine else "normal",
        )
    if apart:
        axes.annotate(
            "⋮",
            (0, places[-1] - 0.95),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            color=style.SOFT,
        )
    axes.set_ylim(places[-1] + 0.6, -0.6)
    axes.set_xlim(0, values.max() * 1.02 or 1)


def _ordinal(number: int) -> str:
    if spoken() != "en":
        return str(number)
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
