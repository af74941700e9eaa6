"""Do the articles still say what was typed? Hash each file and find every printed figure again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata.errors import SeedError
from kzdata.files import sha256
from kzdata.seeds.load import Seeds, load
from kzdata.seeds.schemas import Record


def verify(folder: str | Path) -> pd.DataFrame:
    """Check the articles in ``folder`` against the seeds, one row a check.

    Columns: source, item (the source, claim or event checked), paragraph, printed (what was looked
    for), ok, what (a sentence). Checked are the sha256 of each article, the figure and the period
    that each of its claims prints, and the words that date each of its events, all in the paragraph
    named. Raises `SeedError` that lists every check that failed, by name.
    """
    folder = Path(folder)
    known = load()
    checks = [
        row
        for source in known.sources.values()
        if source["kind"] == "article"
        for row in _article(folder, source, known)
    ]
    columns = ["source", "item", "paragraph", "printed", "ok", "what"]
    frame = pd.DataFrame(checks, columns=columns).astype({"paragraph": "Int64", "ok": bool})
    failed = frame[~frame["ok"]]
    if len(failed):
        raise SeedError(
            f"{len(failed)} of {len(frame)} checks of the articles in {folder} failed:\n"
            + "\n".join("    " + what for what in failed["what"]),
            "Give the folder with the articles as they were typed from, or correct seeds/.",
        )
    return frame


def paragraphs(text: str) -> list[str]:
    """The lines of an article that are not blank, in order; paragraph 1 is the first of them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def places(printed: str, paragraph: str) -> list[tuple[int, int]]:
    """Where a printed figure stands in a paragraph, whole: not as a part of a longer figure."""
    whole = rf"(?<![\w$€])(?<!\d[.,]){re.escape(printed)}(?!\w)(?![.,]\d)"
    return [found.span() for found in re.finditer(whole, paragraph)]


def _article(folder: Path, source: Record, known: Seeds) -> Iterator[dict[str, Any]]:
    path = folder / source["file"]
    row = {"source": source["id"], "item": source["id"], "paragraph": None, "printed": None}
    try:
        content = path.read_bytes()
    except OSError as missing:
        what = f"{source['id']}: {source['file']} cannot be read: {missing.strerror}"
        yield {**row, "ok": False, "what": what}
        return
    found = sha256(content)
    same = found == source["sha256"]
    yield {
        **row,
        "ok": same,
        "what": f"{source['id']}: {source['file']} "
        + ("is the file typed from" if same else f"differs: sha256 {found[:12]}…, expected ")
        + ("" if same else f"{source['sha256'][:12]}…"),
    }
    lines = paragraphs(content.decode("utf-8", errors="replace"))
    for record in [*known.claims, *known.events]:
        if record.get("article") != source["id"]:
            continue
        for field in ("printed", "period_printed"):
            if field in record:
                yield _figure(source, record, record[field], lines)


def _figure(source: Record, record: Record, printed: str, lines: list[str]) -> dict[str, Any]:
    number = record["paragraph"]
    here = number <= len(lines) and bool(places(printed, lines[number - 1]))
    elsewhere = [n for n, line in enumerate(lines, start=1) if places(printed, line)]
    if here:
        where = f"found in paragraph {number}"
    elif elsewhere:
        where = f"not in paragraph {number}, but in {', '.join(map(str, elsewhere))}"
    else:
        where = f"not in paragraph {number} nor elsewhere in {source['file']}"
    return {
        "source": source["id"],
        "item": record["id"],
        "paragraph": number,
        "printed": printed,
        "ok": here,
        "what": f"{record['id']}: “{printed}” {where}",
    }
