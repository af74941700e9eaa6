"""A finding about claims, with its provenance, and the claims that carry a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kzdata import sources
from kzdata.codes import UNKNOWN

Claim = dict[str, Any]
"""A row of `kz.claims`."""


def finding(
    kind: str, rows: Sequence[Claim], sentence: str, arithmetic: str, needed: str
) -> dict[str, Any]:
    """One row of `kzdata.contradictions` about the claims in ``rows``."""
    return {
        "kind": kind,
        "claims": " + ".join(row["claim"] for row in rows),
        "sentence": sentence,
        "arithmetic": arithmetic,
        "needed": needed,
        "source": sources.join(row["source"] for row in rows),
        "published": max(row["published"] for row in rows),
        "locator": "; ".join(f"{row['claim']}: {row['locator']}" for row in rows),
        "basis": "derived",
        "note": "",
    }


def figures(claims: Sequence[Claim]) -> list[Claim]:
    """Claims with a point value and a known span."""
    return [row for row in claims if pd.notna(row["value"]) and row["period"] != UNKNOWN]


def together(claims: Sequence[Claim], columns: Sequence[str]) -> list[list[Claim]]:
    """Claims that say the same in all of these columns and leave none open."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for row in claims:
        key = tuple(row[column] for column in columns)
        if all(isinstance(part, str) for part in key):
            groups.setdefault(key, []).append(row)
    return list(groups.values())
