"""SDMX time periods and the days that they cover.

    2024                     a year
    2025-S1, 2025-Q3         a half-year, a quarter
    2025-11                  a month
    2025-01-01/P11M          months in a row as they were printed: January to November
    2003-01-01/P19Y          whole years in a row
    1992-04-10               a day;  2026-01-27/P3D  days in a row

A canonical string says what was printed: January to March stays ``P3M`` and does not become a
quarter. Only twelve months from January are the year, and one month is the month. Years run from
1900 to 2100: a number outside is far more often a misread figure than a date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from kzdata.errors import ParseError

FIRST_YEAR, LAST_YEAR = 1900, 2100

MONTHS_IN = {"S": 6, "Q": 3}

_SHAPE = re.compile(
    r"(?P<year>[0-9]{4})(?:"
    r"-?(?P<part>[SQ])(?P<index>[0-9])"
    r"|-M?(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})(?:/P(?P<count>[0-9]{1,5})(?P<step>[YMD]))?)?"
    r"|-A1)?"
)

_HINT = 'Type it like "2024", "2025-S1", "2025-Q3", "2025-11" or "2025-01-01/P11M".'


class Span(NamedTuple):
    """The first and the last day of a period, both inclusive."""

    start: date
    end: date

    @property
    def months(self) -> int | None:
        """Whole calendar months covered; None where the span does not consist of whole months."""
        if self.start.day != 1 or (self.end + timedelta(days=1)).day != 1:
            return None
        return 12 * (self.end.year - self.start.year) + self.end.month - self.start.month + 1


def _check_year(year: int, period: str) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ParseError(f"{period!r}: year {year} lies outside {FIRST_YEAR}–{LAST_YEAR}.", _HINT)
    return year


def month_period(year: int, month: int, count: int = 1) -> str:
    """``count`` months from ``month`` on, in the canonical spelling."""
    if count == 1:
        return f"{year:04d}-{month:02d}"
    if month == 1 and count % 12 == 0:
        return f"{year:04d}" if count == 12 else f"{year:04d}-01-01/P{count // 12}Y"
    return f"{year:04d}-{month:02d}-01/P{count}M"


def day_period(start: date, end: date) -> str:
    """The days from start to end; whole calendar months are spelt as months."""
    if start == end:
        return start.isoformat()
    months = Span(start, end).months
    if months:
        return month_period(start.year, start.month, months)
    return f"{start.isoformat()}/P{(end - start).days + 1}D"


@lru_cache(maxsize=4096)  # a frame says few periods, each in many rows
def canonical(period: str) -> str | None:
    """The canonical spelling of an SDMX period; None where the text has not that shape at all.

    Raises ParseError where the shape is right and the date is not (``2025-13``).
    """
    match = _SHAPE.fullmatch(period)
    if match is None:
        return None
    year = _check_year(int(match["year"]), period)
    if match["part"]:
        return f"{year}-{match['part']}{_index(match['part'], int(match['index']), period)}"
    if match["day"]:
        start = _day(year, int(match["month"]), int(match["day"]), period)
        if not match["count"]:
            return start.isoformat()
        return _duration(start, int(match["count"]), match["step"], period)
    if match["month"]:
        return f"{year}-{_day(year, int(match['month']), 1, period).month:02d}"
    return str(year)


def _index(part: str, index: int, period: str) -> int:
    most = 12 // MONTHS_IN[part]
    if not 1 <= index <= most:
        names = {"S": "halves", "Q": "quarters"}
        raise ParseError(f"{period!r}: a year has {most} {names[part]}, not {index}.", _HINT)
    return index


def _day(year: int, month: int, day: int, period: str) -> date:
    if not 1 <= month <= 12:
        raise ParseError(f"{period!r}: there is no month {month:02d}.", _HINT)
    if not 1 <= day <= monthrange(year, month)[1]:
        raise ParseError(f"{period!r}: {year}-{month:02d} has no day {day:02d}.", _HINT)
    return date(year, month, day)


def _duration(start: date, count: int, step: str, period: str) -> str:
    if count == 0:
        raise ParseError(f"{period!r} has no length.", _HINT)
    if step == "D":
        try:
            end = start + timedelta(days=count - 1)
        except OverflowError:
            end = date.max
        _check_year(end.year, period)
        return day_period(start, end)
    if start.day != 1:
        raise ParseError(
            f"{period!r} counts {'years' if step == 'Y' else 'months'} from the middle of one.",
            "Start it on the first of a month, or count days: P30D.",
        )
    months = count * (12 if step == "Y" else 1)
    _check_year(start.year + (start.month + months - 2) // 12, period)
    return month_period(start.year, start.month, months)


def _require(period: object) -> str:
    found = canonical(period) if isinstance(period, str) else None
    if found is None:
        raise ParseError(
            f"{period!r} is not an SDMX period.",
            f"{_HINT} For printed text: kz.parse_period({period!r}).",
        )
    return found


def span(period: str) -> Span:
    """First and last day of an SDMX period. Raises ParseError for anything else, ``_U`` too."""
    return _span(_require(period))


@lru_cache(maxsize=4096)
def _span(text: str) -> Span:
    year = int(text[:4])
    if len(text) == 4:
        return Span(date(year, 1, 1), date(year, 12, 31))
    if text[5] in MONTHS_IN:
        size = MONTHS_IN[text[5]]
        return _months(year, 1 + size * (int(text[6]) - 1), size)
    if len(text) == 7:
        return _months(year, int(text[5:7]), 1)
    start = date.fromisoformat(text[:10])
    if len(text) == 10:
        return Span(start, start)
    count, step = int(text[12:-1]), text[-1]
    if step == "D":
        return Span(start, start + timedelta(days=count - 1))
    return _months(year, start.month, count * (12 if step == "Y" else 1))


def _months(year: int, month: int, count: int) -> Span:
    last = 12 * year + month + count - 2  # months since the year 0, January being 0
    last_year, last_month = last // 12, last % 12 + 1
    return Span(
        date(year, month, 1),
        date(last_year, last_month, monthrange(last_year, last_month)[1]),
    )


def freq_of(period: str) -> str:
    """SDMX frequency: A, S, Q, M or D, by how the period is spelt.

    Months in a row are M whatever their number (a year-to-date figure appears monthly, and its
    January–June is no half-year series); years in a row are A, days in a row D.
    """
    text = _require(period)
    if len(text) == 4:
        return "A"
    if text[5] in MONTHS_IN:
        return text[5]
    if len(text) == 7:
        return "M"
    return {"Y": "A", "M": "M"}.get(text[-1], "D")


def months_in(period: str) -> int | None:
    """Whole months that the period covers; None for days.

    >>> import kzdata as kz
    >>> kz.months_in("2025-01-01/P11M"), kz.months_in("2025-Q3"), kz.months_in("2025-11-30")
    (11, 3, None)
    """
    return span(period).months


def same_span(a: str, b: str) -> bool:
    """Whether both cover the same days, however spelt: 2025-Q1 and 2025-01-01/P3M do."""
    return span(a) == span(b)


def previous_year(period: str) -> str:
    """The same span a year earlier: 2025-01-01/P11M → 2024-01-01/P11M. A leap day has none."""
    text = _require(period)
    earlier = f"{int(text[:4]) - 1:04d}{text[4:]}"
    return _require(earlier)


def sort_key(period: str) -> tuple[date, date]:
    """Chronological order: by first day, then by last."""
    found = span(period)
    return found.start, found.end
