"""Transit scenarios as they are typed in ``seeds/transit.yml``, and their evidence."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import seeds, sources
from kzdata.errors import SeedError
from kzdata.home import HOME
from kzdata.reads import recorded
from kzdata.typed import yaml_of

_FIELDS = {"id", "title", "reporter", "flow", "products", "booked", "legs", "share", "cannot_show"}
_LEG = {"from", "to", "via", "carrier", "evidence"}


@cache
def scenarios(path: Path = HOME / "seeds" / "transit.yml") -> dict[str, dict[str, Any]]:
    """Every scenario by id. Raises one `SeedError` with everything that is wrong."""

    listed = yaml_of(path)["scenarios"]
    known = {each["id"]: each for each in seeds.load().claims}
    wrong = []
    for each in listed:
        at = f"{path.name}: {each.get('id', 'scenario without an id')}: "
        wrong += [at + f"{name}: missing or unknown" for name in sorted(_FIELDS ^ each.keys())]
        for n, leg in enumerate(each.get("legs") or [{}], start=1):
            if _LEG ^ leg.keys() or not leg.get("evidence"):
                wrong.append(at + f"leg {n}: needs {', '.join(sorted(_LEG))}")
                continue
            for one in leg["evidence"]:
                cited = one.get("claim") in known or {"publisher", "published", "url"} <= one.keys()
                if not (cited and one.get("says")):
                    wrong.append(at + f"leg {n}: evidence: a known claim or an address, and says")
    if wrong:
        raise SeedError("\n".join(wrong), "The head of seeds/transit.yml explains each field.")
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
    claims = {each["id"]: each for each in seeds.load().claims}
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
