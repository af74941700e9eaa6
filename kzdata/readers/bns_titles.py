"""What the Bureau of National Statistics calls its trade tables: the span and edition in a title.

«(январь-июль 2026г.)» is January to July together, never July; «(январь-декабрь 2025г.)» is the
preliminary year of February, «(2025г.)» the final one of July.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kzdata.areas import fold
from kzdata.readers.received import WrongFormat
from kzdata.words.spans import month_period

PRELIMINARY, FINAL = "preliminary", "final"
_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
# A footnote mark glued to a year («20251)») is no part of it.
_YEAR = r"(20\d\d)(?!\d{2,}|\d(?!\)))"
_RANGE = re.compile(rf"([а-я]+)\s*[-–—]\s*([а-я]+)\s+{_YEAR}")
_MONTH = re.compile(rf"([а-я]+)\s+{_YEAR}")
_BARE = re.compile(rf"{_YEAR}(?:\d\))?\s*г")
_SHEET = re.compile(r"(?:(\d{1,2})[_.\- ])?(20\d\d)(?:\d?[)*]+)?")


class Edition(NamedTuple):
    """Months counted from January, the year, and whether it is the final edition of a year."""

    months: int
    year: int
    edition: str

    @property
    def period(self) -> str:
        """The span in SDMX's spelling."""
        return month_period(self.year, 1, self.months)


def in_title(text: str) -> Edition | None:
    """The edition that a title names; None where it names no period."""
    title = "" if "%" in text else fold(text)  # «в % к 2024 г.» heads a column
    for match in _RANGE.finditer(title):
        first, last = _month(match[1]), _month(match[2])
        if first and last:
            if first != 1:
                raise WrongFormat(
                    f"The title «{text.strip()}» does not begin in January.",
                    "The Bureau's tables by partner are cumulative from January.",
                )
            return Edition(last, int(match[3]), PRELIMINARY)
    for match in _MONTH.finditer(title):
        month = _month(match[1])
        if month == 1:
            return Edition(1, int(match[2]), PRELIMINARY)
        if month:
            raise WrongFormat(
                f"The title «{text.strip()}» names one month other than January.",
                "The Bureau's tables by partner are cumulative from January.",
            )
    bare = _BARE.search(title)
    return Edition(12, int(bare[1]), FINAL) if bare else None


def in_sheet_name(name: str) -> tuple[int | None, int] | None:
    """(months, year) of ``12_2025``; months None for a bare ``2025``; None for another sheet."""
    match = _SHEET.fullmatch(name.strip())
    if match is None:
        return None
    months = int(match[1]) if match[1] else None
    return (months, int(match[2])) if months is None or 1 <= months <= 12 else None


def _month(word: str) -> int | None:
    for number, stem in enumerate(_STEMS, start=1):
        if word.startswith(stem) and (number != 5 or word in ("май", "мая")):
            return number
    return None
