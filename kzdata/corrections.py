"""Declared corrections: what a source prints wrongly, and what stands in its place when it is read.

They are typed in seeds/corrections.yml, whose head explains the fields. A correction guards itself:
it holds for rows that still say what it corrects, and an open one fails when the newest vintage
says something else, because then the source has been fixed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import contract
from kzdata.errors import KzdataError, SeedError
from kzdata.home import HOME
from kzdata.typed import yaml_of

FIELDS = {"id", "source", "where", "guard", "set", "reason", "evidence", "status"}
STATUSES = {"open", "fixed"}


class CorrectionOutdated(KzdataError):
    """A declared correction whose source does not say any more what it corrects."""


@cache
def declared(path: Path = HOME / "seeds" / "corrections.yml") -> list[dict[str, Any]]:
    """Every correction of the file. Raises `SeedError` for one that is not whole."""
    if not path.exists():
        return []
    corrections = yaml_of(path)["corrections"]
    for each in corrections:
        wrong = _wrong(each)
        if wrong:
            raise SeedError(f"{path.name}, {each.get('id', 'a correction')}: {wrong}.", _SHAPE)
    return corrections


_SHAPE = "Its fields are explained at the head of seeds/corrections.yml."


def _wrong(each: dict[str, Any]) -> str:
    if set(each) != FIELDS:
        return f"it has {', '.join(sorted(each))}, and needs {', '.join(sorted(FIELDS))}"
    if each["status"] not in STATUSES:
        return f"status {each['status']!r} is none of {', '.join(sorted(STATUSES))}"
    for part in ("where", "guard", "set"):
        strange = set(each[part]) - set(contract.COLUMNS) - set(contract.BEYOND)
        if strange or not each[part]:
            return f"{part} names {', '.join(sorted(strange)) or 'no column'}"
    if "value" in each["set"] and not {"lower", "upper"} <= set(each["set"]):
        return "a value set needs its lower and upper"
    return ""


def corrected(frame: pd.DataFrame, corrections: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    """The rows with every declared correction made, and said in their note.

    Rows of older vintages that say what is corrected are corrected too. Raises
    `CorrectionOutdated` where an open correction meets a newest vintage that says otherwise.
    """
    for each in declared() if corrections is None else corrections:
        hit = frame["source"] == each["source"]
        for column, value in each["where"].items():
            hit &= frame[column] == value
        if not hit.any():
            continue
        guarded = hit.copy()
        for column, value in each["guard"].items():
            guarded &= frame[column] == value
        newest = hit & (frame["published"] == frame.loc[hit, "published"].max())
        if each["status"] == "open" and not (newest & guarded).equals(newest):
            found = frame.loc[newest & ~guarded, list(each["guard"])].iloc[0].to_dict()
            raise CorrectionOutdated(
                f"The correction {each['id']!r} of {each['source']} expects "
                f"{_listed(each['guard'])}; the source now says {_listed(found)}.",
                "If the source has been fixed, say status: fixed in seeds/corrections.yml; older "
                "vintages stay corrected.",
            )
        frame = frame.copy()
        said = f"corrected, the source says {_listed(each['guard'])}: {each['reason']}"
        for column, value in each["set"].items():
            frame.loc[guarded, column] = value
        before = frame.loc[guarded, "note"]
        frame.loc[guarded, "note"] = [f"{note}; {said}" if note else said for note in before]
    return frame


def _listed(cells: dict[Any, Any]) -> str:
    return ", ".join(f"{column} {value}" for column, value in cells.items())
