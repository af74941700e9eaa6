"""What each source of figures covers here, how fresh it is, and how to refresh it."""

from __future__ import annotations

from typing import Any

from kzdata.model import periods
from kzdata.model.codes import UNKNOWN
from kzdata.readers import registry
from kzdata.seeds import sources
from kzdata.store import journal, query, vintages

_TOLD = ("publisher", "title", "coverage", "licence", "reliability")


def inventory_rows() -> list[dict[str, Any]]:
    """One row a source of official figures: what is shipped, and what can be loaded.

    Fields: source, publisher, title, coverage (what its files hold), licence, here (shipped,
    loaded, or not loaded), observations, dataflows, first and last period, vintages (number of
    publications here), latest_vintage, loaded_at, tested_on_originals (True, False, or None where
    no reader of files is needed), refresh (the command), reliability. What is not known is None.
    """
    return [*map(_shipped, sorted(sources.manifests())), *map(_readable, registry.SOURCES)]


def _shipped(name: str) -> dict[str, Any]:
    rows = query.shipped()
    rows = rows[rows["source"] == name]
    return _about(name) | {
        "here": "shipped",
        "observations": len(rows),
        "dataflows": sorted(rows["dataflow"].unique()),
        **_span(rows["period"].unique()),
        **_vintages(rows["published"].unique()),
        "loaded_at": None,
        "tested_on_originals": None,
        "refresh": f"replace the file in data/raw/{name}, record it in manifest.yml, kzdata tidy",
    }


def _readable(name: str) -> dict[str, Any]:
    held = [entry for entry in journal.entries() if entry.source == name]
    return _about(name) | {
        "here": "loaded" if held else "not loaded",
        "observations": sum(entry.rows for entry in held),
        "dataflows": sorted({dataflow for entry in held for dataflow in entry.dataflows}),
        **_span({period for entry in held for period in (entry.first, entry.last)}),
        **_vintages({entry.published for entry in held}),
        "loaded_at": max((entry.loaded_at for entry in held), default=None),
        "tested_on_originals": registry.tested_on_original(name),
        "refresh": f"kzdata fetch {name}, then kzdata load {name} PATH",
    }


def _about(name: str) -> dict[str, Any]:
    known = sources.registry().get(name, {})
    told = {"source": name}
    return told | {key: known.get(key) for key in _TOLD}


def _span(spelt: Any) -> dict[str, str | None]:
    known = sorted((each for each in spelt if each != UNKNOWN), key=periods.sort_key)
    return {"first": known[0] if known else None, "last": known[-1] if known else None}


def _vintages(published: Any) -> dict[str, Any]:
    dated = [each for each in published if each != UNKNOWN]
    latest = max(dated, key=vintages.last_day) if dated else None
    return {"vintages": len(published), "latest_vintage": latest}
