"""Which language is spoken now, and which one a text is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kzdata.errors import MissingMessage, UnknownCode, did_you_mean

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = {"en": "English", "ru": "русский", "kk": "қазақша", "he": "עברית"}

"""Each language by its BCP 47 code, with the name that its readers give it."""

RIGHT_TO_LEFT = {"he"}

# A notebook's cells run in contexts of their own, so what one of them sets in a context variable
# the next does not see: what `speak` sets is of the process, what `speaking` sets of the block.
_process = ["en"]

_block: ContextVar[str | None] = ContextVar("language", default=None)

_WORD = re.compile(r"[^\W\d_]{3,}")


def check_spoken(language: str) -> str:
    """The code itself; raises `UnknownCode` for one that is not in `LANGUAGES`."""
    if language not in LANGUAGES:
        raise UnknownCode(
            f"{language!r} is not a language of reports.",
            did_you_mean(str(language), LANGUAGES),
        )
    return language


def speak(language: str) -> None:
    """Say everything from here on in ``language``: en, ru, kk or he.

    Sentences, charts, tables, numbers, dates and names of countries follow; frames, codes and
    what is quoted in a source's own words do not. Raises `UnknownCode`.

    >>> import kzdata as kz
    >>> kz.speak("ru")
    >>> kz.area_name("KAZ")
    'Казахстан'
    >>> kz.speak("en")
    """
    _process[0] = check_spoken(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """`speak` for the length of a with block, in this thread alone."""
    before = _block.set(check_spoken(language))
    try:
        yield
    finally:
        _block.reset(before)


def spoken() -> str:
    """The language that is spoken now."""
    return _block.get() or _process[0]


def direction(language: str | None = None) -> str:
    """``ltr`` or ``rtl``, as HTML and Typst name the ways of writing."""
    return "rtl" if (language or spoken()) in RIGHT_TO_LEFT else "ltr"


def language_of(text: str) -> str:
    """The language that the letters of a text tell of, "" where they tell of none.

    A reader by ear needs it for a quotation. Hebrew has its own letters and Kazakh some of its
    own; other Cyrillic is taken for Russian and Latin for English. Most words decide.
    """
    counts = dict.fromkeys(LANGUAGES, 0)
    for found in _WORD.findall(text):
        first = found[0]
        if "\u05d0" <= first <= "\u05ea":
            counts["he"] += len(found)
        elif "\u0400" <= first <= "\u04ff":
            counts["ru"] += len(found)
        elif first < "\u0250":
            counts["en"] += len(found)
    if re.search("[әғқңөұүһӘҒҚҢӨҰҮҺ]", text):
        counts["kk"], counts["ru"] = counts["ru"], 0
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] else ""


FOLDER = Path(__file__).parent / "catalogues"


class Messages(NamedTuple):
    """What a language says for each message, and which plural form a number takes."""

    single: dict[str, str]
    plural: dict[str, tuple[str, ...]]
    form: Callable[[int], int]


def read_catalogue(language: str) -> Catalog:
    """The .po file of a language, as babel reads it."""
    from babel.messages.pofile import read_po

    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def _messages(language: str) -> Messages:
    import gettext

    catalogue = read_catalogue(language)
    single: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for each in catalogue:
        if not each.id or each.fuzzy:
            continue
        if isinstance(each.id, (tuple, list)):
            forms = tuple(map(str, each.string or ("",)))
            if all(forms):
                plural[each.id[0]] = forms
        elif each.string:
            single[each.id] = str(each.string)
    return Messages(single, plural, gettext.c2py(catalogue.plural_expr))


def has_message(text: str) -> bool:
    """Whether the language spoken now has the message; English has every one."""
    return spoken() == "en" or text in _messages(spoken()).single


def translated(text: str) -> str:
    """The message in the language spoken now. Raises `MissingMessage`.

    A text that is in that language already, as in the notebook of someone who writes it, is
    itself.
    """
    language = spoken()
    if language == "en" or not text.strip():
        return text
    found = _messages(language).single.get(text)
    if found is None:
        if language_of(text) == language:
            return text
        raise _missing(text, language)
    return found


def translated_plural(one: str, many: str, number: int) -> str:
    """The form that ``number`` takes, of a message whose English forms are ``one`` and ``many``."""
    language = spoken()
    if language == "en":
        return one if number == 1 else many
    messages = _messages(language)
    if one not in messages.plural:
        raise _missing(one, language)
    return messages.plural[one][messages.form(number)]


def _missing(text: str, language: str) -> MissingMessage:
    return MissingMessage(
        f"The catalogue of {language!r} has no translation of {text!r}.",
        "Put it there: python -m kzdata.i18n.extract, then kzdata/language/catalogues/"
        f"{language}.po",
    )


_BLANK = re.compile(r"(\n\s*\n)")

_ITEM = re.compile(r"(^|\n)(?=[-*] |\d+\. )")

_LEAD = re.compile(r"(#{1,6} +|[-*] +|\d+\. +)?")


def pieces(markdown: str) -> list[tuple[str, str]]:
    """The text cut into (lead, message): joined again they are the text.

    A lead is what stands before the words: white space, the marks of a heading or of an item.
    """
    found: list[tuple[str, str]] = []
    for part in _BLANK.split(markdown.replace("\r\n", "\n")):
        if not part.strip():
            found.append((part, ""))
            continue
        places = [match.end() for match in _ITEM.finditer(part) if match.end() > 0]
        for start, end in zip([0, *places], [*places, len(part)], strict=True):
            item = part[start:end]
            lead = _LEAD.match(item)
            marks = lead[0] if lead else ""
            body = item[len(marks) :]
            found.append((marks, body.rstrip("\n")))
            found.append(("\n" * (len(body) - len(body.rstrip("\n"))), ""))
    return found


def messages_of(markdown: str) -> list[str]:
    """The messages of a text, in its order, white space in a line joined."""
    return [_joined(words) for _, words in pieces(markdown) if words.strip()]


def translate_markdown(markdown: str) -> str:
    """The text in the language spoken now, paragraph by paragraph. Raises `MissingMessage`."""
    if spoken() == "en":
        return markdown
    return "".join(
        lead + (translated(_joined(words)) if words.strip() else words)
        for lead, words in pieces(markdown)
    )


def _joined(words: str) -> str:
    return " ".join(words.split())
