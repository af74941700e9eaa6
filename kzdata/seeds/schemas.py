"""Seed records checked all at once: fields, forms, and references between files.

Nothing here reads a file. `problems` takes the records as `kzdata.seeds` read them and returns one
line for each thing that is wrong, naming file, id and field, so that a person can mend all of them
in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal, NotRequired

from annotated_types import Predicate
from pydantic import Field
from typing_extensions import TypedDict

from kzdata.errors import ParseError
from kzdata.model import codes, periods, vocabulary
from kzdata.schemas import Expected, Number, OneOf, Text, closed

Record = dict[str, Any]

LADDER = (
    "announced",
    "intent",
    "memorandum",
    "agreement",
    "contract",
    "financed",
    "construction",
    "operating",
)

LAPSED = "lapsed"

PRECISIONS = {
    "day": r"\d{4}-\d{2}-\d{2}",
    "month": r"\d{4}-\d{2}",
    "year": r"\d{4}",
    "range": r"\d{4}/\d{4}",
}


def period_expected(value: Any) -> str | None:
    """What was expected where ``value`` is neither an SDMX period nor ``_U``; else None."""
    expected = 'an SDMX period in quotes, such as "2024" or "2025-01-01/P11M", or "_U"'
    if value == codes.UNKNOWN:
        return None
    try:
        return None if isinstance(value, str) and periods.span(value) else expected
    except ParseError:
        return expected


def day_expected(value: Any) -> str | None:
    """What was expected where ``value`` is no day written as year-month-day; else None."""
    try:
        # fromisoformat also reads 20260127 and week dates, which would not sort as text.
        fine = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        fine = False
    return None if fine else 'a day in quotes, such as "2026-01-27"'


Slug = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$"),
    Expected("lower-case letters, digits, - and _"),
]

Published = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"),
    Expected("a year, month or day in quotes"),
]

Paragraph = Annotated[int, Field(ge=1), Expected("a whole number from 1")]

Period = Annotated[
    str,
    Predicate(lambda given: period_expected(given) is None),
    Expected(str(period_expected(None))),
]

Day = Annotated[
    str, Predicate(lambda given: day_expected(given) is None), Expected(str(day_expected(None)))
]

Area = Annotated[
    str,
    Predicate(lambda given: given in codes.alpha3_codes()),
    Expected('an ISO alpha-3 code in quotes, "WLD", "_U" or "_Z"'),
]

Slugs = Annotated[list[Slug], Field(min_length=1)]

Texts = Annotated[list[Text], Field(min_length=1)]

Address = Annotated[str, Field(pattern=r"^https?://\S+$"), Expected("an address")]

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$"), Expected("a two-letter code")]

FileName = Annotated[str, Field(pattern=r"^[^/\\]+$"), Expected("a file name without a folder")]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$"), Expected("64 hexadecimal digits")]


class Source(TypedDict):
    """A source of ``sources*.yml``."""

    id: Slug
    publisher: Text
    title: Text
    kind: Literal[
        "article", "press", "official_statement", "official_statistics", "database", "law"
    ]
    published: Published | None
    url: Address | None
    accessed: Day | None
    accessed_via: Text | None
    licence: Text
    language: Language
    file: NotRequired[FileName]
    sha256: NotRequired[Sha256]
    reliability: Text
    coverage: NotRequired[Text]


class Claim(TypedDict):
    """A figure or date that somebody states, of ``claims*.yml``."""

    id: Slug
    article: NotRequired[Slug]
    paragraph: NotRequired[Paragraph]
    source: NotRequired[Slug]
    locator: NotRequired[Text]
    topic: Slug
    concept: Slug
    printed: Text
    value: Number | None
    lower: NotRequired[Number]
    upper: NotRequired[Number]
    unit: Text
    qualifier: NotRequired[
        Literal["about", "over", "at_least", "under", "up_to", "almost", "between"]
    ]
    period: Period
    period_printed: NotRequired[Text]
    dataflow: Annotated[str, OneOf(tuple(vocabulary.DATAFLOWS))]
    reporter: Area
    partner: Area
    flow: Annotated[str, OneOf(tuple(vocabulary.FLOWS))]
    product: NotRequired[Text]
    valuation: NotRequired[Annotated[str, OneOf(tuple(sorted(vocabulary.VALUATIONS)))]]
    obs_status: NotRequired[Annotated[str, OneOf(tuple(vocabulary.STATUSES))]]
    basis: NotRequired[Literal["claimed", "derived"]]
    parties: NotRequired[Text]
    said: NotRequired[Day]
    speaker: NotRequired[Text]
    stated_source: NotRequired[Text]
    not_stated: NotRequired[Texts]
    note: Text
    doubt: NotRequired[Text]


class Event(TypedDict):
    """A dated or datable event of ``events.yml``."""

    id: Slug
    date: Text | None
    date_precision: Annotated[str, OneOf((*PRECISIONS, "undated"))]
    kind: Slug
    title: Text
    parties: Annotated[list[Area], Field(min_length=1)]
    place: NotRequired[Text]
    status: NotRequired[Literal["planned", "status"]]
    sources: Slugs
    article: NotRequired[Slug]
    paragraph: NotRequired[Paragraph]
    printed: NotRequired[Text]
    contradicts: NotRequired[Slugs]
    clarifies: NotRequired[Slugs]
    note: NotRequired[Text]
    doubt: NotRequired[Text]


class Evidence(TypedDict):
    """What shows that a commitment has reached a stage."""

    date: Day
    stage: Annotated[str, OneOf((*LADDER, LAPSED))]
    instrument: Text
    source: Slug
    paragraph: NotRequired[Paragraph]
    note: Text


class Commitment(TypedDict):
    """A project or a promise between states, of ``commitments.yml``."""

    id: Slug
    title: Text
    reporter: Area
    partner: Area
    kind: Literal["project", "state"]
    sector: Text
    parties: Texts
    place: Text | None
    value: Number | None
    unit: Text | None
    history: Annotated[list[Evidence], Field(min_length=1)]
    events: NotRequired[Slugs]


class SearchRecord(TypedDict):
    """What was looked for to see whether an indicator is met."""

    until: Day
    found: Annotated[bool, Expected("true or false")]
    looked_for: Text
    note: Text


class FollowThrough(TypedDict):
    """An indicator of follow-through, of ``commitments.yml``."""

    id: Slug
    title: Text
    condition: Text
    reporter: Area
    partner: Area
    items: Slugs
    fulfilled_at: Annotated[str, OneOf(LADDER)]
    since: Day
    source: Slug
    paragraph: NotRequired[Paragraph]
    record: SearchRecord


class Input(TypedDict):
    """A claim that an assumption rests on."""

    name: Slug
    claim: Slug
    value: Number
    lower: Number
    upper: Number
    unit: Text


class AssumedQuantity(TypedDict):
    """What an assumption comes to."""

    name: Slug
    unit: Text
    value: Number
    lower: Number
    upper: Number
    arithmetic: Text


class Assumption(TypedDict):
    """A sourced parameter of ``assumptions.yml``."""

    id: Slug
    reporter: Area
    title: Text
    inputs: Annotated[list[Input], Field(min_length=1)]
    quantities: Annotated[list[AssumedQuantity], Field(min_length=1)]
    caveats: Texts


@closed
class SourcesFile(TypedDict):
    """``sources*.yml``."""

    sources: list[Source]


@closed
class ClaimsFile(TypedDict):
    """``claims*.yml``."""

    claims: list[Claim]


@closed
class EventsFile(TypedDict):
    """``events.yml``."""

    events: list[Event]


@closed
class CommitmentsFile(TypedDict):
    """``commitments.yml``."""

    commitments: list[Commitment]
    indicators: list[FollowThrough]


@closed
class AssumptionsFile(TypedDict):
    """``assumptions.yml``."""

    assumptions: list[Assumption]


FILES = {
    "sources*.yml": SourcesFile,
    "claims*.yml": ClaimsFile,
    "events.yml": EventsFile,
    "commitments.yml": CommitmentsFile,
    "assumptions.yml": AssumptionsFile,
}


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
    elif record["unit"] != "date" and record.get("obs_status") not in vocabulary.MISSING:
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
        yield f"date: {when!r} is not a date in the calendar"


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
            yield f"inputs: unknown claim {one['claim']!r}"
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
