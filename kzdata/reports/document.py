"""An executed notebook, read as a document.

kzdata's own results carry a data resource beside their human form; it says what they are. What a
notebook of the user's own shows besides (a plain DataFrame, a picture, text) is taken as it comes.
Code never appears, nor what a cell wrote to the error stream.
"""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

from kzdata.errors import KzdataError
from kzdata.language import t, translate_markdown
from kzdata.reports.blocks import (
    Block,
    Chart,
    Column,
    Heading,
    Image,
    Preformatted,
    Section,
    Sources,
    Statement,
    Table,
    slug,
)
from kzdata.reports.dataframe import read_html_table
from kzdata.reports.drawing import harmless
from kzdata.reports.markdown import split_headings

ORIGIN = ("unit", "lower", "upper", "source", "locator", "published", "note")
RESOURCE = "application/vnd.dataresource+json"


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
    if RESOURCE in data:
        resource = data[RESOURCE]
        if isinstance(resource, str):
            with contextlib.suppress(ValueError):  # then it is nothing of ours
                resource = json.loads(resource)
        if isinstance(resource, dict) and resource.get("kind") in KINDS:
            try:
                return [KINDS[resource["kind"]](resource, data)]
            except (KeyError, TypeError, ValueError) as error:
                raise KzdataError(
                    f"{where} shows a {resource['kind']} that is incomplete: {error!r}.",
                    "A display object needs what kzdata's own carry; see kzdata.resource.",
                ) from None
    return _foreign(data, where)


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


def _picture(mime: str, packed: str, where: str) -> bytes:
    try:
        content = base64.b64decode(packed)
    except (ValueError, TypeError):
        content = b""
    if not content.startswith(b"\x89PNG\r\n" if mime == "image/png" else b"\xff\xd8"):
        raise KzdataError(f"{where} shows a picture that is no {mime}.", "Look at that cell.")
    return content


def _number(said: dict[str, Any]) -> dict[str, Any]:
    if not {"text", "value"} <= said.keys():
        raise ValueError(f"a number without text or value: {said}")
    return {**said, **{key: None for key in ORIGIN if key not in said}}


def _statement(resource: dict[str, Any], data: dict[str, Any]) -> Block:
    return Statement(
        resource["text"],
        [_number(each) for each in resource.get("numbers", [])],
        finding=bool(resource.get("finding")),
        question=str(resource.get("question") or ""),
        lead=bool(resource.get("lead")),
    )


def _table(resource: dict[str, Any], data: dict[str, Any]) -> Block:
    display = resource["display"]
    columns = [Column(str(c["title"]), c.get("align", "left")) for c in display["columns"]]
    rows = [[str(cell) for cell in row] for row in display["rows"]]
    for number, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError(f"row {number} has {len(row)} cells for {len(columns)} columns")
    return Table(
        name=slug(resource["name"]) or "table",
        title=resource["title"],
        columns=columns,
        rows=rows,
        fields=resource["schema"]["fields"],
        data=resource["data"],
        notes=[str(note) for note in resource.get("notes", [])],
    )


def _chart(resource: dict[str, Any], data: dict[str, Any]) -> Block:
    return Chart(
        name=slug(resource["name"]) or "chart",
        title=resource["title"],
        subtitle=resource.get("subtitle") or "",
        alt=resource["alt"],
        caption=resource.get("caption") or "",
        fields=resource["schema"]["fields"],
        data=resource["data"],
        svg=harmless(data["image/svg+xml"]),
        png=base64.b64decode(data["image/png"]),
    )


def _sources(resource: dict[str, Any], data: dict[str, Any]) -> Block:
    return Sources(resource["text"], list(resource["data"]))


KINDS = {"statement": _statement, "table": _table, "chart": _chart, "sources": _sources}
