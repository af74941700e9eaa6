"""Both reports of one flow by year, and what of their gap carriage can explain."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.i18n.formats import exact, format_number
from kzdata.i18n.sentences import Later, Sentence, joined, said, t
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_FROM = 'kz.charts.mirror(kz.mirror(kz.both_sides("ISR", "KAZ")).query("reporter == \'ISR\'"))'

_COLUMNS = ["reporter", "partner", "period", "unit", "reported", "mirrored", "ratio", "cif_factor"]

_WIDE = 3.0  # ratios that differ by more are drawn on a logarithmic axis


def mirror(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Exports of one economy to another as each reports them, and the ratio of the two reports.

    ``frame`` holds annual rows of `kz.mirror` for one flow: one exporter (``reporter``), one
    importer (``partner``), one product. Above, both reports as given; below, the importer's as a
    multiple of the exporter's where both are known, with the band that freight and insurance
    explain, from 1 to the CIF factor used. A year that a side does not report is a gap, not a
    zero. Raises `NotAvailable` where no year is reported by both; other errors and ``title`` as
    in `turnover`.

    >>> import kzdata as kz
    >>> found = kz.mirror(kz.both_sides("KAZ", "ISR")).query("reporter == 'KAZ'")
    >>> print(kz.charts.mirror(found).title)
    Israel recorded 0.06 times the goods that Kazakhstan reported sending in 2001
    """
    rows = inputs.annual(inputs.need(frame, [*_COLUMNS, "source"], _FROM), _FROM)
    pair = [inputs.only(rows, column, _FROM) for column in ("reporter", "partner")]
    unit = inputs.only(rows, "unit", _FROM)
    inputs.once(rows, ["year"], _FROM)
    rows = rows.sort_values("year", ignore_index=True)
    both = rows[rows["ratio"].notna() & (rows["ratio"] > 0)]
    if both.empty:
        raise NotAvailable(
            t(
                "No year of exports of {exporter} to {importer} is reported by both.",
                exporter=words.place(pair[0]),
                importer=words.place(pair[1]),
            ),
            f"Load the other side: kzdata load comtrade FILE; then {_FROM}",
        )
    factor = float(both["cif_factor"].max())
    names = {"exporter": words.place(pair[0]), "importer": words.place(pair[1])}
    finding, facts = _finding(both, factor, names)
    scale, unit_words = words.scale([*rows["reported"], *rows["mirrored"]], unit)
    shown = rows.drop(columns="year")
    with style.house():
        figure, (above, below) = page.sheet(
            3.8, 2, sharex=True, gridspec_kw={"height_ratios": [1.5, 1], "hspace": 0.34}
        )
        _levels(above, rows, scale, names)
        _ratios(below, both, factor)
        marks.year_axis(below, int(rows["year"].min()), int(rows["year"].max()))
        return page.finish(
            figure,
            name="mirror-" + "-".join(pair).lower(),
            title=title_check.checked(title, finding, [*title_check.facts(shown), *facts]),
            subtitle=t(
                "Exports of goods of {exporter} to {importer} by both reports, {unit}; below, the "
                "importer's report as a multiple of the exporter's",
                unit=unit_words,
                **names,
            ),
            alt=t(
                "Two lines above dots: {finding}. Ratios of the two reports: {ratios}.",
                finding=title or finding,
                ratios=joined([f"{r.year} {style.plain(r.ratio, 2)}" for r in inputs.each(both)]),
            ),
            caption=words.credit(
                shown,
                t("Imports as reported include freight and insurance where they are valued CIF."),
                t(
                    "Grey band: what a CIF/FOB factor of {factor} explains.",
                    factor=format_number(factor, digits=3),
                )
                if factor > 1
                else "",
            ),
            frame=shown,
        )


def _finding(
    both: pd.DataFrame, factor: float, names: dict[str, Later]
) -> tuple[Sentence, list[title_check.Fact]]:
    low, high, n = both["ratio"].min(), both["ratio"].max(), len(both)
    beyond = int(((both["ratio"] > factor) | (both["ratio"] < 1)).sum())
    facts = [title_check.Fact(each, "count") for each in (low, high, factor, n, beyond, n - beyond)]
    parts: dict[str, Any] = {"n": n} | names
    parts |= {"low": exact(low, 2), "high": exact(high, 2)}
    if n == 1:
        text = said(
            "{importer} recorded {low} times the goods that {exporter} reported sending in {year}",
            year=int(both["year"].iloc[0]),
            **parts,
        )
    elif str(parts["low"]) == str(parts["high"]):
        text = said(
            "{importer} recorded {low} times what {exporter} reported in each of {n} years "
            "compared",
            **parts,
        )
    elif not beyond:
        text = said(
            "{importer} recorded {low} to {high} times what {exporter} reported: no more than "
            "freight explains in all {n} years compared",
            **parts,
        )
    elif beyond == n and low > factor:
        text = said(
            "{importer} recorded {low} to {high} times what {exporter} reported: more than freight "
            "explains in all {n} years compared",
            **parts,
        )
    elif beyond == n and high < 1:
        text = said(
            "{importer} recorded {low} to {high} times what {exporter} reported: less in all {n} "
            "years compared",
            **parts,
        )
    else:
        text = said(
            "{importer} recorded {low} to {high} times what {exporter} reported; freight does not "
            "explain the gap in {beyond} of {n} years compared",
            beyond=beyond,
            **parts,
        )
    return text, facts


def _levels(axes: Any, rows: pd.DataFrame, scale: float, names: dict[str, Later]) -> None:
    style.dress(axes)
    looks = (
        ("mirrored", style.LILAC, "s", t("{importer} as importer", **names)),
        ("reported", style.WINE, "o", t("{exporter} as exporter", **names)),
    )
    for column, color, marker, _ in looks:
        years, values = marks.runs(list(rows["year"]), list(rows[column] / scale))
        axes.plot(years, values, color=color, marker=marker, markersize=4.5, linewidth=1.6)
    marks.span(axes, rows[["reported", "mirrored"]].max() / scale, above=0.12)
    marks.key(axes, [marks.dot(name, marker, color, line="-") for _, color, marker, name in looks])


def _ratios(axes: Any, both: pd.DataFrame, factor: float) -> None:
    low, high = min(both["ratio"].min(), 1.0), max(both["ratio"].max(), factor)
    style.dress(axes)
    if high / low > _WIDE:
        from matplotlib.ticker import FixedLocator, NullLocator

        axes.set_yscale("log")
        each = (1, 2, 5) if high / low < 200 else (1,)
        steps = [n * 10.0**power for power in range(-9, 10) for n in each]
        axes.yaxis.set_major_locator(FixedLocator([s for s in steps if low / 3 <= s <= high * 3]))
        axes.yaxis.set_major_formatter(style.ticks(style.plain))
        axes.yaxis.set_minor_locator(NullLocator())
        reach = high / low
        axes.set_ylim(low / reach**0.12, high * reach**0.3)
    else:
        reach = high - low
        axes.set_ylim(low - 0.18 * reach, high + 0.3 * reach)
    axes.axhspan(1, factor, color=style.GRID, zorder=0.5)
    axes.axhline(1, color=style.INK, linewidth=0.9, zorder=2.5)
    if factor > 1:
        marks.key(axes, [marks.patch(t("freight and insurance"), color=style.GRID)])
    axes.scatter(both["year"], both["ratio"], s=26, color=style.INK, zorder=3)
    ratios = both.set_index("year")["ratio"]
    few = len(ratios) <= marks.MANY
    kept = ratios.index if few else {ratios.idxmax(), ratios.idxmin(), ratios.index[-1]}
    for year in sorted(kept):
        marks.above(axes, year, ratios[year], words.figure(ratios[year], 2))
