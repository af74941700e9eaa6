"""The directive ``cards``: the cards of `kz.card`, a section each, with the formula typeset."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import kzdata as kz

TYPESET = Path(__file__).resolve().parent.parent / "reference" / "formulas.yml"
_LETTERS = re.compile(r"\b([A-Za-z]_[a-z]+|[A-Z]\d?|[ijk])\b")
FIELDS = ("universe", "variant", "source", "mind")


@cache
def typeset() -> dict[str, list[tuple[str, str]]]:
    """Card name -> (leading words, TeX) of each of its formulas."""
    read = yaml.safe_load(TYPESET.read_text(encoding="utf-8"))
    return {name: [_part(each) for each in _listed(given)] for name, given in read.items()}


def _listed(given: str | list) -> list:
    return given if isinstance(given, list) else [given]


def _part(given: str | dict[str, str]) -> tuple[str, str]:
    if isinstance(given, str):
        return "", given
    ((words, tex),) = given.items()
    return words, tex


class Cards(SphinxDirective):
    """``{cards}`` with the names of cards, one a line."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """One section a card."""
        self.env.note_dependency(str(TYPESET))
        return [self._section(name) for line in self.content for name in line.split()]

    def _section(self, name: str) -> nodes.section:
        card = kz.card(name)
        section = nodes.section(ids=[f"card-{name}"], names=[f"card {name}"])
        section += nodes.title("", card.title)
        section += nodes.paragraph("", "", nodes.literal("", f"kz.{name}"))
        for words, tex in typeset()[name]:
            if words:
                section += nodes.paragraph("", words, classes=["formula-words"])
            section += nodes.math_block(tex, tex, nowrap=False, number=None, label=None)
        told = nodes.definition_list(classes=["card"])
        for field in FIELDS:
            text = nodes.paragraph("", getattr(card, field))
            term = nodes.term("", field.capitalize())
            told += nodes.definition_list_item("", term, nodes.definition("", text))
        section += told
        return section


class Notation(SphinxDirective):
    """``{notation}``: what the letters of the cards mean."""

    def run(self) -> list[nodes.Node]:
        """One paragraph."""
        made = nodes.paragraph()
        for number, part in enumerate(_LETTERS.split(kz.card("rca").notation)):
            base, index = part[:1], part[1:].removeprefix("_")
            tex = base + (f"_{{{index}}}" if index else "")
            made += nodes.math(tex, tex) if number % 2 else nodes.Text(part)
        return [made]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both directives."""
    app.add_directive("cards", Cards)
    app.add_directive("notation", Notation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
