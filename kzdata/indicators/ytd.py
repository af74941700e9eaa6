"""Months out of year-to-date editions: each edition less the one before it.

The editions must be of one vintage set: one source, one kind (preliminary or final), come out one
after the other. Each revises the months before it, so that a difference is a month plus those
revisions, and may fall below zero.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError, MeasureMismatch, PeriodMismatch
from kzdata.model import contract, periods
from kzdata.model.periods import month_period

# Editions of one set follow their span at one pace; a holiday may push one into the next month.
PACE_MONTHS = 1

_NEVER_NEGATIVE = {"X", "M", "RX", "RM", "T"}

_SERIES = [c for c in contract.CELL if c not in ("period", "freq")]


def difference_ytd(frame: pd.DataFrame) -> pd.DataFrame:
    """Months (or the months between two editions) from figures cumulative since January.

    ``frame`` is tidy: per series and year one row for each edition (``2025-01``,
    ``2025-01-01/P2M``, … ``2025``). The result is tidy with one column more, ``negative``: such a
    value of a trade flow is kept, has status U, and its note says how large it is. The first
    edition of a year stays as it was published. Intervals: lower less upper, upper less lower.
    A missing edition makes what depends on it missing; a skipped one makes a longer span.

    Raises `PeriodMismatch` for a period that does not begin in January or exceeds a year,
    `MeasureMismatch` for mixed vintages: two sources, preliminary with final, two publications of
    one span, or editions whose delays differ by more than a month.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2025, flow="X")
    >>> editions = {"2025-01": 10e6, "2025-01-01/P2M": 18e6, "2025-01-01/P3M": 30e6}
    >>> total = pd.concat(
    ...     [trade.assign(freq="M", period=period, value=value, lower=value, upper=value)
    ...      for period, value in editions.items()]
    ... )
    >>> kz.difference_ytd(total)[["period", "value"]]
        period       value
    0  2025-01  10000000.0
    1  2025-02   8000000.0
    2  2025-03  12000000.0
    """
    absent = [column for column in contract.COLUMNS if column not in frame.columns]
    if absent:
        raise KzdataError(
            f"The frame lacks the columns {', '.join(absent)}.", "Give a frame of kz.read(...)."
        )
    if frame.empty:
        return frame.assign(negative=pd.Series(dtype=bool))
    spans = {each: _since_january(each) for each in frame["period"].unique()}
    keyed = frame.assign(
        _year=frame["period"].map(lambda p: spans[p][0]),
        _months=frame["period"].map(lambda p: spans[p][1]),
    )
    by = [*_SERIES, *(c for c in ("classification", "series") if c in frame), "_year"]
    rows: list[dict[str, Any]] = []
    for _, group in keyed.groupby(by, sort=False, dropna=False):
        editions = group.sort_values("_months", kind="stable")
        _refuse_mixed(editions)
        records: list[dict[str, Any]] = editions.to_dict("records")  # type: ignore[assignment]
        rows.append(records[0] | {"negative": False})
        rows += [_less(later, earlier) for earlier, later in pairwise(records)]
    made = pd.DataFrame(rows).drop(columns=["_year", "_months"])
    return contract.order(made)


def _since_january(period: str) -> tuple[int, int]:
    span = periods.span(period)
    if span.start.month != 1 or span.months is None or span.months > 12:
        raise PeriodMismatch(
            f"{period} is not cumulative from January.",
            "Keep the year-to-date rows: 2025-01, 2025-01-01/P2M … 2025.",
        )
    return span.start.year, span.months


def _refuse_mixed(editions: pd.DataFrame) -> None:
    first = editions.iloc[0]
    what = f"{first['reporter']}–{first['partner']} {first['flow']} {first['_year']}"
    if editions["source"].nunique() > 1:
        raise _mixed(what, "sources", editions["source"])
    kind = "edition" if "edition" in editions else "obs_status"
    kinds = editions[kind]
    if kind == "obs_status":
        kinds = kinds[kinds.isin(["A", "P"])]
    if kinds.nunique() > 1:
        raise _mixed(what, "preliminary and final figures", editions["period"] + " " + kinds)
    again = editions[editions["_months"].duplicated(keep=False)]
    if len(again):
        raise _mixed(
            what, "publications of one span", again["period"] + " of " + again["published"]
        )
    if editions["published"].nunique() > 1:
        delays = [
            _delay(row["published"], row["_year"], row["_months"], what)
            for row in editions.to_dict("records")
        ]
        if max(delays) - min(delays) > PACE_MONTHS:
            raise _mixed(
                what, "delays of publication", editions["period"] + " of " + editions["published"]
            )


def _delay(published: str, year: int, months: int, what: str) -> int:
    dated = re.match(r"(\d{4})-(\d{2})", published)
    if dated is None:
        raise MeasureMismatch(
            f"{what}: an edition published {published} cannot be placed in a vintage set.",
            "Give each edition the month it appeared: kz.read(..., published='2025-09').",
        )
    return 12 * (int(dated[1]) - year) + int(dated[2]) - months


def _mixed(what: str, of: str, found: pd.Series) -> MeasureMismatch:
    listed = ", ".join(sorted(set(found.dropna().astype(str)))[:6])
    return MeasureMismatch(
        f"{what} mixes vintages: several {of} ({listed}).",
        "Keep one set: frame[frame['source'] == …], and the editions of one year as they came out.",
    )


def _less(later: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    if later["unit"] != earlier["unit"]:
        raise MeasureMismatch(
            f"{later['period']} is in {later['unit']}, {earlier['period']} in {earlier['unit']}.",
            "Bring them to one unit.",
        )
    value = later["value"] - earlier["value"]
    missing = pd.isna(value)
    negative = bool(value < 0) and later["flow"] in _NEVER_NEGATIVE
    note = f"{later['period']} less {earlier['period']}"
    if negative:
        share = f" ({100 * value / earlier['value']:.2g}% of it)" if earlier["value"] else ""
        note += f"; negative: {later['period']} revised the months before downwards{share}"
    statuses = {later["obs_status"], earlier["obs_status"]}
    status = "P" if "P" in statuses else next(iter(sorted(statuses - {"A"})), "A")
    first = earlier["_months"] + 1
    count = later["_months"] - earlier["_months"]
    period = month_period(later["_year"], first, count)
    return later | {
        "freq": periods.freq_of(period),
        "period": period,
        "value": value,
        "lower": later["lower"] - earlier["upper"],
        "upper": later["upper"] - earlier["lower"],
        "obs_status": "M" if missing else "U" if negative else status,
        "basis": "derived",
        "locator": f"{later['locator']} less {earlier['locator']}",
        "note": note,
        "negative": negative,
    }
