"""What a report says of itself beside its notebooks: key figures, methods, and its sources.

Made from what the notebooks showed, so that no notebook has to repeat it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kzdata import cards, home, sources
from kzdata.errors import KzdataError
from kzdata.language import isolated, known_word, retold, t, term
from kzdata.reports.blocks import Block, Column, Document, Heading, Prose, Section, Sources, Table
from kzdata.reports.headline_figures import key_figures

_GRADES = {
    "series": term("Series: figures as an office or an organisation publishes them."),
    "official_statistics": term("Official statistics: compiled under a published method."),
    "database": term("Database: figures of others, gathered and sometimes adjusted."),
    "official_statement": term("Official statement: an office's own words, seldom with a method."),
    "law": term("Legal text: what was laid down, not what was done."),
    "article": term("Article: an author's account; its figures are checked here one by one."),
    "press": term("Press: a report of what others said or published."),
}
_CARD_LINES = ("formula", "universe", "mind", "source")


def completed(document: Document, used: Iterable[str]) -> Document:
    """The document with its key figures at the head and, at the end, methods and sources.

    ``used`` are the names under which the notebooks called indicators.
    """
    ends = [part for part in (methods(used), reliability(document)) if part]
    return replace(
        document, key_figures=key_figures(document), sections=[*document.sections, *ends]
    )


def called(books: Iterable[Any]) -> list[str]:
    """The indicators with a card that the code of executed notebooks calls, each once."""
    names: dict[str, None] = {}
    for book in books:
        for cell in book.cells:
            if cell.cell_type != "code":
                continue
            try:
                tree = ast.parse(cell.source)
            except SyntaxError:  # magics, in a notebook of the user's own
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    names |= {node.attr: None} if node.value.id in {"kz", "kzdata"} else {}
    return [each for each in names if each in cards.names()]


def methods(used: Iterable[str]) -> Section | None:
    """The cards of these indicators: formula, what it is compared with, how it misleads."""
    blocks: list[Block] = []
    for name in used:
        card = cards.card(name)
        labels = {
            "formula": t("Formula"),
            "universe": t("Compared with"),
            "mind": t("How it misleads"),
            "source": t("Proposed by"),
        }
        lines = [f"- **{labels[each]}**: {_said(card, each)}" for each in _CARD_LINES]
        blocks += [Heading(3, known_word(card.title)), Prose("\n".join(lines))]
    if not blocks:
        return None
    letters = Prose(_escaped(known_word(" ".join(card.notation.split()))))
    return Section("methods", t("How the indicators are made"), [letters, *blocks])


def card_messages() -> list[str]:
    """What the cards of the shipped notebooks say in words: what the catalogues have to hold."""
    import nbformat

    places = sorted((home.HOME / "notebooks").glob("*.ipynb"))
    found = []
    for name in called(nbformat.read(each, as_version=4) for each in places):
        card = cards.card(name)
        found += [card.title, card.universe, card.mind]
        found += [card.source] if not re.search(r"\d{4}", card.source) else []
        found.append(" ".join(card.notation.split()))
    return list(dict.fromkeys(found))


def _said(card: cards.Card, name: str) -> str:
    said = str(getattr(card, name))
    # A formula is written from left to right in every language, and its letters are not translated.
    return _escaped(isolated(said) if name == "formula" else known_word(said))


def _escaped(text: str) -> str:
    """Letters with an index stand as they are: Markdown must not read _ and * as emphasis."""
    return re.sub(r"([_*|<\[\]])", r"\\\1", text)


def reliability(document: Document) -> Section | None:
    """What kind of source each one is, and what to know before leaning on it."""
    cited: dict[str, dict[str, Any]] = {}
    for block in document.all(Sources):
        cited |= {str(row.get("source")): row for row in block.data}
    rows, data = [], []
    shipped = sources.manifests()
    for name in sorted(cited):
        try:
            known = sources.source(name)
        except KzdataError:  # a source of the user's own notebook
            known = cited[name]
        kind = "series" if name in shipped else str(known.get("kind") or "")
        grade = known_word(_GRADES[kind]) if kind in _GRADES else t("Kind of source not stated.")
        publisher = known_word(str(known.get("publisher") or name))
        note = retold(" ".join(str(known.get("reliability") or "").split()))
        what = retold(" ".join(str(known.get("title") or "").split()))
        rows.append([publisher, what, str(known.get("published") or t("undated")), grade, note])
        data.append({"source": name, "publisher": publisher, "title": what,
                     "published": str(known.get("published") or ""), "grade": grade,
                     "note": note})  # fmt: skip
    if not rows:
        return None
    titles = {
        "publisher": t("Publisher"),
        "title": t("Title"),
        "published": t("Published"),
        "grade": t("Kind of source"),
        "note": t("What to know before leaning on it"),
    }
    fields = [{"name": "source", "title": t("Source")}]
    fields += [{"name": name, "title": title} for name, title in titles.items()]
    table = Table(
        name="reliability",
        title=t("Every source of this report, and how far it carries"),
        columns=[Column(title) for title in titles.values()],
        rows=rows,
        fields=[{**each, "type": "string"} for each in fields],
        data=data,
    )
    return Section("reliability", t("Sources and their reliability"), [table])
