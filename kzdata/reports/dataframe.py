"""A plain DataFrame's HTML, read back as a table: what a notebook of the user's own displays."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from kzdata.reports.blocks import Column, Table

SPANS = 50  # a cell that claims to span more is not one that pandas wrote


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head: list[list[str]] = []
        self.body: list[list[str]] = []
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.span, self.depth, self.in_head, self.done = 1, 0, False, False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.depth += 1
        if self.depth != 1 or self.done:
            return
        if tag == "thead":
            self.in_head = True
        elif tag == "tr":
            self.row = []
        elif tag in {"td", "th"} and self.row is not None:
            span = dict(attrs).get("colspan") or "1"
            self.span = min(int(span), SPANS) if span.isdigit() else 1
            self.cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.depth -= 1
            self.done = self.done or self.depth == 0
        if self.depth != 1 or self.done:
            return
        if tag == "thead":
            self.in_head = False
        elif tag in {"td", "th"} and self.row is not None and self.cell is not None:
            self.row += [" ".join("".join(self.cell).split())] * max(self.span, 1)
            self.cell = None
        elif tag == "tr" and self.row is not None:
            (self.head if self.in_head else self.body).append(self.row)
            self.row = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def read_html_table(html: str) -> Table | None:
    """The first ``<table>`` as text cells, or None. A header of several rows becomes one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    width = max((len(row) for row in reader.head + reader.body), default=0)
    if not width or not reader.body:
        return None
    body = [row + [""] * (width - len(row)) for row in reader.body]
    head = [row + [""] * (width - len(row)) for row in reader.head]
    titles = [" · ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*head, strict=True)]
    titles = titles or [""] * width
    numeric = [_numeric([row[n] for row in body]) for n in range(width)]
    names = [title or f"{n + 1}" for n, title in enumerate(titles)]
    fields = [
        {"name": f"c{n}", "title": name, "type": "number" if numeric[n] else "string"}
        for n, name in enumerate(names)
    ]
    data = [
        {f"c{n}": _number(cell) if numeric[n] else cell for n, cell in enumerate(row)}
        for row in body
    ]
    columns = [
        Column(title, "right" if right else "left")
        for title, right in zip(titles, numeric, strict=True)
    ]
    return Table("table", "", columns, body, fields, data)


def _numeric(cells: list[str]) -> bool:
    # A leading zero is a code (010121), and a column of nothing is no number.
    shown = [cell for cell in cells if cell not in MISSING]
    coded = any(len(c.lstrip("-")) > 1 and c.lstrip("-")[0] == "0" and "." not in c for c in shown)
    return bool(shown) and not coded and all(_number(cell) is not None for cell in shown)


MISSING = {"", "NaN", "None", "<NA>", "NaT", "nan"}


def _number(cell: str) -> float | None:
    if cell in MISSING or "_" in cell:
        return None
    try:
        number = float(cell.replace(",", ""))
    except ValueError:
        return None
    return number if abs(number) != float("inf") else None
