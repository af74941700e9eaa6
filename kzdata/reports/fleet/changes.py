"""What an edition says otherwise than the edition before it: in its report, and as plain data.

`facts` are what a report says, in a form in which the next can be held against it; they stand in
the report as facts.json, and what changed as changes.json.
"""

from __future__ import annotations

from typing import Any

from kzdata.i18n.formats import format_period
from kzdata.i18n.sentences import known_word, t, term
from kzdata.model import contract
from kzdata.reports.blocks import (
    Block,
    ChartBlock,
    Column,
    Document,
    Section,
    StatementBlock,
    TableBlock,
    cell_text,
)
from kzdata.reports.markdown import plain

FACTS, CHANGES = "facts.json", "changes.json"

SHOWN = 40

# What tells a figure from another, beside the cell that it fills; its value may change.
_FURTHER = ("claim", "answer", "series", "classification")

_LABELS = {
    "finding": term("Finding"),
    "figure": term("Number"),
    "contradiction": term("Contradiction"),
    "stage": term("Stage"),
    "verdict": term("Verdict"),
}


def facts(document: Document) -> dict[str, dict[str, Any]]:
    """What a report says, by kind: findings, figures under the contract, and judgements.

    Figures are keyed by their cell, whatever the publication: a revision is a change of one figure.
    """
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _LABELS}
    for part in document.sections:
        said = [b for b in part.blocks if isinstance(b, StatementBlock) and b.finding]
        for number, each in enumerate(said, start=1):
            found["finding"][f"{part.name} {number}"] = plain(each.markdown)
        for block in part.blocks:
            if isinstance(block, ChartBlock | TableBlock):
                for row in block.data:
                    _take(found, row)
    return {kind: dict(sorted(each.items())) for kind, each in found.items()}


def _take(found: dict[str, dict[str, Any]], row: dict[str, Any]) -> None:
    if row.get("claims") and "needed" in row and "kind" in row:
        found["contradiction"][str(row["claims"])] = str(row.get("sentence") or row["kind"])
    if row.get("stage") and (row.get("commitment") or row.get("title")):
        found["stage"][str(row.get("title") or row["commitment"])] = str(row["stage"])
    if row.get("verdict") and row.get("claim"):
        found["verdict"][str(row["claim"])] = str(row["verdict"])
    if isinstance(row.get("value"), int | float) and all(row.get(c) for c in contract.CELL):
        names = [*contract.CELL, "unit", *_FURTHER]
        key = ", ".join(str(row[name]) for name in names if row.get(name))
        found["figure"].setdefault(key, row["value"])


def compared(before: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry a difference: kind, what, was, is; None where there is nothing on that side."""
    found = []
    for kind in _LABELS:
        old, new = before.get(kind, {}), now[kind]
        for what in sorted({*old, *new}):
            was, is_now = old.get(what), new.get(what)
            if was != is_now:
                found.append({"kind": kind, "what": what, "was": was, "is": is_now})
    return found


def changes(before: dict[str, Any] | None, key: str, now: dict[str, Any]) -> dict[str, Any] | None:
    """``since`` and ``changes`` against the report before, None where there is none to compare.

    ``before`` has the key of its inputs, its day, its facts, and its own changes. A report made
    again from the same inputs changes nothing, so it tells what the one that it replaces told.
    """
    if before is None or not before.get("facts"):
        return None
    if before["key"] == key:
        told: dict[str, Any] | None = before["changes"]
        return told
    return {"since": before["generated"], "changes": compared(before["facts"], now)}


def contradictions(changed: dict[str, Any] | None) -> list[str]:
    """The contradictions that the edition before did not have."""
    every = changed["changes"] if changed else []
    return [e["is"] for e in every if e["kind"] == "contradiction" and e["was"] is None]


def section(changed: dict[str, Any] | None) -> Section | None:
    """The part of a report that tells what changed, None for a first edition."""
    if changed is None:
        return None
    every = changed["changes"]
    day = format_period(changed["since"][:10])
    if not every:
        said = t(
            "Nothing that this report says has changed since the edition made on {day}.", day=day
        )
        blocks: list[Block] = [StatementBlock(said, [])]
    else:
        said = t(
            "Statements and figures that changed since the edition made on {day}: {count}.",
            day=day,
            count=len(every),
        )
        blocks = [StatementBlock(said, []), _table(every)]
    return Section("changes", t("What changed since the last edition"), blocks)


def new_findings(changed: dict[str, Any] | None) -> frozenset[str]:
    """The findings, in plain words, that the edition before did not have in these words."""
    every = changed["changes"] if changed else []
    return frozenset(e["is"] for e in every if e["kind"] == "finding" and e["is"] is not None)


def _table(every: list[dict[str, Any]]) -> TableBlock:
    titles = {"kind": t("Kind"), "what": t("What"), "was": t("Was"), "is": t("Is")}
    notes = []
    if len(every) > SHOWN:
        note = t(
            "The first {shown} of {count} changes; {file} has all of them.",
            shown=SHOWN,
            count=len(every),
            file=CHANGES,
        )
        notes.append(note)
    return TableBlock(
        name="changes",
        title=t("Changes since the last edition"),
        columns=[Column(title) for title in titles.values()],
        rows=[
            [known_word(_LABELS[e["kind"]]), e["what"], cell_text(e["was"]), cell_text(e["is"])]
            for e in every[:SHOWN]
        ],
        fields=[{"name": n, "title": each, "type": "string"} for n, each in titles.items()],
        data=[{name: cell_text(each[name]) for name in titles} for each in every],
        notes=notes,
    )
