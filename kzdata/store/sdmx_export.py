"""Observations in the words of SDMX, for whoever reads SDMX-CSV."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from kzdata.model import contract, vocabulary

# The contract's column -> the concept. Dimensions first: together they name a row, as the
# contract's key does, so that two sources or vintages of a cell are two observations.
DIMENSIONS = {
    "freq": "FREQ",
    "reporter": "REF_AREA",
    "partner": "COUNTERPART_AREA",
    "flow": "TRADE_FLOW",
    "product": "COMMODITY",
    "valuation": "VALUATION",
    "classification": "CLASSIFICATION",
    "series": "SERIES",
    "source": "SOURCE",
    "published": "VINTAGE",
    "period": "TIME_PERIOD",
}

MEASURE = {"value": "OBS_VALUE"}

ATTRIBUTES = {
    "dataflow": "DATAFLOW",  # again, as it is: an SDMX id cannot spell every one
    "unit": "UNIT_MEASURE",
    "lower": "LOWER",
    "upper": "UPPER",
    "obs_status": "OBS_STATUS",
    "basis": "BASIS",
    "locator": "LOCATOR",
    "note": "OBS_COM",
}

AGENCY, VERSION = "KZDATA", "1.0"

_FULL_NAME = re.compile(r"[\w.]+:[\w@]+\([\w.+*]+\)")


def to_sdmx_csv(frame: pd.DataFrame) -> str:
    """The rows as SDMX-CSV 2.0, without a loss: text, numbers to the last bit, missing as empty.

    A row's dataflow becomes its STRUCTURE_ID, ``KZDATA:trade_goods(1.0)``, or stays what it is
    where it names an agency's own; DATAFLOW has it as it is. Source and published (VINTAGE) are
    dimensions, because the key of a row contains them. Unbounded ends of an interval are ``INF``
    and ``-INF``; columns beyond the contract follow as attributes in capitals. A line break inside
    a text becomes a space, because readers split lines first. Raises `ContractError` for a frame
    that breaks the contract.

    sdmx1 leaves text alone and so reads everything back:
    ``sdmx.read_sdmx(path, structure=sdmx_export.sdmx_dataflow(frame))``. pysdmx takes a column of
    digits for numbers, which costs 010121 its zero; without product codes it too reads all.

    >>> import kzdata as kz
    >>> print(kz.to_sdmx_csv(kz.observations("KAZ", "ISR", flow="X", start=2025))[:60])
    STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    contract.check(frame[frame["dataflow"].isin(list(vocabulary.DATAFLOWS))])
    table = pd.DataFrame(
        {
            "STRUCTURE": "dataflow",
            "STRUCTURE_ID": frame["dataflow"].map(structure_id),
            "ACTION": "I",
            **{concept: _printed(frame[column]) for column, concept in concepts(frame).items()},
        },
        index=frame.index,
    )
    return table.to_csv(index=False, lineterminator="\n")


def concepts(frame: pd.DataFrame) -> dict[str, str]:
    """The columns of a frame and the concepts that they become, in order."""
    named = DIMENSIONS | MEASURE | ATTRIBUTES
    extra = {c: re.sub(r"\W", "_", c).upper() for c in frame.columns if c not in named}
    return {c: concept for c, concept in (named | extra).items() if c in frame.columns}


def sdmx_dataflow(frame: pd.DataFrame) -> Any:
    """sdmx1's description of what `to_sdmx_csv` writes of a frame, which its reader asks for.

    Needs the package sdmx1: the extra ``sdmx``.
    """
    from sdmx.model import common, v30

    structure = v30.DataStructureDefinition(id=AGENCY)
    for concept in concepts(frame).values():
        if concept in DIMENSIONS.values():
            structure.dimensions.append(common.Dimension(id=concept))
        elif concept in MEASURE.values():
            structure.measures.append(v30.Measure(id=concept))
        else:
            structure.attributes.append(v30.DataAttribute(id=concept))
    return v30.Dataflow(id=AGENCY, structure=structure)


def structure_id(dataflow: str) -> str:
    """The dataflow as AGENCY:ID(VERSION)."""
    if _FULL_NAME.fullmatch(dataflow):
        return dataflow
    return f"{AGENCY}:{re.sub(r'[^A-Za-z0-9_@$-]', '_', dataflow)}({VERSION})"


def _printed(column: pd.Series) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(column):
        return column.fillna("").map(lambda text: " ".join(str(text).splitlines())).astype("str")
    words = {np.inf: "INF", -np.inf: "-INF"}
    texts = [
        "" if np.isnan(v) else words.get(v, repr(v)) for v in column.to_numpy(dtype=float).tolist()
    ]
    return pd.Series(texts, index=column.index, dtype="str")
