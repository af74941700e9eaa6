"""Everything that observations() can answer from, as a Data Package: data and descriptor.

One CSV a source, because each has its own terms, and datapackage.json (Data Package 2.0) with
schema, sources, licences, sizes and SHA-256. The folder appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import files
from kzdata.errors import NotAvailable, PublishError, UnknownCode, did_you_mean
from kzdata.model import contract
from kzdata.model.contract import CELL
from kzdata.model.vocabulary import BASES, FLOWS, FREQUENCIES, STATUSES, VALUATIONS
from kzdata.seeds import sources
from kzdata.store import journal, query, vintages

MEANING = {
    "dataflow": "what may be compared; what is not comparable has another name",
    "freq": "A annual, S half-yearly, Q quarterly, M monthly or a span of months, D a day",
    "reporter": "whose statistics; ISO 3166 alpha-3, WLD the world",
    "partner": "the other side; ISO 3166 alpha-3, WLD the world, _Z not applicable",
    "flow": "X exports, M imports, T turnover, B balance, RX re-exports, RM re-imports",
    "product": "TOTAL, or a code as text with its leading zeros",
    "valuation": "FOB, CIF, FOB/CIF for turnover and balance, unknown",
    "period": "SDMX time period: 2024, 2025-S1, 2025-Q3, 2025-11, 2025-01-01/P11M",
    "value": "in whole units; empty is missing, never zero",
    "unit": "ISO 4217 currency, percent, count, t and so on",
    "lower": "lower end of what the printed digits and words allow",
    "upper": "upper end of what the printed digits and words allow",
    "obs_status": "SDMX observation status",
    "basis": "reported by a publication, claimed by a statement, derived by arithmetic",
    "source": "id of the publication",
    "published": "its date as precisely as known, _U not stated; a revision is a new row",
    "locator": "the place in the publication",
    "note": "what a reader should know",
    "classification": "edition of the nomenclature of a product code",
    "series": "the publisher's own key",
    "quantity_t": "quantity in tonnes",
    "reporter_code": "the reporter as printed",
    "partner_code": "the partner as printed",
}

_LISTS = {
    "freq": FREQUENCIES,
    "flow": FLOWS,
    "valuation": VALUATIONS,
    "obs_status": STATUSES,
    "basis": BASES,
}

_FILLED = {*CELL, "unit", "source", "published", "locator", "obs_status", "basis"}


def field(column: str, number: bool) -> dict[str, Any]:
    """The Table Schema field of a column: type, meaning, and what its cells may be."""
    made: dict[str, Any] = {"name": column, "type": "number" if number else "string"}
    if column in MEANING:
        made["description"] = MEANING[column]
    if column in _FILLED:
        made["constraints"] = {"required": True}
    if column in _LISTS:
        made["constraints"] |= {"enum": sorted(_LISTS[column])}
    return made


NAME = "kzdata-observations"

DESCRIPTOR = "datapackage.json"

PROFILES = "https://datapackage.org/profiles/2.0/"

# Terms that have an identifier; all others are told in the title.
LICENCES = {
    "CC BY 4.0": {
        "name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
    },
    "Etalab Open Licence 2.0": {
        "name": "etalab-2.0", "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    },
}  # fmt: skip

OTHER = "other-at"  # with attribution


def export(folder: Path, only: Iterable[str] = ()) -> dict[str, Any]:
    """Write the package to ``folder`` and return its descriptor.

    ``only`` names sources; otherwise all that are shipped and loaded. Every vintage of a source is
    a row. A folder that holds anything but an earlier export is left alone: `PublishError`.
    """
    shipped = query.shipped()
    loaded = {entry.source for entry in journal.entries()}
    known = {*shipped["source"].unique(), *loaded}
    for name in only:
        if name not in known:
            raise UnknownCode(f"{name!r} is not loaded.", did_you_mean(name, known))
    chosen = sorted(set(only) or known)
    if not chosen:
        raise NotAvailable("There is nothing to export.", "Make it from data/raw: kzdata tidy")
    target = folder.expanduser()
    with _staged(target) as stage:
        (stage / "data").mkdir()
        resources = []
        for name in chosen:
            parts = _loaded_parts(name) if name in loaded else iter([_of(shipped, name)])
            resources.append(_resource(stage, name, parts))
        descriptor = _descriptor(chosen, resources)
        text = json.dumps(descriptor, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        (stage / DESCRIPTOR).write_text(text, encoding="utf-8")
        _publish(stage, target)
    return descriptor


def _of(shipped: pd.DataFrame, name: str) -> pd.DataFrame:
    return shipped[shipped["source"] == name]


def _loaded_parts(name: str) -> Iterator[pd.DataFrame]:
    """A loaded source reporter by reporter, because all of it may not fit into memory."""
    reporters, columns = vintages.shape(name)
    for reporter in reporters:
        found = vintages.rows({"source": name, "reporter": reporter}, newest=False)
        if found is None:
            continue
        for column, number in columns.items():
            if column not in found:
                found[column] = float("nan") if number else ""
        yield contract.order(found[list(columns)])


def _resource(stage: Path, name: str, parts: Iterator[pd.DataFrame]) -> dict[str, Any]:
    path = f"data/{name}.csv"
    digest, size, rows = hashlib.sha256(), 0, 0
    first = None
    with (stage / path).open("wb") as file:
        for part in parts:
            text = part.replace({float("inf"): "INF", float("-inf"): "-INF"}).to_csv(
                index=False, header=first is None, lineterminator="\n"
            )
            first = part if first is None else first
            data = text.encode()
            file.write(data)
            digest.update(data)
            size, rows = size + len(data), rows + len(part)
    assert first is not None, name
    key = [*contract.KEY, *(column for column in contract.BEYOND if column in first)]
    about = _about(name)
    return {
        "$schema": PROFILES + "dataresource.json",
        "name": name.lower(),
        "type": "table",
        "title": about.get("title", name),
        "path": path,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
        "rows": rows,
        "sources": [_source(name)],
        "licenses": [_licence(name)],
        "schema": {
            "$schema": PROFILES + "tableschema.json",
            "fields": [field(str(c), pd.api.types.is_numeric_dtype(first[c])) for c in first],
            "primaryKey": key,
            "missingValues": [""],
        },
    }


def _about(name: str) -> dict[str, Any]:
    return sources.registry().get(name, {})


def _source(name: str) -> dict[str, Any]:
    about = _about(name)
    told = {"title": f"{about.get('publisher', name)}: {about.get('title', name)}"}
    named = ("url", "edition", "published", "accessed", "accessed_via", "reliability")
    said = {key: str(about[key]) for key in named if about.get(key)}
    if "url" in said:
        told["path"] = said.pop("url")
    return told | said


def _licence(name: str) -> dict[str, str]:
    terms = _about(name).get("licence") or "not stated"
    return LICENCES.get(terms, {"name": OTHER}) | {"title": terms}


def _descriptor(names: list[str], resources: list[dict[str, Any]]) -> dict[str, Any]:
    licences = {each["title"]: each for name in names for each in [_licence(name)]}
    return {
        "$schema": PROFILES + "datapackage.json",
        "name": NAME,
        "title": "Published figures of trade and investment, one row each",
        "description": (
            "Every vintage of every source, under one tidy contract. Missing is empty, never zero; "
            "lower and upper are what the printed digits allow; sources disagree and stay apart."
        ),
        "licenses": [licences[title] for title in sorted(licences)],
        "sources": [_source(name) for name in names],
        "resources": resources,
    }


@contextlib.contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """A folder beside the target, gone afterwards; what killed exports left goes too."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        files.heal(target)
        _refuse_foreign(target)
        with files.workspace(target.parent, f".{target.name}.exporting-") as stage:
            yield stage
    except OSError as error:
        raise PublishError(
            f"{target} cannot be written: {error.strerror or error}.",
            "Nothing changed. Free disk space, correct the permissions, or name another folder.",
        ) from error


def _refuse_foreign(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        fact = f"{target} is not a folder, or is a link to one."
    elif target.is_dir() and any(target.iterdir()) and not _is_ours(target):
        fact = f"{target} holds files that are not a kzdata export."
    else:
        return
    raise PublishError(fact, "Nothing was changed. Name another folder: kzdata export ./my-data")


def _is_ours(target: Path) -> bool:
    try:
        told = json.loads((target / DESCRIPTOR).read_text(encoding="utf-8"))
        return told["name"] == NAME
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _publish(stage: Path, target: Path) -> None:
    files.sync_all(stage)
    _refuse_foreign(target)
    files.swap(stage, target)
