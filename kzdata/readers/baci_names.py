"""What the name of a BACI file says, and what all of its rows say alike."""

from __future__ import annotations

import re

from kzdata.codes import UNKNOWN
from kzdata.readers.received import WrongFormat

_NAME = re.compile(r"HS(?P<edition>\d{2})(?:_Y\d{4})?_V(?P<year>\d{4})(?P<month>\d{2})[a-z]?")
EDITIONS = {
    "92": "HS1992",
    "96": "HS1996",
    "02": "HS2002",
    "07": "HS2007",
    "12": "HS2012",
    "17": "HS2017",
    "22": "HS2022",
}


def same(name: str, published: str | None, classification: str | None) -> dict[str, str]:
    """The columns that are the same in all rows of a file; the two given go before its name.

    Raises `WrongFormat` where neither says the nomenclature.
    """
    named = _NAME.search(name)
    edition = classification or (EDITIONS.get(named["edition"]) if named else None)
    if edition is None:
        raise WrongFormat(
            f"The name {name!r} does not say the nomenclature; BACI's columns do not either.",
            "Keep CEPII's name (BACI_HS92_Y2021_V202201.csv), or say classification='HS1992'.",
        )
    version = f"{named['year']}-{named['month']}" if named else UNKNOWN
    return {
        "dataflow": "trade_goods",
        "freq": "A",
        "flow": "X",
        "valuation": "FOB",
        "unit": "USD",
        "obs_status": "E",
        "basis": "reported",
        "classification": edition,
        "source": "baci",
        "published": published or version,
    }
