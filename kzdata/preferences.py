"""Which publication answers for a cell that several publish: seeds/preferences.yml."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import yaml

from kzdata import contract, vintages
from kzdata.home import HOME


@cache
def _preferences() -> list[dict[str, Any]]:
    path = HOME / "seeds" / "preferences.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["preferences"]


def preferred(frame: pd.DataFrame, rules: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    """One publication a cell: the one that ``seeds/preferences.yml`` puts first.

    Sources listed together are of one rank, and the newest of them wins. Among listed sources a
    provisional figure gives way to any other. Publications that are not listed come last, in the
    order of their names. A source with several series in a cell keeps
    them all. ``rules`` stand in for the file's.
    """
    rank = pd.Series(float("inf"), index=frame.index)
    keep = pd.Series(True, index=frame.index)
    for rule in _preferences() if rules is None else rules:
        ruled = (frame["dataflow"] == rule["dataflow"]) & (frame["reporter"] == rule["reporter"])
        for place, choice in enumerate(rule["order"]):
            named = choice["source"] if isinstance(choice["source"], list) else [choice["source"]]
            mine = ruled & frame["source"].isin(named)
            rank[mine] = place
            if "until" in choice:
                keep &= ~mine | (frame["period"].str[:4] <= str(choice["until"]))
    day = frame["published"].map({p: vintages.last_day(p) for p in frame["published"].unique()})
    dated = (day < vintages.FOREVER) & (rank < float("inf"))
    age = -day.str.replace("-", "").where(dated, "0").astype(int)
    # A total is the same cell under every edition of the nomenclature.
    edition = frame.get("classification", pd.Series("", index=frame.index))
    edition = edition.where(frame["product"].str.isdecimal(), "")
    listed = rank < float("inf")
    last = 2 - 2 * listed + (listed & (frame["obs_status"] == "P"))
    best = frame.assign(_last=last, _rank=rank, _age=age, _edition=edition)[keep]
    best = best.sort_values(["_last", "_rank", "_age", "source"], kind="stable")
    cell = [*contract.CELL, "_edition"]
    if "series" in best:
        chosen = best["source"] == best.groupby(cell)["source"].transform("first")
        best = best[chosen]
    else:
        best = best.drop_duplicates(cell)
    return contract.order(best.drop(columns=["_last", "_rank", "_age", "_edition"]))
