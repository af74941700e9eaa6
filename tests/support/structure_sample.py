"""Small literal frames for the indicators of structure."""

from __future__ import annotations

import pandas as pd


def trade(text: str, keys: str = "reporter product value", **common) -> pd.DataFrame:
    """A frame from lines of ``keys``; ``-`` is a missing value, ``common`` fills columns."""
    names = keys.split()
    made = pd.DataFrame([line.split() for line in text.strip().splitlines()], columns=names)
    value = made["value"].replace("-", "nan").astype(float)
    unit = {} if "unit" in names else {"unit": "USD"}
    return made.assign(value=value, **(unit | common))


def one(frame: pd.DataFrame, column: str, **where):
    """The one value of a column where the keys are as named."""
    for key, wanted in where.items():
        frame = frame[frame[key] == wanted]
    (value,) = frame[column]
    return value
