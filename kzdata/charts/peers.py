"""One pair against the other partners of the same reporter: turnover since a common year."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from kzdata import aggregates, codes
from kzdata.charts import headline, inputs, page, panel, style, takeover, words
from kzdata.charts.chart import Chart
from kzdata.errors import NotAvailable, UnknownCode, did_you_mean
from kzdata.language import Later, Sentence, joined, said, t

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
    changed = {str(p): takeover.takeovers(rows) for p, rows in drawn.groupby("partner")}
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
        panel.draw(panels, wide, mine, dict(zip(partners, names, strict=True)), changed)
        return page.finish(
            figure,
            name=f"peers-{reporter}-{mine}".lower(),
            title=headline.checked(title, finding, headline.facts(shown, *facts)),
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


def _broken(changed: dict[str, list[takeover.Takeover]]) -> str:
    """What the lines across the panels are, and whose series they break."""
    broken: dict[str, list[str]] = {}
    for partner, found in changed.items():
        for change in takeover.named(found):
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
) -> tuple[Sentence, list[headline.Fact]]:
    ends: Any = wide.loc[last]
    change = float(ends[mine] - 100)
    known = [p for p in partners if not pd.isna(ends[p])]
    better = sum(ends[p] > ends[mine] for p in known)
    facts = [headline.Fact(change, "percent")]
    facts += [headline.Fact(float(n), "count") for n in (better, len(known), base, last)]
    parts = {
        "partner": words.place(mine),
        "base": base,
        "last": last,
        "better": better,
        "others": len(known),
    }
    if abs(change) < headline.STILL:
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
