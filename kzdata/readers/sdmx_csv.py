"""SDMX-CSV 1.0 and 2.0, and agencies' spellings of it.

The IMF's first cell is ``STRUCTURE[;]``, the ECB's is ``KEY``; Eurostat writes its concepts in
lower case. In all of them the dimensions stand before OBS_VALUE, the attributes after it. Read on
a recorded answer of the IMF (FSIC, Kazakhstan); the others on rows of recorded answers and on
files written to the specification.
"""

from __future__ import annotations

import re
from os import PathLike

import pandas as pd

from kzdata.model.codes import UNKNOWN
from kzdata.readers import columns, sdmx
from kzdata.readers.payload import LIMIT, WrongFormat, receive

TESTED_ON_ORIGINAL = True

_CONCEPT = re.compile(r"[A-Z][A-Z0-9_]*")

_LOWER = re.compile(r"[a-z][a-z0-9_]*")

_FIRST = ("DATAFLOW", "STRUCTURE", "KEY")

_HEADINGS = {*_FIRST, "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"}

_DELETE = "D"


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str = UNKNOWN,
    source_id: str = "imf_sdmx_csv",
    limit: int = LIMIT,
) -> pd.DataFrame:
    """One row per observation; ``series`` is the key in the order of the file's dimensions.

    Columns of labels (``labels=both`` and ``csvfilewithlabels``) are understood and dropped.
    Raises `WrongFormat` where the first column is none of SDMX-CSV's, where a needed
    column is missing, or where rows ask to delete rather than report.
    """
    body = receive(source, limit=limit)
    separator = ";" if columns.header(body, ",")[0].count(";") > 1 else ","
    raw = columns.table(body, [sdmx.TIME, sdmx.VALUE], separator=separator, plain=_id)
    first = raw.columns[0]
    if first not in _FIRST:
        raise WrongFormat(
            f"{body.name} is not SDMX-CSV: its first column is {first!r}, not DATAFLOW (1.0) or "
            "STRUCTURE (2.0).",
            "Ask with the header Accept: application/vnd.sdmx.data+csv.",
        )
    if first == "STRUCTURE" and "STRUCTURE_ID" not in raw:
        raise WrongFormat(
            f"{body.name} has STRUCTURE and no STRUCTURE_ID.",
            "SDMX-CSV 2.0 names the dataflow there.",
        )
    if "ACTION" in raw and (raw["ACTION"] == _DELETE).any():
        raise WrongFormat(
            f"{body.name} has rows with ACTION D: they delete observations, they report none.",
            "Ask for the data themselves, not for updates since a day.",
        )
    flow = raw["STRUCTURE_ID" if first == "STRUCTURE" else first].map(_code)
    if first == "KEY":  # EXR.D.ILS.EUR.SP00.A: the dataflow goes before the dimensions
        flow = flow.map(lambda key: key.partition(".")[0])
    concepts = [c for c in raw.columns if _CONCEPT.fullmatch(c) and c not in _HEADINGS]
    dimensions = concepts[: concepts.index(sdmx.VALUE)]
    coded = raw[concepts].map(_code) if len(raw) else raw[concepts]
    if first == "KEY" and set(dimensions) <= {sdmx.TIME}:
        # Asked without its dimensions, the key is all that tells one series from another.
        coded["KEY"] = raw["KEY"].map(lambda key: key.partition(".")[2])
        dimensions = ["KEY"]
    coded["locator"] = body.name + ", line " + raw.index.astype("str")
    return sdmx.tidy(
        coded,
        dimensions,
        flow=flow.reset_index(drop=True),
        name=body.name,
        source=source_id,
        published=published,
    )


def _id(name: str) -> str:
    """The concept of a header cell, which may say more: ``STRUCTURE[;]``, ``COUNTRY: Country``."""
    concept = re.split(r"[:\[]", name, maxsplit=1)[0].strip()
    return concept.upper() if _LOWER.fullmatch(concept) else concept


def _code(cell: str) -> str:
    """The code of a cell printed with its label, ``KAZ: Kazakhstan``; a date keeps its colons."""
    code, colon, _ = cell.partition(": ")
    return code if colon and re.fullmatch(r"[\w.@$:+()-]+", code) else cell
