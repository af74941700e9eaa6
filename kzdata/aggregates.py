"""Turnover, balance and sums over time, frame to frame.

A missing part makes a missing result; what cannot be put together raises an `Incomparable`.
Derived rows keep the sources and places of their parts, and ``note`` shows the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import compress, product
from typing import Any

import numpy as np
import pandas as pd

from kzdata import contract, periods
from kzdata.comparable import one_unit
from kzdata.errors import MeasureMismatch, PeriodMismatch, ValuationMismatch

_PUBLICATION = [
    *(c for c in contract.CELL if c not in ("flow", "valuation")),
    "source",
    "published",
]
Row = dict[str, Any]
_ABSENT: Row = dict.fromkeys(contract.NUMERIC, math.nan)
_ABSENT |= dict.fromkeys(["valuation", "unit", "obs_status", "locator"], "")
_SUMMED = [c for c in _PUBLICATION if c not in ("freq", "period")] + ["flow", "valuation", "unit"]


def turnover(frame: pd.DataFrame) -> pd.DataFrame:
    """Turnover T = X + M of one reporter, per partner, product, period and publication.

    Exports FOB plus imports CIF is the official definition, so the valuation is ``FOB/CIF``.
    Published rows of flow T pass through. Where one side is absent or missing the turnover is a
    row without a value. Raises `UnitMismatch`, `ValuationMismatch` or, for re-exports and other
    flows, `MeasureMismatch`.

    >>> import kzdata as kz
    >>> kz.turnover(kz.observations("KAZ", "ISR", start=2024))[["period", "value", "unit"]]
      period         value unit
    0   2024  2.361327e+08  USD
    1   2025  1.932878e+08  USD
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    derived = _combine(frame, "T", 1)
    published = frame[frame["flow"] == "T"]
    return contract.order(pd.concat([derived, published], ignore_index=True))


def balance(frame: pd.DataFrame) -> pd.DataFrame:
    """Balance B = X - M of one reporter, per partner, product, period and publication.

    With exports FOB and imports CIF, the official definition, balanced trade shows a small
    deficit. The difference is the ``value`` of rows under the contract and stands again in
    ``balance``, the column that indicators are read by. Missing and errors as in `turnover`;
    published turnover takes no part.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024)
    >>> kz.balance(trade)[["period", "balance", "unit"]]
      period      balance unit
    0   2024  99047856.94  USD
    1   2025  45196628.50  USD
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    made = contract.order(_combine(frame[frame["flow"] != "T"], "B", -1))
    return made.assign(balance=made["value"])


def _combine(frame: pd.DataFrame, flow: str, sign: int) -> pd.DataFrame:
    """T = X + M or B = X - M, one row per cell and publication."""
    other = sorted(set(frame["flow"]) - {"X", "M", "T"})
    if other:
        raise MeasureMismatch(
            f"{flow} is made of X and M; the frame also holds {', '.join(other)}.",
            'Choose them first: frame[frame["flow"].isin(["X", "M"])]',
        )
    _valued(frame[frame["flow"] == "X"], "Exports", {"FOB"})
    _valued(frame[frame["flow"] == "M"], "Imports", {"FOB", "CIF"})
    pairs = _pairs(frame)
    _spans_meet(pairs)
    return _framed([_combined(cell, x, m, flow, sign) for cell, x, m in pairs])


def _valued(side: pd.DataFrame, flow: str, good: set[str]) -> None:
    odd = ~side["valuation"].isin(list(good))
    if odd.any():
        first = side[odd].iloc[0]
        raise ValuationMismatch(
            f"{flow} of {first['period']} are valued {first['valuation']}; "
            f"expected {' or '.join(sorted(good))}.",
            "Correct the valuation at the source, or leave these rows out.",
        )


def _pairs(frame: pd.DataFrame) -> list[tuple[tuple[str, ...], Row, Row]]:
    """Each cell and publication with its exports and its imports, `_ABSENT` where it has none."""
    sides: dict[tuple[str, ...], tuple[list[Row], list[Row]]] = {}
    cells = zip(*(frame[column].tolist() for column in _PUBLICATION), strict=True)
    for cell, row in zip(cells, contract.records(frame, ["flow", *_ABSENT]), strict=True):
        if row["flow"] != "T":
            sides.setdefault(cell, ([], []))[row["flow"] == "M"].append(row)
    return [
        (cell, x, m)
        for cell in sorted(sides)
        for x, m in product(*(side or [_ABSENT] for side in sides[cell]))
    ]


def _spans_meet(pairs: list[tuple[tuple[str, ...], Row, Row]]) -> None:
    """Raise where exports and imports of one year are given for different spans only."""
    years: dict[tuple[str, ...], tuple[list[str], list[str]]] = {}
    for cell, x, m in pairs:
        if math.isnan(x["value"]) != math.isnan(m["value"]):
            of = dict(zip(_PUBLICATION, cell, strict=True))
            place = tuple(of[column] for column in of if column not in ("freq", "period"))
            sides = years.setdefault((*place, of["period"][:4]), ([], []))
            sides[math.isnan(x["value"])].append(of["period"])
    for each in years.values():
        lengths = {periods.months_in(period) for side in each for period in side}
        if all(each) and len(lengths) == 2:
            first, other = (side[0] for side in each)
            raise PeriodMismatch(
                f"Exports cover {periods.months_in(first)} months ({first}), imports "
                f"{periods.months_in(other)} ({other}).",
                f'Sum the longer or finer side to the other\'s span: kz.over(frame, "{first}")',
            )


def _combined(cell: tuple[str, ...], x: Row, m: Row, flow: str, sign: int) -> Row:
    of = dict(zip(_PUBLICATION, cell, strict=True))
    one_unit({x["unit"], m["unit"]} - {_ABSENT["unit"]}, of["period"])
    absent = [word for word, side in (("exports", x), ("imports", m)) if math.isnan(side["value"])]
    low, high = (m["lower"], m["upper"]) if sign > 0 else (m["upper"], m["lower"])
    return of | {
        "flow": flow,
        "valuation": "FOB" if m["valuation"] == "FOB" else "FOB/CIF",
        "value": x["value"] + sign * m["value"],
        "unit": x["unit"] or m["unit"],
        "lower": x["lower"] + sign * low,
        "upper": x["upper"] + sign * high,
        # Anything but normal stays visible.
        "obs_status": "M"
        if absent
        else m["obs_status"]
        if x["obs_status"] == "A"
        else x["obs_status"],
        "basis": "derived",
        "locator": "; ".join(side["locator"] for side in (x, m) if side is not _ABSENT),
        "note": f"{absent[0]} missing, so {flow} is missing"
        if absent
        else f"{flow} = X {x['value']:.15g} {'+' if sign > 0 else '-'} M {m['value']:.15g}",
    }


def over(frame: pd.DataFrame, period: str) -> pd.DataFrame:
    """Sum of monthly or quarterly rows over a longer period, per series and publication.

    ``period`` is an SDMX period, such as ``"2024"`` or ``"2025-01-01/P11M"``. The sum is missing,
    with status M, when one of its parts is absent or missing; provisional parts make it
    provisional. Raises `PeriodMismatch` when the rows cannot be put together to the period.

    >>> import kzdata as kz
    >>> months = kz.observations("KAZ", "WLD", flow="X", start=2025, end=2025, freq="M")
    >>> kz.over(months, "2025-01-01/P11M")[["period", "value", "unit"]]
                period         value unit
    0  2025-01-01/P11M  7.159687e+10  USD
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    return _framed(sums(contract.records(frame, contract.COLUMNS), period))


def _framed(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=contract.COLUMNS) if rows else contract.empty()


def sums(rows: Iterable[Row], period: str) -> list[Row]:
    """`over` of rows as records of the contract's columns."""
    wanted = periods.span(period)
    series: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        series.setdefault(tuple(row[column] for column in _SUMMED), []).append(row)
    return [_sum(group, period, wanted) for group in series.values()]


def _sum(group: list[Row], period: str, wanted: periods.Span) -> Row:
    """The rows of one series and publication that lie within the period, as one row."""
    spans = [periods.span(row["period"]) for row in group]
    within = [wanted.start <= s.start and s.end <= wanted.end for s in spans]
    inside = list(compress(group, within))
    lengths = [s.months or 0 for s in compress(spans, within)]
    if len(set(lengths)) > 1:
        different = " and ".join(map(str, sorted(set(lengths))))
        raise PeriodMismatch(
            f"Within {period} the rows cover {different} months.",
            'Choose one frequency: frame[frame["freq"] == "M"]',
        )
    months = sum(lengths)
    whole = months == wanted.months and not any(pd.isna(row["value"]) for row in inside)
    numbers = {column: [row[column] for row in inside] for column in contract.NUMERIC}
    return group[0] | {
        "freq": periods.freq_of(period),
        "period": period,
        **{column: np.nansum(n) if whole else float("nan") for column, n in numbers.items()},
        "obs_status": next((row["obs_status"] for row in inside if row["obs_status"] != "A"), "A")
        if whole
        else "M",
        "basis": "derived",
        "locator": f"{group[0]['locator'].split(',')[0]}, rows of {period}",
        "note": f"sum of {len(inside)} rows of {period}"
        if whole
        else f"{months} of {wanted.months} months at hand",
    }


def annual(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum of monthly or quarterly rows over each calendar year that they touch; see `over`.

    A year with a part missing is a row without a value.

    >>> import kzdata as kz
    >>> months = kz.observations("KAZ", "WLD", flow="X", start=2024, end=2025, freq="M")
    >>> kz.annual(months)[["period", "value", "obs_status"]]
      period         value obs_status
    0   2024  8.167405e+10          A
    1   2025  7.922950e+10          A
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    years: dict[str, list[Row]] = {}
    for row in contract.records(frame, contract.COLUMNS):
        years.setdefault(row["period"][:4], []).append(row)
    summed = [row for year in sorted(years) for row in sums(years[year], year)]
    return contract.order(_framed(summed))
