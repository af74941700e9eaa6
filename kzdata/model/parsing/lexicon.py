"""The words in which four languages print periods and amounts, and the look-up of a text in them.

The tables are data: ``english``, ``russian``, ``kazakh`` and ``hebrew`` can be reviewed without
reading Python. A text becomes a list of terms, each with every reading that some language gives
it; a word that no language knows is refused by name, never skipped.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from kzdata.errors import ParseError, UnknownCode
from kzdata.model.parsing import english, hebrew, kazakh, russian
from kzdata.model.parsing.tokens import DASH, HYPHEN, MINUS, Token, tokenise

LANGUAGES: dict[str, ModuleType] = {"en": english, "ru": russian, "kk": kazakh, "he": hebrew}

NAMES = "English, Russian, Kazakh or Hebrew"


class Reading(NamedTuple):
    """What a word can be: its kind ("month"), its value (11) and the language that says so."""

    kind: str
    value: Hashable
    language: str | None


@dataclass(frozen=True)
class Term:
    """A word, number or sign of the text with its readings."""

    raw: str
    glued: bool
    readings: tuple[Reading, ...]

    def has(self, kind: str) -> bool:
        """Whether one of the readings is of that kind."""
        return any(reading.kind == kind for reading in self.readings)

    @property
    def languages(self) -> set[str]:
        """The languages in which it is a word."""
        return {reading.language for reading in self.readings if reading.language}


@dataclass(frozen=True)
class Vocabulary:
    """Phrases (tuples of compared words) and their readings; ``*`` ends a stem of Kazakh."""

    topic: str
    phrases: dict[tuple[str, ...], tuple[Reading, ...]]
    codes: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Words in the longest phrase."""
        return max(map(len, self.phrases))


def check_language(language: str | None) -> str | None:
    """The language itself, where it is one of the four or None."""
    if language is not None and language not in LANGUAGES:
        raise UnknownCode(
            f"language {language!r} is not read here.", f"Known: {', '.join(LANGUAGES)}."
        )
    return language


def vocabulary(
    topic: str, symbols: Mapping[str, Mapping[Hashable, str]], codes: Mapping[str, Reading]
) -> Vocabulary:
    """Every language's table called ``topic`` (PERIODS, AMOUNTS), and symbols that all share."""
    phrases: dict[tuple[str, ...], list[Reading]] = {}
    tables: list[tuple[str | None, Mapping[str, Any]]] = [(None, symbols)]
    tables += [(code, getattr(module, topic)) for code, module in LANGUAGES.items()]
    for language, table in tables:
        for kind, values in table.items():
            for value, printed in values.items():
                for phrase in _expand(printed):
                    phrases.setdefault(phrase, []).append(Reading(kind, value, language))
    return Vocabulary(
        topic.lower().removesuffix("s"),
        {phrase: tuple(readings) for phrase, readings in phrases.items()},
        codes,
    )


def _expand(printed: str) -> Iterator[tuple[str, ...]]:
    """``"май, июн[ь я]"`` → май; июнь; июня. A bracket's ``-`` is the bare stem."""
    for entry in printed.split(","):
        pieces = re.split(r"\[(.*?)\]", entry.strip())
        choices = [piece.split(" ") if place % 2 else [piece] for place, piece in enumerate(pieces)]
        for choice in itertools.product(*choices):
            words = "".join("" if piece == "-" else piece for piece in choice)
            inflected = words.endswith("*")
            phrase = tuple(token.text for token in tokenise(words.removesuffix("*")))
            yield (*phrase[:-1], phrase[-1] + "*") if inflected else phrase
            if inflected:
                yield phrase


def tag(text: str, known: Vocabulary) -> list[Term]:
    """The terms of a text. Raises ParseError at the first word that no language knows."""
    tokens = tokenise(text)
    terms: list[Term] = []
    position = 0
    while position < len(tokens):
        found, position = _next_terms(tokens, position, known, text)
        terms += found
    return terms


def _next_terms(
    tokens: list[Token], start: int, known: Vocabulary, text: str
) -> tuple[list[Term], int]:
    token = tokens[start]
    if token.is_number:
        return [Term(token.raw, token.glued, (Reading("number", token.text, None),))], start + 1
    found = _longest_phrase(tokens, start, known)
    if found:
        return found
    if token.raw.rstrip(".") in known.codes:
        reading = known.codes[token.raw.rstrip(".")]
        return [Term(token.raw, token.glued, (reading,))], start + 1
    if _is_ending_after_hyphen(tokens, start, known):  # 500-ден, млн-нан
        return _case_marks(tokens[start + 1].text), start + 2
    split = _hebrew_prefix(tokens, start, known)
    if split:
        return split
    signs = {
        HYPHEN: tuple(Reading(kind, "", None) for kind in ("dash", "hyphen", "minus")),
        DASH: tuple(Reading(kind, "", None) for kind in ("dash", "minus")),
        MINUS: tuple(Reading(kind, "", None) for kind in ("dash", "minus")),
    }
    if token.text in signs:
        return [Term(token.raw, token.glued, signs[token.text])], start + 1
    if token.text in {",", ".", "/", "'", "+"}:
        return [Term(token.raw, token.glued, (Reading(token.text, "", None),))], start + 1
    raise ParseError(
        f"{text!r}: {token.raw!r} has no place in a printed {known.topic}.",
        f"Keep the {known.topic} alone, in {NAMES}, without footnote marks or words around it.",
    )


def _longest_phrase(
    tokens: list[Token], start: int, known: Vocabulary
) -> tuple[list[Term], int] | None:
    best = None
    words: list[str] = []
    position = start
    while position < len(tokens) and len(words) < known.longest:
        inside = words and position + 1 < len(tokens) and tokens[position + 1].glued
        if inside and tokens[position].text == HYPHEN and tokens[position].glued:
            position += 1  # half-year, אחד-עשר
        words.append(tokens[position].text)
        position += 1
        readings, ending = _look_up(tuple(words), known)
        if readings:
            raw = " ".join(token.raw for token in tokens[start:position])
            term = Term(raw, tokens[start].glued, readings)
            best = [term, *_case_marks(ending)], position
    return best


def _look_up(words: tuple[str, ...], known: Vocabulary) -> tuple[tuple[Reading, ...], str]:
    """Readings of a phrase and the Kazakh ending that was taken off to find them."""
    if words in known.phrases:
        return known.phrases[words], ""
    *head, last = words
    for cut in range(len(last), 0, -1):
        stem = (*head, last[:cut] + "*")
        if stem in known.phrases and kazakh.ENDING.fullmatch(last[cut:]):
            return known.phrases[stem], last[cut:]
    return (), ""


def _case_marks(ending: str) -> list[Term]:
    """The ablative (қаңтардан, "from January") carries meaning; other cases do not."""
    if kazakh.ABLATIVE.fullmatch(ending):
        return [Term(ending, True, (Reading("ablative", "", "kk"),))]
    return []


def _is_ending_after_hyphen(tokens: list[Token], start: int, known: Vocabulary) -> bool:
    if start == 0 or start + 1 >= len(tokens) or tokens[start].text != HYPHEN:
        return False
    ending = tokens[start + 1]
    touching = tokens[start].glued and ending.glued
    return bool(
        touching
        and ending.is_word
        and not _look_up((ending.text,), known)[0]
        and kazakh.ENDING.fullmatch(ending.text)
    )


def _hebrew_prefix(
    tokens: list[Token], start: int, known: Vocabulary
) -> tuple[list[Term], int] | None:
    """ב, ל, מ, ה, ו, כ written together with the word that they govern."""
    token = tokens[start]
    letter, rest = token.text[0], token.text[1:]
    if letter not in hebrew.PREFIXES or not rest or (letter,) not in known.phrases:
        return None
    remainder = [Token(rest, token.raw[1:], True), *tokens[start + 1 :]]
    found = _longest_phrase(remainder, 0, known) or _hebrew_prefix(remainder, 0, known)
    if found is None:
        return None
    terms, used = found
    prefix = Term(letter, token.glued, known.phrases[(letter,)])
    return [prefix, *terms], start + used


@cache
def decimal_mark(language: str) -> str:
    """The mark between whole and fraction on that language's pages."""
    return LANGUAGES[language].DECIMAL_MARK
