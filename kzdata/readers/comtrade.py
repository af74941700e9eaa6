"""UN Comtrade API v1: the JSON answer of ``get`` and ``preview``, annual and monthly.

Columns and their traps are in ``comtrade_rows``. Read on recorded answers of the service with
reporters 156 and 32; no answer with reporter 398 was at hand.
"""

from __future__ import annotations

from os import PathLike

import pandas as pd

from kzdata.codes import UNKNOWN
from kzdata.errors import KzdataError
from kzdata.readers import comtrade_rows
from kzdata.readers.received import (
    LIMIT,
    WrongFormat,
    field,
    from_json,
    printed,
    receive,
    rows_of,
)

TESTED_ON_ORIGINAL = True
# Rows a call: preview without a key, a free key, and what clients report of newer keys.
CAPS = (500, 100_000, 250_000, 2_500_000)


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str = UNKNOWN,
    caps: tuple[int, ...] = CAPS,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """Trade by reporter, partner, flow, product and period, in USD.

    Only rows that are totals over second partner, transport, customs procedure and mode of supply
    are taken. ``published`` is the day of the answer: the service keeps no vintages. An answer
    that says ``count: 0`` gives a frame without rows. Raises `WrongFormat` for a cut or changed
    answer, `KzdataError` with the service's own words where it answered with an error.
    """
    body = receive(source, limit=limit)
    answer = from_json(body)
    if isinstance(answer, dict) and (answer.get("error") or "data" not in answer):
        said = answer.get("error") or answer.get("message")
        if said:
            raise KzdataError(
                f"{body.name} is UN Comtrade's refusal: {said}", "Mend the request and ask again."
            )
    rows = rows_of(field(answer, "data", body), body)
    for place, row in enumerate(rows):
        if any(isinstance(value, (list, dict)) for value in row.values()):
            for name in row:
                printed(row, name, body, place=f"data[{place}]")
    if str(answer.get("count", len(rows))) != str(len(rows)):
        raise WrongFormat(
            f"{body.name} announces {answer['count']} rows and holds {len(rows)}.",
            "The answer was cut: download it again.",
        )
    comtrade_rows.refuse_if_cut(len(rows), caps, body.name)
    raw = pd.DataFrame(rows, dtype=object).rename(columns=comtrade_rows.plain)
    if rows and {"fileurl", "rowkey"} & set(raw.columns):
        raise WrongFormat(
            f"{body.name} is the list of bulk files, not their contents.",
            "Download the files it names and read them as 'comtrade_bulk'.",
        )
    if not rows:
        raw = pd.DataFrame(columns=[*comtrade_rows.REQUIRED, "locator"], dtype=object)
    comtrade_rows.require(raw.columns, body.name)
    raw["locator"] = [f"{body.name}, data[{place}]" for place in range(len(raw))]
    for column in comtrade_rows.TOTALS:
        raw[column] = raw[column].map(lambda code: "" if code is None else str(code))
    return comtrade_rows.tidy(raw, body.name, source="comtrade", published=published)
