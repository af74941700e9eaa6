"""What must hold for every period and amount: written, then read, it comes back."""

from __future__ import annotations

from datetime import date
from math import isnan

from hypothesis import given, settings
from hypothesis import strategies as st

from kzdata.errors import ParseError
from kzdata.i18n.formats import format_amount, format_period
from kzdata.model.parsing.printed_amounts import parse_amount
from kzdata.model.parsing.printed_periods import parse_period
from kzdata.model.periods import (
    canonical,
    day_period,
    freq_of,
    month_period,
    months_in,
    previous_year,
    span,
)

repeatably = settings(derandomize=True, max_examples=60, deadline=None)

LANGUAGES = ("en", "ru", "kk", "he")
years = st.integers(1901, 2090)
days = st.dates(date(1901, 1, 1), date(2090, 12, 31))
periods = st.one_of(
    years.map(str),
    st.builds("{}-S{}".format, years, st.integers(1, 2)),
    st.builds("{}-Q{}".format, years, st.integers(1, 4)),
    st.builds(month_period, years, st.integers(1, 12), st.integers(1, 100)),
    days.map(date.isoformat),
    st.tuples(days, days).map(lambda pair: day_period(min(pair), max(pair))),
)


@repeatably
@given(periods)
def test_period_survives_writing_and_reading(period):
    assert canonical(period) == period
    assert parse_period(period) == period
    for language in LANGUAGES:
        assert parse_period(format_period(period, language), language=language) == period
        assert parse_period(format_period(period, language)) == period


@repeatably
@given(periods)
def test_arithmetic_of_periods(period):
    covered = span(period)
    assert covered.start <= covered.end
    assert freq_of(period) in set("ASQMD")
    if months_in(period):
        earlier = previous_year(period)
        first = span(earlier)
        assert (first.start.month, first.months) == (covered.start.month, covered.months)
        assert span(earlier).start.year == covered.start.year - 1


@repeatably
@given(
    periods,
    st.sampled_from(LANGUAGES),
    st.sampled_from("–—‒―−"),
    st.sampled_from([" ", "\u00a0", "\u202f", "\u2009", "  ", " \u200f", "\u2067 \u2069"]),
    st.sampled_from([str, str.upper, str.lower]),
)
def test_typography_does_not_change_a_period(period, language, dash, space, case):
    phrase = case(format_period(period, language)).replace("–", dash).replace(" ", space)
    assert parse_period(f"\u200e{phrase}\u200f") == period


WORDS = """
    2025 2024 11 3 I III Q H M ' , . / – - of in from to between and first months November Jan
    квартал полугодие в с по январь ноября г. года месяцев жылғы қаңтар тоқсан ай айында дейін
    ב של רבעון נובמבר ינואר עד בין ראשון last прошлый ? US$ $ € 1,234 162.4 млн million about
    over более астам מיליון דולר כ- % пайыз −
"""
heaps = st.builds(
    lambda glue, words: glue.join(words),
    st.sampled_from(["", " "]),
    st.lists(st.sampled_from(WORDS.split()), max_size=6),
)


def read_or_none(parse, text):
    """What is read; None where it is refused. Any other exception fails the test."""
    try:
        return parse(text)
    except ParseError:
        return None


@repeatably
@given(heaps)
def test_any_heap_of_words_is_a_period_or_refused(text):
    period = read_or_none(parse_period, text)
    assert period is None or canonical(period) == period


@repeatably
@given(heaps)
def test_any_heap_of_words_is_an_amount_or_refused(text):
    amount = read_or_none(parse_amount, text)
    if amount:
        assert amount.lower <= amount.upper
        assert isnan(amount.value) or amount.lower <= amount.value <= amount.upper


@repeatably
@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    read_or_none(parse_period, text)
    read_or_none(parse_amount, text)


UNITS = "USD EUR KZT ILS GBP RUB CNY CHF percent pp t bbl bbl/d count".split()  # noqa: SIM905


@repeatably
@given(
    st.floats(-1e15, 1e15, allow_nan=False),
    st.sampled_from([*UNITS, None]),
    st.sampled_from(LANGUAGES),
    st.integers(0, 3),
    st.sampled_from([None, "", "thousand", "million", "billion", "trillion"]),
)
def test_amount_survives_writing_and_reading(value, unit, language, decimals, scale):
    printed = format_amount(value, unit, language, decimals=decimals, scale=scale)
    found = parse_amount(printed, language=language)
    assert found.lower <= value <= found.upper
    assert found.unit == (None if unit == "count" else unit)
    assert found.qualifier is None


marks = {"en": (",", "."), "ru": (" ", ","), "kk": ("\u00a0", ","), "he": (",", ".")}


@repeatably
@given(st.integers(0, 10**12), st.integers(0, 999), st.sampled_from(LANGUAGES))
def test_digits_mean_what_their_language_says(whole, thousandths, language):
    group, decimal = marks[language]
    printed = f"{whole:,}".replace(",", group) + f"{decimal}{thousandths:03d}"
    assert parse_amount(printed, language=language).value == float(f"{whole}.{thousandths:03d}")
    assert parse_amount(f"{whole:,}".replace(",", group), language=language).value == whole
