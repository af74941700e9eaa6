"""Why a claim is given its verdict: the sentence that stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from kzdata import amounts, contract, periods
from kzdata.codes import NOT_APPLICABLE, UNKNOWN, WORLD, named
from kzdata.language import Later, Sentence, joined, listed, word, written, written_together


def agree(claim: dict[str, Any], observed: dict[str, Any]) -> tuple[str, str]:
    """The verdict on a claim of a measure and span that is published, and why."""
    value, unit = observed["value"], claim["unit"]
    inside = claim["lower"] <= value <= claim["upper"]
    parts = {
        "value": amounts.exact(value),
        "unit": unit,
        "period": periods.as_written(claim["period"]),
    }
    if pd.isna(claim["value"]) or claim["qualifier"] in ("over", "at_least", "under", "up_to"):
        parts |= {"low": amounts.exact(claim["lower"]), "high": amounts.exact(claim["upper"])}
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
        change=amounts.percent(change, 1 if abs(change) >= 0.05 else 3),
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
            period=periods.as_written(claim["period"]),
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
        flows = [word(contract.DATAFLOWS[d]) for d in sorted(held["dataflow"])]
        differs.append(
            written(
                "another concept: {claimed} against {published}",
                claimed=word(contract.DATAFLOWS[claim["dataflow"]]),
                published=Later(listed, flows),
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
