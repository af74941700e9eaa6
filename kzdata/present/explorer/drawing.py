"""The chart, the table and the line that fit a selection for which figures are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError
from kzdata.i18n import formats
from kzdata.i18n.sentences import term
from kzdata.indicators import aggregates, growth
from kzdata.model import codes
from kzdata.present import charts, tables
from kzdata.present.charts.chart import Chart
from kzdata.present.explorer import choices, selection
from kzdata.present.explorer.selection import ALL, BOTH, LEVELS, Selection
from kzdata.store import query

_HEADERS = {"X": term("Exports"), "M": term("Imports")}

_SAID = {"obs_status": term("Status"), "source": term("Publisher")}


@dataclass(frozen=True)
class Drawn:
    """What is shown of a frame; ``chart`` is None where ``refused`` says why there is none."""

    line: str
    frame: pd.DataFrame
    chart: Chart | None
    table: tables.Table
    refused: str


def drawn(chosen: Selection, frame: pd.DataFrame, put: selection.Asked) -> Drawn:
    """Chart, table and line of a frame that `frame_of` gave."""
    asked = selection.asked_line(chosen, put)
    name, balance, highlight = _which(chosen, frame)
    try:
        options = {"highlight": highlight} if highlight else {}
        given = aggregates.balance(frame) if balance else frame
        chart = getattr(charts, name)(given, **options)
        made = selection.chart_line(name, asked, balance=balance, highlight=highlight)
        refused = ""
    except KzdataError as error:
        chart, made, refused = None, asked, str(error)
    return Drawn(made, frame, chart, _table(chosen, frame), refused)


def frame_of(chosen: Selection, put: selection.Asked) -> pd.DataFrame:
    """The rows of a selection, as its line would bring them; none raises `NotAvailable`."""
    frame = query.observations(
        chosen.reporter,
        None if chosen.partner == ALL else chosen.partner,
        flow=None if chosen.flow in (BOTH, "B") else chosen.flow,
        product=put.product,
        start=chosen.start,
        end=chosen.end,
        dataflow=chosen.dataflow,
        freq=chosen.freq,
        source=chosen.source,
        as_of=chosen.as_of,
    )
    for each in put.narrowed:
        frame = frame.query(each)
    if put.summed and len(frame):
        from kzdata.indicators.product_lists import all_products

        return all_products(frame)
    return frame


def _which(chosen: Selection, frame: pd.DataFrame) -> tuple[str, bool, str]:
    """The chart, whether it takes the balance of the frame, and the partner it points out."""
    if chosen.side_by_side:
        compared = "partner" if chosen.partner == ALL else "product"
        if frame[compared].nunique() < 2:  # one area says nothing
            return "series", False, ""
        if chosen.flow != BOTH:
            return "treemap", False, ""
        return "ranking", False, _largest(frame)
    of_years = chosen.freq == "A"
    if chosen.flow == BOTH and of_years:
        return "turnover", False, ""
    if chosen.flow == "B":
        return ("balance", False, "") if of_years else ("series", True, "")
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
        "reporter": formats.area_name(chosen.reporter, article=True),
        "partner": "" if chosen.partner == ALL else formats.area_name(chosen.partner, article=True),
        "period": choices.spelt(frame["period"].iloc[0]),
    }
    if chosen.product in LEVELS:
        return _of_products(frame, parts, scale)
    if chosen.partner == ALL:
        return _of_partners(chosen, frame, parts, scale)
    if chosen.flow in (BOTH, "B"):
        try:
            return _of_both(chosen, frame, parts, scale)
        except KzdataError:  # what cannot be put together is shown as it was published
            return _of_periods(chosen, frame, parts, scale)
    return _of_periods(chosen, frame, parts, scale)


def _of_periods(
    chosen: Selection, frame: pd.DataFrame, parts: dict[str, str], scale: str
) -> tables.Table:
    rows = _grown(frame)
    columns = {"period": term("Period"), "value": _header(chosen.flow)}
    if frame["flow"].nunique() > 1:
        columns = {"flow": term("Flow")} | columns
    title = term("{reporter} with {partner}: the figures")
    return _told(rows.iloc[::-1], title, columns | _growth(rows) | _said(), scale, parts)


def _of_both(
    chosen: Selection, frame: pd.DataFrame, parts: dict[str, str], scale: str
) -> tables.Table:
    if chosen.flow == "B":
        rows, header = aggregates.balance(frame), term("Balance")
    else:
        rows, header = _grown(aggregates.turnover(frame)), term("Turnover")
    for flow, name in (("X", "exports_value"), ("M", "imports_value")):
        own = frame[frame["flow"] == flow].drop_duplicates("period").set_index("period")["value"]
        rows = rows.assign(**{name: rows["period"].map(own)})
    columns = {
        "period": term("Period"),
        "exports_value": term("Exports"),
        "imports_value": term("Imports"),
        "value": header,
    }
    title = term("{reporter} with {partner}: the figures")
    shown = columns | _growth(rows) | _said()
    return _told(rows.iloc[::-1], title, shown, scale, parts)


def _of_partners(
    chosen: Selection, frame: pd.DataFrame, parts: dict[str, str], scale: str
) -> tables.Table:
    rows = frame
    header = _header(frame["flow"].iloc[0])
    if frame["flow"].nunique() > 1:
        try:
            rows, header = aggregates.turnover(frame), term("Turnover")
        except KzdataError:
            return _of_periods(chosen, frame, parts, scale)
    rows = rows.sort_values(["value", "partner"], ascending=[False, True])
    total = rows["value"].sum()
    rows = rows.assign(value_share=rows["value"] / total)
    return _told(
        rows,
        term("Partners of {reporter}, {period}"),
        {"partner": term("Partner"), "value": header, "value_share": term("Share")} | _said(),
        scale,
        parts,
    )


def _of_products(frame: pd.DataFrame, parts: dict[str, str], scale: str) -> tables.Table:
    rows = frame.sort_values(["value", "product"], ascending=[False, True])
    named = {code: _chapter(code) for code in rows["product"].unique()}
    rows = rows.assign(
        chapter=rows["product"].map(named), value_share=rows["value"] / rows["value"].sum()
    )
    return _told(
        rows,
        term("Products, {reporter} with {partner}, {period}"),
        {
            "product": term("Code"),
            "chapter": term("Chapter"),
            "value": _header(frame["flow"].iloc[0]),
            "value_share": term("Share"),
        }
        | _said(),
        scale,
        parts,
    )


def _told(
    rows: pd.DataFrame, title: str, columns: dict[str, str], scale: str, parts: dict[str, str]
) -> tables.Table:
    # Every part goes to every title; one that a title has no place for is left over.
    options: dict[str, Any] = {"scale": scale, **parts}
    return tables.table(rows, title, columns, **options)


def _header(flow: str) -> str:
    return _HEADERS.get(flow, term("Figure"))


def _chapter(code: str) -> str:
    from kzdata.errors import UnknownCode
    from kzdata.model import nomenclature

    try:
        return nomenclature.chapter_name(code)
    except UnknownCode:
        return ""


def _grown(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their growth, where it can be told."""
    try:
        return growth.growth(rows)
    except KzdataError:
        return rows


def _growth(rows: pd.DataFrame) -> dict[str, str]:
    return {"growth_pct": term("Growth")} if "growth_pct" in rows else {}


def _said() -> dict[str, str]:
    return dict(_SAID)


def _scale(values: pd.Series) -> str:
    largest = values.abs().max()
    return "thousand" if pd.isna(largest) or largest < 1e7 else "million"
