"""The report as one page that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import itertools
import re
from functools import cache
from pathlib import Path
from typing import Any

from kzdata.i18n.catalogue import language_of
from kzdata.i18n.sentences import known_word, t, tn
from kzdata.reports.bidi import in_order
from kzdata.reports.blocks import (
    ChartBlock,
    Document,
    Heading,
    Image,
    Section,
    TableBlock,
    cell_text,
    slug,
    twin,
)
from kzdata.reports.markdown import inline_html, plain, to_html

_HEBREW = re.compile("[\u05d0-\u05ea]")

TEMPLATES = Path(__file__).parent / "templates"

# A browser that obeys this could not run or fetch anything even if it stood in the page.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"


def render(document: Document) -> str:
    """The page as text: same document, same bytes."""
    from markupsafe import Markup

    document = in_order(document)
    parts = _numbered(document)
    return template().render(
        document=document,
        parts=parts,
        addresses={each["anchor"] for each in parts},
        policy=POLICY,
        css=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        md=lambda text: Markup(to_html(text)),
        md_line=lambda text: Markup(inline_html(text)),
        plain=plain,
        cell_text=cell_text,
        twin=twin,
        beyond=_beyond,
        data_uri=_data_uri,
        kind=lambda block: type(block).__name__,
        t=t,
        tn=tn,
        known_word=known_word,
        way=_way,
        tongue=lambda text: _tongue(text, document.language),
    )


def template() -> Any:
    """The page's template, compiled at the first call."""
    return environment().get_template("report.html.j2")


@cache
def environment() -> Any:
    """Where the templates of pages are found; whatever is put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _numbered(document: Document) -> list[dict[str, Any]]:
    """Sections with an address each, their blocks with the number of figure, table or heading."""
    figures = tables = 0
    parts: list[dict[str, Any]] = []
    for part in document.sections:
        address = _anchor(part, {each["anchor"] for each in parts})
        items = []
        headings, limits = 0, ""
        for block in part.blocks:
            anchor, number = "", 0
            if isinstance(block, ChartBlock):
                figures += 1
                anchor, number = f"figure-{figures}", figures
            elif isinstance(block, TableBlock):
                tables += 1
                anchor, number = f"table-{tables}", tables
            elif isinstance(block, Heading):
                headings += 1
                anchor = f"{address}-{headings}"
                if plain(block.markdown) == t("What this cannot show"):
                    limits = anchor
            items.append({"block": block, "anchor": anchor, "number": number})
        parts.append({"section": part, "anchor": address, "items": items, "limits": limits})
    return parts


def _anchor(part: Section, taken: set[str]) -> str:
    wanted = slug(part.name) or "section"
    numbered = (f"{wanted}-{number}" for number in itertools.count(2))
    return next(each for each in itertools.chain([wanted], numbered) if each not in taken)


def _beyond(title: str, alt: str) -> str:
    """What a description says after the title, where it begins with that; else the whole of it."""
    _, found, rest = alt.partition(title.rstrip("."))
    return rest.lstrip(". ") if title and found else alt


def _way(text: str) -> str:
    """A cell with any Hebrew is a Hebrew cell, though it begin with a figure or a quotation."""
    return "rtl" if _HEBREW.search(text) else "auto"


def _tongue(text: str, language: str) -> Any:
    """The attribute that says a cell's language where it is another than the page's."""
    from markupsafe import Markup

    found = language_of(text)
    # Cyrillic without letters of its own may be Kazakh as well as Russian.
    if not found or found == language or {found, language} == {"ru", "kk"}:
        return ""
    return Markup(f' lang="{found}"')


def _data_uri(block: ChartBlock | Image) -> str:
    if isinstance(block, ChartBlock):
        mime, content = "image/svg+xml", block.svg.encode()
    else:
        mime, content = block.mime, block.content
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
