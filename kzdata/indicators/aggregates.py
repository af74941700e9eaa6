"""Turnover, balance and sums over time, frame to frame.

A missing part makes a missing result; what cannot be put together raises an `Incomparable`.
Derived rows keep the sources and places of their parts, and ``note`` shows the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress

import numpy as np
import pandas as pd

from kzdata.errors import MeasureMismatch, PeriodMismatch, ValuationMismatch
from kzdata.model import contract, periods
from kzdata.model.comparable import one_unit
from kzdata.model.contract import Row, records

_PUBLICATION = [
    *(c for c in contract.CELL if c not in ("flow", "valuation")),
    "source",
    "published",
]

_COMBINED = [*_PUBLICATION, "valuation", *contract.NUMERIC, "unit", "obs_status", "locator"]

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
    """T = X + M or B = X - M, one row per cell and publication, vectorised."""
    other = sorted(set(frame["flow"]) - {"X", "M", "T"})
    if other:
        raise MeasureMismatch(
            f"{flow} is made of X and M; the frame also holds {', '.join(other)}.",
            'Choose them first: frame[frame["flow"].isin(["X", "M"])]',
        )
    x, m = (frame[frame["flow"] == side] for side in ("X", "M"))
    _valued(x, "Exports", {"FOB"})
    _valued(m, "Imports", {"FOB", "CIF"})
    both = x[_COMBINED].merge(m[_COMBINED], on=_PUBLICATION, how="outer", suffixes=("_x", "_m"))
    _spans_meet(both)
    unit = both["unit_x"].fillna(both["unit_m"])
    odd = unit != both["unit_m"].fillna(unit)
    if odd.any():
        cell = both[odd].iloc[0]
        one_unit([cell["unit_x"], cell["unit_m"]], cell["period"])
    value_x, value_m = (both[c].to_numpy(dtype=float) for c in ("value_x", "value_m"))
    whole = ~(np.isnan(value_x) | np.isnan(value_m))
    low, high = ("lower_m", "upper_m") if sign > 0 else ("upper_m", "lower_m")
    word = "+" if sign > 0 else "-"
    made = {
        "flow": flow,
        "valuation": np.where(both["valuation_m"] == "FOB", "FOB", "FOB/CIF"),
        "value": value_x + sign * value_m,
        "unit": unit,
        "lower": both["lower_x"] + sign * both[low],
        "upper": both["upper_x"] + sign * both[high],
        "obs_status": np.where(whole, _worst(both["obs_status_x"], both["obs_status_m"]), "M"),
        "basis": "derived",
        "locator": [
            "; ".join(w for w in pair if isinstance(w, str))
            for pair in zip(both["locator_x"].tolist(), both["locator_m"].tolist(), strict=True)
        ],
        "note": [
            f"{flow} = X {a:.15g} {word} M {b:.15g}"
            if known
            else f"{'exports' if a != a else 'imports'} missing, so {flow} is missing"
            for a, b, known in zip(value_x.tolist(), value_m.tolist(), whole.tolist(), strict=True)
        ],
    }
    return pd.DataFrame({c: both[c] if c in _PUBLICATION else made[c] for c in contract.COLUMNS})


def _valued(side: pd.DataFrame, flow: str, good: set[str]) -> None:
    odd = ~side["valuation"].isin(list(good))
    if odd.any():
        first = side[odd].iloc[0]
        raise ValuationMismatch(
            f"{flow} of {first['period']} are valued {first['valuation']}; "
            f"expected {' or '.join(sorted(good))}.",
            "Correct the valuation at the source, or leave these rows out.",
        )


def _spans_meet(both: pd.DataFrame) -> None:
    """Raise where exports and imports of one year are given for different spans only."""
    exports, imports = both["value_x"].notna(), both["value_m"].notna()
    sides: dict[tuple[str, ...], tuple[list[str], list[str]]] = {}
    for row in records(both[exports != imports], [*_PUBLICATION, "value_x"]):
        place = tuple(row[c] for c in _PUBLICATION if c not in ("freq", "period"))
        of_year = sides.setdefault((*place, row["period"][:4]), ([], []))
        of_year[bool(pd.isna(row["value_x"]))].append(row["period"])
    for each in sides.values():
        lengths = {periods.span(period).months for side in each for period in side}
        if all(each) and len(lengths) == 2:
            x, m = (side[0] for side in each)
            raise PeriodMismatch(
                f"Exports cover {periods.months_in(x)} months ({x}), imports "
                f"{periods.months_in(m)} ({m}).",
                f'Sum the longer or finer side to the other\'s span: kz.sum_over(frame, "{x}")',
            )


def _worst(*statuses: pd.Series) -> pd.Series:
    """The status that derived cells inherit: anything but normal stays visible."""
    first = statuses[0].fillna("A")
    for other in statuses[1:]:
        first = first.where(first != "A", other.fillna("A"))
    return first


def sum_over(frame: pd.DataFrame, period: str) -> pd.DataFrame:
    """Sum of monthly or quarterly rows over a longer period, per series and publication.

    ``period`` is an SDMX period, such as ``"2024"`` or ``"2025-01-01/P11M"``. The sum is missing,
    with status M, when one of its parts is absent or missing; provisional parts make it
    provisional. Raises `PeriodMismatch` when the rows cannot be put together to the period.

    >>> import kzdata as kz
    >>> months = kz.observations("KAZ", "WLD", flow="X", start=2025, end=2025, freq="M")
    >>> kz.sum_over(months, "2025-01-01/P11M")[["period", "value", "unit"]]
                period         value unit
    0  2025-01-01/P11M  7.159687e+10  USD
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    return _framed(sums(records(frame, contract.COLUMNS), period))


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
        **{column: np.sum(n) if whole else float("nan") for column, n in numbers.items()},
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
    for row in records(frame, contract.COLUMNS):
        years.setdefault(row["period"][:4], []).append(row)
    summed = [row for year in sorted(years) for row in sums(years[year], year)]
    return contract.order(_framed(summed))
