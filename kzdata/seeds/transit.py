"""Transit scenarios as they are typed in ``seeds/transit.yml``, and their evidence."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, NotRequired

import pandas as pd
from pydantic import Field
from typing_extensions import TypedDict

from kzdata.errors import SeedError
from kzdata.query_log import recorded
from kzdata.schemas import Expected, Text, closed, load_yaml, refuse
from kzdata.seeds import load, sources
from kzdata.settings import HOME

Texts = Annotated[list[Text], Field(min_length=1)]


class Shown(TypedDict):
    """Evidence for a leg: a claim of the seeds, or a publication with its address."""

    claim: NotRequired[Text]
    publisher: NotRequired[Text]
    published: NotRequired[Text]
    url: NotRequired[Text]
    says: Text


# `from` is a word of Python's.
Leg = TypedDict(
    "Leg",
    {
        "from": Text,
        "to": Text,
        "via": Text,
        "carrier": Text,
        "evidence": Annotated[list[Shown], Field(min_length=1)],
    },
)


class Scenario(TypedDict):
    """A flow that is booked under one partner and ends in another."""

    id: Text
    title: Text
    reporter: Text
    flow: Text
    products: Texts
    booked: Texts | None
    legs: Annotated[list[Leg], Field(min_length=1)]
    share: Annotated[None, Expected("null: no source gives it")]
    cannot_show: Text


@closed
class TransitFile(TypedDict):
    """``transit.yml``."""

    scenarios: list[Scenario]


@cache
def scenarios(path: Path = HOME / "seeds" / "transit.yml") -> dict[str, dict[str, Any]]:
    """Every scenario by id. Raises one `SeedError` with everything that is wrong."""
    hint = "The head of seeds/transit.yml explains each field."
    listed = load_yaml(path, TransitFile, SeedError, hint)["scenarios"]
    known = {each["id"] for each in load.load().claims}
    expected = "expected a known claim, or publisher, published and url"
    problems = [
        f"{scenario['id']}: legs {n}: evidence: {expected}"
        for scenario in listed
        for n, leg in enumerate(scenario["legs"], start=1)
        for shown in leg["evidence"]
        if shown.get("claim") not in known and not {"publisher", "published", "url"} <= shown.keys()
    ]
    refuse(path, problems, SeedError, hint)
    return {each["id"]: each for each in listed}


@recorded
def transit_scenarios() -> pd.DataFrame:
    """Every scenario, one row a leg and piece of evidence.

    Columns: scenario, title, leg (from 1), origin, destination, via, carrier, evidence (the id of a
    claim, or publisher and date), says, source (of the claim), url.

    >>> import kzdata as kz
    >>> legs = kz.transit_scenarios()
    >>> legs[["scenario", "leg", "origin", "destination"]].drop_duplicates().head(3)
                    scenario  leg origin destination
    0  kaz-crude-cpc-trieste    1    KAZ         RUS
    2  kaz-crude-cpc-trieste    2    RUS         ITA
    3  kaz-crude-cpc-trieste    3    ITA          _U
    """
    claims = {each["id"]: each for each in load.load().claims}
    rows = []
    for scenario in scenarios().values():
        for n, leg in enumerate(scenario["legs"], start=1):
            for one in leg["evidence"]:
                claim = claims.get(one.get("claim"))
                source = (claim.get("article") or claim["source"]) if claim else ""
                address = sources.source(source).get("url") if source else one["url"]
                rows.append(
                    {
                        "scenario": scenario["id"],
                        "title": scenario["title"],
                        "leg": n,
                        "origin": leg["from"],
                        "destination": leg["to"],
                        "via": leg["via"],
                        "carrier": leg["carrier"],
                        "evidence": one.get("claim") or f"{one['publisher']}, {one['published']}",
                        "says": one["says"],
                        "source": source,
                        "url": address or "",
                    }
                )
    return pd.DataFrame(rows)
