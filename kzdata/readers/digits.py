"""Columns of printed numbers to whole units, with the interval that their digits imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kzdata.readers.received import WrongFormat

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = r"[+-]?(?:\d+\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,4}))?"
BLANK = frozenset({"", "NA", "#N/A", "NaN", "nan", "null", "None"})


def scaled(
    column: pd.Series,
    power: int | pd.Series = 0,
    *,
    divisor: int | pd.Series = 1,
    blank: frozenset[str] = BLANK,
    name: str = "the file",
) -> pd.DataFrame:
    """``value``, ``lower``, ``upper`` of printed numbers × 10 to the ``power`` / ``divisor``.

    The interval is half a unit of the last printed digit. Padding is ignored; texts in ``blank``
    and nulls are missing. Any other text raises `WrongFormat` naming the column and the place.
    """
    import pandas as pd

    text = column.astype("str").str.strip() if len(column) else column.astype("str")
    missing = column.isna() | text.isin(list(blank))
    parts = text.where(~missing, "0").str.extract(f"^{_NUMBER}$", expand=True)
    wrong = ~text.where(~missing, "0").str.fullmatch(_NUMBER).astype(bool)
    if wrong.any():
        place = column.index[wrong][0]
        raise WrongFormat(
            f"{name}: {column.name} {text[place]!r} is no number (row {place}; "
            f"{int(wrong.sum())} such).",
            "Check that the columns are those that this source publishes.",
        )
    fraction = parts[0].where(parts[0].notna(), parts[1]).fillna("")
    exponent = parts[2].fillna("0").astype(int) + power
    # Python's own reading of "52.051e3" rounds once; 52.051 * 1000 would round twice.
    mantissa = text.where(~missing, "0").str.replace(r"[eE].*$", "", regex=True)
    value = (mantissa + "e" + exponent.astype("str")).to_numpy(dtype="U").astype(float)
    with np.errstate(over="ignore"):
        half = 0.5 * np.power(10.0, (exponent - fraction.str.len()).to_numpy(dtype=float))
    if not (np.isfinite(value) & np.isfinite(half)).all():
        place = column.index[~(np.isfinite(value) & np.isfinite(half))][0]
        raise WrongFormat(
            f"{name}: {column.name} {text[place]!r} is beyond all numbers (row {place}).",
            "Check that the columns are those that this source publishes.",
        )
    under = np.asarray(divisor, dtype=float)
    table = pd.DataFrame(
        {
            "value": value / under,
            "lower": (value - half) / under,
            "upper": (value + half) / under,
        },
        index=column.index,
    )
    table.loc[missing] = np.nan
    return table
