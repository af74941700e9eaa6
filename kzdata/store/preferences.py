"""Which publication answers for a cell that several publish: seeds/preferences.yml."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from kzdata.files import yaml_of
from kzdata.model import contract
from kzdata.model.contract import ranks
from kzdata.settings import HOME
from kzdata.store import vintages


@cache
def _preferences() -> list[dict[str, Any]]:
    return yaml_of(HOME / "seeds" / "preferences.yml")["preferences"]


def preferred(frame: pd.DataFrame, rules: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    """One publication a cell: the one that ``seeds/preferences.yml`` puts first.

    Sources listed together are of one rank, and the newest of them wins. Among listed sources a
    provisional figure gives way to any other. Publications that are not listed come last, in the
    order of their names. A source with several series in a cell keeps
    them all. ``rules`` stand in for the file's.
    """
    rank = np.full(len(frame), np.inf)
    keep = np.full(len(frame), True)
    held = set(frame["source"].unique())
    for rule in _preferences() if rules is None else rules:
        ruled = (frame["dataflow"] == rule["dataflow"]) & (frame["reporter"] == rule["reporter"])
        for place, choice in enumerate(rule["order"]):
            named = choice["source"] if isinstance(choice["source"], list) else [choice["source"]]
            if held.isdisjoint(named):
                continue
            mine = (ruled & frame["source"].isin(named)).to_numpy()
            rank[mine] = place
            if "until" in choice:
                keep &= ~mine | (frame["period"].str[:4] <= str(choice["until"])).to_numpy()
    listed = rank < np.inf
    last = np.where(listed, (frame["obs_status"] == "P").to_numpy(), 2)
    ages = {each: _age(each) for each in frame["published"].unique()}
    age = np.where(listed, frame["published"].map(ages), 0)
    places = np.lexsort([ranks(frame["source"]), age, rank, last])
    best = frame.take(places[keep[places]])
    cell = contract.CELL
    if "classification" in frame:
        # A total is the same cell under every edition of the nomenclature.
        edition = best["classification"].where(best["product"].str.isdecimal(), "")
        best, cell = best.assign(_edition=edition), [*cell, "_edition"]
    if "series" in best:
        chosen = best["source"] == best.groupby(cell)["source"].transform("first")
        best = best[chosen]
    else:
        best = best.drop_duplicates(cell)
    return contract.order(best[frame.columns])


def _age(published: str) -> int:
    """Smaller for the newer; nothing newer than what is not dated is known."""
    day = vintages.last_day(published)
    return -int(day.replace("-", "")) if day < vintages.FOREVER else 0
