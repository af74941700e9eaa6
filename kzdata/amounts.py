"""Printed amounts: "about US$162.4 million", "162,4 млн долл. США", "500 млн доллардан астам".

A text is read by ``kzdata.words.amount_grammar``, or not at all: what has two readings ("1,234"
without a language) is refused, like what has none ("1.2.3 million", "$").
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from math import isinf, isnan
from typing import TYPE_CHECKING

from kzdata.errors import KzdataError, ParseError
from kzdata.language import Later, localised, spoken
from kzdata.words.amount_grammar import Amount, amount_rule
from kzdata.words.grammar import Sentence, read
from kzdata.words.lexicon import (
    LANGUAGES,
    Reading,
    Term,
    Vocabulary,
    check_language,
    decimal_mark,
    tag,
    vocabulary,
)
from kzdata.words.lexicon.currencies import ISO_4217, SYMBOLS
from kzdata.words.lexicon.tokens import MINUS, clean

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["Amount", "format_amount", "format_number", "parse_amount"]

_HINT = 'Write it like "US$162.4 million", "162,4 млн долл. США" or "−18.1%".'


def parse_amount(text: str, *, language: str | None = None) -> Amount:
    """The value in whole units, the unit, and the interval that digits and qualifier imply.

    ``"about US$162.4 million"`` → ``Amount(162_400_000.0, "USD", 162_350_000.0, 162_450_000.0,
    "about")``. Units: an ISO 4217 code, ``percent``, ``pp`` (percentage points), ``t``, ``bbl``,
    ``bbl/d``, or None where none is printed. Qualifiers: about, over, at_least, under, up_to,
    almost, between.

    The interval: half a unit of the last printed digit to either side. "About" takes the zeros of
    a round number for unknown digits (about 500: ±50). "Over" and "at least" have no upper bound,
    "under" and "up to" no lower one. "Almost" reaches from the lower bound of "about" to the
    value. A range ("10–25%") has no value (NaN), its ends are the interval.

    ``language`` (en, ru, kk, he) settles "1,234" and "1.234", which otherwise need a word of one
    of the languages beside them; a currency sign is no such word.

    Raises ParseError for a text that has no reading or more than one, naming the piece at fault.

    >>> import kzdata as kz
    >>> kz.parse_amount("about US$162.4 million")
    Amount(value=162400000.0, unit='USD', lower=162350000.0, upper=162450000.0, ...
    """
    check_language(language)
    if not isinstance(text, str):
        raise ParseError(f"an amount is read from text; {text!r} is not text.", _HINT)
    if not clean(text):
        raise ParseError("an empty text holds no amount.", _HINT)
    sentence = Sentence(tag(text, _words()))
    for term in sentence.terms:
        if all(reading.kind == "refused" for reading in term.readings):
            raise ParseError(f"{text!r}: {term.raw!r} {term.readings[0].value}.", _HINT)
    marks = _decimal_marks(sentence.terms, language)
    mark = marks.pop() if len(marks) == 1 else None
    readings = read(amount_rule(mark), sentence)
    if len(readings) == 1:
        return readings[0]
    if readings:
        values = " or ".join(_shown(reading) for reading in readings)
        raise ParseError(f"{text!r} can be read as {values}.", _HINT)
    raise ParseError(f"{text!r}: {_why_not(sentence)}", _HINT)


@cache
def _words() -> Vocabulary:
    codes = {code: Reading("currency", code, None) for code in ISO_4217}
    codes |= {"NIS": Reading("currency", "ILS", None), "RMB": Reading("currency", "CNY", None)}
    return vocabulary("AMOUNTS", SYMBOLS, codes)


def _decimal_marks(terms: list[Term], language: str | None) -> set[str]:
    """Decimal marks of the languages that the text is in, as far as its words tell."""
    marks = {decimal_mark(language)} if language else set()
    for term in terms:
        possible = {decimal_mark(each) for each in term.languages}
        if len(possible) == 1:
            marks |= possible
    return marks


def _shown(amount: Amount) -> str:
    if isnan(amount.value):
        return f"{amount.lower:.12g} to {amount.upper:.12g}"
    return f"{amount.value:.12g}"


def _why_not(sentence: Sentence) -> str:
    reason = sentence.reason()
    if reason:
        return reason
    kinds = [{reading.kind for reading in term.readings} for term in sentence.terms]
    if not any("number" in each for each in kinds):
        scale = next(
            (t.raw for t, k in zip(sentence.terms, kinds, strict=True) if "scale" in k), ""
        )
        return f"{scale!r} is a scale without a number." if scale else "there is no number."
    if sentence.furthest >= len(sentence.terms):
        return f"something is missing after {sentence.terms[-1].raw!r}."
    return f"{sentence.terms[sentence.furthest].raw!r} has no meaning in that place."


# ── writing ──────────────────────────────────────────────────────────────────────────────────

_NO_BREAK_SPACE = "\u00a0"
_LEFT_TO_RIGHT = "\u200e"
_SCALES = {"": 0, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SIGNS = {"USD": "US$", "EUR": "€", "KZT": "₸", "ILS": "₪", "GBP": "£"}
_NEVER_SCALED = {None, "count", "percent", "pp"}


def format_amount(
    value: float,
    unit: str | None,
    language: str | None = None,
    *,
    decimals: int = 1,
    scale: str | None = None,
) -> str:
    r"""The amount as a page would print it: "US$162.4 million", "162,4 млн долл. США".

    ``value`` is in whole units and is rounded (half to even) only here; NaN prints "not
    available". ``scale`` is "", "thousand", "million", "billion" or "trillion"; None picks one by
    size. Counts (unit None or "count"), percents and percentage points are never scaled, and a
    whole count has no decimals. ``language`` is by default the one that is spoken (`kz.speak`);
    with the same one, ``kz.parse_amount`` reads the amount back.

    Raises KzdataError for an unknown scale and for an infinite value, which has no digits.

    >>> import kzdata as kz
    >>> kz.format_amount(162_400_000, "USD"), kz.format_amount(162_400_000, "USD", "ru")
    ('US$162.4\xa0million', '162,4\xa0млн\xa0долл.\xa0США')
    """
    language = language or spoken()
    check_language(language)
    words = LANGUAGES[language].DISPLAY
    if isnan(value):
        return words["missing"]
    if isinf(value):
        raise KzdataError("an infinite value has no digits.", "Name the bound that is known.")
    if scale is not None and scale not in _SCALES:
        raise KzdataError(f"scale {scale!r} is unknown.", f"Known: {', '.join(_SCALES)!r}.")
    exact = Decimal(repr(float(value)))
    if unit in _NEVER_SCALED:
        scale = ""
        if unit in {None, "count"} and exact == exact.to_integral_value():
            decimals = 0
    elif scale is None:
        scale = _fitting_scale(exact, decimals)
    rounded = round(exact.scaleb(-_SCALES[scale]), decimals)
    sign = MINUS if rounded < 0 else ""
    if sign and language == "he":
        sign = _LEFT_TO_RIGHT + sign  # else the minus lands on the far side of the digits
    number = _digits(abs(rounded), decimals, language)
    scale_word = words["scale"].get(scale, "")
    if unit == "percent":
        return sign + _percent_pattern(language).replace("#,##0", number)
    if language == "en" and unit not in words["unit"] and unit not in _NEVER_SCALED:
        before = _SIGNS.get(str(unit), f"{unit}{_NO_BREAK_SPACE}")
        return _NO_BREAK_SPACE.join(filter(None, [f"{sign}{before}{number}", scale_word]))
    after = "" if unit in {None, "count"} else words["unit"].get(unit, unit)
    printed = " ".join(filter(None, [f"{sign}{number}", scale_word, after]))
    return printed.replace(" ", _NO_BREAK_SPACE)


def format_number(value: float, decimals: int | None = None, *, digits: int = 15) -> str:
    """A bare number in the language spoken now: "−1,234.5", "−1\u00a0234,5".

    ``decimals`` fixes the decimals; without it up to ``digits`` significant digits are shown.
    Missing and infinite values are the caller's to name.
    """
    # By way of Decimal, which writes 0.0000003 where a float has 3e-07.
    shortest = Decimal(f"{value:.{digits}g}")
    text = f"{shortest:,f}" if decimals is None else f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return localised(text)


def exact(value: float, decimals: int | None = None) -> Later:
    """A bare number as a part of a sentence; see `format_number`."""
    return Later(format_number, value, decimals)


def percent(value: float, decimals: int = 1) -> Later:
    """A percentage with its sign as a part of a sentence."""
    return Later(format_amount, value, "percent", decimals=decimals)


def _fitting_scale(exact: Decimal, decimals: int) -> str:
    """The smallest scale at which fewer than four digits stand before the decimal mark."""
    for name, power in _SCALES.items():
        if abs(round(exact.scaleb(-power), decimals)) < 1000:
            return name
    return "trillion"


def _digits(value: Decimal, decimals: int, language: str) -> str:
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=_locale(language))


@cache
def _percent_pattern(language: str) -> str:
    """How CLDR sets the sign to the digits: close by in English, after a space in Russian."""
    return str(_locale(language).percent_formats[None].pattern)


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language)
