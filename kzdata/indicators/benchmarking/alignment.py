"""Which short periods make up which long one, and the way back to a series or a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import (
    ContractError,
    Incomparable,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    PeriodMismatch,
)
from kzdata.model import contract, periods
from kzdata.model.codes import UNKNOWN
from kzdata.model.comparable import SERIES, one_measure
from kzdata.model.periods import month_period

CONVERSIONS = ("sum", "average")

_MONTHS = {"M": 1, "Q": 3, "S": 6}


@dataclass(frozen=True)
class Problem:
    """Long values ``y``, short ``periods`` in order, indicators ``x`` (a column each), and for each
    short period the number of its long one, −1 where the long one is not known yet."""

    y: np.ndarray
    periods: list[str]
    x: np.ndarray
    names: list[str]
    part_of: np.ndarray
    conversion: str
    low: pd.Series | pd.DataFrame
    high: pd.Series | pd.DataFrame | None

    @property
    def c(self) -> np.ndarray:
        """The matrix that sums (or averages) short periods into long ones."""
        matrix = (self.part_of[None, :] == np.arange(len(self.y))[:, None]).astype(float)
        return matrix if self.conversion == "sum" else matrix / matrix.sum(axis=1, keepdims=True)

    def result(self, z: np.ndarray, method: str, fit: dict[str, Any]) -> pd.Series | pd.DataFrame:
        """The short values in the form in which the long ones came, their sums exact."""
        z = self._exact(z)
        made: pd.Series | pd.DataFrame
        if isinstance(self.low, pd.DataFrame):
            made = self._frame(self.low, z, method)
        else:
            made = pd.Series(z, index=pd.Index(self.periods, name="period"), name=self.low.name)
        made.attrs["fit"] = {"method": method, **fit}
        return made

    def _exact(self, z: np.ndarray) -> np.ndarray:
        """Give what rounding left over to the largest part, until the parts sum to the whole."""
        z = z.copy()
        for number, whole in enumerate(self.y):
            parts = np.flatnonzero(self.part_of == number)
            whole = whole if self.conversion == "sum" else whole * len(parts)
            largest = parts[np.argmax(np.abs(z[parts]))]
            for _ in range(4):
                z[largest] += whole - math.fsum(z[parts])
        return z

    def _frame(self, low: pd.DataFrame, z: np.ndarray, method: str) -> pd.DataFrame:
        first = low.iloc[0]
        used = [each for each in (low, self.high) if isinstance(each, pd.DataFrame)]
        joined = contract.join_sources(name for each in used for name in each["source"].unique())
        carried = np.where(self.part_of < 0, "; beyond the long periods", "")
        beneath = np.where(
            (z < 0) & (np.min(self.y) >= 0), "; negative, unlike the long periods", ""
        )
        rows = {column: first[column] for column in contract.COLUMNS if column in low.columns}
        made = pd.DataFrame(
            rows
            | {
                "freq": [periods.freq_of(p) for p in self.periods],
                "period": self.periods,
                "value": z,
                # An estimate of which no interval is known is bounded by nothing.
                "lower": -np.inf,
                "upper": np.inf,
                "obs_status": "E",
                "basis": "derived",
                "source": joined,
                "published": max((p for p in low["published"] if p != UNKNOWN), default=UNKNOWN),
                "locator": [
                    f"parts of {low['period'].iloc[n]}" if n >= 0 else "beyond the long periods"
                    for n in self.part_of
                ],
                "note": [f"{method}{a}{b}" for a, b in zip(carried, beneath, strict=True)],
            }
        )
        return made[contract.COLUMNS]


def aligned(low: Any, high: Any, *, to: str | None, conversion: str) -> Problem:
    """The problem of two series or frames. Without an indicator, ``to`` says M, Q or S.

    Raises `PeriodMismatch` where short periods do not make up a long one, `NotAvailable` for gaps
    and missing values, `MeasureMismatch` for several series.
    """
    if conversion not in CONVERSIONS:
        raise KzdataError(f"Unknown conversion={conversion!r}.", "Choose sum or average.")
    long, rows = _ordered(low, "The long series")
    if long.empty:
        raise NotAvailable("The long series has no values.", "Give at least two.")
    values, high = _indicators(high, list(long.index), to)
    short = list(values.index)
    spans_ = [periods.span(p) for p in short]
    for before, after, name in zip(spans_, spans_[1:], short[1:], strict=False):
        if after.start != before.end + timedelta(days=1) or after.months != before.months:
            raise PeriodMismatch(
                f"The indicator does not run on to {name}: its periods must follow one another "
                "and be of one length.",
                "Fill or leave out what is around the gap.",
            )
    part_of = np.full(len(short), -1)
    for number, period in enumerate(long.index):
        whole = periods.span(period)
        inside = [n for n, s in enumerate(spans_) if whole.start <= s.start and s.end <= whole.end]
        months = sum(spans_[n].months or 0 for n in inside)
        if not inside or months != whole.months:
            raise PeriodMismatch(
                f"The indicator covers {months} of the {whole.months} months of {period}.",
                "Leave the long periods out that the indicator does not cover.",
            )
        part_of[inside] = number
    known = np.flatnonzero(part_of >= 0)
    if (part_of[known[0] : known[-1]] < 0).any():
        gap = short[known[0] + int(np.argmax(part_of[known[0] : known[-1]] < 0))]
        raise NotAvailable(
            f"The long series has no value that covers {gap}.",
            "Benchmark the stretches before and after the gap each on their own.",
        )
    x = values.to_numpy(dtype=float)
    return Problem(
        long.to_numpy(dtype=float), short, x, list(values.columns), part_of, conversion, rows, high
    )


def _ordered(data: Any, what: str) -> tuple[pd.Series, pd.Series | pd.DataFrame]:
    """Values by period in time order, without missing ones at the ends; and their rows."""
    if isinstance(data, pd.DataFrame):
        _one_series(data, what)
        values = pd.Series(data["value"].to_numpy(dtype=float), index=data["period"])
    elif isinstance(data, pd.Series):
        values = data.astype(float)
    else:
        raise ContractError(
            f"{what} is neither a series nor a frame.", "pd.Series(…, index=periods)"
        )
    place = sorted(range(len(values)), key=lambda n: periods.sort_key(str(values.index[n])))
    values, data = values.iloc[place], data.iloc[place]
    if values.index.has_duplicates:
        raise MeasureMismatch(
            f"{what} gives {values.index[values.index.duplicated()][0]} more than once.",
            'Choose one publication: frame[frame["source"] == "…"]',
        )
    known = np.flatnonzero(values.notna())
    keep = slice(known[0], known[-1] + 1) if len(known) else slice(0, 0)
    values, data = values.iloc[keep], data.iloc[keep]
    if values.isna().any():
        raise NotAvailable(
            f"{what} has no value for {values.index[values.isna()][0]}.",
            "Missing is not zero: find the figure, or work on the stretches around it.",
        )
    if np.isinf(values).any():
        raise ContractError(f"{what} has an infinite value.", "Leave it out.")
    values.index = values.index.astype(str)
    return values, data


def _one_series(frame: pd.DataFrame, what: str) -> None:
    absent = [column for column in contract.COLUMNS if column not in frame.columns]
    if absent:
        raise ContractError(
            f"{what} lacks the columns {', '.join(absent)}.",
            'For bare numbers give a series: frame.set_index("period")["value"]',
        )
    if len(cells := frame[SERIES].drop_duplicates()) > 1:
        raise MeasureMismatch(
            f"{what} holds {len(cells)} series; one is needed.",
            "Group by " + ", ".join(SERIES) + " and benchmark each.",
        )
    if len(frame):
        one_measure(frame)


def _indicators(high: Any, long: list[str], to: str | None) -> tuple[pd.DataFrame, Any]:
    """The indicators, a column each, in time order."""
    if high is None:
        if to not in _MONTHS:
            raise KzdataError(
                f"Without an indicator, to={to!r} does not say how short the periods are.",
                'Give to="M", "Q" or "S".',
            )
        return pd.DataFrame({"constant": 1.0}, index=_parts(long, to)), None
    if isinstance(high, pd.DataFrame) and "period" in high.columns:
        if not set(SERIES) <= set(high.columns):
            _one_series(high, "The indicator")
        groups = high.groupby(SERIES, sort=False)
        columns: dict[str, Any] = {" ".join(map(str, key)): rows for key, rows in groups}
    elif isinstance(high, pd.DataFrame):
        columns = {str(name): high[name] for name in high.columns}
    else:
        columns = {str(getattr(high, "name", None) or "indicator"): high}
    named = {name: _ordered(each, f"The indicator {name}")[0] for name, each in columns.items()}
    if not named:
        raise NotAvailable("The indicator has no values.", "Leave it out and give to=.")
    first = next(iter(named.values()))
    for name, each in named.items():
        if list(each.index) != list(first.index):
            raise Incomparable(
                f"The indicator {name} covers other periods than {next(iter(named))}.",
                "Give all indicators for the same periods.",
            )
    return pd.DataFrame(named), high


def _parts(long: list[str], to: str) -> list[str]:
    """The short periods of which the long ones consist."""
    found = []
    for period in long:
        span = periods.span(period)
        if span.months is None or span.months % _MONTHS[to]:
            raise PeriodMismatch(
                f"{period} does not consist of whole periods of {_MONTHS[to]} months.",
                "Give a shorter length: to='M'.",
            )
        for month in range(span.start.month, span.start.month + span.months, _MONTHS[to]):
            year, month = span.start.year + (month - 1) // 12, (month - 1) % 12 + 1
            if (month - 1) % _MONTHS[to]:
                raise PeriodMismatch(f"{period} does not start with a period {to}.", "to='M'")
            found.append(
                month_period(year, month)
                if to == "M"
                else f"{year:04d}-{to}{(month - 1) // _MONTHS[to] + 1}"
            )
    return found
