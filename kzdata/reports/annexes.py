"""The sections that every report gets: key figures, methods, and the reliability of its sources."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kzdata import settings
from kzdata.errors import KzdataError
from kzdata.i18n import formats
from kzdata.i18n.formats import format_period
from kzdata.i18n.sentences import isolated, known_word, retold, t, term
from kzdata.model import contract
from kzdata.model.vocabulary import DATAFLOWS, FLOWS, STATUSES
from kzdata.present import cards
from kzdata.reports.blocks import (
    Block,
    Column,
    Document,
    Heading,
    Prose,
    Section,
    Sources,
    TableBlock,
)
from kzdata.reports.markdown import escaped, plain
from kzdata.seeds import sources

# How a number says what it is: a measure, then the cell of the contract that it is of.
_WHAT = re.compile(
    r"(?:(?P<measure>growth pct|growth lower pct|growth upper pct|value share) of )?"
    r"(?P<dataflow>\w+) (?P<reporter>[A-Z]{3}) (?P<partner>[A-Z]{3}|_Z) "
    r"(?P<flow>\w+) (?P<period>\S+)"
)

_END = {"growth lower pct": "lower", "growth upper pct": "upper"}

_PLAIN = {"", "A", "_Z", "_U"}  # what needs no word: as the publisher prints it


def key_figures(document: Document) -> TableBlock | None:
    """The figures of the findings with the interval of each; None where no finding has any.

    Only figures that stand for a cell of the contract, its growth or its share are listed; a
    count or a rank has no interval.
    """
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for part in document.sections:
        for block in part.blocks:
            if getattr(block, "finding", False):
                for number in block.numbers:  # type: ignore[union-attr]
                    _take(found, number, part)
    rows = [each for each in found.values() if each["value"] is not None or "lower" in each]
    if not rows:
        return None
    titles = {
        "figure": t("What is measured"),
        "value": t("Value"),
        "interval": t("Interval"),
        "part": t("Section"),
        "source": t("Source"),
    }
    shown = ("figure", "value", "interval", "source")
    columns = [Column(titles[name], "right" if name == "value" else "left") for name in shown]
    kept = [{**each, "interval": _interval(each)} for each in rows]
    fields = [{"name": name, "title": title, "type": "string"} for name, title in titles.items()]
    fields[1:3] = [
        {"name": "value", "title": t("Value"), "type": "number"},
        {"name": "unit", "title": t("Unit"), "type": "string"},
        {"name": "lower", "title": t("Lower"), "type": "number"},
        {"name": "upper", "title": t("Upper"), "type": "number"},
    ]
    names = [each["name"] for each in fields]
    return TableBlock(
        name="key-figures",
        title=t("Key figures and their intervals"),
        columns=columns,
        rows=[
            [each["figure"], each["printed"], each["interval"], _publishers(each["source"])]
            for each in kept
        ],
        fields=fields,
        data=[{name: each.get(name) for name in names} for each in kept],
        notes=[
            t(
                "The interval is that of the printed digits, of an estimate at its stated "
                "probability, or of bounds that follow from what is published."
            )
        ],
    )


def _take(
    found: dict[tuple[str, ...], dict[str, Any]], number: dict[str, Any], part: Section
) -> None:
    match = _WHAT.fullmatch(str(number.get("what") or ""))
    if not match or match["dataflow"] not in DATAFLOWS or match["flow"] not in FLOWS:
        return
    measure = match["measure"] or ""
    end = _END.get(measure)
    measure = "growth" if measure.startswith("growth") else "share" if measure else ""
    key = (part.name, measure, *match.group("dataflow", "reporter", "partner", "flow", "period"))
    label = _label("growth from" if end else measure, match)
    one = found.setdefault(
        key,
        {
            "figure": label if end else _standing(label, number),
            "value": None,
            "printed": "",
            "unit": str(number.get("unit") or ""),
            "part": plain(part.title),
            "source": str(number.get("source") or ""),
        },
    )
    if end:
        one[end] = number["value"]
    elif one["value"] is None:
        one |= {"value": number["value"], "printed": number["text"]}
        if number.get("lower") is not None and number.get("upper") is not None:
            one |= {"lower": number["lower"], "upper": number["upper"]}


def _label(measure: str, match: re.Match[str]) -> str:
    from kzdata.i18n.formats import area_name

    flow, dataflow = match["flow"], match["dataflow"]
    what = known_word(FLOWS[flow] if dataflow == "trade_goods" else DATAFLOWS[dataflow])
    what = what if measure else what[:1].upper() + what[1:]
    where = {"reporter": area_name(match["reporter"]), "period": format_period(match["period"])}
    if match["partner"] == "_Z":
        return t("{what}: {reporter}, {period}", what=what, **where)
    where["partner"] = area_name(match["partner"])
    if measure == "growth":
        return t("Growth, {what}: {reporter} – {partner}, {period}", what=what, **where)
    if measure == "growth from":  # bounds stand in the row of the months that they grow from
        return t("Growth from {period}, {what}: {reporter} – {partner}", what=what, **where)
    if measure == "share":
        return t("Share, {what}: {reporter} – {partner}, {period}", what=what, **where)
    return t("{what}: {reporter} – {partner}, {period}", what=what, **where)


def _standing(label: str, number: dict[str, Any]) -> str:
    """The label, with what the figure is where it is not one that an office publishes as such."""
    status = str(number.get("obs_status") or "")
    if status not in _PLAIN and status in STATUSES:
        return t("{what} ({status})", what=label, status=known_word(STATUSES[status]))
    if number.get("basis") == "claimed":
        return t("{what} ({status})", what=label, status=t("as stated"))
    return label


def _publishers(joined: str) -> str:
    names = (sources.publisher(each) for each in contract.split_sources(joined))
    return "; ".join(dict.fromkeys(known_word(each) for each in names))


def _interval(one: dict[str, Any]) -> str:
    ends = [each for each in (one.get("lower"), one.get("upper")) if each is not None]
    if len(ends) < 2 or not all(map(math.isfinite, ends)):
        return t("not known")
    low, high = (_printed(each, one["unit"]) for each in ends)
    if low == high:
        return t("exact to the digits shown")
    return t("{low} to {high}", low=low, high=high)


def _printed(value: float, unit: str) -> str:
    if unit == "share":
        return formats.format_amount(100 * value, "percent", decimals=2)
    return formats.format_amount(value, unit or None)


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
    letters = Prose(escaped(known_word(" ".join(card.notation.split()))))
    return Section("methods", t("How the indicators are made"), [letters, *blocks])


def card_messages() -> list[str]:
    """What the cards of the shipped notebooks say in words: what the catalogues have to hold."""
    import nbformat

    places = sorted((settings.HOME / "notebooks").glob("*.ipynb"))
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
    return escaped(isolated(said) if name == "formula" else known_word(said))


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
    table = TableBlock(
        name="reliability",
        title=t("Every source of this report, and how far it carries"),
        columns=[Column(title) for title in titles.values()],
        rows=rows,
        fields=[{**each, "type": "string"} for each in fields],
        data=data,
    )
    return Section("reliability", t("Sources and their reliability"), [table])
