"""The grammar of printed periods in English, Russian, Kazakh and Hebrew.

Read it from the bottom: a period is a range, a part of a year, months counted from January, a day
or a year, and every word of the text has its place in it. The order of words differs between the
languages less than one fears: the year stands before its part or after it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import NamedTuple, NoReturn

from kzdata.errors import ParseError
from kzdata.model.parsing.grammar import (
    InvalidReading,
    ParseState,
    Rule,
    digits,
    from_to,
    one_of,
    read,
    skip,
    take,
)
from kzdata.model.parsing.lexicon import Vocabulary, check_language, tag, vocabulary
from kzdata.model.parsing.tokens import clean
from kzdata.model.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    canonical,
    day_period,
    freq_of,
    month_period,
    span,
)


class YearPart(NamedTuple):
    """A month, quarter or half without its year."""

    freq: str
    month: int
    months: int

    def of(self, year: int) -> str:
        """The part of that year, as an SDMX period."""
        if self.freq == "M":
            return month_period(year, self.month, self.months)
        return f"{year}-{self.freq}{(self.month - 1) // self.months + 1}"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────


def _year(digits: str) -> int:
    if not FIRST_YEAR <= int(digits) <= LAST_YEAR:
        raise InvalidReading(f"year {digits} lies outside {FIRST_YEAR}–{LAST_YEAR}.")
    return int(digits)


def _short_year(digits: str) -> int:
    if int(digits) >= 50:
        raise InvalidReading(f"{digits!r} may be of either century; write the year's four digits.")
    return 2000 + int(digits)


def _half_written(year: int, digits: str) -> NoReturn:
    raise InvalidReading(
        f"'{year}' with '{digits}' can be two years, a fiscal year or a month; "
        "write both years in full, or the month's name."
    )


def _year_slash_month(year: int, month: int) -> str:
    if month == (year + 1) % 100:
        return _half_written(year, f"{month:02d}")  # 2010/11: a season as often as November
    return _month(month).of(year)


def _part(freq: str, size: int, noun: str) -> Callable[[int], YearPart]:
    most = 12 // size

    def build(index: int) -> YearPart:
        if not 1 <= index <= most:
            raise InvalidReading(f"a year has {most} {noun}; there is no number {index}.")
        return YearPart(freq, 1 + size * (index - 1), size)

    return build


_quarter = _part("Q", 3, "quarters")

_half = _part("S", 6, "halves")

_month = _part("M", 1, "months")


def _cumulated_months(count: int) -> YearPart:
    if not 1 <= count <= 12:
        raise InvalidReading(f"{count} months counted from January do not fit into a year of 12.")
    return YearPart("M", 1, count)


def _cumulated_quarters(count: int) -> YearPart:
    if not 2 <= count <= 4:
        raise InvalidReading(f"{count} quarters from January are not within a year.")
    return YearPart("M", 1, 3 * count)


def _date(day: int, month: int, year: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise InvalidReading(f"there is no day {day} of month {month} in {year}.") from None


# ── ranges ───────────────────────────────────────────────────────────────────────────────────


def _range(first: str, last: str) -> str:
    if freq_of(first) != freq_of(last):
        raise InvalidReading(
            f"the range starts with {first} and ends with {last}: name both ends alike."
        )
    start, end = span(first), span(last)
    if start.start >= end.start:
        raise InvalidReading(
            f"the range runs from {first} back to {last}; where it crosses a new year, "
            "both years have to be written."
        )
    return day_period(start.start, end.end)


def _in_one_year(first: YearPart, last: YearPart, year: int) -> str:
    if first.months != last.months:
        raise InvalidReading("the two ends of the range are not of one kind.")
    return _range(first.of(year), last.of(year))


# ── years, parts of a year ───────────────────────────────────────────────────────────────────

THE, OF = skip("the").maybe, skip("of").maybe

LINK = one_of(*map(skip, (",", "of", "in", "/", "dash"))).maybe

SMALL = digits(1, 2) >> int

SUFFIX = (skip("dash", glued=True).maybe + skip("suffix", glued=True)).maybe  # 3-й, 3rd, 3-ші

YEAR_NOUN = THE + skip("year") + OF

YEAR_NUMBER = digits(4) >> _year

YEAR = THE + YEAR_NOUN.maybe + YEAR_NUMBER + SUFFIX + skip("year").maybe

TWO_DIGITS = digits(2, glued=True) >> _short_year

APOSTROPHE_YEAR = skip("'") + TWO_DIGITS

MONTH_NOUN = THE + skip("months") + OF

MONTH = MONTH_NOUN.maybe + THE + (take("month") >> _month) + skip("months").maybe

INDEX = THE + (take("ordinal", "roman") | SMALL) + SUFFIX

HYPHEN = skip("dash").maybe

QUARTER = (INDEX + HYPHEN + skip("quarter") | THE + skip("quarter") + INDEX) >> _quarter

HALF = (INDEX + HYPHEN + skip("half") | THE + skip("half") + INDEX) >> _half

M11 = skip("months") + (digits(1, 2, glued=True) >> int >> _month)

FIRST = THE + skip("first")

COUNT = THE + (SMALL | take("cardinal"))

CUMULATED = one_of(
    (FIRST.maybe + COUNT + HYPHEN + THE + skip("months") + FIRST.maybe) >> _cumulated_months,
    # "3 quarters" counts them, "3 квартал" is the third; "3 квартала" can be either.
    (FIRST.maybe + COUNT + THE + skip("quarters") + FIRST.maybe) >> _cumulated_quarters,
    (FIRST.maybe + THE + take("cardinal") + THE + skip("quarter")) >> _cumulated_quarters,
    (FIRST + COUNT + skip("quarter")) >> _cumulated_quarters,
)

QUARTER_NOUN = skip("quarter", "quarters")

PARTS_OF_ONE_YEAR = one_of(
    MONTH_NOUN.maybe + from_to(MONTH, MONTH) + skip("months").maybe,
    from_to(QUARTER, QUARTER),
    from_to(HALF, HALF),
    (from_to(INDEX, INDEX) + QUARTER_NOUN).each(_quarter),
    (QUARTER_NOUN + from_to(INDEX, INDEX)).each(_quarter),
)


def _of(part: YearPart, year: int) -> str:
    return part.of(year)


def _in(year: int, part: YearPart) -> str:
    return part.of(year)


def _numbered(month: int, year: int) -> str:
    return _month(month).of(year)


PART = MONTH | QUARTER | HALF | M11 | CUMULATED

PART_OF_YEAR = one_of(
    (PART + LINK + YEAR) >> _of,
    (YEAR + LINK + PART) >> _in,
    ((CUMULATED | QUARTER | HALF) + TWO_DIGITS) >> _of,
    (PART + APOSTROPHE_YEAR) >> _of,
    (SMALL + skip(".", "/", "hyphen") + YEAR) >> _numbered,
    (YEAR_NUMBER + skip(".") + SMALL) >> (lambda year, month: _numbered(month, year)),
    (YEAR_NUMBER + skip("/") + SMALL) >> _year_slash_month,
    (YEAR_NUMBER + skip("dash") + digits(2)) >> _half_written,
)

RANGE_IN_YEAR = one_of(
    (PARTS_OF_ONE_YEAR + LINK + (YEAR | APOSTROPHE_YEAR)) >> _in_one_year,
    (YEAR + LINK + PARTS_OF_ONE_YEAR) >> (lambda year, a, b: _in_one_year(a, b, year)),
)

# ── days ─────────────────────────────────────────────────────────────────────────────────────

DAY = THE + SMALL + SUFFIX

MONTH_OF_DAY = MONTH >> (lambda part: part.month)

DAY_AND_MONTH = DAY + skip("of", "in").maybe + MONTH_OF_DAY

COMMA, SLASH, STOP = skip(",").maybe, skip("/", glued=True), skip(".", glued=True)

DAY_FIRST = (SMALL + SLASH + SMALL + SLASH + YEAR) >> _date

MONTH_FIRST = (SMALL + SLASH + SMALL + SLASH + YEAR) >> (lambda m, d, y: _date(d, m, y))

DATE = one_of(
    (DAY_AND_MONTH + LINK + YEAR) >> _date,
    (MONTH_OF_DAY + DAY + COMMA + YEAR) >> (lambda month, day, year: _date(day, month, year)),
    (YEAR + DAY + MONTH_OF_DAY) >> (lambda year, day, month: _date(day, month, year)),
    (SMALL + STOP + SMALL + STOP + YEAR) >> _date,
    (YEAR_NUMBER + STOP + SMALL + STOP + SMALL)
    >> (lambda year, month, day: _date(day, month, year)),
)

DAYS = one_of(
    (from_to(DAY, DAY) + skip("of", "in").maybe + MONTH_OF_DAY + LINK + YEAR)
    >> (lambda a, b, month, year: _range(_date(a, month, year), _date(b, month, year))),
    (from_to(DAY_AND_MONTH, DAY_AND_MONTH) + LINK + YEAR)
    >> (lambda a, m, b, n, year: _range(_date(a, m, year), _date(b, n, year))),
    (YEAR + from_to(DAY + MONTH_OF_DAY, DAY + MONTH_OF_DAY))
    >> (lambda year, a, m, b, n: _range(_date(a, m, year), _date(b, n, year))),
    (MONTH_OF_DAY + from_to(DAY, DAY) + COMMA + YEAR)
    >> (lambda month, a, b, year: _range(_date(a, month, year), _date(b, month, year))),
)

# ── a whole period ───────────────────────────────────────────────────────────────────────────


@cache
def period_rule(day_first: bool) -> Rule:
    """The rule of a whole period; ``day_first`` where 05/06/2025 can only be the 5th of June."""
    date_ = DATE | DAY_FIRST if day_first else DATE | DAY_FIRST | MONTH_FIRST
    year = YEAR >> str
    years = YEAR_NOUN.maybe + from_to(year, year) + skip("year").maybe
    across = one_of(from_to(PART_OF_YEAR, PART_OF_YEAR), from_to(date_, date_), years) >> _range
    period = one_of(year, PART_OF_YEAR, date_, RANGE_IN_YEAR, DAYS, across)
    return skip("in").any + period + skip("within").any + skip("ablative").maybe


_HINT = 'Write it in full, like "January–November 2025", "Q3 2025", "2024" or "2025-01-01/P11M".'


def parse_period(text: str, *, language: str | None = None) -> str:
    """The SDMX period that a printed one names.

    ``"за 11 месяцев 2025 года"`` → ``"2025-01-01/P11M"``, ``"2025 жылғы III тоқсан"`` →
    ``"2025-Q3"``; an SDMX period comes back in its canonical spelling.

    Words of all four languages are read whatever ``language`` (en, ru, kk, he) is; it decides
    only whether 05/06/2025 starts with the day (ru, kk, he). Two-digit years are read where they
    cannot be anything else ("3Q25", "Nov '25") and mean 20xx.

    Raises ParseError for a text that has no reading or more than one, naming the piece at fault.

    >>> import kzdata as kz
    >>> kz.parse_period("за 11 месяцев 2025 года"), kz.parse_period("Q3 2025")
    ('2025-01-01/P11M', '2025-Q3')
    """
    check_language(language)
    if not isinstance(text, str):
        raise ParseError(f"a period is read from text; {text!r} is not text.", _HINT)
    cleaned = clean(text)
    if not cleaned:
        raise ParseError("an empty text names no period.", _HINT)
    found = canonical(cleaned)
    if found:
        return found
    sentence = ParseState(tag(text, _words()))
    readings = sorted(read(period_rule(day_first=language in {"ru", "kk", "he"}), sentence))
    if len(readings) == 1:
        return readings[0]
    if readings:
        raise ParseError(
            f"{text!r} can be read as {' or '.join(readings)}.", f"Write one of these: {readings}."
        )
    raise ParseError(f"{text!r}: {_why_not(sentence)}", _HINT)


@cache
def _words() -> Vocabulary:
    return vocabulary("PERIODS", {}, {})


def _why_not(sentence: ParseState) -> str:
    for term in sentence.terms:
        if all(reading.kind == "refused" for reading in term.readings):
            return f"{term.raw!r} {term.readings[0].value}."
    reason = sentence.reason()
    if reason:
        return reason
    if not any(term.has("number") for term in sentence.terms):
        return "the year is missing."
    if not any(len(term.raw) == 4 and term.raw.isdigit() for term in sentence.terms):
        return "there is no year of four digits."
    if sentence.furthest >= len(sentence.terms):
        return f"something is missing after {sentence.terms[-1].raw!r}."
    return f"{sentence.terms[sentence.furthest].raw!r} has no meaning in that place."
