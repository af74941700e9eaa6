"""What was typed about sources, events, promises and claims: sentences of ours that a report shows.

They are messages like any other. What was printed elsewhere, names of persons and of newspapers,
addresses and codes are not: they stand in a report as they were found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kzdata.home import HOME

_OF_SOURCES = ("title", "series", "edition", "accessed_via", "licence", "reliability")
TYPED: dict[str, dict[str, tuple[str, ...]]] = {
    "sources*.yml": {"sources": _OF_SOURCES},
    "events.yml": {"events": ("title", "doubt")},
    "commitments.yml": {
        "commitments": ("title", "place", "parties"),
        "indicators": ("title", "condition"),
    },
    "claims*.yml": {"claims": ("doubt", "parties", "stated_source")},
    "transit.yml": {"scenarios": ("title",)},
    "assumptions.yml": {"assumptions": ("caveats",)},
}
"""File, the list in it, and its fields that hold sentences."""
INNER = {"legs": ("via",), "evidence": ("says",), "quantities": ("arithmetic",)}
"""The same of the lists inside a record."""


def typed_texts() -> list[str]:
    """Every sentence of the seeds and of the manifests that reports show, each once."""
    import yaml

    found: dict[str, None] = {}
    for pattern, lists in TYPED.items():
        for place in sorted((HOME / "seeds").glob(pattern)):
            held = yaml.safe_load(place.read_text(encoding="utf-8"))
            for name, fields in lists.items():
                for record in held.get(name) or ():
                    found |= dict.fromkeys(_texts(record, fields))
                    found |= dict.fromkeys(_of_claim(record) if name == "claims" else ())
                    found |= dict.fromkeys(_inner(record))
    for place in sorted((HOME / "data" / "raw").glob("*/manifest.yml")):
        manifest = yaml.safe_load(place.read_text(encoding="utf-8"))
        found |= dict.fromkeys(_texts(manifest, _OF_SOURCES))
    return list(found)


def _texts(record: dict[str, Any], fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        held = record.get(field)
        for each in held if isinstance(held, list) else [held]:
            if each:
                yield " ".join(str(each).split())


def _inner(record: dict[str, Any]) -> Iterator[str]:
    for name, fields in INNER.items():
        for each in record.get(name) or ():
            yield from _texts(each, fields)
            yield from _inner(each)


def _of_claim(record: dict[str, Any]) -> Iterator[str]:
    # The page on a part of a year shows how its figure was read.
    if record.get("topic") == "trade" and "/P" in str(record.get("period")):
        yield from _texts(record, ("note",))
