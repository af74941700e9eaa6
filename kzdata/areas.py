"""Area codes as trade databases print them: numbers that are not ISO, letters of one agency, and
the Russian names of the Bureau of National Statistics. The tables are in seeds/area_codes.yml.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kzdata.codes import alpha3_codes, area
from kzdata.errors import UnknownCode, did_you_mean
from kzdata.home import HOME
from kzdata.typed import yaml_of

# Latin letters that are drawn like Cyrillic ones and get typed in their place.
_LOOK_ALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")


@cache
def _tables() -> dict[str, Any]:
    return yaml_of(HOME / "seeds" / "area_codes.yml")


def extensions() -> dict[str, str]:
    """Codes of areas that ISO 3166-1 does not have, with what each covers: ``S19``, ``_X``, …"""
    return _tables()["areas"]


@cache
def _numeric() -> dict[int, str]:
    import pycountry

    iso = {int(each.numeric): each.alpha_3 for each in pycountry.countries}
    return iso | {int(number): row["code"] for number, row in _tables()["numeric"].items()}


def from_number(text: str | int) -> str:
    """The area of a UN Comtrade or BACI number: 842 is USA, 251 FRA, 490 ``S19``, 0 the world.

    Raises `UnknownCode` for a number that is neither ISO's nor in seeds/area_codes.yml.
    """
    number = str(text).strip()
    code = _numeric().get(int(number)) if number.isdecimal() else None
    if code is None:
        raise UnknownCode(
            f"{number!r} is no area number of ISO 3166, UN Comtrade or BACI.",
            "If the source has added it, list it under `numeric` in seeds/area_codes.yml.",
        )
    return code


def covers(text: str | int) -> str:
    """What a number covers where that differs from the country it is filed under, else ``""``."""
    return _tables()["numeric"].get(int(text), {}).get("covers", "")


@cache
def from_letters(text: str) -> str | None:
    """The area of an agency's letter or number code; None where it is a group, or no area.

    ISO alpha-3 and alpha-2, the letters of WITS, the World Bank and the IMF, UN numbers. A group
    of countries has no code here: whoever sums partners must not meet one among them.
    """
    code = text.strip()
    if code in _tables()["letters"]:
        return _tables()["letters"][code]
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
def _names() -> dict[str, str]:
    return {fold(name): code for name, code in _tables()["names_ru"].items()}


@cache
def from_russian(name: str) -> str:
    """The country of a Russian name in the Bureau of National Statistics' spelling, or Unicode's.

    The Bureau's own list goes first: its «Конго» is COG, Unicode's is COD. Raises `UnknownCode`
    with the near names; a name is never guessed.
    """
    folded = fold(name)
    if folded in _names():
        return _names()[folded]
    try:
        return area(folded)
    except UnknownCode:
        raise UnknownCode(
            f"{name!r} is no country name known here.",
            did_you_mean(folded, _names())
            if _near(folded)
            else "List it under `names_ru` in seeds/area_codes.yml, or as an aggregate.",
        ) from None


def _near(folded: str) -> bool:
    return did_you_mean(folded, _names()).startswith("Did")
