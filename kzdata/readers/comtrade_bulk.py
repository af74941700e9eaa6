"""UN Comtrade bulk files: delimited text, 34 columns, one reporter and period a file.

The service sends tab-separated text in gz; copies with commas and underscores in the column names
are about, and both are read, as are the files that its web page saves (TradeData_….csv: 47
columns, Latin letters in Windows-1252, every row with an empty cell more than the header). Flags
are '0' and '1' here, words in the API's answer.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from os import PathLike

import pandas as pd

from kzdata.model.codes import UNKNOWN
from kzdata.readers import columns, comtrade
from kzdata.readers.payload import LIMIT, Received, WrongFormat, in_utf8, receive

TESTED_ON_ORIGINAL = True

_MORE = "cell after the last"

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
    body = in_utf8(receive(source, limit=limit, member=member), otherwise="cp1252")
    separator = "\t" if "\t" in body.text.partition("\n")[0] else ","
    names = [comtrade.plain(each) for each in columns.header(body, separator)]
    comtrade.require(names, body.name)
    body = _with_cell_after_the_last(body, separator)
    raw = columns.table(body, [], separator=separator, plain=comtrade.plain)
    if _MORE in raw and (raw[_MORE] != "").any():
        raise WrongFormat(
            f"{body.name}: rows have a cell more than the header, and it is not empty.",
            "The columns may be shifted: download it again.",
        )
    raw["locator"] = body.name + ", line " + raw.index.astype("str")
    found = _RELEASED.search(body.name)
    return comtrade.tidy(
        raw,
        body.name,
        source="comtrade_bulk",
        published=published or (found[1] if found else UNKNOWN),
    )


def _with_cell_after_the_last(body: Received, separator: str) -> Received:
    """A header to rows that end with a separator where the header does not."""
    lines = csv.reader(io.StringIO(body.text), delimiter=separator)
    names, first = next(lines, []), next(lines, [])
    if len(first) != len(names) + 1 or first[-1] != "":
        return body
    head, end, rest = body.text.partition("\n")
    head = head.removesuffix("\r") + separator + _MORE
    return replace(body, data=(head + end + rest).encode())
