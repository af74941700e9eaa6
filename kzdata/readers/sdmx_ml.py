"""SDMX-ML 2.1 and 3.0, generic and structure-specific, through the library sdmx1.

Read on messages of the ECB and the IMF. A structure-specific message does not say which of its
columns are dimensions; ``structure`` gives the data structure definition that does. Without it the
attributes that agencies commonly use are told by name, and any other stays in ``series``.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Iterable
from os import PathLike
from typing import Any
from xml.parsers import expat

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.model.codes import UNKNOWN
from kzdata.readers import sdmx
from kzdata.readers.payload import LIMIT, Received, WrongFormat, receive

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


def attribute_levels(body: Received) -> list[Level]:
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


def attributes_at(groups: Groups, key: dict[str, str]) -> dict[str, Any]:
    """The attributes of the groups that an observation with ``key`` is in."""
    said: dict[str, Any] = {}
    for names, by_value in groups.items():
        said |= by_value.get(tuple(key.get(name, "") for name in names), {})
    return said


TESTED_ON_ORIGINAL = True


def read(
    source: str | PathLike[str] | bytes,
    *,
    structure: str | PathLike[str] | bytes | None = None,
    published: str = UNKNOWN,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """One row per observation; ``series`` is the key in the order of the data structure.

    Needs the extra ``sdmx``. Raises `NotAvailable` without it, `WrongFormat` for XML that is no
    SDMX data message, or that asks to delete.
    """
    body = receive(source, limit=limit)
    _refuse_entities(body)
    _refuse_error(body)
    definition = None
    if structure is not None:
        described = receive(structure, limit=limit)
        _refuse_entities(described)
        found = _parse(described).structure
        if len(found) != 1:
            raise WrongFormat(
                f"{described.name} defines {len(found)} data structures.",
                "Give the one that the data follow.",
            )
        definition = next(iter(found.values()))
    message = _parse(body, definition)
    if not hasattr(message, "data"):
        raise WrongFormat(
            f"{body.name} is an SDMX {type(message).__name__}, with no data.",
            "Ask the service for data, not for structures.",
        )
    rows, dimensions = _rows(message, body, definition)
    raw = pd.DataFrame(rows, dtype=object)
    if not rows:
        raw = pd.DataFrame(columns=[sdmx.TIME, sdmx.VALUE, "locator"], dtype=object)
    return sdmx.tidy(
        raw,
        dimensions,
        flow=_flow(body),
        name=body.name,
        source="sdmx_ml",
        published=published,
    )


def _rows(message: Any, body: Received, definition: Any) -> tuple[list[dict[str, Any]], list[str]]:
    rows: list[dict[str, Any]] = []
    seen: dict[str, None] = {}
    specific = any("StructureSpecific" in type(dataset).__name__ for dataset in message.data)
    levels = attribute_levels(body) if specific else []
    for place, dataset in enumerate(message.data):
        if getattr(dataset.action, "name", "") == "delete":
            raise WrongFormat(
                f"{body.name}: data set {place} deletes observations, it reports none.",
                "Ask for the data themselves, not for updates since a day.",
            )
        level = levels[place] if place < len(levels) else Level({})
        groups: Groups | None = None
        for at, observed in enumerate(dataset.obs):
            key = {name: str(value.value) for name, value in observed.key.values.items()}
            if groups is None:
                groups = level.by_key(key)
            given = level.of_all | attributes_at(groups, key)
            given |= {name: str(value.value) for name, value in observed.attrib.items()}
            seen |= dict.fromkeys(key)
            value = None if observed.value is None else str(observed.value)
            rows.append(
                given
                | key
                | {
                    sdmx.VALUE: value,
                    "locator": f"{body.name}, data set {place}, observation {at}",
                }
            )
    if definition is not None:
        return rows, [each.id for each in definition.dimensions]
    # A generic message tells attributes from dimensions itself, a structure-specific one does not.
    if not specific:
        return rows, list(seen)
    keyed = [name for name in seen if name not in sdmx.ATTRIBUTES]
    # The unit is an attribute for the ECB, a dimension for the OECD: it is one if it is needed.
    fewer = [name for name in keyed if name not in sdmx.UNIT]
    if len({tuple(row.get(name) for name in fewer) for row in rows}) == len(rows):
        return rows, fewer
    return rows, keyed


def _parse(body: Received, definition: Any = None) -> Any:
    try:
        import sdmx

        # Its modules register names as they are imported, which a damaged message read before
        # would spoil for good.
        import sdmx.reader.xml.v21
        import sdmx.reader.xml.v30
    except ImportError:
        raise NotAvailable(
            "Reading SDMX-ML needs the library sdmx1.", "pip install 'kzdata[sdmx]'"
        ) from None
    # sdmx1 logs that a structure is missing; we say in the docstring what happens then.
    logger = logging.getLogger("sdmx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        # On a damaged message it prints its stacks; a reader has nothing to say on stdout.
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return sdmx.read_sdmx(io.BytesIO(body.data), format="XML", structure=definition)
    except Exception as error:  # its parsers raise whatever they stumble over
        raise WrongFormat(
            f"{body.name} is not an SDMX-ML message that sdmx1 can read "
            f"({type(error).__name__}: {' '.join(str(error).split())[:160]}).",
            "Check that the file is complete; give structure= for a structure-specific message.",
        ) from error
    finally:
        logger.setLevel(level)


def _refuse_entities(body: Received) -> None:
    if b"<!DOCTYPE" in body.data[:4096] or b"<!ENTITY" in body.data:
        raise WrongFormat(f"{body.name} declares XML entities.", "SDMX-ML has none.")
    if not body.data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise WrongFormat(
            f"{body.name} is not XML.", "For SDMX-JSON or SDMX-CSV, name that reader."
        )


def _refuse_error(body: Received) -> None:
    """A service's own error comes as a message too: <Error><ErrorMessage code=…><Text>."""
    if not re.search(rb"<(?:\w+:)?Error[\s>]", body.data[:4096]):
        return
    said = re.search(rb"<(?:\w+:)?ErrorMessage\b([^>]*)>(.*?)</", body.data, re.DOTALL)
    code = re.search(rb"code=.(\w+)", said[1]) if said else None
    words = re.sub(rb"<[^>]*>", b" ", said[2]).decode("utf-8", "replace") if said else ""
    raise WrongFormat(
        f"{body.name} is the service's refusal: {code[1].decode() if code else 'no code'} "
        f"{' '.join(words.split())[:300]}",
        "Correct the request: code 100 means no results, 150 a request not understood.",
    )


def _flow(body: Received) -> str:
    """The dataflow, or the data structure, that the message's header says it follows."""
    head = body.data[:20_000].decode("utf-8", errors="replace")
    reference = re.search(r"<(?:\w+:)?Structure(?:Usage)?>\s*<(?:\w+:)?Ref\s([^>]*)>", head)
    if reference:
        given = dict(re.findall(r'(\w+)="([^"]*)"', reference[1]))
        version = f"({given['version']})" if "version" in given else ""
        return f"{given.get('agencyID', UNKNOWN)}:{given.get('id', UNKNOWN)}{version}"
    urn = re.search(r"datastructure\.Data(?:flow|Structure)=([\w.]+:\w+\([\w.+*]+\))", head)
    return urn[1] if urn else UNKNOWN
