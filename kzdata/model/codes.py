"""Areas: any name or code a page prints, to ISO 3166-1 alpha-3, and back to a name.

ISO comes from pycountry, names in other languages from CLDR (babel). What ISO does not have is
listed here: the SDMX codes for the world, the unknown and the not applicable.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kzdata.errors import UnknownCode, did_you_mean
from kzdata.files import yaml_of
from kzdata.settings import HOME

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
    pass  # which itself rests on the names here

    return extensions()


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
            f"Unknown country or area code {text!r}.",
            hint if hint.startswith("Did") else "Write an ISO 3166 alpha-3 code, such as 'ISR'.",
        )
    return code


# Latin letters that are drawn like Cyrillic ones and get typed in their place.
_LOOK_ALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")

_CYRILLIC = re.compile(r"[А-Яа-яЁё]")


@cache
def _area_tables() -> dict[str, Any]:
    return yaml_of(HOME / "seeds" / "area_codes.yml")


def extensions() -> dict[str, str]:
    """Codes of areas that ISO 3166-1 does not have, with what each covers: ``S19``, ``_X``, …"""
    return _area_tables()["areas"]


@cache
def _numeric() -> dict[int, str]:
    import pycountry

    iso = {int(each.numeric): each.alpha_3 for each in pycountry.countries}
    return iso | {int(number): row["code"] for number, row in _area_tables()["numeric"].items()}


def from_number(text: str | int) -> str:
    """The area of a UN Comtrade or BACI number: 842 is USA, 251 FRA, 490 ``S19``, 0 the world.

    Raises `UnknownCode` for a number that is neither ISO's nor in seeds/area_codes.yml.
    """
    number = str(text).strip()
    code = _numeric().get(int(number)) if number.isdecimal() else None
    if code is None:
        raise UnknownCode(
            f"Unknown area number {number!r}: it is not in ISO 3166, UN Comtrade or BACI.",
            "If the source has added it, list it under `numeric` in seeds/area_codes.yml.",
        )
    return code


def covers(text: str | int) -> str:
    """What a number covers where that differs from the country it is filed under, else ``""``."""
    return _area_tables()["numeric"].get(int(text), {}).get("covers", "")


@cache
def from_letters(text: str) -> str | None:
    """The area of an agency's letter or number code; None where it is a group, or no area.

    ISO alpha-3 and alpha-2, the letters of WITS, the World Bank and the IMF, UN numbers. A group
    of countries has no code here: whoever sums partners must not meet one among them.
    """
    code = text.strip()
    if code in _area_tables()["letters"]:
        return _area_tables()["letters"][code]
    if code in alpha3_codes() or code in extensions():
        return code
    if code.isdecimal():
        return _numeric().get(int(code))
    return _alpha2().get(code)


@cache
def _alpha2() -> dict[str, str]:
    import pycountry

    return {each.alpha_2: each.alpha_3 for each in pycountry.countries}


def fold(text: str) -> str:
    """A Russian label as it is compared: look-alikes made Cyrillic, one space, no case, е for ё.

    Footnote marks at its end go too: a star, or digits before a bracket.
    """
    label = re.sub(r"\s+", " ", str(text)).strip()
    label = re.sub(r"(\*+|(?<!\d)\d{1,2}\)+)$", "", label).strip()
    words = [
        word.translate(_LOOK_ALIKES) if _CYRILLIC.search(word) else word for word in label.split()
    ]
    return " ".join(words).casefold().replace("ё", "е").replace("’", "'")


@cache
def _printed_names() -> dict[str, str]:
    return {fold(name): code for name, code in _area_tables()["names_ru"].items()}


@cache
def from_russian(name: str) -> str:
    """The country of a Russian name in the Bureau of National Statistics' spelling, or Unicode's.

    The Bureau's own list goes first: its «Конго» is COG, Unicode's is COD. Raises `UnknownCode`
    with the near names; a name is never guessed.
    """
    folded = fold(name)
    if folded in _printed_names():
        return _printed_names()[folded]
    try:
        return area(folded)
    except UnknownCode:
        raise UnknownCode(
            f"Unknown country name {name!r}.",
            did_you_mean(folded, _printed_names())
            if _near(folded)
            else "List it under `names_ru` in seeds/area_codes.yml, or as an aggregate.",
        ) from None


def _near(folded: str) -> bool:
    return did_you_mean(folded, _printed_names()).startswith("Did")
