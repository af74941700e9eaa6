"""A flow by the partner that customs name beside the same flow by where it may have ended."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.i18n.sentences import Sentence, said, t
from kzdata.model import codes
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart

_FROM = 'kz.charts.official_delivered(kz.official_and_delivered(frame, "kaz-crude-cpc-trieste", …))'

_ENDS = ["official", "delivered", "lower", "upper"]

_COLUMNS = ["reporter", "partner", "unit", *_ENDS, "official_total", "delivered_total"]

_MOST = 10


def official_delivered(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """The official flow to each partner, what may have been delivered there, and both totals.

    ``frame`` is what `kz.official_and_delivered` returns, for one period and product. Every
    partner that the scenario touches is drawn, and the largest others, ten in all; the rest is
    one bar, so that both columns add up to the totals beneath, which are equal. Raises
    `NotAvailable` where a total is missing; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> listed = kz.observations("KAZ", flow="X", start=2023, end=2023, freq="A")
    >>> listed = listed.query("partner in ['ITA', 'TUR', 'CHN']")
    >>> listed = listed.assign(product="2709", value=1e9)  # invented, as is the split
    >>> booked = {"ITA": {"DEU": 0.3}}
    >>> found = kz.official_and_delivered(listed, "kaz-crude-cpc-trieste", shares=booked)
    >>> print(kz.charts.official_delivered(found).title)
    Booked under Türkiye: US$1.0 billion; delivered there: US$3.9 billion
    """
    rows = inputs.need(frame, [*_COLUMNS, "source", "scenario"], _FROM)
    for column in ("period", "product"):
        if column in rows.columns:
            inputs.only(rows, column, _FROM)
    reporter, unit = (inputs.only(rows, column, _FROM) for column in ("reporter", "unit"))
    if rows[["official_total", "delivered_total"]].isna().any(axis=None):
        raise NotAvailable(
            t("A part of the flow is missing, so its totals are not known."),
            "Choose a period with every partner's figure.",
        )
    total = float(rows["official_total"].iloc[0])
    drawn = _drawn(rows)
    scale, unit_words = words.scale([total], unit)
    finding, facts = _finding(rows, unit)
    period = words.short(str(rows["period"].iloc[0])) if "period" in rows.columns else ""
    totals = [words.amount(float(rows[f"{each}_total"].iloc[0]), unit) for each in _ENDS[:2]]
    with style.house():
        figure, axes = page.sheet(0.44 * len(drawn) + 0.3)
        _draw(axes, drawn, scale)
        return page.finish(
            figure,
            name=f"official-delivered-{reporter}-{rows['scenario'].iloc[0]}".lower(),
            title=title_check.checked(title, finding, [*title_check.facts(rows), *facts]),
            subtitle=t(
                "Exports of {reporter} by partner in {period}, {unit}: official total {official}, "
                "delivered total {delivered}",
                reporter=words.place(reporter),
                period=period,
                unit=unit_words,
                official=totals[0],
                delivered=totals[1],
            ),
            alt=t(
                "Pairs of bars: {finding}. Official total {official}, delivered total {delivered}.",
                finding=title or finding,
                official=totals[0],
                delivered=totals[1],
            ),
            caption=words.credit(
                rows,
                t(
                    "Between the ends of a range no point is likelier than another: it holds the "
                    "shares given and the printed digits."
                ),
            ),
            frame=rows.reset_index(drop=True),
        )  # fmt: skip


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """The partners drawn, the largest first, and one row for all others."""
    touched = (rows["lower"] != rows["official"]) | (rows["upper"] != rows["official"])
    touched |= rows["delivered"] != rows["official"]
    if {"moved_in", "moved_out"} <= set(rows.columns):
        touched = (rows["moved_in"] != 0) | (rows["moved_out"] != 0)
    ordered = rows.assign(touched=touched, size=rows[["official", "upper"]].max(axis=1))
    ordered = ordered.sort_values(["touched", "size"], ascending=False, kind="stable")
    kept, rest = ordered.head(_MOST), ordered.iloc[_MOST:]
    kept = kept.sort_values("size", ascending=False, kind="stable")
    kept = kept.assign(name=kept["partner"].map(_place))
    if rest.empty:
        return kept
    other = {"name": t("All others"), "touched": False} | {e: rest[e].sum() for e in _ENDS}
    return pd.concat([kept, pd.DataFrame([other])], ignore_index=True)


def _place(code: str) -> str:
    return t("elsewhere, not named") if code == codes.UNKNOWN else str(words.place(code))


def _finding(rows: pd.DataFrame, unit: str) -> tuple[Sentence, list[title_check.Fact]]:
    """About the partner that the scenario takes most from."""
    most = rows.assign(fall=rows["official"] - rows["lower"]).sort_values("fall").iloc[-1]
    ends = [float(most[each]) for each in ("official", "lower", "upper")]
    official, lower, upper = (words.amount(each, unit) for each in ends)
    parts = {"partner": words.place(most["partner"]), "official": official, "lower": lower}
    facts = [title_check.Fact(each, unit) for each in ends]
    if str(lower) == str(upper):
        return said("Booked under {partner}: {official}; delivered there: {lower}", **parts), facts
    return said(
        "Booked under {partner}: {official}; delivered there: between {lower} and {upper}",
        upper=upper,
        **parts,
    ), facts


def _draw(axes: Any, drawn: pd.DataFrame, scale: float) -> None:
    """Two bars a partner; where shares move the flow, the lower one is sure up to its solid end."""
    style.dress(axes, values="x")
    values = pd.concat([drawn["official"], drawn["upper"]]) / scale
    digits = words.decimals(values)
    bar: dict[str, Any] = {"height": 0.36, "edgecolor": style.WINE, "linewidth": 0.6}
    for place, each in enumerate(inputs.each(drawn)):
        official = each.official / scale
        low, high = (
            (each.lower / scale, each.upper / scale)
            if each.touched
            else (each.delivered / scale,) * 2
        )
        axes.barh(place - 0.19, official, height=0.36, color=style.LILAC, label="official")
        axes.barh(place + 0.19, low, color=style.WINE, label="delivered", **bar)
        if high > low:
            axes.barh(
                place + 0.19,
                high - low,
                left=low,
                color="white",
                hatch=style.HATCH,
                label="range",
                **bar,
            )
        first, last = words.figure(low, digits), words.figure(high, digits)
        beside = t("{first} to {last}", first=first, last=last) if high > low else last
        for shift, reach, text in (
            (-0.19, official, words.figure(official, digits)),
            (0.19, high, beside),
        ):
            axes.annotate(
                text,
                (reach, place + shift),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                size=style.SMALL,
                color=style.INK,
            )
    axes.set_yticks(
        range(len(drawn)),
        [page.shorten(name, style.BODY, 1.7, 2) for name in drawn["name"]],
    )
    axes.set_ylim(len(drawn) - 0.45, -0.55)
    axes.set_xlim(0, 1.15 * values.max())
    marks.key(
        axes,
        [
            marks.patch(t("Official partner"), color=style.LILAC),
            marks.patch(t("Delivered there, at least"), color=style.WINE),
            marks.patch(t("at most"), facecolor="white", edgecolor=style.WINE, hatch=style.HATCH),
        ],
    )
