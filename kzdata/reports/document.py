"""An executed notebook, read as a document.

kzdata's own results carry a data resource beside their human form; it says what they are. What a
notebook of the user's own shows besides (a plain DataFrame, a picture, text) is taken as it comes.
Code never appears, nor what a cell wrote to the error stream.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from typing import Any

from kzdata.errors import KzdataError
from kzdata.i18n.catalogue import translate_markdown
from kzdata.i18n.sentences import t
from kzdata.present import mime as resource
from kzdata.reports.blocks import (
    Block,
    ChartBlock,
    Column,
    Heading,
    Image,
    Preformatted,
    Section,
    Sources,
    StatementBlock,
    TableBlock,
    slug,
)
from kzdata.reports.markdown import escaped, split_headings
from kzdata.reports.svg import harmless

ORIGIN = ("unit", "lower", "upper", "source", "locator", "published", "note")

MISSING = {"", "NaN", "None", "<NA>", "NaT", "nan"}

CUT = {"...", "\N{HORIZONTAL ELLIPSIS}"}

"""What stands for the rows that a long frame does not show."""

# A leading zero is a code (010121), and 1,5 is no number that pandas prints.
_NUMBER = re.compile(r"-?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?(e[+-]\d+)?")

WIDEST = 50  # a cell that claims to span more is not one that pandas wrote


def section(notebook: Any, name: str) -> Section:
    """The part of a report that one executed notebook makes.

    Its first heading of the first level is the section's title; without one, its name is. Markdown
    cells are said in the language spoken now; what the code shows, the kernel said already.
    """
    blocks: list[Block] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            blocks += split_headings(translate_markdown(cell.source))
        elif cell.cell_type == "code":
            for output in cell.outputs:
                blocks += _output(output, where=f"{name}, cell {cell.execution_count}")
    title = next((b.markdown for b in blocks if isinstance(b, Heading) and b.level == 1), None)
    rest = list(blocks)
    if title is not None:
        rest.remove(Heading(1, title))
    return Section(name, title or name.replace("_", " ").capitalize(), _levelled(rest))


def spread(whole: Section) -> list[Section]:
    """One section's chapters as sections: what a report made of a single notebook consists of."""
    cut = [n for n, b in enumerate(whole.blocks) if isinstance(b, Heading) and b.level == 3]
    if not cut:
        return [Section(whole.name, t("Overview"), whole.blocks)]
    chapters = [Section(whole.name, t("Overview"), whole.blocks[: cut[0]])] if cut[0] else []
    for start, end in zip(cut, [*cut[1:], len(whole.blocks)], strict=True):
        head = whole.blocks[start]
        assert isinstance(head, Heading)
        chapters.append(Section(whole.name, head.markdown, whole.blocks[start + 1 : end]))
    return [Section(c.name, c.title, _raised(c.blocks)) for c in chapters]


def _raised(blocks: list[Block]) -> list[Block]:
    return [
        Heading(max(b.level - 1, 3), b.markdown) if isinstance(b, Heading) else b for b in blocks
    ]


def _levelled(blocks: list[Block]) -> list[Block]:
    # A reader by ear steps through levels: below a section's 2 comes 3, and none is skipped.
    level, levelled = 2, []
    for block in blocks:
        if isinstance(block, Heading):
            level = min(max(block.level + 1, 3), level + 1, 6)
            block = Heading(level, block.markdown)
        levelled.append(block)
    return levelled


def _output(output: Any, where: str) -> list[Block]:
    if output.output_type == "stream":
        text = output.text.rstrip() if output.name == "stdout" else ""
        return [Preformatted(text)] if text else []
    if output.output_type not in {"display_data", "execute_result"}:
        return []
    data = dict(output.data)
    ours = resource.read(data)
    if ours is None:
        return _foreign(data, where)
    try:
        return [KINDS[ours["kind"]](ours, data)]
    except (KeyError, TypeError, ValueError) as error:
        raise KzdataError(
            f"{where} shows a {ours['kind']} that is incomplete: {error!r}.",
            "A display object needs what kzdata's own carry; see kzdata.present.mime.",
        ) from None


def _foreign(data: dict[str, Any], where: str) -> list[Block]:
    table = read_html_table(data["text/html"]) if "text/html" in data else None
    if table:
        return [table]
    alt = str(data.get("text/plain", "")).strip()
    alt = "" if alt.startswith("<") else alt
    if "image/svg+xml" in data:
        return [Image("image/svg+xml", harmless(data["image/svg+xml"]).encode(), alt)]
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            return [Image(mime, _picture(mime, data[mime], where), alt)]
    if "text/markdown" in data:
        return split_headings(data["text/markdown"])
    text = str(data.get("text/plain", "")).rstrip()
    return [Preformatted(text)] if text else []


def read_html_table(html: str) -> TableBlock | None:
    """The first ``<table>``, or None: how a plain DataFrame shows itself.

    A header of several rows becomes one. Numbers are those that are shown, and no others: that some
    are left out is said in the paragraph below, which becomes a note.
    """
    from lxml.html import fragments_fromstring

    found = fragments_fromstring(f"<div>{html}</div>")[0].find(".//table")
    body = [] if found is None else _cells(found.xpath("./tr | ./tbody/tr"))
    if found is None or not body:
        return None
    head = _cells(found.xpath("./thead/tr"))
    title = " · ".join(_text(each) for each in found.iterchildren("caption"))
    notes = [escaped(text) for each in found.xpath("following::p") if (text := _text(each))]
    places = range(1 + max(max(row, default=0) for row in [*head, *body]))
    titles = [" · ".join(dict.fromkeys(row[n] for row in head if row[n])) for n in places]
    rows = [[row[n] for n in places] for row in body]
    numeric = [_is_numeric([row[n] for row in rows]) for n in places]
    fields = [
        {
            "name": f"c{n}",
            "title": titles[n] or f"{n + 1}",
            "type": "number" if numeric[n] else "string",
        }
        for n in places
    ]
    data = [
        {f"c{n}": _float(row[n]) if numeric[n] else row[n] for n in places}
        for row in rows
        if not CUT.issuperset(row)
    ]
    columns = [Column(titles[n], "right" if numeric[n] else "left") for n in places]
    return TableBlock("table", escaped(title), columns, rows, fields, data, notes)


def _cells(lines: list[Any]) -> list[defaultdict[int, str]]:
    """Each row's texts by column; a cell that spans rows or columns stands in all of them."""
    rows: list[defaultdict[int, str]] = [defaultdict(str) for _ in lines]
    for n, line in enumerate(lines):
        column = 0
        for cell in line.iterchildren("td", "th"):
            while column in rows[n]:
                column += 1
            text = _text(cell)
            for row in rows[n : n + _span(cell, "rowspan")]:
                row.update(dict.fromkeys(range(column, column + _span(cell, "colspan")), text))
    return rows


def _text(element: Any) -> str:
    return " ".join(element.text_content().split())


def _span(cell: Any, name: str) -> int:
    asked = cell.get(name, "1")
    return min(max(int(asked), 1), WIDEST) if asked.isdecimal() else 1


def _is_numeric(cells: list[str]) -> bool:
    shown = [cell for cell in cells if cell not in MISSING | CUT]
    return bool(shown) and all(_NUMBER.fullmatch(cell) for cell in shown)


def _float(cell: str) -> float | None:
    return None if cell in MISSING | CUT else float(cell.replace(",", ""))


def _picture(mime: str, packed: str, where: str) -> bytes:
    try:
        content = base64.b64decode(packed)
    except (ValueError, TypeError):
        content = b""
    if not content.startswith(b"\x89PNG\r\n" if mime == "image/png" else b"\xff\xd8"):
        raise KzdataError(f"{where} shows a picture that is not {mime}.", "Check that cell.")
    return content


def _number(said: dict[str, Any]) -> dict[str, Any]:
    if not {"text", "value"} <= said.keys():
        raise ValueError(f"a number without text or value: {said}")
    return {**said, **{key: None for key in ORIGIN if key not in said}}


def _statement(ours: dict[str, Any], data: dict[str, Any]) -> Block:
    return StatementBlock(
        ours["text"],
        [_number(each) for each in ours.get("numbers", [])],
        finding=bool(ours.get("finding")),
        question=str(ours.get("question") or ""),
        lead=bool(ours.get("lead")),
    )


def _table(ours: dict[str, Any], data: dict[str, Any]) -> Block:
    display = ours["display"]
    columns = [Column(str(c["title"]), c.get("align", "left")) for c in display["columns"]]
    rows = [[str(cell) for cell in row] for row in display["rows"]]
    for number, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError(f"row {number} has {len(row)} cells for {len(columns)} columns")
    return TableBlock(
        name=slug(ours["name"]) or "table",
        title=ours["title"],
        columns=columns,
        rows=rows,
        fields=ours["schema"]["fields"],
        data=ours["data"],
        notes=[str(note) for note in ours.get("notes", [])],
    )


def _chart(ours: dict[str, Any], data: dict[str, Any]) -> Block:
    return ChartBlock(
        name=slug(ours["name"]) or "chart",
        title=ours["title"],
        subtitle=ours.get("subtitle") or "",
        alt=ours["alt"],
        caption=ours.get("caption") or "",
        fields=ours["schema"]["fields"],
        data=ours["data"],
        svg=harmless(data["image/svg+xml"]),
        png=base64.b64decode(data["image/png"]),
    )


def _sources(ours: dict[str, Any], data: dict[str, Any]) -> Block:
    return Sources(ours["text"], list(ours["data"]))


KINDS = {"statement": _statement, "table": _table, "chart": _chart, "sources": _sources}
