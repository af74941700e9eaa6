"""UN Comtrade bulk files: delimited text, 34 columns, one reporter and period a file.

The service sends tab-separated text in gz; copies with commas and underscores in the column names
are about, and both are read. Flags are '0' and '1' here, words in the API's answer.
"""

from __future__ import annotations

import re
from os import PathLike

import pandas as pd

from kzdata.codes import UNKNOWN
from kzdata.readers import comtrade_rows, delimited
from kzdata.readers.received import LIMIT, receive

TESTED_ON_ORIGINAL = True
# The release date in a downloaded name: COMTRADE-FINAL-CA3282011H3[2012-05-31]
_RELEASED = re.compile(r"\[(\d{4}-\d{2}-\d{2})\]")


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str | None = None,
    limit: int = LIMIT,
    member: str | None = None,
) -> pd.DataFrame:
    """Trade by reporter, partner, flow, product and period, in USD; as `comtrade.read`.

    ``published`` is taken from the file's name where that carries the release date in brackets.
    """
    body = receive(source, limit=limit, member=member)
    separator = "\t" if "\t" in body.text.partition("\n")[0] else ","
    names = [comtrade_rows.plain(each) for each in delimited.header(body, separator)]
    comtrade_rows.require(names, body.name)
    raw = delimited.table(body, [], separator=separator, plain=comtrade_rows.plain)
    raw["locator"] = body.name + ", line " + raw.index.astype("str")
    found = _RELEASED.search(body.name)
    return comtrade_rows.tidy(
        raw,
        body.name,
        source="comtrade_bulk",
        published=published or (found[1] if found else UNKNOWN),
    )
