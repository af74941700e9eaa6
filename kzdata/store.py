"""The tidy table: built from ``data/raw``, kept in ``data/tidy``, asked by observations()."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import yaml

from kzdata import codes, contract, periods, sources
from kzdata.errors import KzdataError, NotAvailable, UnknownCode, did_you_mean
from kzdata.home import HOME

TIDY = HOME / "data" / "tidy" / "observations.csv"


def build_tidy() -> pd.DataFrame:
    """Read every folder of ``data/raw`` into one frame, checked and sorted by key."""
    from kzdata.readers import read_source

    folder = HOME / "data" / "raw"
    frames = [read_source(folder / name, m) for name, m in sources.manifests().items()]
    return contract.check(contract.order(pd.concat(frames, ignore_index=True)))


def tidy_csv(frame: pd.DataFrame) -> bytes:
    """The bytes of ``data/tidy/observations.csv`` for a frame under the contract."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


@cache
def _tidy() -> pd.DataFrame:
    if not TIDY.exists():
        raise NotAvailable(f"{TIDY} is not there.", "Make it from data/raw: kzdata tidy")
    text = {column: str for column in contract.COLUMNS if column not in contract.NUMERIC}
    return pd.read_csv(
        TIDY, dtype=text, keep_default_na=False, na_values={c: [""] for c in contract.NUMERIC}
    )


@cache
def _preferences() -> list[dict[str, Any]]:
    path = HOME / "seeds" / "preferences.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["preferences"]


def observations(
    reporter: str | None = None,
    partner: str | None = None,
    *,
    flow: str | None = None,
    product: str | None = None,
    start: int | str | None = None,
    end: int | str | None = None,
    dataflow: str = "trade_goods",
    freq: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """Published numbers under the tidy contract, one row each.

    ``reporter`` and ``partner`` are names or codes; ``start`` and ``end`` are years or SDMX
    periods, both included. Where several publications hold the same cell, the one that
    ``seeds/preferences.yml`` prefers is returned; ``source="all"`` returns all, a source id one.
    A cell missing at source is a row without a value. Raises `UnknownCode` for a name that is not
    in its list and `NotAvailable` when nothing that is loaded fits.

    >>> observations("KAZ", "ISR", start=2024, flow="X")[["period", "value"]].values.tolist()
    [['2024', 167590256.94], ['2025', 119242222.86]]
    """
    table = _tidy()
    if dataflow not in contract.DATAFLOWS:
        raise UnknownCode(
            f"{dataflow!r} is no dataflow.", did_you_mean(dataflow, contract.DATAFLOWS)
        )
    if flow is not None and flow not in contract.FLOWS:
        raise UnknownCode(f"{flow!r} is no flow.", did_you_mean(flow, contract.FLOWS))
    if source not in (None, "all"):
        sources.source(source)
    wanted = {
        "dataflow": dataflow,
        "reporter": None if reporter is None else codes.area(reporter),
        "partner": None if partner is None else codes.area(partner),
        "flow": flow,
        "product": product,
        "freq": freq,
        "source": None if source == "all" else source,
    }
    wanted = {column: value for column, value in wanted.items() if value is not None}
    hit = pd.Series(True, index=table.index)
    for column, value in wanted.items():
        hit &= table[column] == value
    found = table[hit]
    if start is not None or end is not None:
        found = found[_within(found["period"], start, end)]
    if found.empty:
        raise NotAvailable(
            "Nothing is loaded for "
            + ", ".join(f"{column} {value}" for column, value in wanted.items())
            + _years_wanted(start, end)
            + ".",
            _near(table, wanted),
        )
    chosen = found if source is not None else preferred(found)
    return chosen.reset_index(drop=True)


def everything() -> pd.DataFrame:
    """Every row of the tidy table: all dataflows, all publications."""
    return _tidy().copy()


def preferred(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: the publication that ``seeds/preferences.yml`` puts first.

    Publications that it does not list come last, in the order of their names.
    """
    rank = pd.Series(float("inf"), index=frame.index)
    keep = pd.Series(True, index=frame.index)
    for rule in _preferences():
        ruled = (frame["dataflow"] == rule["dataflow"]) & (frame["reporter"] == rule["reporter"])
        for place, choice in enumerate(rule["order"]):
            mine = ruled & (frame["source"] == choice["source"])
            rank[mine] = place
            if "until" in choice:
                keep &= ~mine | (frame["period"].str[:4].astype(int) <= choice["until"])
    best = (
        frame.assign(_rank=rank)[keep]
        .sort_values(["_rank", "source", "published"], kind="stable")
        .drop_duplicates(contract.CELL)
        .drop(columns="_rank")
    )
    return contract.order(best)


def _within(period: pd.Series, start: int | str | None, end: int | str | None) -> pd.Series:
    spans = {each: periods.span(each) for each in period.unique()}
    first = None if start is None else periods.span(str(start)).start
    last = None if end is None else periods.span(str(end)).end
    if first is not None and last is not None and first > last:
        raise KzdataError(f"start={start} is after end={end}.", "Swap them.")
    return period.map(
        {
            each: (first is None or span.start >= first) and (last is None or span.end <= last)
            for each, span in spans.items()
        }
    ).astype(bool)


def _years_wanted(start: int | str | None, end: int | str | None) -> str:
    limits = [f"from {start}" if start is not None else "", f"to {end}" if end is not None else ""]
    said = " ".join(limit for limit in limits if limit)
    return f", {said}" if said else ""


def _near(table: pd.DataFrame, wanted: dict[str, Any]) -> str:
    """What is loaded for the same dataflow and reporter, as a line to act on."""
    near = table[table["dataflow"] == wanted["dataflow"]]
    if "reporter" in wanted and (near["reporter"] == wanted["reporter"]).any():
        near = near[near["reporter"] == wanted["reporter"]]
    if "partner" in wanted and (near["partner"] == wanted["partner"]).any():
        near = near[near["partner"] == wanted["partner"]]
    if near.empty:
        return f"Loaded dataflows: {', '.join(sorted(table['dataflow'].unique()))}."
    partners = sorted(near["partner"].unique())
    listed = ", ".join(partners) if len(partners) <= 12 else f"{len(partners)} partners"
    reporters = ", ".join(sorted(near["reporter"].unique()))
    return (
        f"Loaded for {wanted['dataflow']}: reporter {reporters}; "
        f"partner {listed}; {near['period'].min()} to {near['period'].max()}; "
        f"frequency {', '.join(sorted(near['freq'].unique()))}."
    )
