"""Sentences in frames: written in English, told again in the reader's language.

A frame is data and stays English in every report, so that two editions can be compared. What its
sentences were made of is remembered beside them, by their English text, for as long as the
process lives. A sentence that was typed into the seeds is found in the catalogue; what is in
neither is shown as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kzdata.language.current import speaking, spoken
from kzdata.language.sentences import Later, Sentence, known_word

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
