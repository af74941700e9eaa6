"""Whether a title says what the data say: every number in it has to be a figure of the chart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from kzdata.errors import KzdataError, ParseError
from kzdata.i18n.sentences import Sentence
from kzdata.model import codes, periods
from kzdata.model.parsing import printed_amounts


class Fact(NamedTuple):
    """A figure that a title may print: its value in whole units, and the unit."""

    value: float
    unit: str


NUMBER = re.compile(
    r"(?<![\w.,])(?P<text>"
    r"(?:(?:about|around|approximately|roughly|over|more than|above|at least|under|less than|"
    r"below|(?<!added )up to|almost|nearly)\s+)?"
    r"(?P<sign>[-−+])?(?:US\$|[$€₸₪])?\s?[-−]?(?P<digits>\d+(?:[ ,]\d{3})*(?:\.\d+)?)"
    r"(?:\s?(?:thousand|million|billion|trillion))?"
    r"(?:\s?(?:%|percent\b|per cent\b|USD|EUR|KZT|ILS|tonnes|t\b))?)"
    r"(?P<points>\s?(?:percentage points|pp\b))?(?P<ordinal>st|nd|rd|th)?(?![\w])",
    re.IGNORECASE,
)

_FALL = re.compile(
    r"\b(fell|falls?|fallen|declined?|dropp?e?d?|shrank|down|decreased?|lost)\b", re.I
)

_RISE = re.compile(r"\b(rose|rises?|grew|grows?|growth|gained|increased?|up(?! to))\b", re.I)

STILL = 0.05

"""Percent: a change that one decimal shows as none is told in words."""

_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

_WORD = re.compile("|".join(_SCALE))

_AROUND = 6  # words before a percentage in which its verb is looked for


def checked(title: str | None, finding: Sentence | str, facts: Iterable[Fact]) -> str:
    """``title`` if its numbers are in ``facts``, or the computed finding where none is given.

    A finding is checked in English and returned in the language spoken now, whose catalogue holds
    the same fields. Raises `KzdataError` naming the number that the data contradict.
    """
    known = list(facts)
    found = finding.english if isinstance(finding, Sentence) else finding
    said = found if title is None else title
    own = _same_words(said, found)
    if not said.strip():
        raise KzdataError("A chart's title is its finding; this one is empty.", f"Try: {found}")
    for place, match in enumerate(NUMBER.finditer(said)):
        if not _holds(match, said[: match.start()], known) or (own and not own[place]):
            raise KzdataError(
                f"The title says {match['text'].strip()!r}, which the data of the chart do not: "
                f"{said!r}",
                f"The data say: {found} (Write each number with its own scale and unit.)",
            )
    return str(finding) if title is None else said


def _same_words(said: str, found: str) -> list[bool]:
    """Whether each number of a title is that of the finding, where the words are the same.

    Among the figures of a chart there is nearly always one that would bear out a wrong number;
    a title in the words of the finding is held to the one that stands in its place. Empty for a
    title in other words.
    """
    if said == found or NUMBER.sub("", said) != NUMBER.sub("", found):
        return []
    pairs = zip(NUMBER.finditer(said), NUMBER.finditer(found), strict=True)
    return [_agree(one, other) for one, other in pairs]


def _agree(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two printed numbers differ by no more than the coarser of them leaves open."""
    if re.match(r"[a-z]+\s", one["text"].strip(), re.IGNORECASE):
        return True  # "over 30%": a bound, judged by the figures alone
    ends = []
    for match in (one, other):
        scale = _SCALE.get(next(iter(_WORD.findall(match["text"].lower())), ""), 1.0)
        ends.append([scale * end for end in _digits(match["digits"])])
    apart = abs(sum(ends[0]) - sum(ends[1])) / 2
    open_ = max(high - low for low, high in ends) / 2
    return apart <= open_ * (1 + 1e-9)


def _holds(match: re.Match[str], before: str, known: list[Fact]) -> bool:
    if match["points"] or match["ordinal"]:
        unit = "pp" if match["points"] else "count"
        return _any(known, unit, *_digits(match["digits"]), match["sign"], before)
    try:
        said = printed_amounts.parse_amount(match["text"].lstrip("+"), language="en")
    except ParseError:
        return False
    low, high = said.lower, said.upper
    if said.unit is None:
        scaled = bool(_WORD.search(match["text"].lower()))
        fitting = [f for f in known if scaled or f.unit in ("count", "year", "day")]
        return any(_within(abs(fact.value), low, high) for fact in fitting)
    if match["sign"] in ("-", "−") or (said.value == said.value and said.value < 0):
        low, high = sorted((abs(low), abs(high)))
        return _any(known, said.unit, low, high, "−", before)
    return _any(known, said.unit, low, high, match["sign"], before)


def _any(
    known: list[Fact], unit: str, low: float, high: float, sign: str | None, before: str
) -> bool:
    nearby = " ".join(re.split(r"[;:]", before)[-1].split()[-_AROUND:])
    if nearby.endswith((" from", " to", " at")):  # a level, not a change
        nearby = ""
    falls, rises = (list(each.finditer(nearby)) for each in (_FALL, _RISE))
    down = bool(falls) and (not rises or falls[-1].start() > rises[-1].start())
    want = -1 if sign in ("-", "−") or (down and unit in ("percent", "pp")) else 0
    want = want or (1 if sign == "+" or (rises and unit in ("percent", "pp")) else 0)
    return any(
        fact.unit == unit
        and _within(abs(fact.value), low, high)
        and (not want or want * fact.value >= 0)
        for fact in known
    )


def _digits(text: str) -> tuple[float, float]:
    plain = re.sub(r"[ ,]", "", text)
    half = 0.5 * 10.0 ** -len(plain.partition(".")[2])
    return float(plain) - half, float(plain) + half


def _within(value: float, low: float, high: float) -> bool:
    slack = 1e-9 * max(abs(value), 1e-9)
    return low - slack <= value <= high + slack


def facts(frame: pd.DataFrame, *more: Fact) -> list[Fact]:
    """Every figure of the chart's frame, with its years, and the ones computed for the chart."""
    found = [*more, Fact(12, "count")]
    units = frame["unit"] if "unit" in frame else pd.Series("", index=frame.index)
    for name in map(str, frame.columns):
        if not pd.api.types.is_numeric_dtype(frame[name]):
            continue
        for value, unit in zip(frame[name], units, strict=True):
            if pd.isna(value) or math.isinf(value):
                continue
            if name.endswith("_pct"):
                found.append(Fact(float(value), "percent"))
            elif name.endswith("_share"):
                found.append(Fact(100 * float(value), "percent"))
            elif name in ("rank", "ranked", "year"):
                found.append(Fact(float(value), "count"))
            elif name in ("value", "lower", "upper", "observed_value", "total_value"):
                found.append(Fact(float(value), str(unit)))
    for name in ("period", "base_period", "date"):
        for period in frame[name].dropna().unique() if name in frame else ():
            found += _dates(str(period))
    return found


def _dates(period: str) -> list[Fact]:
    if period in ("", codes.UNKNOWN):
        return []
    try:
        span = periods.span(period)
    except ParseError:
        return [Fact(float(year), "year") for year in re.findall(r"\d{4}", period)]
    dates = [Fact(each.year, "year") for each in (span.start, span.end)]
    if span.start == span.end:
        dates.append(Fact(span.start.day, "day"))
    return dates + ([Fact(span.months, "count")] if span.months else [])
