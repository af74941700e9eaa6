"""Printed amounts: "about US$162.4 million", "162,4 млн долл. США", "500 млн доллардан астам".

A text is read by the grammar below, or not at all: what has two readings ("1,234"
without a language) is refused, like what has none ("1.2.3 million", "$").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from kzdata.errors import ParseError
from kzdata.model.parsing.currencies import ISO_4217, SYMBOLS
from kzdata.model.parsing.grammar import (
    InvalidReading,
    Numeral,
    ParseState,
    Rule,
    beside,
    constant,
    from_to,
    number_rule,
    one_of,
    read,
    skip,
    take,
)
from kzdata.model.parsing.lexicon import (
    Reading,
    Term,
    Vocabulary,
    check_language,
    decimal_mark,
    tag,
    vocabulary,
)
from kzdata.model.parsing.tokens import clean

if TYPE_CHECKING:
    pass

HALF = Decimal("0.5")


class Amount(NamedTuple):
    """A printed amount in whole units, and the interval that digits and qualifier imply.

    >>> import kzdata as kz
    >>> kz.parse_amount("over $5 million").lower
    5000000.0
    """

    value: float
    unit: str | None
    lower: float
    upper: float
    qualifier: str | None


@dataclass(frozen=True)
class Quantity:
    """An exact number, the worth of its last printed digit, and what is printed around it."""

    value: Decimal
    last_digit: Decimal
    last_significant_digit: Decimal
    scale: int | None = None
    unit: str | None = None
    signed: bool = False
    qualifier: str | None = None

    def scaled(self, power: int) -> Quantity:
        """The quantity in a scale: 162.4 and 6 for 162.4 million."""
        return replace(
            self,
            value=self.value.scaleb(power),
            last_digit=self.last_digit.scaleb(power),
            last_significant_digit=self.last_significant_digit.scaleb(power),
            scale=power,
        )


class Unit(str):
    """A unit among the values of a rule."""


class Sign(str):
    """A plus or minus among the values of a rule."""


class Qualifier(str):
    """A qualifier among the values of a rule."""


# ── quantities ───────────────────────────────────────────────────────────────────────────────


def _quantity(numeral: Numeral) -> Quantity:
    return Quantity(numeral.value, numeral.last_digit, numeral.last_significant_digit)


def _compound(*parts: Quantity) -> Quantity:
    """1 млрд 347,5 млн: whole parts, each smaller than one of the scale before it."""
    for left, right in pairwise(parts):
        one = Decimal(1).scaleb(left.scale or 0)
        if left.last_digit < one:
            raise InvalidReading("a number with decimals is followed by another number.")
        if right.value >= one or (right.scale or 0) >= (left.scale or 0):
            raise InvalidReading("the scales do not fall from left to right.")
    last = parts[-1]
    if last.scale is None and parts[-2].scale != 3:
        raise InvalidReading("the last number can be units or a fraction of the scale before it.")
    return replace(
        last, value=sum((part.value for part in parts), Decimal(0)), scale=parts[0].scale
    )


def _dressed(*values: object) -> Quantity:
    """Signs, units, qualifiers and the quantity, in whatever order they were printed, as one."""
    (quantity,) = [value for value in values if isinstance(value, Quantity)]
    built_in = [Unit(quantity.unit)] if quantity.unit else []  # the shekels of מלש"ח
    unit = _only(Unit, (*built_in, *values), "units")
    sign = _only(Sign, values, "signs")
    return replace(
        quantity,
        value=-quantity.value if sign == "-" else quantity.value,
        unit=unit,
        signed=sign is not None,
        qualifier=_only(Qualifier, values, "qualifiers"),
    )


def _only(kind: type[str], values: tuple[Any, ...], noun: str) -> str | None:
    """The one value of that kind; the same qualifier may be printed before and after."""
    found = [str(value) for value in values if isinstance(value, kind)]
    if len(set(found)) > 1 or (len(found) > 1 and kind is not Qualifier):
        raise InvalidReading(f"there are two {noun}, {found[0]!r} and {found[1]!r}.")
    return found[0] if found else None


def _shekels(quantity: Quantity, scaled_unit: tuple[int, str]) -> Quantity:
    power, unit = scaled_unit
    return replace(quantity.scaled(power), unit=unit)


def _apart(*_: object) -> NoReturn:
    raise InvalidReading("the sign stands apart from its number.")


def _single(quantity: Quantity) -> Amount:
    qualifier = quantity.qualifier
    exact = quantity.value
    value = float(exact) + 0.0  # never −0.0
    rounded = qualifier in {"about", "almost"}
    half = HALF * (quantity.last_significant_digit if rounded else quantity.last_digit)
    lower, upper = float(exact - half), float(exact + half)
    if qualifier in {"over", "at_least"}:
        lower, upper = value, inf
    elif qualifier in {"under", "up_to"}:
        lower, upper = -inf, value
    elif qualifier == "almost":  # reached from zero: almost −5 lies above −5
        lower, upper = (lower, value) if exact >= 0 else (value, upper)
    return Amount(value, quantity.unit, lower, upper, qualifier)


def _between(first: Quantity, last: Quantity, qualifier: str | None) -> Amount:
    if first.scale is None and last.scale is not None:
        first = first.scaled(last.scale)
    elif last.scale is None and first.scale is not None:
        raise InvalidReading("only the first end of the range has a scale.")
    if first.unit and last.unit and first.unit != last.unit:
        raise InvalidReading(f"the range has two units, {first.unit!r} and {last.unit!r}.")
    if first.signed and not last.signed:
        raise InvalidReading("one end of the range has a sign and the other none.")
    if {first.qualifier, last.qualifier} != {None} or qualifier not in {None, "about"}:
        raise InvalidReading(
            "a range is a qualifier by itself; another beside it has no clear meaning."
        )
    if first.value >= last.value:
        raise InvalidReading(f"the range runs from {first.value:f} back to {last.value:f}.")
    lower, upper = first.value, last.value
    if qualifier == "about":
        lower -= HALF * first.last_significant_digit
        upper += HALF * last.last_significant_digit
    return Amount(nan, first.unit or last.unit, float(lower), float(upper), "between")


# ── the grammar ──────────────────────────────────────────────────────────────────────────────


@cache
def amount_rule(decimal_mark: str | None) -> Rule:
    """The rule of a whole amount, for a text whose language has that decimal mark (or unknown)."""
    ablative = skip("ablative").maybe
    suffix = (skip("hyphen", glued=True) + skip("suffix", glued=True)).maybe
    number = (number_rule(decimal_mark) >> _quantity) + suffix + ablative
    with_scale = (number + take("scale")) >> Quantity.scaled
    quantity = one_of(
        number,
        with_scale + ablative,
        (with_scale + with_scale + with_scale.any + number.maybe) >> _compound,
        (with_scale + number) >> _compound,
        (number + take("scaled_currency")) >> _shekels,
    )

    currency, measure = take("currency") >> Unit, take("measure") >> Unit
    minus = skip("minus") >> (lambda: Sign("-"))
    plus = skip("+") >> (lambda: Sign("+"))
    word = skip("minus_word") >> (lambda: Sign("-"))
    before = take("qualifier") >> Qualifier
    after = one_of(
        skip("hyphen", glued=True).maybe + (take("qualifier_after") >> Qualifier),
        skip("+", glued=True) >> (lambda: Qualifier("at_least")),
    )

    bare = one_of(quantity, currency + quantity)
    signed = one_of(
        (minus | plus) + beside(bare, glued=True),
        currency + (minus | plus) + beside(quantity, glued=True),
        word + bare,
        ((minus | plus) + beside(bare, glued=False)) >> _apart,
    )
    tail = after.maybe + (currency | measure).maybe + ablative + after.maybe
    side = ((bare | signed) + tail) >> _dressed
    whole = (before.maybe + (bare | signed) + tail) >> _dressed

    opening = skip("in").maybe + skip("the").maybe
    in_range = (before | constant(None)) + from_to(side, side)
    return opening + one_of(
        whole >> _single,
        in_range >> (lambda qualifier, first, last: _between(first, last, qualifier)),
    )


_HINT = 'Write it like "US$162.4 million", "162,4 млн долл. США" or "−18.1%".'


def parse_amount(text: str, *, language: str | None = None) -> Amount:
    """The value in whole units, the unit, and the interval that digits and qualifier imply.

    ``"about US$162.4 million"`` → ``Amount(162_400_000.0, "USD", 162_350_000.0, 162_450_000.0,
    "about")``. Units: an ISO 4217 code, ``percent``, ``pp`` (percentage points), ``t``, ``bbl``,
    ``bbl/d``, or None where none is printed. Qualifiers: about, over, at_least, under, up_to,
    almost, between.

    The interval: half a unit of the last printed digit to either side. "About" takes the zeros of
    a round number for unknown digits (about 500: ±50). "Over" and "at least" have no upper bound,
    "under" and "up to" no lower one. "Almost" reaches from the lower bound of "about" to the
    value. A range ("10–25%") has no value (NaN), its ends are the interval.

    ``language`` (en, ru, kk, he) settles "1,234" and "1.234", which otherwise need a word of one
    of the languages beside them; a currency sign is no such word.

    Raises ParseError for a text that has no reading or more than one, naming the piece at fault.

    >>> import kzdata as kz
    >>> kz.parse_amount("about US$162.4 million")
    Amount(value=162400000.0, unit='USD', lower=162350000.0, upper=162450000.0, ...
    """
    check_language(language)
    if not isinstance(text, str):
        raise ParseError(f"an amount is read from text; {text!r} is not text.", _HINT)
    if not clean(text):
        raise ParseError("an empty text holds no amount.", _HINT)
    sentence = ParseState(tag(text, _words()))
    for term in sentence.terms:
        if all(reading.kind == "refused" for reading in term.readings):
            raise ParseError(f"{text!r}: {term.raw!r} {term.readings[0].value}.", _HINT)
    marks = _decimal_marks(sentence.terms, language)
    mark = marks.pop() if len(marks) == 1 else None
    readings = read(amount_rule(mark), sentence)
    if len(readings) == 1:
        return readings[0]
    if readings:
        values = " or ".join(_shown(reading) for reading in readings)
        raise ParseError(f"{text!r} can be read as {values}.", _HINT)
    raise ParseError(f"{text!r}: {_why_not(sentence)}", _HINT)


@cache
def _words() -> Vocabulary:
    codes = {code: Reading("currency", code, None) for code in ISO_4217}
    codes |= {"NIS": Reading("currency", "ILS", None), "RMB": Reading("currency", "CNY", None)}
    return vocabulary("AMOUNTS", SYMBOLS, codes)


def _decimal_marks(terms: list[Term], language: str | None) -> set[str]:
    """Decimal marks of the languages that the text is in, as far as its words tell."""
    marks = {decimal_mark(language)} if language else set()
    for term in terms:
        possible = {decimal_mark(each) for each in term.languages}
        if len(possible) == 1:
            marks |= possible
    return marks


def _shown(amount: Amount) -> str:
    if isnan(amount.value):
        return f"{amount.lower:.12g} to {amount.upper:.12g}"
    return f"{amount.value:.12g}"


def _why_not(sentence: ParseState) -> str:
    reason = sentence.reason()
    if reason:
        return reason
    kinds = [{reading.kind for reading in term.readings} for term in sentence.terms]
    if not any("number" in each for each in kinds):
        scale = next(
            (t.raw for t, k in zip(sentence.terms, kinds, strict=True) if "scale" in k), ""
        )
        return f"{scale!r} is a scale without a number." if scale else "there is no number."
    if sentence.furthest >= len(sentence.terms):
        return f"something is missing after {sentence.terms[-1].raw!r}."
    return f"{sentence.terms[sentence.furthest].raw!r} has no meaning in that place."
