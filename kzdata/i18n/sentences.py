"""Sentences as whole templates with named fields, said in the language spoken now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from kzdata.errors import KzdataError
from kzdata.i18n.catalogue import has_message, speaking, spoken, translated, translated_plural

_LEFT, _RIGHT, _END = "\u2066", "\u2067", "\u2069"

"""Unicode isolates (UAX 9): what stands between them keeps its own order in a Hebrew sentence."""


class Later:
    """A part of a sentence that is made when the sentence is said: a number, a date, a name.

    ``Later(format_amount, 5.0, "USD")`` prints in whatever language is then spoken.
    """

    def __init__(self, make: Callable[..., Any], *args: Any, **options: Any) -> None:
        self._make = lambda: str(make(*args, **options))

    def __str__(self) -> str:
        return self._make()

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


@dataclass(frozen=True)
class Sentence:
    """A whole sentence, its parts apart; ``str`` says it in the language spoken now.

    ``many`` is the template for other numbers than one, and ``number`` decides. Parts are text,
    whole numbers, `Later`, or sentences themselves.
    """

    template: str
    parts: dict[str, Any] = field(default_factory=dict)
    many: str | None = None
    number: int = 1

    def __str__(self) -> str:
        if self.many is None:
            text = translated(self.template)
        else:
            text = translated_plural(self.template, self.many, self.number)
        return filled(text, self.parts) if self.parts else text

    __repr__ = __str__

    @property
    def english(self) -> str:
        """The sentence in English, in which frames keep it and titles are checked."""
        with speaking("en"):
            return str(self)


def said(template: str, /, **parts: Any) -> Sentence:
    """A `Sentence` of this template and these parts."""
    return Sentence(template, parts)


def said_number(one: str, many: str, number: int, /, **parts: Any) -> Sentence:
    """A `Sentence` in the plural form that ``number`` asks for; it is the part ``n``."""
    return Sentence(one, {"n": number, **parts}, many, number)


def filled(template: str, parts: dict[str, Any]) -> str:
    """A template with its parts in place. Raises `KzdataError` for a part that is not given."""
    shown = ""
    for literal, name, spec, _ in Formatter().parse(template):
        shown += after(shown, literal)
        if name is None:
            continue
        if name not in parts:
            raise KzdataError(
                f"The text has a placeholder {name!r} that was not given.",
                f"Given: {', '.join(parts) or 'none'}.",
            )
        part = parts[name]
        text = format(part, spec or "")
        # A whole number without a format is a year or a count, and printed as it is.
        if isinstance(part, float) or (spec and isinstance(part, int)):
            text = localised(text)
        shown += isolated(text)
    return shown


def after(said: str, literal: str) -> str:
    """The words that follow; one full stop ends both an abbreviation ("2026 г.") and a sentence."""
    return literal[1:] if said.endswith(".") and literal[:1] == "." != literal[1:2] else literal


def localised(number: str) -> str:
    """A printed English number with the signs that the language spoken now has for its digits."""
    number = number.replace("-", "\N{MINUS SIGN}")
    if spoken() == "en":
        return number
    from babel.numbers import get_decimal_symbol, get_group_symbol

    marks = {",": get_group_symbol(spoken()), ".": get_decimal_symbol(spoken())}
    shown = "".join(marks.get(each, each) for each in number)
    # In Hebrew a minus would else land on the far side of its digits.
    return "\u200e" + shown if spoken() == "he" and shown[:1] == "\N{MINUS SIGN}" else shown


def isolated(part: str) -> str:
    """The part, in Hebrew kept apart from the words around it, so that no sign changes sides."""
    if spoken() != "he" or not part:
        return part
    hebrew = ["\u05d0" <= c <= "\u05ea" for c in part if c != " "]
    if all(hebrew):
        return part
    return (_RIGHT if any(hebrew) else _LEFT) + part + _END


def t(template: str, /, **parts: Any) -> str:
    """The message in the language spoken now, with its parts in place.

    >>> t("{first} to {last}", first=1995, last=2025)
    '1995 to 2025'
    """
    return str(Sentence(template, parts))


def tn(one: str, many: str, number: int, /, **parts: Any) -> str:
    """`t` for a message with a number, in the plural form that the language's rules ask for.

    >>> tn("{n} year", "{n} years", 3)
    '3 years'
    """
    return str(said_number(one, many, number, **parts))


def term(text: str) -> str:
    """The text itself, marked for the catalogues: it is translated where it is shown."""
    return text


def word(text: str) -> Later:
    """A word of a fixed list as a part of a sentence: the text itself where none has it."""
    return Later(known_word, text)


def known_word(text: str) -> str:
    """The message if the language has it, else the text: for names that come from data."""
    return translated(text) if has_message(text) else text


def format_list(parts: Sequence[Any]) -> str:
    """``a, b and c`` by the rules of the language.

    >>> import kzdata as kz
    >>> kz.format_list(["exports", "imports", "turnover"])
    'exports, imports and turnover'
    """
    shown = [str(each) for each in parts]
    if len(shown) < 2:
        return "".join(shown)
    if spoken() == "en":
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    if spoken() == "he":  # the letter "and" is written to the word; a hyphen sets it off a figure
        *first, last = (isolated(each) for each in shown)
        and_ = "\u05d5" if "\u05d0" <= last[0] <= "\u05ea" else "\u05d5\u05be"
        return f"{', '.join(first)} {and_}{last}"
    from babel.lists import format_list

    return format_list(shown, locale=spoken())


def joined(parts: Sequence[Any], separator: str = ", ") -> Later:
    """Parts of a list side by side, as one part of a sentence."""
    return Later(lambda: separator.join(isolated(str(each)) for each in parts))


_known: dict[str, Sentence | Later] = {}


def written(template: str, /, **parts: Any) -> str:
    """The sentence in English, to stand in a frame; `retold` says it in other languages."""
    sentence = Sentence(template, parts)
    text = sentence.english
    _known[text] = sentence
    return text


def written_together(texts: Sequence[str | Sentence], separator: str = "; ") -> str:
    """Several `written` sentences as one text; each is told again by itself."""
    parts = [_known.get(each, each) if isinstance(each, str) else each for each in texts]
    whole = Later(lambda: separator.join(map(str, parts)))
    with speaking("en"):
        text = str(whole)
    _known.setdefault(text, whole)
    return text


def retold(text: str) -> str:
    """A text from a frame in the language spoken now, as far as that is known; else the text.

    Several texts that a row joins are told one by one.
    """
    if spoken() == "en":
        return text
    if text in _known:
        return str(_known[text])
    whole = known_word(text)
    if whole != text or "; " not in text:
        return whole
    return "; ".join(retold(each) for each in text.split("; "))
