"""Frames of observations to batches, and back, equal to the last bit and the last column."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kzdata import contract
from kzdata.vintages.batches import Writer, Written

if TYPE_CHECKING:
    import pandas as pd

LOCATOR = "locator"


def write(frame: pd.DataFrame, path: Path) -> tuple[Written, str]:
    """A frame under the contract as a batch at ``path``, and the SHA-256 of its content.

    The content is every column but ``locator``, rows in the order of their keys: a file that comes
    again under another name says nothing new.
    """
    import pyarrow as pa

    beyond = [column for column in contract.BEYOND if column in frame]
    ordered = frame.sort_values(beyond, kind="stable") if beyond else frame
    ordered = contract.order(ordered)
    columns = list(ordered.columns)
    ordered = ordered.sort_values("reporter", kind="stable").reset_index(drop=True)
    constant = {c: ordered[c].iloc[0] for c in columns if _same_text(ordered[c])}
    varying = {c: _array(ordered[c]) for c in columns if c not in constant}
    table = pa.table(varying)
    totals = bool(ordered["product"].isin(contract.TOTALS).any())
    writer = Writer(path, table.schema, columns=columns, constant=constant, totals=totals)
    try:
        writer.add(table)
        return writer.close(), _content(ordered)
    except BaseException:
        writer.abandon()
        raise


def _same_text(column: pd.Series) -> bool:
    first = column.iloc[0]
    return isinstance(first, str) and bool((column == first).all())


def _array(column: pd.Series) -> Any:
    import pandas as pd
    import pyarrow as pa

    if pd.api.types.is_numeric_dtype(column):
        return pa.array(column.to_numpy())
    return pa.array(column.astype("str"), pa.string(), from_pandas=True).dictionary_encode()


def _content(frame: pd.DataFrame) -> str:
    import pandas as pd

    digest = hashlib.sha256()
    for name in sorted(frame.columns):
        if name == LOCATOR:
            continue
        column = frame[name]
        digest.update(f"\n{name}\n".encode())
        if pd.api.types.is_numeric_dtype(column):
            digest.update(np.where(column.isna(), np.nan, column.to_numpy(dtype=float)).tobytes())
        else:
            words, texts = pd.factorize(column.fillna("\x00"))
            digest.update("\x1f".join(map(str, texts)).encode())
            digest.update(words.astype(np.int64).tobytes())
    return digest.hexdigest()


def expand(table: Any, about: dict[str, Any]) -> pd.DataFrame:
    """Stored columns as the frame that was loaded: constants spread, computed columns computed.

    ``interval`` 3 means that values were printed as thousands: half a unit of their last decimal,
    of which there are ``decimals``, a column or one number for all.
    ``locator`` is a pattern around the row's line. ``words`` gives the words of a column by those
    of another.
    """
    import pandas as pd
    import pyarrow as pa

    texts = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
    stored = {
        name: table[name].cast(pa.string()).to_pandas().astype("str")
        if name in texts
        else table[name].to_pandas()
        for name in table.column_names
    }
    computed = about["computed"]
    if "interval" in computed:
        same = computed.get("decimals")  # where all values have as many
        decimals = stored["decimals"].to_numpy(dtype=float) if same is None else float(same)
        half = 0.5 * np.power(10.0, computed["interval"] - decimals)
        stored |= {"lower": stored["value"] - half, "upper": stored["value"] + half}
    if LOCATOR in computed:
        before, _, after = computed[LOCATOR].partition("{line}")
        stored[LOCATOR] = before + stored["line"].astype("str") + after
    for name, (other, words) in computed.get("words", {}).items():
        stored[name] = stored[other].map(words).astype("str")
    index = pd.RangeIndex(len(table))
    for name, value in about["constant"].items():
        stored[name] = pd.Series(value, index=index, dtype="str")
    return pd.DataFrame({name: stored[name] for name in about["columns"]}, index=index)
