"""One pair against the other partners of the same reporter: turnover since a common year."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable, UnknownCode, did_you_mean
from kzdata.i18n.sentences import Later, Sentence, joined, said, t
from kzdata.indicators import aggregates
from kzdata.model import codes
from kzdata.present.charts import breaks, inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_LINE = 0.15  # inches: the height of a figure at the end of a line

_HIGH = 0.85  # inches: about the height of a panel


def draw(
    panels: Any,
    wide: pd.DataFrame,
    mine: str,
    names: dict[str, str],
    changed: dict[str, list[breaks.Takeover]],
) -> None:
    """A panel for each of ``names``: its index, that of ``mine``, and both figures at the end."""
    from matplotlib.ticker import FixedLocator, NullLocator

    flat = list(panels.flat)
    known = wide[[mine, *names]].melt()["value"].dropna()
    known = known[known > 0]
    low, high = min(80.0, known.min()) / 1.15, max(125.0, known.max()) * 1.15
    first, last = int(wide.index[0]), int(wide.index[-1])
    for axes, (partner, name) in zip(flat, names.items(), strict=False):
        style.dress(axes, unit=False)
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(FixedLocator(_ticks(low, high)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(style.ticks(style.plain))
        axes.set_ylim(low, high)
        axes.axhline(100, color=style.CONTEXT, linewidth=0.9)
        for year in sorted({each.year for one in (partner, mine) for each in changed[one]}):
            breaks.line(axes, year)
        look = {"linewidth": 1.5, **marks.alone(wide[partner])}
        axes.plot(wide.index, wide[partner], color=style.CONTEXT, **look)
        look = {"linewidth": 2.2, **marks.alone(wide[mine])}
        axes.plot(wide.index, wide[mine], color=style.WINE, **look)
        axes.set_title(name, loc="left", size=style.SMALL, weight="bold", pad=3, linespacing=1.1)
        axes.set_xlim(first - 0.05 * (last - first), last + 0.32 * (last - first))
        _figures(axes, wide, partner, mine)
        axes.set_xticks([first, last], [str(first), str(last)], size=style.SMALL)
        for tick, side in zip(axes.xaxis.get_major_ticks(), ("left", "right"), strict=True):
            tick.label1.set_ha(side)
        axes.tick_params(axis="y", labelsize=style.SMALL)
    across = panels.shape[1]
    for place, axes in enumerate(flat):
        if place >= len(names):
            axes.set_visible(False)
        elif place + across >= len(names):
            axes.tick_params(labelbottom=True)
    _key(flat[0], mine, max(name.count("\n") for name in names.values()))


def _ticks(low: float, high: float) -> list[float]:
    """Round values on the scale of ratios: 50, 100, 200, or 10, 100, 1,000 where it is long."""
    steps = (1, 2, 5) if high / low < 20 else (1, 5) if high / low < 400 else (1,)
    every = [step * 10.0**power for power in range(-9, 13) for step in steps]
    return [each for each in every if low <= each <= high]


def _figures(axes: Any, wide: pd.DataFrame, partner: str, mine: str) -> None:
    """The last index of both lines, moved apart where they would lie on each other."""
    ends = []
    for one, color in ((partner, style.SOFT), (mine, style.WINE)):
        line = wide[one].dropna()
        line = line[line > 0]
        if len(line):
            ends.append((math.log(line.iloc[-1]), int(line.index[-1]), line.iloc[-1], color))
    ends.sort()
    low, high = (math.log(each) for each in axes.get_ylim())
    size = (high - low) * _LINE / _HIGH
    places = marks.spread([each[0] for each in ends], [size] * len(ends), low, high)
    for place, (_, year, value, color) in zip(places, ends, strict=True):
        axes.annotate(
            words.figure(value, 0),
            (year, math.exp(place)),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=style.SMALL,
            color=color,
            weight="bold" if color == style.WINE else "normal",
            path_effects=marks.halo(),
        )


def _key(axes: Any, mine: str, lines: int) -> None:
    keys = [
        marks.dot(t("The partner named above the panel"), "", style.CONTEXT, line="-"),
        marks.dot(words.place(mine), "", style.WINE, line="-"),
    ]
    keys[1].set_linewidth(2.2)
    axes.legend(
        handles=keys,
        loc="lower left",
        bbox_to_anchor=(0, 1.2 + 0.15 * lines),
        ncol=2,
        borderaxespad=0,
    )


_FROM = 'kz.charts.peers(kz.observations("KAZ", start=2015, freq="A"))'

_COLUMNS = ["reporter", "partner", "flow", "period", "value", "unit", "source"]

_MOST, _ACROSS = 12, 4

_NAME = 1.2  # inches: the width of a name above its panel


def peers(
    frame: pd.DataFrame,
    highlight: str = "ISR",
    *,
    base: int | None = None,
    title: str | None = None,
) -> Chart:
    """Turnover as an index in small panels: in each, one other partner and ``highlight``.

    ``frame`` holds annual X and M rows, or T rows, of several partners of one reporter. The index
    is 100 in ``base``, by default the first year of ``highlight``; the axis is logarithmic, so that
    equal steps are equal growth for small and large partners. A partner needs a figure in the base
    year and one later; of more than 12 the largest are drawn. A missing year interrupts the
    line; where another publisher takes over, a line crosses the panel. Raises `UnknownCode` when
    ``highlight`` is not in the frame, `NotAvailable` when it or every other partner has no later
    year to be drawn; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> print(kz.charts.peers(kz.observations("KAZ", start=2015, freq="A")).title)
    Trade with Israel fell 36.8% from 2015 to 2025; with 9 of 10 other partners it did better
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    rows = rows[~rows["partner"].isin(list(codes.SPECIAL))]
    turned = (rows["flow"] == "T").all()
    rows = inputs.need(rows if turned else rows[rows["flow"].isin(["X", "M"])], _COLUMNS, _FROM)
    reporter = inputs.only(rows, "reporter", _FROM)
    inputs.only(rows, "unit", _FROM)
    total = inputs.annual(rows, _FROM)
    if not turned:
        total = inputs.annual(aggregates.turnover(total.drop(columns="year")), _FROM)
    inputs.once(total, ["partner", "year"], _FROM)
    mine = codes.area(highlight)
    own = total[(total["partner"] == mine) & (total["value"] > 0)]
    if own.empty and (total["partner"] == mine).any():
        raise NotAvailable(
            f"{words.place(mine)} has no year with turnover in the frame.", f"Try: {_FROM}"
        )
    if own.empty:
        raise UnknownCode(
            f"{highlight!r} has no turnover in the frame.",
            did_you_mean(mine, set(total["partner"])),
        )
    base = int(own["year"].min()) if base is None else base
    last = int(own["year"].max())
    index, partners = _indexed(total, mine, base)
    wide = index.pivot(index="year", columns="partner", values="turnover_index")
    wide = wide.reindex(range(base, int(index["year"].max()) + 1))
    finding, facts = _finding(wide, mine, partners, base, last)
    drawn = index[index["partner"].isin([mine, *partners])]
    changed = {str(p): breaks.takeovers(rows) for p, rows in drawn.groupby("partner")}
    shown = drawn.drop(columns="year")
    absent = [
        f"{words.place(p)} {words.years(wide.index[wide[p].isna()])}"
        for p in [mine, *partners]
        if wide[p].isna().any()
    ]
    with style.house():
        down = math.ceil(len(partners) / _ACROSS)
        figure, panels = page.sheet(
            1.3 * down + 0.35,
            down,
            min(_ACROSS, len(partners)),
            squeeze=False,
            sharex=True,
            sharey=True,
            gridspec_kw={"hspace": 0.3, "wspace": 0.1},
        )
        names = [page.shorten(words.place(partner), style.SMALL, _NAME, 2) for partner in partners]
        lines = max(name.count("\n") for name in names)
        figure.set_figheight(figure.get_figheight() + 0.14 * lines * down)
        figure.subplots_adjust(hspace=0.3 + 0.16 * lines)
        draw(panels, wide, mine, dict(zip(partners, names, strict=True)), changed)
        return page.finish(
            figure,
            name=f"peers-{reporter}-{mine}".lower(),
            title=title_check.checked(title, finding, title_check.facts(shown, *facts)),
            subtitle=said(
                "Turnover in goods of {reporter} with each partner, {base} = 100, logarithmic "
                "scale",
                reporter=words.place(reporter),
                base=base,
            ),
            alt=said(
                "Small multiples: {finding}. Latest index: {indices}.",
                finding=title or finding,
                indices=_spoken(wide, [mine, *partners]),
            ),
            caption=words.credit(
                shown,
                said("Index of US dollar values at current prices.") if _dollars(shown) else "",
                said("Missing: {gaps}.", gaps="; ".join(absent)) if absent else "",
                _broken(changed),
            ),
            frame=shown.reset_index(drop=True),
        )


def _broken(changed: dict[str, list[breaks.Takeover]]) -> str:
    """What the lines across the panels are, and whose series they break."""
    broken: dict[str, list[str]] = {}
    for partner, found in changed.items():
        for change in breaks.named(found):
            broken.setdefault(change, []).append(str(words.place(partner)))
    parts = [
        f"{change} ({t('every series') if len(who) == len(changed) else ', '.join(who)})"
        for change, who in broken.items()
    ]
    return t("Broken line across: {changes}.", changes="; ".join(parts)) if parts else ""


def _dollars(shown: pd.DataFrame) -> bool:
    return set(shown["unit"]) == {"USD"}


def _indexed(total: pd.DataFrame, mine: str, base: int) -> tuple[pd.DataFrame, list[str]]:
    """The turnover rows with turnover_index, and the other partners, the largest first."""
    start = total[(total["year"] == base) & (total["value"] > 0)].set_index("partner")["value"]
    if mine not in start.index:
        raise NotAvailable(
            f"{words.place(mine)} has no turnover in {base}.", "Choose another year: base=2015"
        )
    later = total[(total["year"] > base) & total["value"].notna()]
    if not (later["partner"] == mine).any():
        raise NotAvailable(
            f"{words.place(mine)} has no turnover after {base}: an index needs a later year.",
            f"Start earlier, for example: start={base - 5}",
        )
    newest = later.sort_values("year").groupby("partner")["value"].last()
    drawable = newest[newest.index.isin(start.index) & (newest.index != mine)]
    if drawable.empty:
        raise NotAvailable(
            f"No other partner has turnover in {base} and in a later year.",
            f"Start earlier, for example: start={base - 5}",
        )
    partners = list(drawable.sort_values(ascending=False).index[:_MOST])
    rows = total[(total["year"] >= base) & total["partner"].isin(start.index)]
    values = 100 * rows["value"] / rows["partner"].map(start)
    return rows.assign(base_period=str(base), turnover_index=values), partners


def _finding(
    wide: pd.DataFrame, mine: str, partners: list[str], base: int, last: int
) -> tuple[Sentence, list[title_check.Fact]]:
    ends: Any = wide.loc[last]
    change = float(ends[mine] - 100)
    known = [p for p in partners if not pd.isna(ends[p])]
    better = sum(ends[p] > ends[mine] for p in known)
    facts = [title_check.Fact(change, "percent")]
    facts += [title_check.Fact(float(n), "count") for n in (better, len(known), base, last)]
    parts = {
        "partner": words.place(mine),
        "base": base,
        "last": last,
        "better": better,
        "others": len(known),
    }
    if abs(change) < title_check.STILL:
        return said(
            "Trade with {partner} was much the same in {last} as in {base}; with {better} of "
            "{others} other partners it did better",
            **parts,
        ), facts
    finding = said(
        "Trade with {partner} fell {change} from {base} to {last}; with {better} of {others} other "
        "partners it did better"
        if change < 0
        else "Trade with {partner} rose {change} from {base} to {last}; with {better} of {others} "
        "other partners it did better",
        change=words.percent(change),
        **parts,
    )
    return finding, facts


def _spoken(wide: pd.DataFrame, partners: list[str]) -> Later:
    ends = [(p, wide[p].dropna()) for p in partners]
    return joined(
        [
            said(
                "{partner} {index} in {year}",
                partner=words.place(p),
                index=Later(style.plain, line.iloc[-1], 0),
                year=str(line.index[-1]),
            )
            for p, line in ends
        ]
    )
