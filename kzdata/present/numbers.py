"""Numbers that know where they come from: the row, the publication and the place in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError, NotAvailable, UnknownCode, did_you_mean
from kzdata.i18n import formats
from kzdata.i18n.sentences import t
from kzdata.model import contract
from kzdata.model.codes import UNKNOWN

_WITHOUT_UNIT = {"ratio", "asymmetry", "signed_asymmetry", "distance", "weight", "sigma"}

_WITHOUT_UNIT |= {"survival", "cif_factor"}

_UNIT_BY_SUFFIX = {"_pct": "percent", "_pp": "pp", "_share": "share"}


@dataclass(frozen=True)
class Number:
    """One figure with its unit, its interval and the row it was read from.

    In a sentence it prints itself: ``{x}`` with the usual decimals, ``{x:.2}`` with two,
    ``{x:+}`` with a sign. A missing value prints as not available, never as zero.
    """

    value: float
    unit: str
    lower: float
    upper: float
    what: str
    source: str
    published: str
    locator: str
    note: str
    obs_status: str = ""
    basis: str = ""

    def __format__(self, spec: str) -> str:
        sign = spec.startswith("+")
        digits = spec.lstrip("+.")
        if digits and not digits.isdigit():
            raise KzdataError(
                f"Unknown format of a Number {spec!r}.",
                "Write {x}, {x:.2} for decimals, or {x:+.1}.",
            )
        text = _printed(self, int(digits) if digits else None)
        return "+" + text if sign and self.value > 0 else text

    __str__ = lambda self: format(self)  # noqa: E731

    def __repr__(self) -> str:
        said = f"{self.source}, {self.published}" if self.published else self.source
        return f"{self} · {self.what} · {said} · {self.locator}"


def _printed(number: Number, decimals: int | None) -> str:
    if math.isnan(number.value):
        return formats.format_amount(float("nan"), number.unit)
    if number.unit in ("share", "percent"):
        value = number.value * (100 if number.unit == "share" else 1)
        return formats.format_amount(value, "percent", decimals=_telling(value, decimals))
    if number.unit == "pp":
        text = formats.format_amount(
            number.value, None, decimals=1 if decimals is None else decimals
        )
        return t("{number} percentage points", number=text)
    if number.unit in ("count", "rank", "days"):
        whole = float(number.value).is_integer()
        default = 0 if whole else 1
        return formats.format_amount(
            number.value, None, decimals=default if decimals is None else decimals, scale=""
        )
    if not number.value and number.unit.isupper():  # a printed zero of a currency is exact
        decimals = 0
    return formats.format_amount(
        number.value, number.unit or None, decimals=1 if decimals is None else decimals
    )


def _telling(value: float, decimals: int | None) -> int:
    """The decimals asked for, or as many as show two digits of what would else be printed as 0."""
    asked = 1 if decimals is None else decimals
    if not value or not math.isfinite(value) or abs(value) >= 0.5 * 10.0**-asked:
        return asked
    return min(1 - math.floor(math.log10(abs(value))), 15)


def number(frame: pd.DataFrame | pd.Series, column: str = "value", **where: Any) -> Number:
    """The one figure of ``column`` in the row that ``where`` names.

    ``number(trade, period="2025", flow="X")`` takes the value of that row;
    ``number(trade.pipe(kz.growth), "growth_pct", period="2025")`` the growth. The unit is the
    row's, or that of the column's suffix (_pct, _pp, _share). Raises `UnknownCode` for a column
    that is absent, `NotAvailable` when no row fits, `KzdataError` when several do.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024).pipe(kz.turnover).pipe(kz.growth)
    >>> print(kz.number(trade, period="2025"))
    US$193.3 million
    >>> print(kz.number(trade, "growth_pct", period="2025"))
    −18.1%
    """
    if isinstance(frame, pd.Series):
        row = frame
    else:
        row = _one(contract.need(frame, [], contract.OBSERVATIONS), where)
    if column not in row.index:
        raise UnknownCode(
            f"The frame has no column {column!r}.", did_you_mean(column, map(str, row.index))
        )
    value = float(row[column]) if pd.notna(row[column]) else float("nan")
    lower, upper = (_bound(row, column, side, value) for side in ("lower", "upper"))
    return Number(
        value=value,
        unit=_unit(row, column),
        lower=lower,
        upper=upper,
        what=_what(row, column),
        **{key: _own(row, column, key) for key in ("source", "published", "locator", "note")},
        **{key: _text(row, key) for key in ("obs_status", "basis")},
    )


def row_count(frame: pd.DataFrame, what: str) -> Number:
    """How many rows ``frame`` has, as a number with the sources of the rows; zero is a count.

    ``what`` names the rows: ``count(claims, "statements")``.

    >>> import kzdata as kz
    >>> statements = kz.claims("trade", partner="ISR")
    >>> print(kz.row_count(statements, "statements"))
    12
    """
    rows = float(len(frame))
    return Number(
        value=rows,
        unit="count",
        lower=rows,
        upper=rows,
        what=f"number of {what}",
        source=contract.join_sources(frame["source"]),
        published=_latest(frame),
        locator=f"rows of the table of {what}",
        note="counted",
    )


def _latest(frame: pd.DataFrame) -> str:
    dated = [each for each in frame.get("published", []) if each and each != UNKNOWN]
    return max(dated, default="")


def _one(frame: pd.DataFrame, where: dict[str, Any]) -> pd.Series:
    found = frame
    for column, wanted in where.items():
        if column not in frame.columns:
            raise UnknownCode(
                f"The frame has no column {column!r}.", did_you_mean(column, frame.columns)
            )
        found = found[found[column] == wanted]
    said = ", ".join(f"{column}={wanted!r}" for column, wanted in where.items()) or "no condition"
    if found.empty:
        raise NotAvailable(f"No row has {said}.", "Look at the frame, or choose another cell.")
    if len(found) > 1:
        raise KzdataError(
            f"{len(found)} rows have {said}; a number is one of them.",
            "Add a condition, for example period= or flow=.",
        )
    return found.iloc[0]


def _unit(row: pd.Series, column: str) -> str:
    for suffix, unit in _UNIT_BY_SUFFIX.items():
        if column.endswith(suffix):
            return unit
    if column in ("rank", "ranked", "months"):
        return "count"
    if column in _WITHOUT_UNIT:
        return ""
    if column.startswith("days"):
        return "days"
    return _text(row, "unit")


def _bound(row: pd.Series, column: str, side: str, value: float) -> float:
    name = side if column == "value" else f"{column.rsplit('_', 1)[0]}_{side}_pct"
    bound = row.get(name)
    return value if bound is None or pd.isna(bound) else float(bound)


def _own(row: pd.Series, column: str, key: str) -> str:
    """The provenance of a derived column where it has its own (growth_note), else the row's."""
    for stem in (column.split("_")[0], column.rsplit("_", 1)[-1]):
        if f"{stem}_{key}" in row.index:
            return _text(row, f"{stem}_{key}")
    return _text(row, key)


def _what(row: pd.Series, column: str) -> str:
    cell = ["dataflow", "reporter", "partner", "flow", "period", "year", "title"]
    named = " ".join(str(row[c]) for c in cell if c in row.index)
    return named if column == "value" else f"{column.replace('_', ' ')} of {named}"


def _text(row: pd.Series, key: str) -> str:
    found = row.get(key)
    return "" if found is None or pd.isna(found) else str(found)
