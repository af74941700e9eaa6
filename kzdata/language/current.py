"""Which language is spoken now, and which one a text is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from kzdata.errors import UnknownCode, did_you_mean

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
            f"{language!r} is no language that reports are written in.",
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
