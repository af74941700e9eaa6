"""Investment whose concept no statement names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kzdata import periods
from kzdata.codes import UNKNOWN, named
from kzdata.language import Later, Sentence, listed, term, word, written, written_together
from kzdata.verdicts.findings import Claim, finding, together


def unstated_concepts(claims: list[Claim]) -> Iterator[dict[str, Any]]:
    """Investment given without saying what it measures; see `kzdata.contradictions`."""
    unstated = [row for row in claims if row["dataflow"] == "fdi_as_reported"]
    for group in together(unstated, ["reporter", "partner"]):
        pair = reporter, partner = group[0]["reporter"], group[0]["partner"]
        family = [
            row
            for row in claims
            if str(row["dataflow"]).startswith("fdi_")
            and (row["reporter"], row["partner"]) == pair
            and pd.notna(row["value"])
        ]
        each_said = [
            Sentence(
                "{printed} ({concept}, {period})",
                {
                    "printed": row["printed"],
                    "concept": word(row["dataflow"].removeprefix("fdi_").replace("_", " ")),
                    "period": word(term("period not stated"))
                    if row["period"] == UNKNOWN
                    else periods.as_written(row["period"]),
                },
            )
            for row in family
        ]
        yield finding(
            "concept",
            family,
            written(
                "Investment of {partner} in {reporter} is given as {printed} without saying "
                "whether it is gross inflow, net inflow or position, so it can be set against no "
                "series of the central bank.",
                partner=named(partner),
                reporter=named(reporter),
                printed=Later(listed, [row["printed"] for row in group]),
            ),
            written_together(each_said),
            written(
                "the concept (gross inflow, net inflow, position), the first year and the vintage"
            ),
        )
