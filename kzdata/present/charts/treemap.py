"""Shares as areas: what a reporter's trade is made of, by partner or by product."""

from __future__ import annotations

import pandas as pd

from kzdata.errors import MeasureMismatch
from kzdata.i18n.sentences import Sentence, joined, said, t
from kzdata.model import codes, contract
from kzdata.present.charts import inputs, marks, page, style, title_check, words
from kzdata.present.charts.chart import Chart
from kzdata.present.charts.inputs import whose
from kzdata.present.charts.tiles import OTHERS, draw, named, squarified

_FROM = 'kz.charts.treemap(kz.observations("KAZ", flow="X", start=2025, end=2025, freq="A"))'

_COLUMNS = ["reporter", "partner", "flow", "product", "period", "value", "unit", "source"]

_HEIGHT = 3.6


def treemap(
    frame: pd.DataFrame, *, highlight: str = "", top: int = 24, title: str | None = None
) -> Chart:
    """Tiles whose areas are shares in the sum of one flow of one reporter in one period.

    ``frame`` holds rows of one flow with several partners, or of several products (HS codes; of
    more than two digits they are summed by chapter). The ``top`` largest are drawn and
    ``highlight``, a partner or chapter, wherever it stands; the rest is one grey tile. A row
    without a value is left out and counted in the caption. Raises `MeasureMismatch` where a total
    stands among its parts; other errors and ``title`` as in `turnover`.

    >>> import kzdata as kz
    >>> exports = kz.observations("KAZ", flow="X", start=2025, end=2025, freq="A")
    >>> print(kz.charts.treemap(exports, highlight="ISR").title)
    Italy made up 19.7% of the exports of Kazakhstan in 2025, Israel 0.15%
    """
    rows = inputs.need(frame, _COLUMNS, _FROM)
    reporter, flow, period, unit = (
        inputs.only(rows, column, _FROM) for column in ("reporter", "flow", "period", "unit")
    )
    over = "product" if rows["product"].nunique() > 1 else "partner"
    if "tiles_by" in rows.columns:
        over = inputs.only(rows, "tiles_by", _FROM)
    every = _parts(rows, over)
    parts, absent = every[every["value"] > 0], int(every["rows_without_value"].sum())
    total = float(parts["value"].sum())
    mine = (codes.area(highlight) if over == "partner" else highlight) if highlight else ""
    kept = parts[(parts.index < top) | (parts["code"] == mine)]
    tiles = list(zip(kept["code"], kept["value"], strict=True))
    if (rest := total - float(kept["value"].sum())) > 0 and len(parts) > len(kept):
        tiles.append((OTHERS, rest))
    first, own = parts.iloc[0], parts[parts["code"] == mine]
    shares = [float(each) / total for each in (first["value"], *own["value"])]
    mass = whose(rows, over)
    finding = _finding(over, flow, mass, period, [str(first["code"]), mine], shares)
    shown = _shown(rows, every, over, total)
    facts = [
        *(title_check.Fact(100 * each, "percent") for each in shares),
        *title_check.facts(shown),
    ]
    with style.house():
        figure, axes = page.sheet(_HEIGHT)
        width = style.WIDTH - 2 * style.MARGIN
        places = squarified(tiles, width, _HEIGHT)
        coded = draw(axes, places, total, over, mine, len(parts) - len(kept))
        axes.set_xlim(0, width)
        axes.set_ylim(_HEIGHT, 0)
        axes.set_axis_off()
        if len(own):
            label = t(
                "{name}, {share}",
                name=named(over, mine),
                share=words.percent(100 * shares[-1], 2 if shares[-1] < 0.01 else 1),
            )
            marks.key(axes, [marks.patch(label, color=style.WINE)])
        return page.finish(
            figure,
            name=f"treemap-{reporter}-{flow}-{over}-{period}".lower(),
            title=title_check.checked(title, finding, facts),
            subtitle=t(
                "{flow} of goods of {reporter} in {period}: areas are shares of {total}",
                flow=words.flow(flow, first=True),
                reporter=mass,
                period=words.short(period),
                total=words.amount(total, unit),
            ),
            alt=t(
                "Treemap: {finding}. The largest: {largest}.",
                finding=title or finding,
                largest=joined(
                    [
                        f"{named(over, code)} {words.percent(100 * value / total)}"
                        for code, value in list(zip(parts["code"], parts["value"], strict=True))[:5]
                    ]
                ),
            ),
            caption=words.credit(
                shown,
                words.codes_named({code: named(over, code) for code in coded}),
                t("Without a figure: {n}.", n=absent) if absent else "",
            ),
            frame=shown,
        )


def _parts(rows: pd.DataFrame, over: str) -> pd.DataFrame:
    """Code and value of each part, the largest first, and how many rows of it have no value."""
    code = rows[over].astype(str)
    if over == "product":
        code = code.str[:2].where(code != "TOTAL", code)
    for whole, held in (("TOTAL", code), (codes.WORLD, rows["partner"])):
        if (held == whole).any() and (held != whole).any():
            raise MeasureMismatch(
                t("{whole} stands among its own parts.", whole=whole),
                "Leave it out, or give it alone.",
            )
    values = rows["value"].astype(float)
    values = values.where(values >= 0)
    inputs.some(values, "figure", _FROM)
    summed, absent = pd.Series(1, index=rows.index), rows["value"].isna().astype(int)
    if "rows_without_value" in rows.columns:  # the frame of a treemap
        summed, absent = rows["rows_summed"], rows["rows_without_value"]
    kept = pd.DataFrame(
        {
            "value": values,
            "rows_summed": summed.where(values.notna(), 0),
            "rows_without_value": absent,
        }
    )
    parts = kept.groupby(code.to_numpy()).sum(min_count=1).rename_axis("code").reset_index()
    parts = parts[(parts["value"] > 0) | (parts["rows_without_value"] > 0)]
    return parts.sort_values(["value", "code"], ascending=[False, True], ignore_index=True)


def _shown(rows: pd.DataFrame, parts: pd.DataFrame, over: str, total: float) -> pd.DataFrame:
    """What is drawn: a row a tile, with its share, how many rows it sums and whose they are."""
    shared = {each: rows[each].iloc[0] for each in ("reporter", "flow", "period", "unit")}
    dates = [d for d in rows.get("published", pd.Series(dtype=str)).unique() if d != codes.UNKNOWN]
    other = "partner" if over == "product" else "product"
    beside = rows[other].unique()
    shared |= {other: beside[0] if len(beside) == 1 else codes.UNKNOWN, "tiles_by": over}
    return parts.rename(columns={"code": over}).assign(
        **shared,
        value_share=parts["value"] / total,
        source=contract.join_sources(rows["source"].unique()),
        published=max(dates, default=codes.UNKNOWN),
        locator=[f"sum of {count} rows" for count in parts["rows_summed"]],
        note=[
            "" if pd.isna(value) else f"share = {value:.15g} / {total:.15g}"
            for value in parts["value"]
        ],
    )


def _finding(
    over: str, flow: str, reporter: object, period: str, who: list[str], shares: list[float]
) -> Sentence:
    both = {
        "first": named(over, who[0]),
        "share": words.percent(100 * shares[0]),
        "flow": words.flow(flow),
        "reporter": reporter,
        "period": words.short(period),
    }
    if len(shares) == 1 or who[0] == who[1]:
        return said("{first} made up {share} of the {flow} of {reporter} in {period}", **both)
    return said(
        "{first} made up {share} of the {flow} of {reporter} in {period}, {mine} {own}",
        mine=named(over, who[1]),
        own=words.percent(100 * shares[1], 2 if shares[1] < 0.01 else 1),
        **both,
    )
