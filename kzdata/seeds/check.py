"""References between seed records, and fields of a record that have to agree with each other.

Nothing here reads a file. `problems` takes records whose fields `kzdata.seeds.shapes` has accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kzdata import codes, contract
from kzdata.seeds.shapes import LADDER, LAPSED, PRECISIONS, Record, period_expected


def problems(records: dict[str, list[Record]]) -> Iterator[str]:
    """Every problem of valid records, one line each; ``records`` maps a kind to its records.

    A record carries the name of its file under ``_file``.
    """
    sources = {each["id"]: each for each in records["sources"]}
    claims = {each["id"]: each for each in records["claims"]}
    events = {each["id"]: each for each in records["events"]}
    commitments = {each["id"]: each for each in records["commitments"]}
    told = {**claims, **events}
    checks: dict[str, Callable[[Record], Iterator[str]]] = {
        "sources": _source,
        "claims": lambda r: _claim(r, sources),
        "events": lambda r: _event(r, sources, told),
        "commitments": lambda r: _commitment(r, sources, events),
        "indicators": lambda r: _indicator(r, sources, commitments),
        "assumptions": lambda r: _assumption(r, claims),
    }
    # Claims and events refer to each other, so their ids live in one name space.
    spaces = (("sources",), ("claims", "events"), ("commitments", "indicators"), ("assumptions",))
    for space in spaces:
        seen: set[str] = set()
        for kind in space:
            for record in records[kind]:
                at = f"{record['_file']}: {record['id']}: "
                if record["id"] in seen:
                    yield at + "id: used twice"
                seen.add(record["id"])
                yield from (at + said for said in checks[kind](record))


def _unknown(field: str, names: list[str], known: dict[str, Record]) -> Iterator[str]:
    yield from (f"{field}: {name!r} is not known" for name in names if name not in known)


def _source(record: Record) -> Iterator[str]:
    for field in ("file", "sha256"):
        if (record["kind"] == "article") != (field in record):
            yield f"{field}: an article has it, and nothing else has"


def _in_article(record: Record, sources: dict[str, Record]) -> Iterator[str]:
    article = record.get("article")
    if ("paragraph" in record) != (article is not None):
        yield "paragraph: goes with an article, and an article with a paragraph"
    if article is not None and sources.get(article, {}).get("kind") != "article":
        yield f"article: {article!r} is not an article of sources.yml"


def _claim(record: Record, sources: dict[str, Record]) -> Iterator[str]:
    yield from _in_article(record, sources)
    if ("article" in record) == ("source" in record):
        yield "source: a claim has either an article or a source"
    elif "source" in record:
        yield from _unknown("source", [record["source"]], sources)
    value, lower, upper = (record.get(field) for field in ("value", "lower", "upper"))
    if (lower is None) != (upper is None) or (value is not None and lower is None):
        yield "lower: value needs lower and upper, and each of those the other"
    elif lower is not None and upper is not None:
        if not lower <= (lower if value is None else value) <= upper:
            yield f"value: {lower} ≤ {value} ≤ {upper} does not hold"
    elif record["unit"] != "date" and record.get("obs_status") not in contract.MISSING:
        yield "value: neither value nor bounds; give obs_status M if nothing can be read"
    if record["unit"] == "date" and (value is not None or record["period"] == codes.UNKNOWN):
        yield "period: a date stands in period, and value is null"


def _event(record: Record, sources: dict[str, Record], told: dict[str, Record]) -> Iterator[str]:
    yield from _in_article(record, sources)
    yield from _unknown("sources", record["sources"], sources)
    if "article" in record and record["article"] not in record["sources"]:
        yield "sources: the article is missing"
    for field in ("contradicts", "clarifies"):
        yield from _unknown(field, record.get(field, []), told)
    form = PRECISIONS.get(record["date_precision"])
    when = record["date"]
    if (form is None) != (when is None) or (form and not re.fullmatch(form, when)):
        yield f"date: {when!r} does not have the precision {record['date_precision']!r}"
    elif record["date_precision"] in ("day", "month", "year") and period_expected(when):
        yield f"date: {when!r} is no date of the calendar"


def _commitment(
    record: Record, sources: dict[str, Record], events: dict[str, Record]
) -> Iterator[str]:
    yield from _unknown("events", record.get("events", []), events)
    if (record["value"] is None) != (record["unit"] is None):
        yield "unit: value and unit are known together or not at all"
    order = [*LADDER, LAPSED]
    previous: Record | None = None
    for n, evidence in enumerate(record["history"], start=1):
        yield from _unknown(f"history {n}: source", [evidence["source"]], sources)
        article = sources.get(evidence["source"], {}).get("kind") == "article"
        if article != ("paragraph" in evidence):
            yield f"history {n}: paragraph: goes with an article, and an article with a paragraph"
        if previous is not None:
            if evidence["date"] < previous["date"]:
                yield f"history {n}: date: {evidence['date']} is before {previous['date']}"
            if order.index(evidence["stage"]) < order.index(previous["stage"]):
                yield (
                    f"history {n}: stage: a step back from {previous['stage']} to "
                    f"{evidence['stage']}; the ladder is {' < '.join(LADDER)}, or {LAPSED} for good"
                )
        previous = evidence


def _indicator(
    record: Record, sources: dict[str, Record], commitments: dict[str, Record]
) -> Iterator[str]:
    yield from _unknown("items", record["items"], commitments)
    yield from _unknown("source", [record["source"]], sources)
    if record["record"]["until"] < record["since"]:
        yield f"record: until: {record['record']['until']} is before since, {record['since']}"


def _assumption(record: Record, claims: dict[str, Record]) -> Iterator[str]:
    for one in record["inputs"]:
        claim = claims.get(one["claim"])
        if claim is None:
            yield f"inputs: {one['claim']!r} is no claim"
            continue
        for field in ("value", "lower", "upper", "unit"):
            if claim.get(field) != one[field]:
                yield (
                    f"inputs: {one['name']}: {field} is {one[field]}, the claim {one['claim']} "
                    f"has {claim.get(field)}"
                )
    for one in record["quantities"]:
        if not one["lower"] <= one["value"] <= one["upper"]:
            yield f"quantities: {one['name']}: lower ≤ value ≤ upper does not hold"
