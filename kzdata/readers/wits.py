"""World Bank WITS, trade statistics: SDMX-JSON 1.0, values in thousand USD.

Letters are of the 1990s (ROM, ZAR, TMP), groups of countries stand among the partners, and the
years are in no order. Read on parts of a recorded answer (Kazakhstan's exports to all partners);
no whole one was at hand.
"""

from __future__ import annotations

import re
from os import PathLike

import pandas as pd

from kzdata.model import codes
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.readers import columns, sdmx_json, tidy
from kzdata.readers.payload import LIMIT, WrongFormat, receive

TESTED_ON_ORIGINAL = False

TRADE = {"XPRT-TRD-VL": ("X", "FOB"), "MPRT-TRD-VL": ("M", "CIF")}

# What an indicator is in, where its code tells; numbers of partners, indices and the like are bare.
_PERCENT = re.compile(r".*-(AVRG|SHR|GRWTH)(-.*)?")

_NEEDED = ("REPORTER", "PARTNER", "PRODUCTCODE", "INDICATOR", "TIME_PERIOD", "OBS_VALUE")


def read(
    source: str | PathLike[str] | bytes, *, published: str = UNKNOWN, limit: int = LIMIT
) -> pd.DataFrame:
    """Exports FOB and imports CIF in USD; tariffs and other indicators as dataflow ``WITS:CODE``.

    Unspecified partners are ``_X``, other Asia ``S19``; groups of countries are ``_Z``, so that
    nobody sums them with their members, as is the European Union among partners. WITS's groups of
    products are ``_Z`` too. ``series`` is the key as WITS has it. Raises `WrongFormat` for a
    message without one of its concepts.
    """
    body = receive(source, limit=limit)
    raw, dimensions, _ = sdmx_json.message(body)
    absent = [name for name in _NEEDED if name not in raw]
    if absent:
        raise WrongFormat(
            f"{body.name} lacks WITS's {', '.join(absent)}; it has: {', '.join(raw.columns)}.",
            "Check that the answer is of WITS's trade statistics.",
        )
    trade = raw["INDICATOR"].isin(list(TRADE))
    value = columns.scaled(raw["OBS_VALUE"], trade.astype(int) * 3, name=body.name)
    flow, valuation = (
        raw["INDICATOR"].map(lambda code, at=at: TRADE.get(code, (NOT_APPLICABLE,) * 2)[at])
        for at in (0, 1)
    )
    keyed = [name for name in dimensions if name != "TIME_PERIOD"]
    made = pd.DataFrame(
        {
            "dataflow": ("WITS:" + raw["INDICATOR"].astype("str")).where(~trade, "trade_goods"),
            "reporter": raw["REPORTER"].map(_area),
            "partner": raw["PARTNER"].map(_area).replace("EUN", NOT_APPLICABLE),
            "flow": flow,
            "product": raw["PRODUCTCODE"].map(_product),
            "valuation": valuation,
            "period": tidy.period_column(raw["TIME_PERIOD"], body.name),
            **{column: value[column] for column in value},
            "unit": raw["INDICATOR"].map(_unit),
            "locator": raw["locator"],
            "series": raw[keyed].agg(".".join, axis=1) if len(raw) else "",
        }
    )
    if made["product"].str.fullmatch(r"\d+").any():
        # WITS holds HS products in the edition each reporter used; the message does not say which.
        made["classification"] = "HS"
    return tidy.tidy(made, source="wits", published=published)


def _area(code: str) -> str:
    return codes.from_letters(code.upper()) or NOT_APPLICABLE


def _unit(indicator: str) -> str:
    if indicator in TRADE:
        return "USD"
    return "percent" if _PERCENT.fullmatch(indicator) else UNKNOWN


def _product(code: str) -> str:
    if code.upper() in ("TOTAL", "ALL"):
        return "TOTAL"
    # 999999 stands where an indicator has no product; groups such as 50-63_TextCloth are no codes.
    return code if code.isdecimal() and code != "999999" else NOT_APPLICABLE
