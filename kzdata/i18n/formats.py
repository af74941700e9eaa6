"""Amounts, periods and names of areas as each language prints them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from math import isinf, isnan
from typing import TYPE_CHECKING, Literal

from kzdata.errors import KzdataError, UnknownCode
from kzdata.i18n.catalogue import speaking, spoken, translated
from kzdata.i18n.sentences import Later, localised
from kzdata.model.codes import SPECIAL, WORLD, _beyond_iso
from kzdata.model.parsing.lexicon import (
    LANGUAGES,
    check_language,
)
from kzdata.model.parsing.tokens import MINUS
from kzdata.model.periods import (
    MONTHS_IN,
    freq_of,
    span,
)

if TYPE_CHECKING:
    from babel import Locale

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


# English sentences say "the" before these.
WITH_ARTICLE = {"ARE", "BHS", "CAF", "COD", "COG", "COM", "DOM", "GBR", "GMB", "MDV", "MHL"}

WITH_ARTICLE |= {"NLD", "PHL", "SLB", "SYC", "USA"}


def area_name(code: str, language: str | None = None, *, article: bool = False) -> str:
    """The name of an area in English, Russian, Kazakh or Hebrew; by default as `kz.speak` says.

    ``article=True`` gives the form that an English sentence uses, "the United States"; other
    languages have no article. Raises `UnknownCode` for a code that is not known.

    >>> import kzdata as kz
    >>> kz.area_name("ISR"), kz.area_name("WLD", "ru"), kz.area_name("USA", article=True)
    ('Israel', 'Мир', 'the United States')
    """
    language = language or spoken()
    if article and language == "en":
        if code == WORLD:
            return "the world"
        if code in WITH_ARTICLE:
            return f"the {_area_name(code, language)}"
    return _area_name(code, language)


def named(code: str) -> Later:
    """The name of an area as a part of a sentence."""
    return Later(area_name, code)


@cache
def _area_name(code: str, language: str) -> str:
    if code in SPECIAL:
        return SPECIAL[code][language]
    import pycountry
    from babel import Locale

    country = pycountry.countries.get(alpha_3=code)
    if country is None and code in _beyond_iso():
        with speaking(language):
            return translated(_beyond_iso()[code])
    if country is None:
        raise UnknownCode(f"Unknown ISO 3166 alpha-3 code {code!r}.", "Write a code such as 'ISR'.")
    return Locale(language).territories.get(country.alpha_2, country.name)


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


def format_short(period: str) -> str:
    """The period in the space of an axis label: "Jan–Nov 2025", "янв.–нояб. 2025".

    Months are CLDR's abbreviations. Raises as `format_period` does.
    """
    language = spoken()
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
