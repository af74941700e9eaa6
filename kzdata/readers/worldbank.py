"""World Bank API v2: the JSON of one indicator, for one or more countries.

A two-element list, of the answer's size and of its rows; an error is a list of one. Groups of
countries (regions, income levels) stand among the countries: their area is ``_Z``.
Written to the documented format and to rows of recorded answers; no whole answer of the bank's
was at hand.
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError
from kzdata.model import codes, vocabulary
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.readers import columns, tidy
from kzdata.readers.payload import (
    LIMIT,
    Received,
    WrongFormat,
    count,
    field,
    from_json,
    printed,
    receive,
    rows_of,
)

TESTED_ON_ORIGINAL = False

# indicator: dataflow, flow, product, valuation, unit
_NONE = NOT_APPLICABLE

INDICATORS = {
    "BX.KLT.DINV.CD.WD": ("fdi_net_inflow", _NONE, _NONE, _NONE, "USD"),
    "BM.KLT.DINV.CD.WD": ("fdi_net_outflow", _NONE, _NONE, _NONE, "USD"),
    "TX.VAL.MRCH.CD.WT": ("trade_goods", "X", "TOTAL", "FOB", "USD"),
    "TM.VAL.MRCH.CD.WT": ("trade_goods", "M", "TOTAL", "CIF", "USD"),
}


def read(
    source: str | PathLike[str] | bytes, *, published: str | None = None, limit: int = LIMIT
) -> pd.DataFrame:
    """Annual, quarterly or monthly values of the indicators in the answer, partner WLD.

    Indicators that the contract has a name for get it; any other keeps its own, as dataflow
    ``WB:CODE`` with partner ``_Z`` and the unit as printed. ``series`` is indicator and country as
    the bank codes them. ``published`` is the answer's ``lastupdated``. A year without a value is
    missing. Raises `WrongFormat` for one page of several, `KzdataError` for the bank's own error.
    """
    body = receive(source, limit=limit)
    answer = from_json(body)
    if isinstance(answer, dict) and "message" in answer:
        answer = [answer]
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        raise WrongFormat(
            f"{body.name} is not the World Bank's list of size and rows.", "Ask with format=json."
        )
    about = answer[0]
    if "message" in about:
        said = "; ".join(
            f"{each.get('id')} {each.get('key', '')}: {each.get('value', '')}"
            for each in rows_of(about["message"], body)
        )
        raise KzdataError(
            f"{body.name} is the World Bank's refusal: {said}",
            "Correct the request: code 120 means an unknown country, indicator or parameter.",
        )
    rows = rows_of((answer[1] if len(answer) > 1 else None) or [], body)
    _refuse_pages(about, len(rows), body)
    raw = pd.DataFrame(
        [_row(row, place, body) for place, row in enumerate(rows)],
        columns=["indicator", "country", "date", "value", "unit", "status", "locator", "iso3"],
        dtype=object,
    )
    known = raw["indicator"].map(
        lambda code: INDICATORS.get(code, (f"WB:{code}", _NONE, _NONE, _NONE, None))
    )
    value = columns.scaled(raw["value"], name=body.name)
    code = raw["iso3"].where(raw["iso3"] != "", raw["country"])
    area = code.replace("XX", NOT_APPLICABLE).map(codes.from_letters)  # XX: not classified
    status = raw["status"].where(raw["status"].isin(list(vocabulary.STATUSES)), "A")
    unit = raw["unit"].where(raw["unit"] != "", UNKNOWN)
    made = pd.DataFrame(
        {
            "dataflow": known.str[0],
            "flow": known.str[1],
            "product": known.str[2],
            "valuation": known.str[3],
            "reporter": area.where(area.notna(), NOT_APPLICABLE),
            "partner": ["WLD" if each[4] else NOT_APPLICABLE for each in known],
            "period": tidy.period_column(raw["date"], body.name),
            **{column: value[column] for column in value},
            "unit": [each[4] or said for each, said in zip(known, unit, strict=True)],
            "obs_status": status,
            "locator": raw["locator"],
            "series": raw["indicator"] + "." + raw["country"],
        }
    )
    updated = printed(about, "lastupdated", body) if "lastupdated" in about else None
    return tidy.tidy(made, source="worldbank", published=published or updated or UNKNOWN)


def _row(row: dict[str, Any], place: int, body: Received) -> dict[str, Any]:
    where = f"rows[{place}]"

    def said(record: Any, name: str) -> str:
        return printed(record, name, body, place=where) or ""

    indicator = said(field(row, "indicator", body, place=where), "id")
    country = said(field(row, "country", body, place=where), "id")
    return {
        "indicator": indicator,
        "country": country,
        "iso3": said(row, "countryiso3code") if "countryiso3code" in row else "",
        "date": _sdmx(said(row, "date")),
        "value": printed(row, "value", body, place=where),
        "unit": said(row, "unit") if "unit" in row else "",
        "status": (said(row, "obs_status") if "obs_status" in row else "") or "A",
        "locator": f"{body.name}, {indicator} {country} {row['date']}",
    }


def _sdmx(date: str) -> str:
    """2025Q1 and 2025M10, as the bank prints them, with the dash of SDMX."""
    return f"{date[:4]}-{date[4:]}" if len(date) > 4 and date[4] in "QM" else date


def _refuse_pages(about: dict[str, Any], held: int, body: Received) -> None:
    pages, total = count(about, "pages", body), count(about, "total", body)
    if (pages or 1) > 1 or (total or held) != held:
        raise WrongFormat(
            f"{body.name} is page {about.get('page')} of {pages}: {held} of {total} rows.",
            "Ask with per_page=20000, the most there is, and for fewer countries if need be.",
        )
