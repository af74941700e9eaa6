"""The Harmonized System: chapters, sections, and products moved from one edition to another.

Correlation tables are the UN Statistics Division's, fetched by the user. A code with one successor
moves whole; one with several is split, by weights where the table has them and evenly where not,
and every value that a split touched is an estimate.
"""

from __future__ import annotations

from functools import cache
from os import PathLike
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError, MeasureMismatch, UnknownCode
from kzdata.files import yaml_of
from kzdata.model import contract, vocabulary
from kzdata.settings import HOME

# A code that splits into more than this many says nothing of where its value belongs.
FAN_OUT = 20

_LISTED = 6


@cache
def _tables() -> dict[str, Any]:
    return yaml_of(HOME / "seeds" / "hs_chapters.yml")


def chapter(product: str) -> str:
    """The chapter of an HS code of 2 to 6 digits or more: ``"270900"`` → ``"27"``.

    Raises `UnknownCode` for a code whose first two digits are no chapter.
    """
    code = str(product)[:2]
    if not str(product).isdecimal() or code not in _tables()["chapters"]:
        raise UnknownCode(
            f"{product!r} is in no chapter of the Harmonized System.",
            "Write the code as text with its leading zero, such as '010121'.",
        )
    return code


def chapter_name(product: str) -> str:
    """The short name of a code's chapter: ``"270900"`` → "Mineral fuels and oils".

    >>> import kzdata as kz
    >>> kz.chapter_name("270900")
    'Mineral fuels and oils'
    """
    return _tables()["chapters"][chapter(product)]


def section(product: str) -> str:
    """The section of an HS code, in Roman numerals: ``"270900"`` → ``"V"``."""
    number = int(chapter(product))
    return next(
        roman
        for roman, (first, last, _) in _tables()["sections"].items()
        if first <= number <= last
    )


def correlation(
    path: str | PathLike[str], old: str = "from", new: str = "to", weight: str | None = None
) -> pd.DataFrame:
    """A table of successors: columns from, to (codes as text) and weight, which sums to 1 per code.

    ``old``, ``new`` and ``weight`` name the file's columns. Without weights a split is even.
    Weights are brought to a sum of 1; a code whose weights sum to nothing is split evenly.
    """
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    absent = [name for name in (old, new, weight) if name and name not in raw.columns]
    if absent:
        raise KzdataError(
            f"{path} has no column {absent[0]!r}; it has {', '.join(raw.columns)}.",
            "Name the columns: correlation(path, 'H4', 'H5', 'weight').",
        )
    width = max(raw[old].str.len().max(), raw[new].str.len().max())
    table = pd.DataFrame(
        {
            "from": raw[old].str.strip().str.zfill(width),
            "to": raw[new].str.strip().str.zfill(width),
            "weight": pd.to_numeric(raw[weight]) if weight else 1.0,
        }
    ).drop_duplicates(["from", "to"])
    sums = table.groupby("from")["weight"].transform("sum")
    even = 1 / table.groupby("from")["weight"].transform("size")
    table["weight"] = (table["weight"] / sums.where(sums > 0)).fillna(even)
    return table.reset_index(drop=True)


def convert(frame: pd.DataFrame, table: pd.DataFrame, *, old: str, new: str) -> pd.DataFrame:
    """Products of the edition ``old`` in that of ``new``, by `correlation`'s table; tidy, derived.

    Values are conserved: what a code had, its successors have together. A value that a split
    touched has status E; one from a code with more than `FAN_OUT` successors has status U and a
    note that says so. A missing part makes a sum missing. Totals pass. Each row has ``fan_out``,
    the most successors among its parts. Columns of quantities are left out: weights are of value.

    Raises `MeasureMismatch` for rows of another edition, `UnknownCode` for codes not in the table.
    """
    if "classification" not in frame.columns:
        raise KzdataError(
            "The frame has no column 'classification'.",
            "Read the file with kz.read, which adds it.",
        )
    total = frame["product"] == "TOTAL"
    others = sorted(set(frame.loc[~total, "classification"]) - {old})
    if others:
        raise MeasureMismatch(
            f"The frame holds products of {', '.join(others)}, not only of {old}.",
            f"frame[frame['classification'] == {old!r}]",
        )
    unknown = sorted(set(frame.loc[~total, "product"]) - set(table["from"]))
    if unknown:
        raise UnknownCode(
            f"{len(unknown)} products are not in the table: {', '.join(unknown[:10])}.",
            "Take a table of the edition and the number of digits that the frame has.",
        )
    beside = frame.columns.difference(contract.COLUMNS)
    frame = frame.drop(columns=frame[beside].select_dtypes("number").columns)
    size = table.groupby("from")["to"].transform("size")
    parts = frame[~total].merge(
        table.assign(fan_out=size), left_on="product", right_on="from", how="left"
    )
    for column in contract.NUMERIC:
        parts[column] = parts[column] * parts["weight"]
    parts["product"], parts["classification"] = parts["to"], new
    key = [*contract.KEY, *(c for c in ("classification", "series") if c in parts)]
    made = _sums(parts, key, old, new)
    whole = frame[total].assign(classification=new, fan_out=1)
    return contract.order(pd.concat([made, whole], ignore_index=True))


def _sums(parts: pd.DataFrame, key: list[str], old: str, new: str) -> pd.DataFrame:
    """One row per key: the parts' sum, the worst of their statuses, the arithmetic in the note."""
    gap = parts["value"].isna()
    parts = parts.assign(
        obs_status=parts["obs_status"].where(
            ~gap | parts["obs_status"].isin(vocabulary.MISSING), "M"
        ),
        _unlike=parts["obs_status"].where(parts["obs_status"] != "A"),
        _gap=gap,
        _share=parts["from"] + " × " + parts["weight"].map("{:.6g}".format),
    )
    grouped = parts.groupby(key, sort=False, dropna=False)
    made = grouped.first().drop(columns=["from", "to", "weight", "_share"])
    made[contract.NUMERIC] = grouped[contract.NUMERIC].sum()
    made["fan_out"] = grouped["fan_out"].max()
    # The first parts tell the arithmetic; e-waste would list a thousand.
    listed = parts[grouped.cumcount() < _LISTED].groupby(key, sort=False, dropna=False)
    left = grouped.size() - _LISTED
    beyond = pd.Series([f" and {n} more" if n > 0 else "" for n in left], index=left.index)
    made["locator"] = listed["locator"].agg(lambda texts: " + ".join(dict.fromkeys(texts))) + beyond
    made["note"] = f"{old} " + listed["_share"].agg(", ".join) + beyond + f" in {new}"
    wide = made["fan_out"] > FAN_OUT
    made["note"] = [
        f"{note}; a code with {n:.0f} successors is in it" if many else note
        for note, n, many in zip(made["note"], made["fan_out"], wide, strict=True)
    ]
    missing = grouped["_gap"].any()
    made["obs_status"] = made["_unlike"].fillna("A")
    made.loc[(made["fan_out"] > 1) & ~missing, "obs_status"] = "E"
    made.loc[wide & ~missing, "obs_status"] = "U"
    made.loc[missing, contract.NUMERIC] = float("nan")
    why = parts[parts["_gap"]].groupby(key, sort=False, dropna=False)["obs_status"].first()
    made.loc[missing, "obs_status"] = why
    made["basis"] = "derived"
    return made.drop(columns=["_unlike", "_gap"]).reset_index()
