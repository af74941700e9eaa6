"""The words on a chart: units, periods, places, and the line that credits the sources."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from kzdata.i18n import formats
from kzdata.i18n.sentences import Later, Sentence, joined, known_word, said, said_number, t, term
from kzdata.model import codes, contract, vocabulary
from kzdata.present.charts import style
from kzdata.seeds import sources

_SCALES = (
    (1e10, 1e9, term("billion"), term("billion {unit}")),
    (1e7, 1e6, term("million"), term("million {unit}")),
    (1e4, 1e3, term("thousand"), term("thousand {unit}")),
)

_UNITS = {
    "USD": term("US dollars"),
    "EUR": term("euros"),
    "KZT": term("tenge"),
    "ILS": term("new shekels"),
    "count": term("number"),
    "t": term("tonnes"),
    "percent": term("percent"),
}

STATUS_NOTES = {status: words for status, words in vocabulary.STATUSES.items() if status != "A"}


def scale(values: Iterable[float], unit: str) -> tuple[float, Later | Sentence]:
    """The factor to divide by and the words for the unit, by the largest figure shown."""
    known = [abs(v) for v in values if not pd.isna(v) and not math.isinf(v)]
    largest = max(known, default=0.0)
    named = Later(known_word, _UNITS.get(unit, unit))
    if unit in ("percent", "pp", "rank", "years"):
        return 1.0, named
    for least, factor, word, phrase in _SCALES:
        if largest >= least:
            bare = unit == "count"
            return factor, Sentence(word) if bare else Sentence(phrase, {"unit": named})
    return 1.0, named


def decimals(values: Iterable[float]) -> int:
    """Decimals that leave about three digits of the largest of the figures as displayed."""
    largest = max((abs(v) for v in values if not pd.isna(v)), default=0.0)
    if 0 < largest < 0.1:
        return _two_digits(largest)
    return 2 if largest < 1 else 1 if largest < 1000 else 0


def _two_digits(value: float) -> int:
    """The decimals that show two digits of a figure below one."""
    return 1 - math.floor(math.log10(abs(value)))


def figure(value: float, decimals: int) -> str:
    """A figure beside its mark; one that is not zero is not printed as zero: ``<0.1``."""
    if not value:
        return style.plain(0.0, 0)
    text = style.plain(value, decimals)
    if any(digit in text for digit in "123456789"):
        return text
    least = style.plain(10.0**-decimals, decimals)
    return f"<{least}" if value > 0 else f">−{least}"


def amount(value: float, unit: str) -> Later:
    """A figure for a sentence, with more decimals where it would else be printed as zero."""
    digits = 1 if value else 0
    if 0 < abs(value) < 0.05:
        digits = _two_digits(value)
    return Later(formats.format_amount, value, unit, decimals=digits)


def percent(value: float, digits: int = 1) -> Later:
    """A percentage for a sentence, without its sign: the verb says the direction.

    One that is not zero is not printed as zero; one of four digits and more has no decimals.
    """
    if 1e-9 < abs(value) < 0.5 * 10.0**-digits:
        digits = _two_digits(value) - 1
    return formats.percent(abs(value), 0 if abs(value) >= 1000 else digits)


def level(probability: float) -> Later:
    """A probability as a percentage for a sentence: ``80%``."""
    percentage = round(100 * probability, 6)
    return percent(percentage, 0 if percentage.is_integer() else 1)


def short(period: str) -> Later:
    """A period in the space of an axis label: ``Jan–Nov 2025``, ``Q3 2025``, ``10 Apr 1992``."""
    return Later(_short, period)


def _short(period: str) -> str:
    return t("not stated") if period == codes.UNKNOWN else formats.format_short(period)


def place(code: str) -> Later:
    """The name of an area, as a sentence has it."""
    return Later(_place, code)


def _place(code: str) -> str:
    return formats.area_name(code, article=code == codes.WORLD)


def flow(code: str, *, first: bool = False) -> Later:
    """A flow of goods in words; ``first`` where the sentence begins with it."""
    return Later(_flow, code, first)


def _flow(code: str, first: bool) -> str:
    text = known_word(vocabulary.FLOWS.get(code, code))
    return text[:1].upper() + text[1:] if first else text


def years(numbers: Iterable[int]) -> str:
    """Years in words, runs joined: ``1995–1999, 2010``."""
    runs: list[list[int]] = []
    for year in sorted(set(numbers)):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def publisher(name: str) -> str:
    """Who answers for a source, as a caption names it."""
    said = str(sources.source(name)["publisher"])
    return term("article, publisher not named") if said.startswith("not named") else said


def credit(frame: pd.DataFrame, *notes: object) -> Later:
    """The caption: who published the figures shown and when, then the notes."""
    return Later(_credit, frame, *notes)


def _credit(frame: pd.DataFrame, *notes: object) -> str:
    named = []
    published = frame.get("published", pd.Series(index=frame.index, dtype=str))
    for name in sorted(
        {one for each in frame["source"].unique() for one in contract.split_sources(each)}
    ):
        own = published[frame["source"] == name]
        dates = [d for d in own if isinstance(d, str) and d and d != codes.UNKNOWN]
        latest = max(dates, default=sources.source(name).get("published") or "")
        named.append((publisher(name), str(latest)))
    publishers: dict[str, str] = {}
    for who, when in sorted(named, key=lambda each: (each[0], each[1] or "~")):
        publishers[who] = when  # the latest date of a publisher
    shown = [_dated(who, when) for who, when in publishers.items()]
    if len(shown) > 4:
        rest = len(shown) - 3
        shown = [*shown[:3], said_number("{n} more publisher", "{n} more publishers", rest)]
    listing = "; ".join(map(str, shown))
    head = (
        t("Sources: {publishers}.", publishers=listing)
        if len(publishers) > 1
        else t("Source: {publishers}.", publishers=listing)
    )
    return style.clean(" ".join([head, *(str(note) for note in notes if str(note))]))


def _dated(who: str, when: str) -> Sentence:
    name = Later(known_word, who)
    if not when:
        return said("{publisher} (undated)", publisher=name)
    return said("{publisher} (published {date})", publisher=name, date=formats.as_written(when))


def codes_named(named: dict[str, str]) -> Sentence | str:
    """What the codes on a chart stand for, where a name did not fit."""
    if not named:
        return ""
    listing = [f"{code} {name}" for code, name in sorted(named.items())]
    return said("Codes: {listing}.", listing=joined(listing, "; "))


def statuses(frame: pd.DataFrame) -> Later:
    """What the letters beside figures mean, for the caption."""
    found = sorted(
        {s for s in frame["obs_status"] if s in STATUS_NOTES and s not in vocabulary.MISSING}
    )
    return Later(
        lambda: (
            "; ".join(f"{each}: {known_word(STATUS_NOTES[each])}" for each in found)
            + ("." if found else "")
        )
    )
