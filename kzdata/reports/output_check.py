"""Whether a file of a report is what its name says: each kind is read back as its readers would."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from html.parser import HTMLParser
from pathlib import PurePosixPath
from xml.etree import ElementTree

from PIL import Image

VOID = {"meta", "link", "img", "br", "hr", "input", "col", "wbr"}


def parses(path: str, content: bytes) -> bool:
    """Whether the content of a file can be read as what the ending of its name promises."""
    reader = _READERS.get(PurePosixPath(path).suffix)
    if reader is None:
        return True
    try:
        return reader(content)
    except (ValueError, SyntaxError, OSError, csv.Error, zipfile.BadZipFile, zlib.error):
        return False


def _pdf(content: bytes) -> bool:
    """The last cross-reference, by which every reader begins, stands where the end says."""
    end = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", content[-1024:])
    if not content.startswith(b"%PDF-") or end is None:
        return False
    return re.match(rb"\s*(xref|\d+ \d+ obj)", content[int(end[1]) :][:40]) is not None


def _xlsx(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if archive.testzip() or not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
            return False
        for name in names:
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
    return True


def _png(content: bytes) -> bool:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        picture.verify()  # every chunk's checksum
    return content.endswith(b"\0\0\0\0IEND\xaeB`\x82")  # the last chunk, always the same


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.balanced = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.balanced = self.balanced and bool(self.open) and self.open.pop() == tag


def _html(content: bytes) -> bool:
    tags = _Tags()
    tags.feed(content.decode())
    tags.close()
    return content.rstrip().endswith(b"</html>") and tags.balanced and not tags.open


def _ipynb(content: bytes) -> bool:
    cells = json.loads(content).get("cells")
    return isinstance(cells, list) and all("cell_type" in cell for cell in cells)


def _csv(content: bytes) -> bool:
    rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    return len({len(row) for row in rows if row}) <= 1


def _json(content: bytes) -> bool:
    json.loads(content)
    return True


def _svg(content: bytes) -> bool:
    return ElementTree.fromstring(content).tag.endswith("}svg")


_READERS = {
    ".pdf": _pdf,
    ".xlsx": _xlsx,
    ".png": _png,
    ".html": _html,
    ".ipynb": _ipynb,
    ".csv": _csv,
    ".json": _json,
    ".svg": _svg,
}
