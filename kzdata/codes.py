"""Areas: any name or code a page prints, to ISO 3166-1 alpha-3, and back to a name.

ISO comes from pycountry, names in other languages from CLDR (babel). What ISO does not have is
listed here: the SDMX codes for the world, the unknown and the not applicable.
"""

from __future__ import annotations

from functools import cache

from kzdata.errors import UnknownCode, did_you_mean
from kzdata.language import Later, speaking, spoken, translated

WORLD, UNKNOWN, NOT_APPLICABLE = "WLD", "_U", "_Z"

SPECIAL = {
    WORLD: {"en": "World", "ru": "Мир", "kk": "Әлем", "he": "העולם"},
    UNKNOWN: {"en": "not stated", "ru": "не указано", "kk": "көрсетілмеген", "he": "לא צוין"},
    NOT_APPLICABLE: {
        "en": "not applicable",
        "ru": "неприменимо",
        "kk": "қолданылмайды",
        "he": "לא רלוונטי",
    },
}
LANGUAGES = ("en", "ru", "kk", "he")

# Names in everyday English use that neither ISO nor CLDR carries.
EVERYDAY = {
    "Britain": "GBR",
    "Burma": "MMR",
    "Czech Republic": "CZE",
    "Holland": "NLD",
    "Ivory Coast": "CIV",
    "Macedonia": "MKD",
    "Swaziland": "SWZ",
    "Turkey": "TUR",
    "UAE": "ARE",
    "UK": "GBR",
}


@cache
def alpha3_codes() -> frozenset[str]:
    """Every ISO alpha-3 code, and the special codes of this module."""
    import pycountry

    return frozenset(each.alpha_3 for each in pycountry.countries) | frozenset(SPECIAL)


def _beyond_iso() -> dict[str, str]:
    from kzdata import areas  # which itself rests on the names here

    return areas.extensions()


@cache
def _names() -> dict[str, str]:
    """Every name and code as it is written, to its alpha-3 code."""
    import pycountry
    from babel import Locale

    known: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            if name := getattr(country, attribute, None):
                known.setdefault(name, country.alpha_3)
    for language in LANGUAGES:
        territories = Locale(language).territories
        for country in pycountry.countries:
            if name := territories.get(country.alpha_2):
                known.setdefault(name, country.alpha_3)
    for code, names in SPECIAL.items():
        for name in (code, *names.values()):
            known.setdefault(name, code)
    return known | EVERYDAY


@cache
def _by_name() -> dict[str, str]:
    return {name.casefold(): code for name, code in reversed(_names().items())}


def area(text: str) -> str:
    """ISO 3166-1 alpha-3 code of a country named by code or in one of four languages.

    The codes of areas that ISO does not have, such as ``S19``, are themselves. Exact up to letter
    case: a near miss is never taken. Raises `UnknownCode` with suggestions.

    >>> area("israel"), area("Казахстан"), area("WLD")
    ('ISR', 'KAZ', 'WLD')
    """
    if text in alpha3_codes() or text in _beyond_iso():
        return text
    code = _by_name().get(str(text).strip().casefold())
    if code is None:
        letters = sorted(str(text).strip().upper())
        turned = [each for each in alpha3_codes() if sorted(each) == letters]  # TRU for TUR
        names = turned or (name for name in _names() if len(name) > 3)
        hint = did_you_mean(str(text).strip(), names)
        raise UnknownCode(
            f"{text!r} is no country or area code known here.",
            hint if hint.startswith("Did") else "Write an ISO 3166 alpha-3 code, such as 'ISR'.",
        )
    return code


# English sentences say "the" before these.
WITH_ARTICLE = {"ARE", "BHS", "CAF", "COD", "COG", "COM", "DOM", "GBR", "GMB", "MDV", "MHL"}
WITH_ARTICLE |= {"NLD", "PHL", "SLB", "SYC", "USA"}


def in_prose(code: str) -> str:
    """The name of an area as a sentence says it; other languages than English have no article.

    >>> import kzdata as kz
    >>> kz.in_prose("USA"), kz.in_prose("WLD"), kz.in_prose("ISR")
    ('the United States', 'the world', 'Israel')
    """
    if spoken() != "en":
        return area_name(code)
    if code == WORLD:
        return "the world"
    return f"the {area_name(code)}" if code in WITH_ARTICLE else area_name(code)


def area_name(code: str, language: str | None = None) -> str:
    """The name of an area in English, Russian, Kazakh or Hebrew; by default as `kz.speak` says.

    >>> import kzdata as kz
    >>> kz.area_name("ISR"), kz.area_name("WLD", "ru")
    ('Israel', 'Мир')
    """
    return _area_name(code, language or spoken())


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
        raise UnknownCode(f"{code!r} is no ISO 3166 alpha-3 code.", "kzdata.codes.area(name)")
    return Locale(language).territories.get(country.alpha_2, country.name)
