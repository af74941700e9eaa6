"""Bank of Israel, exchange rates: the CSV of its SDMX service (dataflow EXR).

UNIT_MULT is the power of ten of the *foreign* units that the rate is for: the yen, with 2, is
quoted per 100. Days without a publication have no row. Read on 28 rows of a recorded answer that
its first keeper had trimmed.
"""

from __future__ import annotations

from os import PathLike

import pandas as pd

from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.readers import columns, tidy
from kzdata.readers.payload import LIMIT, WrongFormat, receive

TESTED_ON_ORIGINAL = True

_NEEDED = [
    "SERIES_CODE",
    "FREQ",
    "BASE_CURRENCY",
    "COUNTER_CURRENCY",
    "DATA_TYPE",
    "UNIT_MULT",
    "TIME_PERIOD",
    "OBS_VALUE",
]


def read(
    source: str | PathLike[str] | bytes, *, published: str = UNKNOWN, limit: int = LIMIT
) -> pd.DataFrame:
    """Shekels (or the counter currency) per one unit of each base currency.

    ``series`` is base currency, kind of rate and the bank's series code, such as
    ``USD.OF00.RER_USD_ILS`` (OF00: official). Raises `WrongFormat` where a column is missing.
    """
    body = receive(source, limit=limit)
    raw = columns.table(body, _NEEDED)
    power = raw["UNIT_MULT"].str.strip().replace("", "0")
    wrong = ~power.str.fullmatch(r"\d").astype(bool)
    if wrong.any():
        raise WrongFormat(
            f"{body.name}: UNIT_MULT {power[wrong].iloc[0]!r} on line {power.index[wrong][0]} is "
            "not a power of ten.",
            "Check that the file is the Bank of Israel's.",
        )
    value = columns.scaled(raw["OBS_VALUE"], divisor=10 ** power.astype(int), name=body.name)
    made = pd.DataFrame(
        {
            "period": tidy.period_column(raw["TIME_PERIOD"], body.name),
            "unit": raw["COUNTER_CURRENCY"],
            **{column: value[column] for column in value},
            "locator": body.name + ", line " + raw.index.astype("str"),
            "note": raw["OBS_VALUE"]
            + " "
            + raw["COUNTER_CURRENCY"]
            + " per "
            + (10 ** power.astype(int)).astype("str")
            + " "
            + raw["BASE_CURRENCY"],
            "series": raw["BASE_CURRENCY"] + "." + raw["DATA_TYPE"] + "." + raw["SERIES_CODE"],
        }
    )
    return tidy.tidy(
        made,
        dataflow="exchange_rate",
        reporter="ISR",
        partner=NOT_APPLICABLE,
        flow=NOT_APPLICABLE,
        product=NOT_APPLICABLE,
        valuation=NOT_APPLICABLE,
        source="boi_rates",
        published=published,
    )
