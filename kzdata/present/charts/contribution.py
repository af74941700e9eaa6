"""Where growth comes from: the contributions of partners or products, stacked to their sum."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import MeasureMismatch, NotAvailable
from kzdata.i18n.formats import exact
from kzdata.i18n.sentences import Sentence, joined, said, t
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.present.charts.tiles import named

_FROM = 'kz.charts.contribution(kz.contribution(frame, over="partner"))'

_COLUMNS = ["reporter", "period", "base_period", "contribution", "note"]


def contribution(
    frame: pd.DataFrame, *, highlight: str = "", top: int = 11, title: str | None = None
) -> Chart:
    """A waterfall of percentage points: each bar starts where the one before it ends.

    ``frame`` is what `kz.contribution` returns for one reporter, flow and period, over partners or
    products. The ``top`` largest contributions by size are drawn one by one, the rest is one bar,
    and the last bar is their sum, the growth of the whole. Raises `NotAvailable` where a
    contribution is missing, with the reason; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> exports = kz.observations("KAZ", flow="X", start=2023, end=2024, freq="A")
    >>> found = kz.contribution(exports, "partner").query("period == '2024'")
    >>> print(kz.charts.contribution(found).title)
    Exports of Kazakhstan across 11 partners rose 5.3% in 2024; Italy alone added 7.4 ...
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    over = "product" if "product" in rows and rows["product"].nunique() > 1 else "partner"
    if over not in rows.columns:
        raise MeasureMismatch("The frame has neither partners nor products.", f"Try: {_FROM}")
    reporter, period, base = (
        inputs.only(rows, column, _FROM) for column in ("reporter", "period", "base_period")
    )
    flow = inputs.only(rows, "flow", _FROM) if "flow" in rows.columns else "T"
    if (gone := rows[rows["contribution"].isna()]).size:
        raise NotAvailable(
            t("A contribution is missing: {note}.", note=str(gone["note"].iloc[0])),
            f"Try: {_FROM}",
        )
    ordered = rows.sort_values("contribution", key=abs, ascending=False, kind="stable")
    first, rest = ordered.head(top), ordered.iloc[top:]
    steps = first.sort_values("contribution", ascending=False, kind="stable")
    bars = [
        (named(over, str(code)), float(value))
        for code, value in zip(steps[over], steps["contribution"], strict=True)
    ]
    if len(rest):
        bars.append((t("All others"), float(rest["contribution"].sum())))
    total = float(rows["contribution"].sum())
    most = ordered.iloc[0]
    parts = {
        "flow": words.flow(flow, first=True),
        "reporter": words.place(reporter),
        "period": words.short(period),
        "name": named(over, str(most[over])),
        "n": len(rows),
    }
    finding = _finding(over, total, float(most["contribution"]), parts)
    known = [
        title_check.Fact(total, "percent"),
        title_check.Fact(float(most["contribution"]), "pp"),
    ]
    facts = [*title_check.facts(rows), *known, title_check.Fact(len(rows), "count")]
    with style.house():
        figure, axes = page.sheet(0.27 * (len(bars) + 1) + 0.2)
        _draw(axes, bars, total, named(over, highlight) if highlight else "")
        return page.finish(
            figure,
            name=f"contribution-{reporter}-{flow}-{period}".lower(),
            title=title_check.checked(title, finding, facts),
            subtitle=t(
                "Contributions to the growth of {flow} of {reporter} from {base} to {period}, "
                "percentage points",
                flow=words.flow(flow),
                reporter=words.place(reporter),
                base=words.short(base),
                period=words.short(period),
            ),
            alt=t(
                "Waterfall: {finding}. {steps}.",
                finding=title or finding,
                steps=joined([f"{name} {_points(value)}" for name, value in bars], "; "),
            ),
            caption=words.credit(rows) if "source" in rows.columns else "",
            frame=rows.reset_index(drop=True),
        )


def _points(value: float) -> str:
    return ("+" if value > 0 else "") + style.plain(value, 1)


def _finding(over: str, total: float, most: float, parts: dict[str, Any]) -> Sentence:
    """The sentence that fits the signs; it names how many parts are compared."""
    parts |= {"growth": words.percent(total), "points": exact(abs(most), 1)}
    down, against = total < 0, total * most < 0
    if parts["n"] == 1:
        return said(
            "{flow} of {reporter} fell {growth} in {period}; only {name} is compared"
            if down
            else "{flow} of {reporter} rose {growth} in {period}; only {name} is compared",
            **parts,
        )
    if abs(total) < title_check.STILL:
        return said(
            "{flow} of {reporter} in {period}: much as before; the largest contribution, {points} "
            "percentage points, is that of {name}",
            **parts | {"points": exact(most, 1)},
        )
    if over == "partner":
        if down and against:
            return said(
                "{flow} of {reporter} across {n} partners fell {growth} in {period}, although "
                "{name} added {points} percentage points",
                **parts,
            )
        if down:
            return said(
                "{flow} of {reporter} across {n} partners fell {growth} in {period}; {name} "
                "alone took away {points} percentage points",
                **parts,
            )
        if against:
            return said(
                "{flow} of {reporter} across {n} partners rose {growth} in {period}, although "
                "{name} took away {points} percentage points",
                **parts,
            )
        return said(
            "{flow} of {reporter} across {n} partners rose {growth} in {period}; {name} alone "
            "added {points} percentage points",
            **parts,
        )
    if down and against:
        return said(
            "{flow} of {reporter} in {n} products fell {growth} in {period}, although {name} "
            "added {points} percentage points",
            **parts,
        )
    if down:
        return said(
            "{flow} of {reporter} in {n} products fell {growth} in {period}; {name} alone "
            "took away {points} percentage points",
            **parts,
        )
    if against:
        return said(
            "{flow} of {reporter} in {n} products rose {growth} in {period}, although {name} "
            "took away {points} percentage points",
            **parts,
        )
    return said(
        "{flow} of {reporter} in {n} products rose {growth} in {period}; {name} alone added "
        "{points} percentage points",
        **parts,
    )


def _draw(axes: Any, bars: list[tuple[str, float]], total: float, mine: str) -> None:
    style.dress(axes, values="x")
    reached, ends = 0.0, [0.0]
    every = [*bars, (t("Growth of the whole"), total)]
    for place, (name, value) in enumerate(every):
        last = place == len(bars)
        start = 0.0 if last else reached
        color = style.INK if last else style.GREEN if value > 0 else style.ORANGE
        hatch = "xxx" if value < 0 and not last else ""
        axes.barh(
            place, value, left=start, height=0.7, color=color, hatch=hatch, edgecolor="white", lw=0
        )
        reached = start + value
        ends.append(reached)
        if not last:
            axes.plot([reached] * 2, [place - 0.35, place + 1.35], color=style.CONTEXT, lw=0.7)
        up = value >= 0
        axes.annotate(
            _points(value),
            (reached, place),
            xytext=(4 if up else -4, 0),
            textcoords="offset points",
            ha="left" if up else "right",
            va="center",
            size=style.SMALL,
            path_effects=marks.halo(),
            weight="bold" if last or name == mine else "normal",
        )
    axes.set_yticks(range(len(every)), [style.clean(name) for name, _ in every])
    for label, (name, _) in zip(axes.get_yticklabels(), every, strict=True):
        label.set_weight("bold" if name == mine else "normal")
    style.baseline(axes, values="x")
    axes.set_ylim(len(every) - 0.4, -0.6)
    reach = max(ends) - min(ends) or 1.0
    axes.set_xlim(min(ends) - 0.13 * reach, max(ends) + 0.13 * reach)
