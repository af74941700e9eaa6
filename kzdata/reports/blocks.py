"""What a report is made of: a document, its sections, and the blocks that stand in them.

Every renderer takes these and nothing else, so HTML, PDF and XLSX cannot tell different stories.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from kzdata.i18n import formats
from kzdata.i18n.catalogue import direction
from kzdata.i18n.sentences import known_word, t
from kzdata.model.vocabulary import QUESTIONS

LEAD = 3

"""The most sentences that a report opens with."""


@dataclass(frozen=True)
class Heading:
    """A title inside a section."""

    level: int  # 3 and deeper: 1 is the report's title, 2 a section's
    markdown: str


@dataclass(frozen=True)
class Prose:
    """Markdown as a cell holds or displays it."""

    markdown: str


@dataclass(frozen=True)
class StatementBlock:
    """A sentence with its numbers; a finding is also listed at the head of the report."""

    markdown: str
    numbers: list[dict[str, Any]]
    finding: bool = False
    question: str = ""
    lead: bool = False


@dataclass(frozen=True)
class Column:
    """A column as it is shown: its title, and where its text stands."""

    title: str
    align: str = "left"


@dataclass(frozen=True)
class TableBlock:
    """Shown are ``columns`` and ``rows``; ``fields`` and ``data`` are the full rows behind them."""

    name: str
    title: str
    columns: list[Column]
    rows: list[list[str]]
    fields: list[dict[str, Any]]
    data: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ChartBlock:
    """A drawn figure, what it says in words, and the data that it shows."""

    name: str
    title: str
    subtitle: str
    alt: str
    caption: str
    fields: list[dict[str, Any]]
    data: list[dict[str, Any]]
    svg: str
    png: bytes


@dataclass(frozen=True)
class Sources:
    """The publications that figures come from."""

    markdown: str
    data: list[dict[str, Any]]


@dataclass(frozen=True)
class Image:
    """A picture that carries no data: what a notebook of the user's own may show."""

    mime: str
    content: bytes
    alt: str


@dataclass(frozen=True)
class Preformatted:
    """Text as a cell printed it."""

    text: str


Block = Heading | Prose | StatementBlock | TableBlock | ChartBlock | Sources | Image | Preformatted


@dataclass(frozen=True)
class Section:
    """One notebook's part of a report."""

    name: str
    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class Document:
    """A whole report. ``about`` are the pairs of the colophon: parameters, edition, versions."""

    title: str
    sections: list[Section]
    as_of: str = ""
    edition: str = ""
    language: str = "en"
    about: list[tuple[str, str]] = field(default_factory=list)
    paged: bool = True  # on paper, each section begins a page
    news: list[str] = field(default_factory=list)  # what is new since the edition before
    fresh: frozenset[str] = frozenset()  # the findings, in plain words, that are new
    key_figures: TableBlock | None = None

    @property
    def direction(self) -> str:
        """Which way the language is written, as HTML names it."""
        return direction(self.language)

    @property
    def findings(self) -> list[StatementBlock]:
        """The statements that the report opens with, those of the lead first."""
        return [*self.lead, *(each for _, group in self.questions for each in group)]

    @property
    def lead(self) -> list[StatementBlock]:
        """The few sentences for whoever reads no further: what is new and what it means."""
        return [s for s in self.all(StatementBlock) if s.finding and s.lead][:LEAD]

    @property
    def questions(self) -> list[tuple[str, list[StatementBlock]]]:
        """The other findings by the question that they answer, in the order of `QUESTIONS`.

        What answers none stands last, under its section's title; where a report is of one notebook,
        whose sections are chapters, under none.
        """
        lead = self.lead
        groups: dict[str, list[StatementBlock]] = {
            known_word(each): [] for each in QUESTIONS.values()
        }
        for part in self.sections:
            for block in part.blocks:
                if isinstance(block, StatementBlock) and block.finding and block not in lead:
                    asked = QUESTIONS.get(block.question)
                    other = part.title if self.paged else ""
                    groups.setdefault(known_word(asked) if asked else other, []).append(block)
        return [(question, found) for question, found in groups.items() if found]

    def all(self, kind: type) -> list[Any]:
        """The blocks of one kind, in the order of the report."""
        return [block for part in self.sections for block in part.blocks if isinstance(block, kind)]


def slug(text: str) -> str:
    """A name safe in a file system and an address: lower-case ASCII letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")


def cell_text(value: Any) -> str:
    """A value as text: thousands separated, a real minus, nothing for missing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, int | float):
        # Fifteen digits are what a float carries for certain: 0.1 + 0.2 is shown as 0.3.
        return formats.format_number(value)
    return str(value)


def is_year(name: str) -> bool:
    """Whether a field of whole numbers holds years, which take no separator."""
    return name == "year" or name.endswith("_year")


def twin(
    fields: list[dict[str, Any]], data: list[dict[str, Any]]
) -> tuple[list[tuple[str, str]], list[Column], list[list[str]]]:
    """The data behind a chart in a readable form: what all rows share, then what varies.

    Returns the shared pairs, the columns, and the rows as text. Empty columns are left out.
    """
    shared, columns, names = [], [], []
    for one in fields:
        texts = {_text(one, row) for row in data}
        title = one.get("title") or one["name"]
        if len(texts) == 1 and len(data) > 1:
            text = texts.pop()
            shared += [(title, text)] if text else []
        elif texts - {""}:
            names.append(one)
            columns.append(Column(title, "right" if one.get("type") == "number" else "left"))
    rows = [[_text(one, row) for one in names] for row in data]
    return shared, columns, rows


def _text(one: dict[str, Any], row: dict[str, Any]) -> str:
    value = row.get(one["name"])
    if isinstance(value, int | float) and is_year(one["name"]):
        return f"{value:.0f}"
    return cell_text(value)
