"""The sentences of a report, made of cited numbers.

A sentence takes its numbers only as `Number`, so that every figure a reader sees can be walked back
to a row, a publication and a place in it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from string import Formatter
from typing import Any

from kzdata.errors import KzdataError, UnknownCode, did_you_mean
from kzdata.i18n.catalogue import translated
from kzdata.i18n.sentences import after, isolated, retold
from kzdata.model.vocabulary import QUESTIONS
from kzdata.present import mime
from kzdata.present.numbers import Number


@dataclass(frozen=True)
class Statement:
    """A sentence in Markdown with its numbers: name, as printed, and the number itself."""

    text: str
    numbers: tuple[tuple[str, str, Number], ...]
    is_finding: bool = False
    question: str = ""
    lead: bool = False

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        data = {
            "kind": "statement",
            "finding": self.is_finding,
            "question": self.question,
            "lead": self.lead,
            "text": self.text,
            "numbers": [
                {
                    "name": name,
                    "text": shown,
                    **{key: _finite(value) for key, value in asdict(each).items()},
                }
                for name, shown, each in self.numbers
            ],
        }
        return mime.bundle(self.text, data, text_markdown=mime.markdown(self.text))


def _finite(value: Any) -> Any:
    return value if not isinstance(value, float) or math.isfinite(value) else None


def say(text: str, **parts: Number | str) -> Statement:
    """A paragraph of Markdown; ``{name}`` prints the part of that name.

    ``text`` is one whole template, written in English and said in the language that `kz.speak`
    set. Raises `MissingMessage` where that language's catalogue does not hold it.
    Parts are `Number` or text. A bare number is refused, since it could not be walked back.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024).pipe(kz.turnover)
    >>> print(kz.say("Turnover was {money}.", money=kz.number(trade, period="2025")))
    Turnover was US$193.3 million.
    """
    return _state(text, parts, is_finding=False)


def finding(
    text: str, *, question: str = "", lead: bool = False, **parts: Number | str
) -> Statement:
    """Like `say`, for a sentence that belongs in the report's key findings and its manifest.

    ``question`` names the one that it answers, under which the summary lists it: level, change,
    agreement, investment, promises or limits; without one it stands under its section. With
    ``lead`` it is among the first sentences of the report, of which there are at most three.
    Raises `UnknownCode` for another question.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024).pipe(kz.turnover)
    >>> print(kz.finding("Turnover was {money}.", money=kz.number(trade, period="2025")))
    Turnover was US$193.3 million.
    """
    if question and question not in QUESTIONS:
        raise UnknownCode(
            f"Unknown question of a summary {question!r}.", did_you_mean(question, QUESTIONS)
        )
    return replace(_state(text, parts, is_finding=True), question=question, lead=bool(lead))


def _state(text: str, parts: dict[str, Number | str], *, is_finding: bool) -> Statement:
    for name, part in parts.items():
        if not isinstance(part, (Number, str)):
            raise KzdataError(
                f"{name}={part!r} is a bare number; a reader could not walk it back.",
                f"Take it from a frame: {name}=kz.number(frame, period=…)",
            )
    printed = ""
    numbers: list[tuple[str, str, Number]] = []
    for literal, placed, spec, _ in Formatter().parse(translated(text)):
        printed += after(printed, literal)
        if placed is None:
            continue
        if placed not in parts:
            raise KzdataError(
                f"The text has a placeholder {placed!r} that was not given.",
                f"Given: {', '.join(parts) or 'none'}.",
            )
        part = parts[placed]
        shown = format(retold(part) if isinstance(part, str) else part, spec or "")
        printed += isolated(shown)
        if isinstance(part, Number):
            numbers.append((placed, shown, part))
    return Statement(printed, tuple(numbers), is_finding)
