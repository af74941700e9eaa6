"""Printed periods: read from and written in English, Russian, Kazakh and Hebrew.

A text is read by ``kzdata.words.period_grammar``, or not at all: what has two readings
("05/06/2025") is refused, like what has none ("last year", "November"). The SDMX periods
themselves and their arithmetic are in ``kzdata.words.spans`` and are offered here too.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from kzdata.errors import ParseError
from kzdata.language import Later, spoken
from kzdata.words.grammar import Sentence, read
from kzdata.words.lexicon import LANGUAGES, Vocabulary, check_language, tag, vocabulary
from kzdata.words.lexicon.tokens import clean
from kzdata.words.period_grammar import period_rule
from kzdata.words.spans import (
    MONTHS_IN,
    Span,
    canonical,
    freq_of,
    months_in,
    previous_year,
    same_months,
    same_span,
    sort_key,
    span,
)

__all__ = [
    "Span",
    "as_written",
    "format_period",
    "format_short",
    "freq_of",
    "months_in",
    "parse_period",
    "previous_year",
    "same_months",
    "same_span",
    "sort_key",
    "span",
]

_HINT = 'Write it in full, like "January–November 2025", "Q3 2025", "2024" or "2025-01-01/P11M".'


def parse_period(text: str, *, language: str | None = None) -> str:
    """The SDMX period that a printed one names.

    ``"за 11 месяцев 2025 года"`` → ``"2025-01-01/P11M"``, ``"2025 жылғы III тоқсан"`` →
    ``"2025-Q3"``; an SDMX period comes back in its canonical spelling (see ``kzdata.words.spans``).

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
    sentence = Sentence(tag(text, _words()))
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


def _why_not(sentence: Sentence) -> str:
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


def format_period(period: str, language: str | None = None) -> str:
    """The period in words: ``"2025-01-01/P11M"`` → "January–November 2025", "январь–ноябрь
    2025 г.", "2025 жылғы қаңтар–қараша", "ינואר–נובמבר 2025".

    ``language`` is by default the one that is spoken (`kz.speak`). ``kz.parse_period`` reads the
    phrase back to the same period. Raises ParseError for a text that is not an SDMX period,
    UnknownCode for a language other than en, ru, kk and he.

    >>> import kzdata as kz
    >>> kz.format_period("2025-01-01/P11M"), kz.format_period("2025-Q3", "kk")
    ('January–November 2025', '2025 жылғы III тоқсан')
    """
    language = language or spoken()
    check_language(language)
    start, end = span(period)
    words = LANGUAGES[language]
    shape = _shape(period)
    names, names_in_dates = words.MONTHS.split(), words.MONTHS_IN_DATES.split()
    phrase = words.PHRASES[shape].format(
        year=start.year,
        year2=end.year,
        day=start.day,
        day2=end.day,
        month=names[start.month - 1],
        month2=names[end.month - 1],
        of_month=names_in_dates[start.month - 1],
        of_month2=names_in_dates[end.month - 1],
        nth=_nth(shape, start.month, words.NTH),
    )
    return phrase


def as_written(period: str) -> Later:
    """A period as a part of a sentence in a frame: in English its code, elsewhere in words."""
    return Later(lambda: period if spoken() == "en" else format_short(period))


_SHORT = {
    "D": "{day} {month} {year}",
    "Q": "Q{nth} {year}",
    "A": "{year}",
    "years": "{year}–{year2}",
    "M": "{month} {year}",
    "months": "{month}–{month2} {year}",
    "across": "{month} {year}–{month2} {year2}",
}
_SHORT_IN = {
    "ru": {"Q": "{nth}_кв._{year}"},
    "kk": {
        "D": "{year}_ж. {day}_{month}",
        "Q": "{year}_ж. {nth}_тоқс.",
        "M": "{year}_ж. {month}",
        "months": "{year}_ж. {month}–{month2}",
        "across": "{year}_ж. {month} – {year2}_ж. {month2}",
    },
    "he": {"Q": "רבעון_{nth}, {year}"},
}
"""What languages say otherwise; "_" is a space at which no line is broken."""


def format_short(period: str, language: str | None = None) -> str:
    """The period in the space of an axis label: "Jan–Nov 2025", "янв.–нояб. 2025".

    Months are CLDR's abbreviations. Raises as `format_period` does.
    """
    language = language or spoken()
    check_language(language)
    start, end = span(period)
    shape = _shape(period)
    if shape == "S":
        shape = "months"
    elif shape == "days":
        same_year = start.year == end.year
        shape = "across" if not same_year else "M" if start.month == end.month else "months"
    elif (start.month, end.month) == (1, 12) and shape in ("across", "months"):
        shape = "A" if start.year == end.year else "years"
    names = _month_names(language, "format" if shape == "D" else "stand-alone")
    phrase = _SHORT_IN.get(language, {}).get(shape, _SHORT[shape]).replace("_", "\u00a0")
    return phrase.format(
        year=start.year,
        year2=end.year,
        day=start.day,
        month=names[start.month],
        month2=names[end.month],
        nth=(start.month + 2) // 3,
    )


@cache
def _month_names(language: str, context: Literal["format", "stand-alone"]) -> dict[int, str]:
    if language == "en":
        short = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
        return dict(enumerate(short.split(), start=1))
    from babel.dates import get_month_names

    return dict(get_month_names("abbreviated", context, language))


def _shape(period: str) -> str:
    """The frequency, or for a range which kind of range it is."""
    start, end = span(period)
    freq = freq_of(period)
    if freq == "A" and start.year != end.year:
        return "years"
    if freq == "D" and start != end:
        return "days"
    if freq == "M" and start.year != end.year:
        return "across"
    if freq == "M" and start.month != end.month:
        return "months"
    return freq


def _nth(shape: str, month: int, words: dict[str, tuple[str, ...]]) -> str:
    return words[shape][(month - 1) // MONTHS_IN[shape]] if shape in MONTHS_IN else ""
