"""Attributes that a structure-specific SDMX-ML message gives to a whole data set or to a group.

sdmx1 passes them over where it has no data structure definition, and with them the power of ten
of every value. They stand as plain XML attributes of ``DataSet`` and ``Group``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from kzdata.readers.received import Received

_CONCEPT = re.compile(r"[A-Z][A-Z0-9_]*")
_BETWEEN = "|"  # of a namespace and a name
Groups = dict[tuple[str, ...], dict[tuple[str, ...], dict[str, str]]]


class Level:
    """What one data set says of all of its observations, and of those of each group."""

    def __init__(self, of_all: dict[str, str]):
        self.of_all = of_all
        self.groups: list[dict[str, str]] = []

    def by_key(self, dimensions: Iterable[str]) -> Groups:
        """The attributes of groups, by the dimensions that name the group and their values."""
        known = set(dimensions)
        found: Groups = {}
        for group in self.groups:
            names = tuple(sorted(known.intersection(group)))
            given = {name: value for name, value in group.items() if name not in known}
            values = tuple(group[name] for name in names)
            found.setdefault(names, {}).setdefault(values, {}).update(given)
        found.pop((), None)
        return found


def levels(body: Received) -> list[Level]:
    """One `Level` a data set, in order. The message has been refused already if it is no XML."""
    found: list[Level] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(_BETWEEN)[2]
        if local not in ("DataSet", "Group"):
            return
        given = {n: value for n, value in attributes.items() if _CONCEPT.fullmatch(n)}
        if local == "DataSet":
            found.append(Level(given))
        elif found:
            found[-1].groups.append(given)

    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.StartElementHandler = start
    parser.Parse(body.data, True)
    return found


def given(groups: Groups, key: dict[str, str]) -> dict[str, Any]:
    """The attributes of the groups that an observation with ``key`` is in."""
    said: dict[str, Any] = {}
    for names, by_value in groups.items():
        said |= by_value.get(tuple(key.get(name, "") for name in names), {})
    return said
