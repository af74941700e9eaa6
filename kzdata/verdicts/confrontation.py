"""What was said against what is published: a verdict for each claim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kzdata import aggregates, amounts, contract, indicators, periods, sources
from kzdata.codes import NOT_APPLICABLE, UNKNOWN, WORLD
from kzdata.comparable import SERIES
from kzdata.errors import ContractError
from kzdata.language import (
    Sentence,
    joined,
    written,
)
from kzdata.rows import Row, records
from kzdata.verdicts import reasons

CLAIMED = ["claim", "topic", "printed", "qualifier", "speaker"]
_SERIES = [*SERIES, "unit"]
VERDICTS = ("confirmed", "rounds_to", "differs", "other_measure", "unverifiable")
COLUMNS = [
    "claim",
    "speaker",
    "topic",
    "printed",
    "dataflow",
    "reporter",
    "partner",
    "flow",
    "period",
    "value",
    "lower",
    "upper",
    "unit",
    "observed_value",
    "difference_pct",
    "verdict",
    "because",
    "source",
    "published",
    "locator",
    "basis",
    "note",
]


def confront(claims: pd.DataFrame, *observations: pd.DataFrame) -> pd.DataFrame:
    """One row per claim with the published figure, if there is one, and a verdict.

    - ``confirmed``: the claimed value lies within the printed precision of the published one, or
      the published one satisfies a bound or range ("over 1,000", "10-25%");
    - ``rounds_to``: the published value, rounded to the digits of the claim, is the claim;
    - ``differs``: same measure and span, and neither holds;
    - ``other_measure``: what is published for the pair is another measure, ``because`` says which
      of dataflow, side, flow, span, unit or partner differs;
    - ``unverifiable``: nothing comparable is in ``observations``.

    Turnover is made from X and M, and months are summed to the claim's span, before comparing.
    difference_pct is 100 (published / claimed - 1), missing unless measure and span agree.

    >>> import kzdata as kz
    >>> said = kz.claims("trade", partner="ISR")
    >>> found = kz.confront(said, kz.observations("KAZ", "ISR"))
    >>> found["verdict"].value_counts()
    verdict
    differs          4
    rounds_to        4
    other_measure    3
    confirmed        1
    Name: count, dtype: int64
    """
    contract.need(claims, [*contract.COLUMNS, *CLAIMED], "kz.claims(...)")
    if not observations:
        raise ContractError(
            "There is nothing to hold the claims against.",
            'Give observations: kz.confront(claims, kz.observations("KAZ", "ISR"))',
        )
    for frame in observations:
        contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    areas = [WORLD, *claims["reporter"].unique(), *claims["partner"].unique()]
    book = _Book(pd.concat([_among(frame, areas) for frame in observations], ignore_index=True))
    said = records(claims, list(claims.columns))
    return pd.DataFrame([_judge(claim, book) for claim in said], columns=COLUMNS)


def _among(frame: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    return frame[frame["reporter"].isin(areas) & frame["partner"].isin(areas)]


class _Book:
    """The published rows and the turnover and balance that follow from them.

    ``subjects`` is what they are of, each once, in the order of the rows.
    """

    def __init__(self, observations: pd.DataFrame):
        goods = observations[observations["flow"].isin(["X", "M", "T"])]
        derived = [aggregates.turnover(goods), aggregates.balance(goods)] if len(goods) else []
        rows = pd.concat([observations[observations["flow"] != "T"], *derived], ignore_index=True)
        self.rows = rows[rows["value"].notna()]
        self._places: dict[Any, Any] = self.rows.groupby(_SERIES).indices
        of = [*_SERIES, "valuation"]
        self.subjects = records(self.rows.drop_duplicates(of), of)

    def series(self, claim: Row) -> list[Row]:
        """The rows of the measure that a claim is of, in any valuation that may be its."""
        places = self._places.get(tuple(claim[column] for column in _SERIES))
        if places is None:
            return []
        same = records(self.rows.take(places), contract.COLUMNS)
        if claim["valuation"] in (UNKNOWN, NOT_APPLICABLE, "unknown"):
            return same
        return [row for row in same if row["valuation"] in (claim["valuation"], "unknown")]


def _judge(claim: Row, book: _Book) -> Row:
    verdict, because, observed = _compare(claim, book)
    row = {column: claim.get(column) for column in COLUMNS}
    row |= {
        "verdict": verdict,
        "because": because,
        "basis": "derived",
        "observed_value": float("nan"),
        "difference_pct": float("nan"),
    }
    if observed is not None:
        row["observed_value"] = observed["value"]
        row["source"] = sources.join([claim["source"], observed["source"]])
        row["locator"] = f"{claim['locator']}; published: {observed['locator']}"
        row["note"] = "; ".join(n for n in (claim["note"], observed["note"]) if n)
        if verdict in ("rounds_to", "differs") and claim["value"]:
            row["difference_pct"] = 100 * (observed["value"] / claim["value"] - 1)
    return row


def _compare(claim: Row, book: _Book) -> tuple[str, str, Row | None]:
    if pd.isna(claim["lower"]):
        return "unverifiable", written("no figure is claimed"), None
    if claim["unit"] == "percent" and claim["dataflow"] == "trade_goods":
        return _growth_claimed(claim, book.rows)
    same = book.series(claim)
    observed = _same_span(same, claim["period"])
    if observed is not None:
        return (*reasons.agree(claim, observed), observed)
    other = reasons.other_measure(claim, book.subjects, [row["period"] for row in same])
    if other:
        return "other_measure", other, None
    return "unverifiable", written("no published series of this measure is loaded"), None


def _growth_claimed(claim: Row, published: pd.DataFrame) -> tuple[str, str, None]:
    """A claim that trade grew at some rate in every year of its period, against the series."""
    wanted = {column: claim[column] for column in SERIES} | {"freq": "A"}
    alike = [published[column] == value for column, value in wanted.items()]
    same = published[np.logical_and.reduce(alike)]
    if same.empty or claim["period"] == UNKNOWN:
        return "unverifiable", written("no annual series of this flow is loaded"), None
    span = periods.span(claim["period"])
    grown = indicators.growth(same)
    years = [span.start.year < int(p) <= span.end.year for p in grown["period"]]
    inside = grown[pd.Series(years, index=grown.index)].dropna(subset="growth_pct")
    if inside.empty:
        return "unverifiable", written("no growth inside the period is published"), None
    fits = inside["growth_pct"].between(claim["lower"], claim["upper"])
    if fits.all():
        said = written("growth in every one of {years} years is in the range", years=len(inside))
        return "confirmed", said, None
    worst = inside.loc[~fits].sort_values("growth_pct").head(3)
    examples = [
        Sentence(
            "{change} in {period}", {"change": amounts.percent(g), "period": periods.as_written(p)}
        )
        for g, p in zip(worst["growth_pct"], worst["period"], strict=True)
    ]
    said = written(
        "{outside} of {years} years are outside, among them {examples}",
        outside=int((~fits).sum()),
        years=len(inside),
        examples=joined(examples),
    )
    return "differs", said, None


def _same_span(same: list[Row], period: str) -> Row | None:
    if not same or period == UNKNOWN:
        return None
    exact = [row for row in same if periods.same_span(row["period"], period)]
    if not exact:
        exact = [row for row in aggregates.sums(same, period) if pd.notna(row["value"])]
    return min(exact, key=lambda row: (row["source"], row["published"]), default=None)
