"""The fields of each seed file: what may stand in them, and which must.

The tables are the reference for whoever edits ``seeds/``; `kzdata.seeds.check` applies them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from kzdata import codes, contract, periods
from kzdata.errors import ParseError

Record = dict[str, Any]
Expectation = Callable[[Any], str | None]  # returns what was expected, or None where it is met

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
QUALIFIERS = ("about", "over", "at_least", "under", "up_to", "almost", "between")
KINDS = ("article", "press", "official_statement", "official_statistics", "database", "law")
PRECISIONS = {
    "day": r"\d{4}-\d{2}-\d{2}",
    "month": r"\d{4}-\d{2}",
    "year": r"\d{4}",
    "range": r"\d{4}/\d{4}",
}


def _like(pattern: str, expected: str) -> Expectation:
    form = re.compile(pattern)
    return lambda v: None if isinstance(v, str) and form.fullmatch(v) else expected


def _among(*known: str) -> Expectation:
    expected = "one of " + ", ".join(known)
    return lambda v: None if isinstance(v, str) and v in known else expected


def _many(each: Expectation) -> Expectation:
    def check(value: Any) -> str | None:
        if not isinstance(value, list) or not value:
            return "a list that is not empty"
        return next((expected for one in value if (expected := each(one))), None)

    return check


def _number(value: Any) -> str | None:
    fine = isinstance(value, (int, float)) and not isinstance(value, bool)
    return None if fine and not math.isnan(value) else "a number"


def _paragraph(value: Any) -> str | None:
    fine = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return None if fine else "a whole number from 1"


def period_expected(value: Any) -> str | None:
    """What was expected where ``value`` is neither an SDMX period nor ``_U``; else None."""
    expected = 'an SDMX period in quotes, such as "2024" or "2025-01-01/P11M", or "_U"'
    if value == codes.UNKNOWN:
        return None
    try:
        return None if isinstance(value, str) and periods.span(value) else expected
    except ParseError:
        return expected


def _area(value: Any) -> str | None:
    known = isinstance(value, str) and value in codes.alpha3_codes()
    return None if known else 'an ISO alpha-3 code in quotes, "WLD", "_U" or "_Z"'


def day_expected(value: Any) -> str | None:
    """What was expected where ``value`` is no day written as year-month-day; else None."""
    try:
        # fromisoformat also reads 20260127 and week dates, which would not sort as text.
        fine = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        fine = False
    return None if fine else 'a day in quotes, such as "2026-01-27"'


_text = _like(r"(?s)\S(.*\S)?", "text")
_slug = _like(r"[a-z0-9]+([-_][a-z0-9]+)*", "lower-case letters, digits, - and _")
_published = _like(r"\d{4}(-\d{2}(-\d{2})?)?", "a year, month or day in quotes")
_flag = lambda v: None if isinstance(v, bool) else "true or false"  # noqa: E731

# field: (expectation, "!" must be there, "?" may be left out, "0" must be there but may be null)
Shape = dict[str, tuple[Expectation, str]]
SHAPES: dict[str, Shape] = {
    "sources": {
        "id": (_slug, "!"),
        "publisher": (_text, "!"),
        "title": (_text, "!"),
        "kind": (_among(*KINDS), "!"),
        "published": (_published, "0"),
        "url": (_like(r"https?://\S+", "an address"), "0"),
        "accessed": (day_expected, "0"),
        "accessed_via": (_text, "0"),
        "licence": (_text, "!"),
        "language": (_like(r"[a-z]{2}", "a two-letter code"), "!"),
        "file": (_like(r"[^/\\]+", "a file name without a folder"), "?"),
        "sha256": (_like(r"[0-9a-f]{64}", "64 hexadecimal digits"), "?"),
        "reliability": (_text, "!"),
        "coverage": (_text, "?"),
    },
    "claims": {
        "id": (_slug, "!"),
        "article": (_slug, "?"),
        "paragraph": (_paragraph, "?"),
        "source": (_slug, "?"),
        "locator": (_text, "?"),
        "topic": (_slug, "!"),
        "concept": (_slug, "!"),
        "printed": (_text, "!"),
        "value": (_number, "0"),
        "lower": (_number, "?"),
        "upper": (_number, "?"),
        "unit": (_text, "!"),
        "qualifier": (_among(*QUALIFIERS), "?"),
        "period": (period_expected, "!"),
        "period_printed": (_text, "?"),
        "dataflow": (_among(*contract.DATAFLOWS), "!"),
        "reporter": (_area, "!"),
        "partner": (_area, "!"),
        "flow": (_among(*contract.FLOWS), "!"),
        "product": (_text, "?"),
        "valuation": (_among(*sorted(contract.VALUATIONS)), "?"),
        "obs_status": (_among(*contract.STATUSES), "?"),
        "basis": (_among("claimed", "derived"), "?"),
        "parties": (_text, "?"),
        "said": (day_expected, "?"),
        "speaker": (_text, "?"),
        "stated_source": (_text, "?"),
        "not_stated": (_many(_text), "?"),
        "note": (_text, "!"),
        "doubt": (_text, "?"),
    },
    "events": {
        "id": (_slug, "!"),
        "date": (_text, "0"),
        "date_precision": (_among(*PRECISIONS, "undated"), "!"),
        "kind": (_slug, "!"),
        "title": (_text, "!"),
        "parties": (_many(_area), "!"),
        "place": (_text, "?"),
        "status": (_among("planned", "status"), "?"),
        "sources": (_many(_slug), "!"),
        "article": (_slug, "?"),
        "paragraph": (_paragraph, "?"),
        "printed": (_text, "?"),
        "contradicts": (_many(_slug), "?"),
        "clarifies": (_many(_slug), "?"),
        "note": (_text, "?"),
        "doubt": (_text, "?"),
    },
    "commitments": {
        "id": (_slug, "!"),
        "title": (_text, "!"),
        "reporter": (_area, "!"),
        "partner": (_area, "!"),
        "kind": (_among("project", "state"), "!"),
        "sector": (_text, "!"),
        "parties": (_many(_text), "!"),
        "place": (_text, "0"),
        "value": (_number, "0"),
        "unit": (_text, "0"),
        "history": (lambda v: None if isinstance(v, list) and v else "dated evidence", "!"),
        "events": (_many(_slug), "?"),
    },
    "evidence": {
        "date": (day_expected, "!"),
        "stage": (_among(*LADDER, LAPSED), "!"),
        "instrument": (_text, "!"),
        "source": (_slug, "!"),
        "paragraph": (_paragraph, "?"),
        "note": (_text, "!"),
    },
    "indicators": {
        "id": (_slug, "!"),
        "title": (_text, "!"),
        "condition": (_text, "!"),
        "reporter": (_area, "!"),
        "partner": (_area, "!"),
        "items": (_many(_slug), "!"),
        "fulfilled_at": (_among(*LADDER), "!"),
        "since": (day_expected, "!"),
        "source": (_slug, "!"),
        "paragraph": (_paragraph, "?"),
        "record": (lambda v: None if isinstance(v, dict) else "what was looked for", "!"),
    },
    "record": {
        "until": (day_expected, "!"),
        "found": (_flag, "!"),
        "looked_for": (_text, "!"),
        "note": (_text, "!"),
    },
    "assumptions": {
        "id": (_slug, "!"),
        "reporter": (_area, "!"),
        "title": (_text, "!"),
        "inputs": (lambda v: None if isinstance(v, list) and v else "figures of claims", "!"),
        "quantities": (lambda v: None if isinstance(v, list) and v else "results", "!"),
        "caveats": (_many(_text), "!"),
    },
    "inputs": {
        "name": (_slug, "!"),
        "claim": (_slug, "!"),
        "value": (_number, "!"),
        "lower": (_number, "!"),
        "upper": (_number, "!"),
        "unit": (_text, "!"),
    },
    "quantities": {
        "name": (_slug, "!"),
        "unit": (_text, "!"),
        "value": (_number, "!"),
        "lower": (_number, "!"),
        "upper": (_number, "!"),
        "arithmetic": (_text, "!"),
    },
}
PARTS = {"history": "evidence", "record": "record", "inputs": "inputs", "quantities": "quantities"}
