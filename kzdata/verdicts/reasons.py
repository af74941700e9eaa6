"""Why a claim is given its verdict: the sentence that stands beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import amounts, contract, periods
from kzdata.codes import NOT_APPLICABLE, UNKNOWN, WORLD, named
from kzdata.comparable import between
from kzdata.language import Later, Sentence, joined, listed, word, written, written_together


def agree(claim: dict[Any, Any], observed: pd.Series) -> tuple[str, str]:
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


def other_measure(claim: dict[Any, Any], book: pd.DataFrame, same: pd.DataFrame) -> str | None:
    """Why what is published for the pair does not answer the claim; None where nothing is."""
    if len(same):
        spans = _listed(same["period"])
        if claim["period"] == UNKNOWN:
            return written(
                "another span: the claim names no period, published are {spans}", spans=spans
            )
        return written(
            "another span: the claim covers {period}, published are {spans}",
            period=periods.as_written(claim["period"]),
            spans=spans,
        )
    family = claim["dataflow"].split("_")[0]
    akin = book[book["dataflow"].str.split("_").str[0] == family]
    own = between(akin, claim["reporter"], claim["partner"])
    national = akin[(akin["reporter"] == claim["reporter"]) & (akin["partner"] == WORLD)]
    near = own if len(own) else national if family == "fdi" else own
    if near.empty:
        return None
    differs = []
    first = near.iloc[0]
    if claim["dataflow"] not in set(near["dataflow"]):
        flows = [word(contract.DATAFLOWS[d]) for d in sorted(set(near["dataflow"]))]
        differs.append(
            written(
                "another concept: {claimed} against {published}",
                claimed=word(contract.DATAFLOWS[claim["dataflow"]]),
                published=Later(listed, flows),
            )
        )
    if claim["partner"] not in (set(near["partner"]) | {first["reporter"]}):
        differs.append(
            written("all partners, not {partner} alone", partner=named(claim["partner"]))
        )
    if claim["reporter"] != first["reporter"]:
        differs.append(
            written(
                "the other side: {speaker} speaks, {publisher} publishes",
                speaker=named(claim["reporter"]),
                publisher=named(first["reporter"]),
            )
        )
    elif claim["flow"] not in (set(near["flow"]) | {NOT_APPLICABLE}):
        differs.append(
            written(
                "another flow: {claimed}, published {published}",
                claimed=claim["flow"],
                published=_listed(near["flow"]),
            )
        )
    products = set(near["product"]) | {NOT_APPLICABLE}
    if claim["product"] not in products:
        differs.append(
            written(
                "another product: {claimed}, published {published}",
                claimed=claim["product"],
                published=_listed(near["product"]),
            )
        )
    own_flow = near.loc[near["flow"] == claim["flow"], "valuation"]
    if claim["valuation"] in ("FOB", "CIF") and claim["valuation"] not in set(own_flow):
        differs.append(
            written(
                "another valuation: {claimed}, published {published}",
                claimed=claim["valuation"],
                published=_listed(own_flow),
            )
        )
    if claim["unit"] not in set(near["unit"]):
        differs.append(
            written(
                "another unit: {claimed}, published {published}",
                claimed=claim["unit"],
                published=_listed(near["unit"]),
            )
        )
    return written_together(differs) if differs else None


def _listed(values: pd.Series) -> Sentence | Later:
    distinct = sorted(values.unique())
    if len(distinct) <= 4:
        return joined(distinct)
    return Sentence("{first} to {last}", {"first": distinct[0], "last": distinct[-1]})
