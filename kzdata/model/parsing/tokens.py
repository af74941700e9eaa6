"""A printed text, cut into numbers, words and signs that can be looked up.

What the eye does not see (direction marks, kinds of space) and what keyboards confuse (kinds of
hyphen and apostrophe, Latin letters inside Cyrillic words) is made uniform here, and only here.
Hyphens (-) and dashes (–) stay apart from the minus (−): a sign is not a range.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from kzdata.model.parsing import hebrew

HYPHEN, DASH, MINUS = "-", "–", "−"

_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x061C, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF),
        *(*range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)),
        # Hebrew vowel points and cantillation, without the maqaf (05BE) and the marks beside it.
        *(*range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7),
    ]
)

_UNIFORM = str.maketrans(
    {
        **dict.fromkeys("‐‑־﹣-", HYPHEN),
        **dict.fromkeys("‒–—―⸺﹘", DASH),
        **dict.fromkeys("’‘ʼ׳′´`", "'"),
        **dict.fromkeys("״“”„″", '"'),
        **dict.fromkeys("％٪", "%"),
        "＄": "$",
        "∼": "~",
        "～": "~",
        "≃": "≈",
        "\u200b": " ",
    }
)

_LATIN_AS_CYRILLIC = str.maketrans("aceopxyikmthbё", "асеорхуікмтнве")

_TOKEN = re.compile(
    r"""[0-9]+
      | [א-ת]+ (?:["'][א-ת]+)* '? \.?     # Hebrew, with the marks of its abbreviations
      | [^\W\d_]+ \.?                     # a word, with the full stop of an abbreviation
      | \S""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """One number, word or sign: as compared, as printed, and whether it touches what precedes."""

    text: str
    raw: str
    glued: bool

    @property
    def is_number(self) -> bool:
        """Whether it is a run of digits."""
        return "0" <= self.text[0] <= "9"

    @property
    def is_word(self) -> bool:
        """Whether it is a run of letters."""
        return self.text[0].isalpha()


def clean(text: str) -> str:
    """The text without invisible marks, with one kind of each hyphen, dash, quote and space."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).translate(_UNIFORM)
    return " ".join(text.split())


def tokenise(text: str) -> list[Token]:
    """Tokens of a cleaned or raw text; nothing but space is lost, except the hyphen of כ-500."""
    text = clean(text)
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        raw = match.group()
        token = Token(_comparable(raw), raw, glued=match.start() == end and end > 0)
        if not (token.text == HYPHEN and token.glued and _is_prefix(tokens[-1].text)):
            tokens.append(token)
        end = match.end()
    return tokens


def _comparable(raw: str) -> str:
    word = raw.lower()
    if len(word) > 1:
        word = word.removesuffix(".")
    if any("Ѐ" <= letter <= "ӿ" for letter in word):
        word = word.translate(_LATIN_AS_CYRILLIC)
    return word


def _is_prefix(word: str) -> bool:
    return len(word) <= 2 and all(letter in hebrew.PREFIXES for letter in word)
