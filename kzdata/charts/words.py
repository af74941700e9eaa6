"""The words on a chart: units, periods, places, and the line that credits the sources."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from kzdata import amounts, codes, contract, periods, sources
from kzdata.charts import style

_SCALES = ((1e10, 1e9, "billion"), (1e7, 1e6, "million"), (1e4, 1e3, "thousand"))
_MONEY = {"USD": "US dollars", "EUR": "euros", "KZT": "tenge", "ILS": "new shekels"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STATUS_NOTES = {
    status: f"{status}: {words}" for status, words in contract.STATUSES.items() if status != "A"
}


def scale(values: Iterable[float], unit: str) -> tuple[float, str]:
    """The factor to divide by and the words for the unit, by the largest figure shown."""
    known = [abs(v) for v in values if not pd.isna(v) and not math.isinf(v)]
    largest = max(known, default=0.0)
    named = _MONEY.get(unit, {"count": "number", "t": "tonnes"}.get(unit, unit))
    if unit in ("percent", "pp", "rank", "years"):
        return 1.0, named
    for least, factor, word in _SCALES:
        if largest >= least:
            return factor, word if unit == "count" else f"{word} {named}"
    return 1.0, named


def decimals(values: Iterable[float]) -> int:
    """Decimals that leave about three digits of the largest of the figures as displayed."""
    largest = max((abs(v) for v in values if not pd.isna(v)), default=0.0)
    return 2 if largest < 1 else 1 if largest < 1000 else 0


def amount(value: float, unit: str, digits: int = 1) -> str:
    """A figure for a sentence."""
    return amounts.format_amount(value, unit, decimals=digits)


def percent(value: float, digits: int = 1) -> str:
    """A percentage for a sentence, without its sign: the verb says the direction."""
    return f"{abs(value):.{digits}f} %"


def short(period: str) -> str:
    """A period in the space of an axis label: ``Jan–Nov 2025``, ``Q3 2025``, ``10 Apr 1992``."""
    if period == codes.UNKNOWN:
        return "not stated"
    span = periods.span(period)
    start, end = span.start, span.end
    first, last = _MONTHS[start.month - 1], _MONTHS[end.month - 1]
    if start == end:
        return f"{start.day} {first} {start.year}"
    if len(period) == 7 and period[5] == "Q":
        return f"Q{period[6]} {start.year}"
    if (start.month, end.month) == (1, 12):
        return f"{start.year}" if start.year == end.year else f"{start.year}–{end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{first} {start.year}"
    if start.year == end.year:
        return f"{first}–{last} {start.year}"
    return f"{first} {start.year}–{last} {end.year}"


def place(code: str) -> str:
    """The name of an area, as a sentence has it."""
    return "the world" if code == codes.WORLD else codes.area_name(code)


def years(numbers: Iterable[int]) -> str:
    """Years in words, runs joined: ``1995–1999, 2010``."""
    runs: list[list[int]] = []
    for year in sorted(set(numbers)):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def counted(number: int, noun: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def listed(parts: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def publisher(name: str) -> str:
    """Who answers for a source, as a caption names it."""
    said = str(sources.source(name)["publisher"])
    return "article, publisher not named" if said.startswith("not named") else said


def credit(frame: pd.DataFrame, *notes: str) -> str:
    """The caption: who published the figures shown and when, then the notes."""
    named = []
    for name in sorted({one for each in frame["source"] for one in sources.split(each)}):
        rows = frame[[name in sources.split(each) for each in frame["source"]]]
        own = rows[rows["source"] == name].get("published", pd.Series(dtype=str))
        known = sources.source(name)
        dates = sorted(d for d in own if isinstance(d, str) and d and d != codes.UNKNOWN)
        dated = dates[-1] if dates else known.get("published")
        when = f"published {dated}" if dated else "undated"
        named.append((publisher(name), when))
    publishers: dict[str, str] = {}
    for who, when in sorted(named):  # the latest date of a publisher
        publishers[who] = when
    shown = [f"{who} ({when})" for who, when in publishers.items()]
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more publishers"]
    said = [f"{'Sources' if len(publishers) > 1 else 'Source'}: {'; '.join(shown)}."]
    return style.clean(" ".join([*said, *(note for note in notes if note)]))


def statuses(frame: pd.DataFrame, column: str = "obs_status") -> str:
    """What the letters beside figures mean, for the caption."""
    found = sorted({s for s in frame[column] if s in STATUS_NOTES and s not in contract.MISSING})
    return "; ".join(STATUS_NOTES[status] for status in found) + "." if found else ""
