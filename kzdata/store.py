"""What is known: the tidy table of ``data/tidy`` that the repository ships, made from ``data/raw``,
and the user's own store (`kzdata.vintages`), both asked by observations()."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from kzdata import codes, contract, corrections, periods, sources, vintages
from kzdata.errors import KzdataError, NotAvailable, ParseError, UnknownCode, did_you_mean
from kzdata.home import HOME
from kzdata.preferences import preferred
from kzdata.reads import recorded

SIDES = ("reporter", "both")
_MIRRORED = {"X": "M", "M": "X", "RX": "RM", "RM": "RX"}
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
    table = pd.read_csv(
        TIDY, dtype=text, keep_default_na=False, na_values={c: [""] for c in contract.NUMERIC}
    )
    return corrections.corrected(table)


@recorded
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
    as_of: str | None = None,
    sides: str = "reporter",
) -> pd.DataFrame:
    """Published numbers under the tidy contract, one row each.

    ``reporter`` and ``partner`` are names or codes; ``start`` and ``end`` are years or SDMX
    periods, both included. Where several publications hold the same cell, the one that
    ``seeds/preferences.yml`` prefers is returned, in its newest vintage; a source id returns that
    source's newest vintage of each cell, ``source="all"`` every vintage of every source. A cell
    missing at source is a row without a value.

    ``as_of`` is a day: only what was surely known by it counts. A publication is known from the
    last day that its date can mean, or from the day it was loaded (for what is shipped: accessed),
    whichever is earlier. Rows that readers bring with a classification, a quantity or a
    publisher's key keep these as further columns.

    ``sides="both"`` adds what the partner reports of the reporter, with ``flow`` turned round: the
    frame that `kz.mirror` takes.

    Raises `UnknownCode` for a name that is not in its list, `ParseError` for an ``as_of`` that is
    no day, `NotAvailable` when nothing that is loaded fits, and `StoreError` where a loaded file
    has changed.

    >>> observations("KAZ", "ISR", start=2024, flow="X")[["period", "value"]].values.tolist()
    [['2024', 167590256.94], ['2025', 119242222.86]]
    """
    as_of = None if as_of is None else day(as_of)
    _check_names(dataflow, flow, source)
    wanted = {
        "dataflow": dataflow,
        "reporter": None if reporter is None else codes.area(reporter),
        "partner": None if partner is None else codes.area(partner),
        "flow": flow,
        "product": product,
        "freq": freq,
        "source": None if source == "all" else source,
    }
    found = _asked(wanted, as_of, newest=source != "all")
    if sides not in SIDES:
        raise KzdataError(f"sides={sides!r} is no choice.", did_you_mean(sides, SIDES))
    if sides == "both" and reporter != partner:
        ends = {"reporter": wanted["partner"], "partner": wanted["reporter"]}
        turned = {**wanted, **ends, "flow": _MIRRORED.get(str(flow), flow)}
        found = pd.concat([found, _asked(turned, as_of, newest=source != "all")]).fillna(
            dict.fromkeys(contract.BEYOND, "")
        )
    if start is not None or end is not None:
        found = found[_within(found["period"], start, end)]
    if found.empty:
        wanted = {column: value for column, value in wanted.items() if value is not None}
        raise NotAvailable(
            "Nothing is loaded for "
            + ", ".join(f"{column} {value}" for column, value in wanted.items())
            + _years_wanted(start, end)
            + (f", known by {as_of}" if as_of else "")
            + ".",
            _near(_tidy(), wanted) + _loaded_too(dataflow),
        )
    return contract.order(found) if source is not None else preferred(found)


def _asked(wanted: dict[str, str | None], as_of: str | None, *, newest: bool) -> pd.DataFrame:
    return known({c: v for c, v in wanted.items() if v is not None}, as_of, newest=newest)


def known(wanted: dict[str, str], as_of: str | None, *, newest: bool) -> pd.DataFrame:
    """Rows whose columns have these values, shipped and loaded, as they were known by ``as_of``.

    With ``newest`` a source has one row a cell, else one a vintage. Several sources stay side by
    side.
    """
    table = _tidy()
    hit = pd.Series(True, index=table.index)
    for column, value in wanted.items():
        hit &= table[column] == value
    if as_of is not None:
        hit &= table["source"].map(_known_from()) <= as_of
    shipped = table[hit]
    mine = vintages.rows(wanted, as_of, newest=newest)
    if mine is None:
        return shipped
    mine = corrections.corrected(mine)
    beside = [str(c) for c in mine if c not in table and not str(c).startswith("_")]
    texts = [c for c in beside if not pd.api.types.is_numeric_dtype(mine[c])]
    both = pd.concat([shipped, mine[[*contract.COLUMNS, *beside]]], ignore_index=True)
    both = both.fillna(dict.fromkeys(texts, ""))
    said = [c for c in beside if c not in texts or (both[c] != "").any()]
    both = both[[*contract.COLUMNS, *said]]
    extended = [column for column in contract.BEYOND if column in said]
    return both.sort_values(extended, kind="stable") if extended else both


@cache
def _known_from() -> dict[str, str]:
    """By source of what is shipped, the day by which it was surely published or accessed."""
    return {
        name: min(
            vintages.last_day(str(each.get(date) or codes.UNKNOWN))
            for date in ("published", "accessed")
        )
        for name, each in sources.manifests().items()
    }


def _check_names(dataflow: str, flow: str | None, source: str | None) -> None:
    if dataflow not in contract.DATAFLOWS:
        dataflows = {name for entry in vintages.entries() for name in entry.dataflows}
        if dataflow not in dataflows:
            raise UnknownCode(
                f"{dataflow!r} is no dataflow.",
                did_you_mean(dataflow, dataflows | contract.DATAFLOWS.keys()),
            )
    if flow is not None and flow not in contract.FLOWS:
        raise UnknownCode(f"{flow!r} is no flow.", did_you_mean(flow, contract.FLOWS))
    if source is None or source == "all":
        return
    if source not in {entry.source for entry in vintages.entries()}:
        sources.source(source)


def day(text: str) -> str:
    """``text`` if it is a day of the calendar, as ``as_of`` takes it; else a `ParseError`."""
    try:
        if periods.freq_of(text) == "D" and periods.span(text).start.isoformat() == text:
            return text
    except ParseError:
        pass
    raise ParseError(f"as_of={text!r} is no day.", 'Write it like as_of="2026-01-28".')


def everything() -> pd.DataFrame:
    """Every row of the table that is shipped: all dataflows, all publications."""
    return _tidy().copy()


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


def _loaded_too(dataflow: str) -> str:
    """What the user's store has of a dataflow, as the end of a hint."""
    held = {e.source for e in vintages.entries() if dataflow in e.dataflows}
    return f" In your store: {', '.join(sorted(held))}; see kzdata sources." if held else ""
