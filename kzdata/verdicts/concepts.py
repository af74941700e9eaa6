"""Investment whose concept no statement names."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kzdata import periods
from kzdata.codes import UNKNOWN, named
from kzdata.language import Later, Sentence, listed, term, word, written, written_together
from kzdata.verdicts.findings import finding


def unstated_concepts(claims: pd.DataFrame) -> Iterator[dict]:
    """Investment given without saying what it measures; see `kzdata.contradictions`."""
    unstated = claims[claims["dataflow"] == "fdi_as_reported"]
    for (reporter, partner), group in unstated.groupby(["reporter", "partner"], sort=False):
        family = claims[
            claims["dataflow"].str.startswith("fdi_")
            & (claims["reporter"] == reporter)
            & (claims["partner"] == partner)
            & claims["value"].notna()
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
            for row in family.to_dict("records")
        ]
        yield finding(
            "concept",
            family,
            written(
                "Investment of {partner} in {reporter} is given as {printed} without saying "
                "whether it is gross inflow, net inflow or position, so it can be set against no "
                "series of the central bank.",
                partner=named(str(partner)),
                reporter=named(str(reporter)),
                printed=Later(listed, list(group["printed"])),
            ),
            written_together(each_said),
            written(
                "the concept (gross inflow, net inflow, position), the first year and the vintage"
            ),
        )
