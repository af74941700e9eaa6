"""Where economies are: one place for each, from the time zone database, and how far apart.

The database (IANA, public domain) gives the principal place of every zone. An economy stands at
that of its first zone; where the first is not the chief one, `_CHIEF` names it.
"""

from __future__ import annotations

import re
from functools import cache
from math import acos, atan2, cos, degrees, radians, sin
from typing import NamedTuple

EARTH = 6371.0088
"""Mean radius of the Earth, km (IUGG)."""

_CHIEF = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
_ANGLE = re.compile(r"([+-])(\d{2,3})(\d{2})(\d{2})?(?=[+-]|$)")  # ISO 6709: degrees, minutes


class Place(NamedTuple):
    """A point of the Earth, degrees north and east."""

    latitude: float
    longitude: float


@cache
def places() -> dict[str, Place]:
    """The place of each economy, by ISO 3166-1 alpha-3 code."""
    from importlib.resources import files

    import pycountry

    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, Place] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        alpha2, position, zone = line.split("\t")[:3]
        country = pycountry.countries.get(alpha_2=alpha2)
        chief = _CHIEF.get(alpha2)
        if country is not None and (zone == chief if chief else country.alpha_3 not in found):
            found[country.alpha_3] = Place(*map(_angle, _ANGLE.findall(position)))
    return found


def _angle(parts: tuple[str, str, str, str]) -> float:
    sign, whole, minutes, seconds = parts
    value = int(whole) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -value if sign == "-" else value


def distance_km(one: Place, other: Place) -> float:
    """Length of the shortest way on a sphere (great circle), km."""
    a, b = radians(one.latitude), radians(other.latitude)
    turn = radians(other.longitude - one.longitude)
    return EARTH * acos(max(-1.0, min(1.0, sin(a) * sin(b) + cos(a) * cos(b) * cos(turn))))


def bearing(one: Place, other: Place) -> float:
    """Direction in which the shortest way begins, degrees clockwise from north."""
    a, b = radians(one.latitude), radians(other.latitude)
    turn = radians(other.longitude - one.longitude)
    return degrees(atan2(sin(turn) * cos(b), cos(a) * sin(b) - sin(a) * cos(b) * cos(turn))) % 360
