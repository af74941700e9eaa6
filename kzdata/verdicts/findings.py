"""A finding about claims, with its provenance, and the claims that carry a figure."""

from __future__ import annotations

import pandas as pd

from kzdata import sources
from kzdata.codes import UNKNOWN


def finding(kind: str, rows: pd.DataFrame, sentence: str, arithmetic: str, needed: str) -> dict:
    """One row of `kzdata.contradictions` about the claims in ``rows``."""
    return {
        "kind": kind,
        "claims": " + ".join(rows["claim"]),
        "sentence": sentence,
        "arithmetic": arithmetic,
        "needed": needed,
        "source": sources.join(rows["source"]),
        "published": max(rows["published"]),
        "locator": "; ".join(
            f"{c}: {w}" for c, w in zip(rows["claim"], rows["locator"], strict=True)
        ),
        "basis": "derived",
        "note": "",
    }


def figures(claims: pd.DataFrame) -> pd.DataFrame:
    """Claims with a point value and a known span."""
    return claims[claims["value"].notna() & (claims["period"] != UNKNOWN)]
