"""A small grammar kit: rules that read terms and give back every reading of the whole text.

A rule is a function from (sentence, position) to the readings that start there, each with the
position where it ends. Nothing is searched for and nothing is skipped: a reading counts only if
it ends where the text ends, two different readings are an ambiguity, none is a refusal.

    take("month")              a term with a reading of that kind; its value is kept
    skip("of")                 the same; the value is dropped
    a + b                      a, then b; their values side by side
    a | b                      both, as alternatives
    a.maybe                    a or nothing
    a >> function              the values of a made one; ``function`` may raise InvalidReading
    a.each(function)           the same for each value by itself
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple

from kzdata.model.parsing.lexicon import Term


class InvalidReading(Exception):
    """A reading that is grammatical but senseless, with the reason ("there is no month 13")."""


@dataclass
class ParseState:
    """The terms of a text, how far they could be read, and why a reading was turned down."""

    terms: list[Term]
    furthest: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)

    def reason(self) -> str | None:
        """The reason that was found furthest along the text."""
        return max(self.reasons, key=lambda each: each[0])[1] if self.reasons else None


Readings = Iterator[tuple[tuple[Any, ...], int]]


@dataclass(frozen=True)
class Rule:
    """What can be read from a position. See the module's table of operators."""

    run: Callable[[ParseState, int], Readings]

    def __add__(self, other: Rule) -> Rule:
        def both(sentence: ParseState, start: int) -> Readings:
            for left, middle in self.run(sentence, start):
                for right, end in other.run(sentence, middle):
                    yield left + right, end

        return Rule(both)

    def __or__(self, other: Rule) -> Rule:
        def either(sentence: ParseState, start: int) -> Readings:
            yield from self.run(sentence, start)
            yield from other.run(sentence, start)

        return Rule(either)

    def __rshift__(self, function: Callable[..., Any]) -> Rule:
        return self._map(lambda values: (function(*values),))

    def each(self, function: Callable[..., Any]) -> Rule:
        """The rule with each of its values mapped by itself."""
        return self._map(lambda values: tuple(function(value) for value in values))

    def _map(self, function: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Rule:
        def mapped(sentence: ParseState, start: int) -> Readings:
            for values, end in self.run(sentence, start):
                try:
                    yield function(values), end
                except InvalidReading as refusal:
                    sentence.reasons.append((end, str(refusal)))

        return Rule(mapped)

    @property
    def maybe(self) -> Rule:
        """The rule or nothing."""
        return self | NOTHING

    @property
    def any(self) -> Rule:
        """The rule any number of times."""

        def repeated(sentence: ParseState, start: int) -> Readings:
            yield (), start
            for left, middle in self.run(sentence, start):
                if middle > start:
                    for right, end in repeated(sentence, middle):
                        yield left + right, end

        return Rule(repeated)


NOTHING = Rule(lambda sentence, start: iter([((), start)]))


def take(*kinds: str, glued: bool | None = None) -> Rule:
    """A term of one of the kinds; ``glued`` asks that it touch (or not) the term before it."""

    def one_term(sentence: ParseState, start: int) -> Readings:
        sentence.furthest = max(sentence.furthest, start)
        if start < len(sentence.terms):
            term = sentence.terms[start]
            if glued is None or term.glued == glued:
                values = {r.value for r in term.readings if r.kind in kinds}
                yield from (((value,), start + 1) for value in values)

    return Rule(one_term)


def skip(*kinds: str, glued: bool | None = None) -> Rule:
    """A term whose value does not matter."""
    rule = take(*kinds, glued=glued)

    def valueless(sentence: ParseState, start: int) -> Readings:
        yield from (((), end) for end in sorted({end for _, end in rule.run(sentence, start)}))

    return Rule(valueless)


def one_of(*rules: Rule) -> Rule:
    """The rules as alternatives."""
    return reduce(Rule.__or__, rules)


def constant(value: object) -> Rule:
    """Reads nothing and gives the value."""
    return Rule(lambda sentence, start: iter([((value,), start)]))


def digits(fewest: int, most: int | None = None, *, glued: bool | None = None) -> Rule:
    """A number printed with so many digits; its value is the digits as text."""
    number = take("number", glued=glued)

    def of_length(sentence: ParseState, start: int) -> Readings:
        for (printed,), end in number.run(sentence, start):
            if fewest <= len(printed) <= (most or fewest):
                yield (printed,), end

    return Rule(of_length)


def beside(rule: Rule, *, glued: bool) -> Rule:
    """The rule where its first term touches (or does not touch) the term before it."""

    def where_it_stands(sentence: ParseState, start: int) -> Readings:
        if start < len(sentence.terms) and sentence.terms[start].glued == glued:
            yield from rule.run(sentence, start)

    return Rule(where_it_stands)


def from_to(first: Rule, last: Rule) -> Rule:
    """Every way in which the four languages print "from this to that"."""
    to, joined = skip("dash", "to"), skip("dash", "to", "and")
    return one_of(
        first + to + last,
        first + skip("dash", "and") + last + skip("between_after"),
        skip("from") + first + to + last,
        skip("between") + first + joined + last,
        first + skip("ablative") + last + skip("until"),
    )


def read(rule: Rule, sentence: ParseState) -> list[Any]:
    """Every different reading of the whole sentence."""
    readings = {
        repr(value): value for (value,), end in rule.run(sentence, 0) if end == len(sentence.terms)
    }
    return list(readings.values())


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

    def printed_number(sentence: ParseState, start: int) -> Readings:
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
    printed: str, readings: list[Numeral], decimal_mark: str | None, sentence: ParseState, end: int
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
