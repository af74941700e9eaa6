"""What a reader sees for the codes of a column; the data behind a table keep the codes."""

from __future__ import annotations

import re
from collections.abc import Callable

from kzdata import codes, contract, periods, seeds, sources
from kzdata.language import known_word, retold, spoken, t, translated

_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?$")
_PARAGRAPH = re.compile(r"paragraph (\d+)")


def _period(code: str) -> str:
    return t("not stated") if code == codes.UNKNOWN else periods.format_period(code)


def _words(code: str) -> str:
    return known_word(code.replace("_", " "))


def _publishers(joined: str) -> str:
    return "; ".join(known_word(each) for each in sources.split(sources.publisher(joined)))


def _several(joined: str) -> str:
    return "; ".join(known_word(each) for each in joined.split("; "))


def _dated(code: str) -> str:
    """Days are shown as data writes them in English, and in words elsewhere."""
    if spoken() == "en" or not _DAY.match(code):
        return code
    return periods.format_short(code)


def _place(locator: str) -> str:
    """A paragraph by its number; a place in a file stays as it is named there."""
    found = _PARAGRAPH.fullmatch(locator)
    return t("paragraph {n}", n=found[1]) if found else known_word(locator)


def _other_record(joined: str) -> str:
    """Ids of events and of claims by what is told there."""
    held = seeds.load()
    told = {each["id"]: retold(str(each["title"])) for each in held.events}
    told |= {each["id"]: str(each["printed"]) for each in held.claims}
    return "; ".join(told.get(each, each) for each in joined.split(", "))


LABELS: dict[str, Callable[[str], str]] = {
    "source": _publishers,
    "publisher": known_word,
    "dataflow": lambda code: (
        translated(contract.DATAFLOWS[code]) if code in contract.DATAFLOWS else code
    ),
    "flow": lambda code: translated(contract.FLOWS[code]) if code in contract.FLOWS else code,
    "obs_status": lambda code: (
        translated(contract.STATUSES[code]) if code in contract.STATUSES else code
    ),
    "reporter": codes.area_name,
    "partner": codes.area_name,
    "period": _period,
    "verdict": _words,
    "answer": _words,
    "kind": _words,
    "stage": known_word,
    "fulfilled_at": known_word,
    "status": known_word,
    "topic": known_word,
    "instrument": known_word,
    "not_stated": _several,
    "printed": str,
    "locator": _place,
    "contradicts": _other_record,
    "date": _dated,
    "stage_since": _dated,
    "checked": _dated,
}
