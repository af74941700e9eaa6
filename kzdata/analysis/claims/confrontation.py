"""What was said against what is published: a verdict for each claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import ContractError
from kzdata.i18n import formats
from kzdata.i18n.formats import named
from kzdata.i18n.sentences import (
    Later,
    Sentence,
    format_list,
    joined,
    word,
    written,
    written_together,
)
from kzdata.indicators import aggregates, growth
from kzdata.model import contract, periods, vocabulary
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN, WORLD
from kzdata.model.comparable import SERIES
from kzdata.model.contract import Row, records


def agree(claim: dict[str, Any], observed: dict[str, Any]) -> tuple[str, str]:
    """The verdict on a claim of a measure and span that is published, and why."""
    value, unit = observed["value"], claim["unit"]
    inside = claim["lower"] <= value <= claim["upper"]
    parts = {
        "value": formats.exact(value),
        "unit": unit,
        "period": formats.as_written(claim["period"]),
    }
    if pd.isna(claim["value"]) or claim["qualifier"] in ("over", "at_least", "under", "up_to"):
        parts |= {"low": formats.exact(claim["lower"]), "high": formats.exact(claim["upper"])}
        if inside:
            return "confirmed", written(
                "published {value} {unit} in {period}, within {low} … {high}", **parts
            )
        return "differs", written(
            "published {value} {unit} in {period}, not within {low} … {high}", **parts
        )
    if observed["lower"] <= claim["value"] <= observed["upper"]:
        return "confirmed", written("published {value} {unit} in {period}", **parts)
    if inside:
        return "rounds_to", written(
            "published {value} {unit} in {period}, which rounds to the printed {printed}",
            **parts,
            printed=claim["printed"],
        )
    if not claim["value"]:
        return "differs", written(
            "published {value} {unit} in {period}, the claim is zero", **parts
        )
    change = 100 * (value / claim["value"] - 1)
    return "differs", written(
        "published {value} {unit} in {period}, {change} from the claim",
        **parts,
        change=formats.percent(change, 1 if abs(change) >= 0.05 else 3),
    )


def other_measure(
    claim: dict[str, Any], published: list[dict[str, Any]], spans: Iterable[str]
) -> str | None:
    """Why what is published for the pair does not answer the claim; None where nothing is.

    ``published`` are the series at hand, ``spans`` the periods of those of the claim's measure.
    """
    if known := set(spans):
        at_hand = _listed(known)
        if claim["period"] == UNKNOWN:
            return written(
                "another span: the claim names no period, published are {spans}", spans=at_hand
            )
        return written(
            "another span: the claim covers {period}, published are {spans}",
            period=formats.as_written(claim["period"]),
            spans=at_hand,
        )
    family = claim["dataflow"].split("_")[0]
    akin = [each for each in published if each["dataflow"].split("_")[0] == family]
    reporter, partner = claim["reporter"], claim["partner"]
    pairs = [(reporter, partner), (partner, reporter)]
    near = [each for each in akin if (each["reporter"], each["partner"]) in pairs]
    if not near and family == "fdi":
        near = [each for each in akin if (each["reporter"], each["partner"]) == (reporter, WORLD)]
    if not near:
        return None
    differs = []
    publisher = near[0]["reporter"]
    held = {column: {each[column] for each in near} for column in near[0]}
    if claim["dataflow"] not in held["dataflow"]:
        flows = [word(vocabulary.DATAFLOWS[d]) for d in sorted(held["dataflow"])]
        differs.append(
            written(
                "another concept: {claimed} against {published}",
                claimed=word(vocabulary.DATAFLOWS[claim["dataflow"]]),
                published=Later(format_list, flows),
            )
        )
    if partner not in held["partner"] | {publisher}:
        differs.append(written("all partners, not {partner} alone", partner=named(partner)))
    if reporter != publisher:
        differs.append(
            written(
                "the other side: {speaker} speaks, {publisher} publishes",
                speaker=named(reporter),
                publisher=named(publisher),
            )
        )
    elif claim["flow"] not in held["flow"] | {NOT_APPLICABLE}:
        differs.append(
            written(
                "another flow: {claimed}, published {published}",
                claimed=claim["flow"],
                published=_listed(held["flow"]),
            )
        )
    if claim["product"] not in held["product"] | {NOT_APPLICABLE}:
        differs.append(
            written(
                "another product: {claimed}, published {published}",
                claimed=claim["product"],
                published=_listed(held["product"]),
            )
        )
    of_flow = {each["valuation"] for each in near if each["flow"] == claim["flow"]}
    if claim["valuation"] in ("FOB", "CIF") and claim["valuation"] not in of_flow:
        differs.append(
            written(
                "another valuation: {claimed}, published {published}",
                claimed=claim["valuation"],
                published=_listed(of_flow),
            )
        )
    if claim["unit"] not in held["unit"]:
        differs.append(
            written(
                "another unit: {claimed}, published {published}",
                claimed=claim["unit"],
                published=_listed(held["unit"]),
            )
        )
    return written_together(differs) if differs else None


def _listed(values: set[str]) -> Sentence | Later:
    distinct = sorted(values)
    if len(distinct) <= 4:
        return joined(distinct)
    return Sentence("{first} to {last}", {"first": distinct[0], "last": distinct[-1]})


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
        row["source"] = contract.join_sources([claim["source"], observed["source"]])
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
        return (*agree(claim, observed), observed)
    other = other_measure(claim, book.subjects, [row["period"] for row in same])
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
    grown = growth.growth(same)
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
            "{change} in {period}", {"change": formats.percent(g), "period": formats.as_written(p)}
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
