"""Printed digits: which numbers "1 234,5", "1.234,5" or "1,234" can be, and what they resolve.

Structure decides where it can: groups hold three digits, a first group does not start with zero,
the decimal mark stands once and last. What structure leaves open ("1,234" is 1234 in English and
1.234 in Russian) is left open here, as two readings.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from kzdata.words.grammar import Readings, Rule, Sentence
from kzdata.words.lexicon import Term

GROUP_MARKS = " .,'"


class Numeral(NamedTuple):
    """One reading of printed digits, exact."""

    value: Decimal
    decimals: int
    """Digits printed after the decimal mark."""
    trailing_zeros: int
    """Zeros at the end of a number printed without decimals: 500 has two, 500.0 none."""
    marks: str
    """The marks used, decimal mark last: ``","`` for 1,5 and ``".,"`` for 1.234,5."""

    @property
    def last_digit(self) -> Decimal:
        """The worth of one in the last printed place."""
        return Decimal(1).scaleb(-self.decimals)

    @property
    def last_significant_digit(self) -> Decimal:
        """The same, not counting the zeros of a round number: 100 for 500, 1 for 25 and 0."""
        return Decimal(1).scaleb(self.trailing_zeros - self.decimals)


def numerals(printed: str) -> list[Numeral]:
    """Every number that the digits can be: none, one or two."""
    marks = re.sub("[0-9]", "", printed)
    as_whole = _numeral(printed, marks, "")
    as_decimal = _numeral(printed, marks[:-1], marks[-1:]) if marks[-1:] in {".", ","} else None
    return [reading for reading in (as_whole, as_decimal) if reading]


def _numeral(printed: str, group_marks: str, decimal_mark: str) -> Numeral | None:
    whole, fraction = printed, ""
    if decimal_mark:
        whole, _, fraction = printed.rpartition(decimal_mark)
    if len(set(group_marks)) > 1 or (decimal_mark and decimal_mark in group_marks):
        return None
    if group_marks:
        first, *groups = whole.split(group_marks[0])
        if not 1 <= len(first) <= 3 or first.startswith("0"):
            return None
        if any(len(group) != 3 for group in groups):
            return None
        whole = first + "".join(groups)
    if len(whole) > 1 and whole.startswith("0"):
        return None
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    zeros = 0 if fraction or value == 0 else len(whole) - len(whole.rstrip("0"))
    return Numeral(value, len(fraction), zeros, group_marks[:1] + decimal_mark)


def _printed_number(terms: list[Term], start: int) -> tuple[str, int]:
    """The digits from ``start`` on with the marks between them, as far as they hang together."""
    printed, position = "", start
    while position < len(terms) and _is_number(terms[position]):
        gap = "" if not printed or terms[position].glued else " "
        printed += gap + terms[position].raw
        position += 1
        if _joins(*terms[position : position + 2]):
            printed += terms[position].raw
            position += 1
    return printed, position


def _joins(mark: Term | None = None, following: Term | None = None) -> bool:
    """Whether a separator stands directly between digits."""
    if mark is None or following is None or not _is_number(following):
        return False
    return mark.raw in GROUP_MARKS and mark.glued and following.glued


def _is_number(term: Term) -> bool:
    return term.readings[0].kind == "number"


def number_rule(decimal_mark: str | None) -> Rule:
    """Printed digits as a Numeral. ``decimal_mark`` is that of the text's language, if known."""

    def printed_number(sentence: Sentence, start: int) -> Readings:
        sentence.furthest = max(sentence.furthest, start)
        printed, end = _printed_number(sentence.terms, start)
        if not printed:
            return
        readings = numerals(printed)
        if not readings:
            sentence.reasons.append(
                (end, f"{printed!r} is not one number: groups have three digits, a decimal mark "
                 "stands once and last.")
            )  # fmt: skip
        if len(readings) > 1:
            readings = _settled(printed, readings, decimal_mark, sentence, end)
        for reading in readings:
            yield (reading,), end

    return Rule(printed_number)


def _settled(
    printed: str, readings: list[Numeral], decimal_mark: str | None, sentence: Sentence, end: int
) -> list[Numeral]:
    """The reading that the language asks for, of a number that structure leaves open.

    English and Hebrew pages print 1,234 for a thousand and 1.234 for a fraction. Russian and
    Kazakh ones print 1,234 for a fraction; a dot there is as often a decimal point as a separator.
    """
    whole, fraction = readings
    mark = fraction.marks
    if decimal_mark == mark:
        return [fraction]
    if decimal_mark == ".":
        return [whole]
    sentence.reasons.append(
        (end, f"{printed!r} can be {whole.value} or {fraction.value}; "
         "say which by language='en', 'ru', 'kk' or 'he', or by one more digit.")
    )  # fmt: skip
    return []
