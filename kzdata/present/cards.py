"""Cards: what an indicator is, in five lines that can be printed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kzdata.errors import UnknownCode, did_you_mean
from kzdata.files import yaml_of
from kzdata.present import mime

_TABLE = Path(__file__).with_name("cards.yml")


@dataclass(frozen=True)
class Card:
    """One indicator: its formula, its universe, its variants, who proposed it, how it misleads."""

    name: str
    title: str
    formula: str
    universe: str
    variant: str
    source: str
    mind: str
    notation: str

    def _lines(self) -> list[tuple[str, str]]:
        return [
            ("Formula", self.formula),
            ("Universe", self.universe),
            ("Variant", self.variant),
            ("Source", self.source),
            ("Mind", self.mind),
            ("Notation", self.notation),
        ]

    def __str__(self) -> str:
        body = "\n".join(f"  {label + ':':10}{text}" for label, text in self._lines())
        return f"{self.title} · kz.{self.name}\n{body}"

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        lines = "\n".join(f"- {label}: {_plain(text)}" for label, text in self._lines())
        text = f"**{self.title}** (`kz.{self.name}`)\n\n{lines}"
        data = {"kind": "statement", "finding": False, "text": text, "numbers": []}
        return mime.bundle(str(self), data, text_markdown=text)


def _plain(text: str) -> str:
    """Letters with an index stand as they are: Markdown must not read _ and * as emphasis."""
    for sign in "_*|":
        text = text.replace(sign, "\\" + sign)
    return text


@cache
def _cards() -> dict[str, Card]:
    table = yaml_of(_TABLE)
    return {
        name: Card(name=name, notation=table["notation"], **fields)
        for name, fields in table["cards"].items()
    }


def names() -> set[str]:
    """The names of the indicators that have a card."""
    return set(_cards())


def card(name: str) -> Card:
    """The card of an indicator by the name under which it is called; it prints itself.

    Raises `UnknownCode` with the near names.

    >>> import kzdata as kz
    >>> print(kz.card("rsca").formula)
    RSCA_ik = (RCA_ik − 1) / (RCA_ik + 1)
    """
    known = _cards()
    if name not in known:
        raise UnknownCode(f"Unknown card {name!r}.", did_you_mean(str(name), known))
    return known[name]
