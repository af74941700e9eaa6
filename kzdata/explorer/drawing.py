"""The chart, the table and the line that fit a selection for which figures are at hand."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kzdata import aggregates, charts, codes, indicators, store, tables
from kzdata.charts.chart import Chart
from kzdata.charts.templates import t
from kzdata.errors import KzdataError
from kzdata.explorer import choices, line
from kzdata.explorer.selection import ALL, BOTH, LEVELS, Selection

_SAID = {"obs_status": "Status", "source": "Publisher"}


@dataclass(frozen=True)
class Drawn:
    """What is shown of a frame; ``chart`` is None where ``refused`` says why there is none."""

    line: str
    frame: pd.DataFrame
    chart: Chart | None
    table: tables.Table
    refused: str


def drawn(chosen: Selection, frame: pd.DataFrame, *, one_product: bool) -> Drawn:
    """Chart, table and line of a frame that `frame_of` gave."""
    asked = line.asked_line(chosen, one_product=one_product)
    name, balance, highlight = _which(chosen, frame)
    try:
        options = {"highlight": highlight} if highlight else {}
        given = aggregates.balance(frame) if balance else frame
        chart = getattr(charts, name)(given, **options)
        made = line.chart_line(name, asked, balance=balance, highlight=highlight)
        refused = ""
    except KzdataError as error:
        chart, made, refused = None, asked, str(error)
    return Drawn(made, frame, chart, _table(chosen, frame), refused)


def frame_of(chosen: Selection, *, one_product: bool) -> pd.DataFrame:
    """The rows of a selection, as its line would bring them; none raises `NotAvailable`."""
    frame = store.observations(
        chosen.reporter,
        None if chosen.partner == ALL else chosen.partner,
        flow=None if chosen.flow in (BOTH, "B") else chosen.flow,
        product=None
        if chosen.product in LEVELS or not (one_product or chosen.product.isdecimal())
        else chosen.product,
        start=chosen.start,
        end=chosen.end,
        dataflow=chosen.dataflow,
        freq=chosen.freq,
        source=chosen.source,
        as_of=chosen.as_of,
    )
    if chosen.partner == ALL:
        frame = frame.query('partner != "WLD"')
    if chosen.product in LEVELS:
        frame = frame.query(f'product.str.fullmatch("[0-9]{{{chosen.product[2:]}}}")')
    return frame


def _which(chosen: Selection, frame: pd.DataFrame) -> tuple[str, bool, str]:
    """The chart, whether it takes the balance of the frame, and the partner it points out."""
    if chosen.side_by_side:
        if chosen.flow != BOTH:
            return "treemap", False, ""
        return "ranking", False, _largest(frame)
    if chosen.flow == BOTH and chosen.freq == "A":
        return "turnover", False, ""
    if chosen.flow == "B":
        return ("balance", False, "") if chosen.freq == "A" else ("series", True, "")
    if chosen.dataflow == "fdi_net_inflow" and chosen.freq == "Q":
        return "net_inflow", False, ""
    return "series", False, ""


def _largest(frame: pd.DataFrame) -> str:
    named = frame[~frame["partner"].isin(list(codes.SPECIAL))]
    sums = named.groupby("partner")["value"].sum()
    return str(sums.idxmax()) if len(sums) else ""


def _table(chosen: Selection, frame: pd.DataFrame) -> tables.Table:
    scale = _scale(frame["value"])
    parts = {
        "reporter": choices.place(chosen.reporter),
        "partner": "" if chosen.partner == ALL else choices.place(chosen.partner),
        "period": choices.spelt(frame["period"].iloc[0]),
    }
    if chosen.product in LEVELS:
        return _of_products(frame, parts, scale)
    if chosen.partner == ALL:
        return _of_partners(frame, parts, scale)
    if chosen.flow in (BOTH, "B"):
        return _of_both(chosen, frame, parts, scale)
    rows = _grown(frame)
    return tables.table(
        rows.iloc[::-1],
        t("{reporter} with {partner}: the figures", **parts),
        {"period": t("Period"), "value": choices.flow_name(chosen.flow)} | _growth(rows) | _said(),
        scale=scale,
    )


def _of_both(
    chosen: Selection, frame: pd.DataFrame, parts: dict[str, str], scale: str
) -> tables.Table:
    if chosen.flow == "B":
        rows, header = aggregates.balance(frame), t("Balance")
    else:
        rows, header = _grown(aggregates.turnover(frame)), t("Turnover")
    for flow, name in (("X", "exports_value"), ("M", "imports_value")):
        own = frame[frame["flow"] == flow].drop_duplicates("period").set_index("period")["value"]
        rows = rows.assign(**{name: rows["period"].map(own)})
    columns = {
        "period": t("Period"),
        "exports_value": t("Exports"),
        "imports_value": t("Imports"),
        "value": header,
    }
    title = t("{reporter} with {partner}: the figures", **parts)
    return tables.table(rows.iloc[::-1], title, columns | _growth(rows) | _said(), scale=scale)


def _of_partners(frame: pd.DataFrame, parts: dict[str, str], scale: str) -> tables.Table:
    rows = frame
    header = choices.flow_name(frame["flow"].iloc[0])
    if frame["flow"].nunique() > 1:
        rows, header = aggregates.turnover(frame), t("Turnover")
    rows = rows.sort_values(["value", "partner"], ascending=[False, True])
    total = rows["value"].sum()
    rows = rows.assign(value_share=rows["value"] / total)
    return tables.table(
        rows,
        t("Partners of {reporter}, {period}", **parts),
        {"partner": t("Partner"), "value": header, "value_share": t("Share")} | _said(),
        scale=scale,
    )


def _of_products(frame: pd.DataFrame, parts: dict[str, str], scale: str) -> tables.Table:
    rows = frame.sort_values(["value", "product"], ascending=[False, True])
    named = {code: _chapter(code) for code in rows["product"].unique()}
    rows = rows.assign(
        chapter=rows["product"].map(named), value_share=rows["value"] / rows["value"].sum()
    )
    return tables.table(
        rows,
        t("Products, {reporter} with {partner}, {period}", **parts),
        {
            "product": t("Code"),
            "chapter": t("Chapter"),
            "value": choices.flow_name(frame["flow"].iloc[0]),
            "value_share": t("Share"),
        }
        | _said(),
        scale=scale,
    )


def _chapter(code: str) -> str:
    from kzdata import nomenclature
    from kzdata.errors import UnknownCode

    try:
        return nomenclature.chapter_name(code)
    except UnknownCode:
        return ""


def _grown(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their growth, where it can be told."""
    try:
        return indicators.growth(rows)
    except KzdataError:
        return rows


def _growth(rows: pd.DataFrame) -> dict[str, str]:
    return {"growth_pct": t("Growth")} if "growth_pct" in rows else {}


def _said() -> dict[str, str]:
    return {column: t(header) for column, header in _SAID.items()}


def _scale(values: pd.Series) -> str:
    largest = values.abs().max()
    return "thousand" if pd.isna(largest) or largest < 1e7 else "million"
