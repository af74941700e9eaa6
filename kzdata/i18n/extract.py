"""Every message that a reader may see, put into the catalogues: what the translators work from.

    python -m kzdata.i18n.extract            update catalogues/*.po from code and notebooks
    python -m kzdata.i18n.extract --check    change nothing; fail where anything is missing

babel reads and writes the catalogues. The messages are found in the syntax tree and not by its
tokens, since a template may be one branch of a condition or a header in a dictionary.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from kzdata.errors import KzdataError
from kzdata.i18n.catalogue import FOLDER, LANGUAGES, messages_of, read_catalogue
from kzdata.settings import HOME

KINDS_OF_EVENT = (
    "agreement",
    "business",
    "ceremony",
    "commission",
    "contact",
    "defence",
    "diplomacy",
    "trade",
    "training",
    "visa",
    "visit",
)

STATUSES_OF_EVENT = ("happened", "planned", "status")

STATUSES_OF_INDICATOR = ("met", "no evidence yet", "lapsed", "unknown")

TOPICS = (
    "agreements",
    "commitments",
    "companies",
    "diplomacy",
    "energy",
    "investment",
    "trade",
    "training",
    "visits",
)

LEFT_OPEN = (
    "crude or all oil",
    "crude or crude and condensate",
    "currency",
    "date",
    "day",
    "definition of joint",
    "end of the period",
    "figure",
    "first and last month",
    "first year",
    "flow",
    "fuel or crude",
    "gross, net or position",
    "how a destination is told",
    "measure",
    "office",
    "period",
    "registered or active",
    "reporter",
    "start of the period",
    "start of the term",
    "statistical office",
    "valuation",
    "volume or value",
)

INSTRUMENTS = (
    "announcement",
    "investment agreement",
    "joint announcement",
    "memorandum",
    "statement of intent",
)

PUBLISHERS = (
    "Adilet, legal information system of Kazakhstan",
    "Bank of Israel",
    "Bureau of National Statistics of the Republic of Kazakhstan",
    "Bureau of National Statistics, Kazakhstan",
    "Central Bureau of Statistics, Israel",
    "Embassy of Kazakhstan in Israel",
    "International Monetary Fund",
    "Ministry of Foreign Affairs, Israel",
    "National Bank of Kazakhstan",
    "UN Comtrade",
    "United Nations Statistics Division",
    "World Bank",
    "World Bank, World Integrated Trade Solution",
    "not named in the copy",
)

CONCEPTS = (
    "as reported",
    "gross inflow",
    "net inflow",
    "net outflow",
    "position",
    "position outward",
)

CONCEPTS_OF_ENERGY = (
    "both value",
    "both volume",
    "crude and products volume",
    "crude export share",
    "crude exports value",
    "crude exports volume",
    "crude import share aze kaz",
    "crude imports volume",
    "oil import share",
    "oil import share caspian",
    "oil import share kurdistan",
    "oil imports value",
    "oil share of demand kurdistan",
    "oil supplier rank",
)

DATED_EVENTS = (
    "Accords accession announced",
    "Chamber of commerce established",
    "Diplomatic relations established",
    "Joint commission formed",
    "Kazakh embassy in israel open",
    "Mashav training begins",
    "Military cooperation agreement",
    "Ministerial visits recorded",
    "Relations active since",
    "Tokayev explains accords",
    "Visit nazarbayev 1995",
    "Visit nazarbayev 2000",
    "Visit nazarbayev 2013",
    "Visit netanyahu 2016",
    "Visit peres 2009",
    "Visit peres 2015",
    "Visit saar 2026",
)

PLACES = ("text",)

UNITS = ("count", "hours", "months", "ordinal", "years")

COLUMNS_OF_SOURCES = (
    "Accessed via",
    "Edition",
    "Licence",
    "Published",
    "Publisher",
    "Source",
    "Title",
    "Url",
)

VERDICTS = ("confirmed", "rounds to", "differs", "other measure", "unverifiable")

ANSWERS = ("published", "like for like", "bounds", "estimate", "naive", "outcome")

CONTRADICTIONS = ("spans", "oil share", "concept", "dates", "values", "parts")

OF_SEEDS = (
    *KINDS_OF_EVENT,
    *STATUSES_OF_EVENT,
    *STATUSES_OF_INDICATOR,
    *TOPICS,
    *LEFT_OPEN,
    *INSTRUMENTS,
    *PUBLISHERS,
    *CONCEPTS,
    *CONCEPTS_OF_ENERGY,
    *DATED_EVENTS,
    *COLUMNS_OF_SOURCES,
    *PLACES,
    *UNITS,
    *VERDICTS,
    *ANSWERS,
    *CONTRADICTIONS,
)

_OF_SOURCES = ("title", "series", "edition", "accessed_via", "licence", "reliability")

TYPED: dict[str, dict[str, tuple[str, ...]]] = {
    "sources*.yml": {"sources": _OF_SOURCES},
    "events.yml": {"events": ("title", "doubt")},
    "commitments.yml": {
        "commitments": ("title", "place", "parties"),
        "indicators": ("title", "condition"),
    },
    "claims*.yml": {"claims": ("doubt", "parties", "stated_source")},
    "transit.yml": {"scenarios": ("title",)},
    "assumptions.yml": {"assumptions": ("caveats",)},
}

"""File, the list in it, and its fields that hold sentences."""

INNER = {"legs": ("via",), "evidence": ("says",), "quantities": ("arithmetic",)}

"""The same of the lists inside a record."""


def typed_texts() -> list[str]:
    """Every sentence of the seeds and of the manifests that reports show, each once."""
    import yaml

    found: dict[str, None] = {}
    for pattern, lists in TYPED.items():
        for place in sorted((HOME / "seeds").glob(pattern)):
            held = yaml.safe_load(place.read_text(encoding="utf-8"))
            for name, fields in lists.items():
                for record in held.get(name) or ():
                    found |= dict.fromkeys(_texts(record, fields))
                    found |= dict.fromkeys(_of_claim(record) if name == "claims" else ())
                    found |= dict.fromkeys(_inner(record))
    for place in sorted((HOME / "data" / "raw").glob("*/manifest.yml")):
        manifest = yaml.safe_load(place.read_text(encoding="utf-8"))
        found |= dict.fromkeys(_texts(manifest, _OF_SOURCES))
    return list(found)


def _texts(record: dict[str, Any], fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        held = record.get(field)
        for each in held if isinstance(held, list) else [held]:
            if each:
                yield " ".join(str(each).split())


def _inner(record: dict[str, Any]) -> Iterator[str]:
    for name, fields in INNER.items():
        for each in record.get(name) or ():
            yield from _texts(each, fields)
            yield from _inner(each)


def _of_claim(record: dict[str, Any]) -> Iterator[str]:
    # The page on a part of a year shows how its figure was read.
    if record.get("topic") == "trade" and "/P" in str(record.get("period")):
        yield from _texts(record, ("note",))


FIRST = {"t", "term", "Sentence", "said", "written"}

"""Calls whose first argument is a message."""

SPOKEN = {"say", "finding"}

"""The same of the public API: ``kz.say``."""

PAIRS = {"tn", "said_number"}

OTHERS = tuple(each for each in LANGUAGES if each != "en")


class Found(NamedTuple):
    """A message, its plural where it has one, and the file it stands in."""

    text: str
    many: str | None
    where: str


@cache
def messages() -> list[Found]:
    """Every message of the library, the notebooks, the templates and the fixed lists."""
    package = Path(__file__).parents[1]
    found: list[Found] = []
    for path in sorted(package.rglob("*.py")):
        if path.parent.name != "language":
            where = path.relative_to(package.parent).as_posix()
            found += in_python(path.read_text(encoding="utf-8"), where)
    for path in sorted((HOME / "notebooks").glob("*.ipynb")):
        found += in_notebook(path)
    for path in sorted(package.rglob("*.j2")):
        found += _in_template(path)
    found += _in_editions()
    found += [Found(text, None, "fixed lists") for text in fixed()]
    return list({(each.text, each.many): each for each in reversed(found)}.values())[::-1]


def fixed() -> list[str]:
    """The words of fixed lists, as they are shown."""
    pass
    pass

    # Modules of higher layers, read here as the notebooks are: nothing below depends on them.
    code_lists = importlib.import_module("kzdata.model.vocabulary")
    shapes = importlib.import_module("kzdata.seeds.schemas")
    lists = [code_lists.DATAFLOWS, code_lists.FLOWS, code_lists.STATUSES, code_lists.QUESTIONS]
    shown = (text for each in lists for text in each.values())
    annexes = importlib.import_module("kzdata.reports.annexes")
    areas = importlib.import_module("kzdata.model.codes")
    return [
        *shown,
        *areas.extensions().values(),
        *shapes.LADDER,
        shapes.LAPSED,
        *OF_SEEDS,
        *annexes.card_messages(),
        *typed_texts(),
    ]


def in_python(source: str, where: str) -> Iterator[Found]:
    """The messages in Python source. Raises `KzdataError` for a template that is no literal."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        if node.args and (name in FIRST or (name in SPOKEN and _is_kz(node.func))):
            many = _keyword(node, "many")
            plural = str(many.value) if isinstance(many, ast.Constant) else None
            for text in _literals(node.args[0], where):
                yield Found(text, plural, where)
        elif name in PAIRS:
            one, other = (_literals(each, where) for each in node.args[:2])
            yield from (Found(a, b, where) for a, b in zip(one, other, strict=True))
        elif name == "table" and len(node.args) > 1 and _is_kz(node.func):
            yield from _of_table(node, where)


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else ""


def _is_kz(func: ast.expr) -> bool:
    owner = func.value if isinstance(func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "kz"


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in node.keywords if each.arg == name), None)


def _of_table(node: ast.Call, where: str) -> Iterator[Found]:
    places: list[ast.expr] = [node.args[1]]
    for extra in (*node.args[2:3], _keyword(node, "columns"), _keyword(node, "notes")):
        places += list(extra.values) if isinstance(extra, ast.Dict) else []
        places += list(extra.elts) if isinstance(extra, (ast.List, ast.Tuple)) else []
    for place in places:
        for text in _literals(place, where):
            yield Found(text, None, where)


def _literals(node: ast.expr, where: str) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value.strip() else []
    if isinstance(node, ast.IfExp):
        return [*_literals(node.body, where), *_literals(node.orelse, where)]
    if isinstance(node, (ast.JoinedStr, ast.BinOp)):
        raise KzdataError(
            f"{where}, line {node.lineno}: a sentence is glued together: {ast.unparse(node)[:80]}",
            "Write the whole template as one literal and give its parts by name.",
        )
    return []


def in_notebook(path: Path) -> Iterator[Found]:
    """The messages in the Markdown and in the code of a notebook."""
    import json

    where = path.relative_to(HOME).as_posix()
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from (Found(text, None, where) for text in messages_of(source))
        elif cell["cell_type"] == "code":
            yield from in_python(source, f"{where}, cell {source.splitlines()[0]!r}")


def _in_template(path: Path) -> Iterator[Found]:
    from jinja2.ext import babel_extract

    with path.open("rb") as file:
        calls = list(babel_extract(file, ("t", "tn"), (), {}))
    for _, name, text, _ in calls:
        parts = [text] if isinstance(text, str) else [each for each in text or () if each]
        yield Found(parts[0], parts[1] if name == "tn" else None, path.name)


def _in_editions() -> Iterator[Found]:
    import yaml

    place = HOME / "reports" / "editions.yml"
    for entry in yaml.safe_load(place.read_text(encoding="utf-8")).values():
        if isinstance(title := entry["title"], str):  # else it says itself in each language
            yield Found(title, None, "reports/editions.yml")


def fields(template: str) -> set[str]:
    """The names of the fields of a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def faults(language: str) -> list[str]:
    """What is wrong with a catalogue: missing, obsolete, fuzzy, or with other fields."""
    catalogue = read_catalogue(language)
    wanted = {each.text: each for each in messages()}
    wrong = [f"obsolete entries: {len(catalogue.obsolete)}"] if catalogue.obsolete else []
    held = {}
    for each in catalogue:
        if each.id:
            held[each.id if isinstance(each.id, str) else each.id[0]] = each
    wrong += [f"missing: {text!r}" for text in wanted if text not in held]
    wrong += [f"not in use: {text!r}" for text in held if text not in wanted]
    for text, each in held.items():
        said = [each.string] if isinstance(each.string, str) else list(each.string or ())
        if not all(said):
            wrong.append(f"missing: {text!r}")
        elif each.fuzzy:
            wrong.append(f"fuzzy: {text!r}")
        else:
            # A singular may say its number in a word and drop the field.
            plural = not isinstance(each.id, str)
            asked = fields(text) | (fields(each.id[1]) if plural else set())
            wrong += [
                f"other fields: {text!r} → {one!r}"
                for one in said
                if fields(one) != asked and not (plural and asked - fields(one) == {"n"})
            ]
    return wrong


def update(language: str) -> tuple[int, int]:
    """Bring a catalogue up to date; returns how many messages it has and how many are missing."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    place = FOLDER / f"{language}.po"
    catalogue = read_catalogue(language) if place.exists() else Catalog(language, fuzzy=False)
    template = Catalog()
    for found in messages():
        file = found.where.split(",")[0]
        identity = (found.text, found.many) if found.many is not None else found.text
        template.add(identity, locations=[(file, 0)])
    catalogue.update(template, no_fuzzy_matching=True)
    with place.open("wb") as opened:
        write_po(opened, catalogue, width=100, ignore_obsolete=True, include_lineno=False)
    _without_dates(place)
    strings = [each.string for each in catalogue if each.id]
    missing = sum(not (all(each) if isinstance(each, tuple) else each) for each in strings)
    return len(catalogue), missing


def _without_dates(place: Path) -> None:
    # What changes with the day and not with the words would change the file at every run.
    lines = place.read_text(encoding="utf-8").splitlines(keepends=True)
    dated = (
        *('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator'),
        *('"Report-Msgid-Bugs-To', '"Language-Team', '"Project-Id-Version'),
    )
    header = [line for line in lines if not line.startswith(dated)]
    start = next(n for n, line in enumerate(header) if line.startswith("msgid"))
    place.write_text("".join(header[start:]), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The command: 0 where every catalogue is whole."""
    status = 0
    for language in OTHERS:
        if "--check" in arguments:
            wrong = faults(language)
            print("\n".join(f"{language}: {each}" for each in wrong) or f"{language}: whole")
            status |= bool(wrong)
        else:
            total, missing = update(language)
            print(f"{language}: {total} messages, {missing} to translate")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
