"""The catalogues of messages: English is the message, a .po file holds another language's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kzdata.errors import MissingMessage
from kzdata.language.current import language_of, spoken

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

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
        "Put it there: python -m kzdata.language.extract, then kzdata/language/catalogues/"
        f"{language}.po",
    )
