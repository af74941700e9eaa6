"""SDMX-JSON 1.0 (ECB, WITS) and 2.0 (SDMX 3.0 services: IMF): series, flat and cross-sectional.

Read by hand, not through sdmx1: that library stops at 2.0 messages, whose time values stand under
``value`` instead of ``id``, and turns printed digits into floats. A key such as ``0:3:0`` indexes
the lists of values in the message; nothing is assumed about their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import Any

import pandas as pd

from kzdata.model.codes import UNKNOWN
from kzdata.readers import sdmx
from kzdata.readers.payload import LIMIT, Received, WrongFormat, field, from_json, receive, rows_of

TESTED_ON_ORIGINAL = True


def read(
    source: str | PathLike[str] | bytes, *, published: str = UNKNOWN, limit: int = LIMIT
) -> pd.DataFrame:
    """One row per observation; ``series`` is the key in the order of the data structure.

    A message without observations gives a frame without rows. Raises `WrongFormat` for a message
    that asks to delete, or lacks a field of the format.
    """
    body = receive(source, limit=limit)
    raw, dimensions, flow = message(body)
    return sdmx.tidy(
        raw, dimensions, flow=flow, name=body.name, source="sdmx_json", published=published
    )


def message(body: Received) -> tuple[pd.DataFrame, list[str], str]:
    """The observations as text columns by concept id, the dimensions in order, the dataflow."""
    whole = from_json(body)
    inner = whole.get("data", whole) if isinstance(whole, dict) else whole
    if isinstance(whole, dict) and whole.get("errors"):
        raise WrongFormat(f"{body.name} is an error: {whole['errors']}", "Mend the request.")
    datasets = field(inner, "dataSets", body)
    structures = rows_of(inner.get("structures") or [field(inner, "structure", body)], body)
    structures = [_spelt(structure) for structure in structures]
    rows: list[dict[str, Any]] = []
    dimensions: list[str] = []
    for place, dataset in enumerate(rows_of(datasets, body)):
        if str(dataset.get("action", "")).lower() == "delete":
            raise WrongFormat(
                f"{body.name}: data set {place} deletes observations, it reports none.",
                "Ask for the data themselves, not for updates since a day.",
            )
        try:
            structure = structures[int(dataset.get("structure", 0))]
            dimensions = _in_order(structure, body)
            rows.extend(_observations(dataset, structure, body))
        except WrongFormat:
            raise
        except (IndexError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise WrongFormat(
                f"{body.name}: a key of data set {place} does not fit the message's own lists "
                f"({type(error).__name__}: {error}).",
                "The message was cut or edited: download it again.",
            ) from None
    empty = [*dimensions, sdmx.VALUE, "locator"]
    raw = pd.DataFrame(rows, columns=None if rows else empty, dtype=object)
    return raw, dimensions, _flow(structures[0], body)


def _spelt(structure: dict[str, Any]) -> dict[str, Any]:
    """The structure with the level ``dataSet`` as the format spells it; WITS writes ``dataset``."""
    respelt = {}
    for part in ("dimensions", "attributes"):
        if isinstance(structure.get(part), dict):
            respelt[part] = {
                "dataSet" if level == "dataset" else level: concepts
                for level, concepts in structure[part].items()
            }
    return structure | respelt


def _in_order(structure: dict[str, Any], body: Received) -> list[str]:
    found = field(structure, "dimensions", body)
    listed = [d for level in ("dataSet", "series", "observation") for d in found.get(level) or []]
    # Where a message gives positions they are those of the data structure.
    return [
        d["id"]
        for _, d in sorted(
            enumerate(listed), key=lambda each: (int(each[1].get("keyPosition", each[0])), each[0])
        )
    ]


def _observations(
    dataset: dict[str, Any], structure: dict[str, Any], body: Received
) -> Iterator[dict[str, Any]]:
    dimensions, attributes = structure["dimensions"], structure.get("attributes") or {}
    fixed = {d["id"]: _value(d, 0) for d in dimensions.get("dataSet") or []}
    fixed |= _attributes(attributes.get("dataSet"), dataset.get("attributes"))
    grouped = _by_position(dataset.get("dimensionGroupAttributes") or {})
    in_group = attributes.get("dimensionGroup")
    series = dataset.get("series")
    if series is None:
        series = {"": {"observations": dataset.get("observations") or {}}}
    for key, one in series.items():
        if not one.get("observations"):
            continue
        known = fixed | _key(key, dimensions.get("series") or [])
        known |= _attributes(attributes.get("series"), one.get("attributes"))
        for at, observed in one["observations"].items():
            row = dict(known)
            for given in _of_groups(grouped, f"{key}:{at}" if key else at):
                row |= _attributes(in_group, given)
            row |= _key(at, dimensions.get("observation") or [])
            row |= _attributes(attributes.get("observation"), observed[1:])
            row[sdmx.VALUE] = observed[0]
            row["locator"] = f"{body.name}, series {key or '-'}, observation {at}"
            yield row


def _key(text: str, dimensions: list[dict[str, Any]]) -> dict[str, str]:
    if not dimensions:
        return {}
    places = text.split(":")
    if len(places) != len(dimensions):
        raise ValueError(f"the key {text!r} has {len(places)} parts, not {len(dimensions)}")
    return {d["id"]: _value(d, int(at)) for d, at in zip(dimensions, places, strict=True)}


def _value(concept: dict[str, Any], at: int) -> str:
    listed = concept["values"][at]
    # 2.0 has free values (time) under `value`; 1.0 has an id, and for time a name like it.
    return str(listed["id"] if "id" in listed else listed.get("value", listed.get("name", "")))


def _attributes(concepts: list[dict[str, Any]] | None, given: list[Any] | None) -> dict[str, str]:
    found = {}
    for concept, at in zip(concepts or [], given or [], strict=False):
        if at is None:
            continue
        index = str(at)
        listed = concept.get("values") or []
        # 2.0 may write the value itself where the concept lists none.
        found[concept["id"]] = (
            _value(concept, int(index)) if index.isdecimal() and listed else index
        )
    return found


def _by_position(
    groups: dict[str, list[Any]],
) -> dict[tuple[int, ...], dict[tuple[str, ...], list[Any]]]:
    """Attributes of groups by the places that a partial key (``:0::``) fills, and what is there."""
    found: dict[tuple[int, ...], dict[tuple[str, ...], list[Any]]] = {}
    for key, given in groups.items():
        filled = [(place, part) for place, part in enumerate(key.split(":")) if part]
        places = tuple(place for place, _ in filled)
        found.setdefault(places, {})[tuple(part for _, part in filled)] = given
    return dict(sorted(found.items(), key=lambda each: len(each[0])))  # the narrower speaks last


def _of_groups(
    grouped: dict[tuple[int, ...], dict[tuple[str, ...], list[Any]]], key: str
) -> Iterator[list[Any]]:
    """The attributes of the groups that the full key (``0:0:0``, time last) of a value is in."""
    if not grouped:
        return
    parts = key.split(":")
    for places, by_value in grouped.items():
        if all(place < len(parts) for place in places):
            given = by_value.get(tuple(parts[place] for place in places))
            if given is not None:
                yield given


def _flow(structure: dict[str, Any], body: Received) -> str:
    for link in rows_of(structure.get("links") or [], body):
        address = str(link.get("urn") or link.get("href") or "")
        if "dataflow" in address.lower():
            tail = address.rpartition("=")[2] if "=" in address else address
            parts = tail.rpartition("dataflow/")[2].split("/")
            return "{}:{}({})".format(*parts) if len(parts) == 3 else "/".join(parts)
    return str(structure.get("id") or structure.get("name") or UNKNOWN)
