"""The one question of the library: what is published of a pair, shipped or loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from kzdata.errors import KzdataError, NotAvailable, ParseError, UnknownCode, did_you_mean
from kzdata.model import codes, contract, periods, vocabulary
from kzdata.query_log import recorded
from kzdata.seeds import frames, sources
from kzdata.settings import HOME
from kzdata.store import journal, vintages
from kzdata.store.journal import Wanted
from kzdata.store.preferences import preferred


def absent_from(
    table: pd.DataFrame, asked: Mapping[str, Any], span: tuple[Any, Any], as_of: str | None
) -> NotAvailable:
    """The error of a question that ``table`` and the user's store have no answer to."""
    return NotAvailable(
        "Nothing is loaded for "
        + ", ".join(f"{column} {value}" for column, value in asked.items())
        + _years_wanted(*span)
        + (f", known by {as_of}" if as_of else "")
        + ".",
        _near(table, asked) + _loaded_too(asked["dataflow"]),
    )


def _years_wanted(start: Any, end: Any) -> str:
    limits = [f"from {start}" if start is not None else "", f"to {end}" if end is not None else ""]
    said = " ".join(limit for limit in limits if limit)
    return f", {said}" if said else ""


def _near(table: pd.DataFrame, wanted: Mapping[str, Any]) -> str:
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
    held = {e.source for e in journal.entries() if dataflow in e.dataflows}
    return f" In your store: {', '.join(sorted(held))}; see kzdata sources." if held else ""


SIDES = ("reporter", "both")

_MIRRORED = {"X": "M", "M": "X", "RX": "RM", "RM": "RX"}

TIDY = HOME / "data" / "tidy" / "observations.csv"


def build_tidy() -> pd.DataFrame:
    """Read every folder of ``data/raw`` into one frame, checked and sorted by key."""
    from kzdata.readers.shipped import read_source

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
    allow_empty: bool = False,
) -> pd.DataFrame:
    """Published numbers under the tidy contract, one row each.

    ``reporter`` and ``partner`` are names or codes; ``start`` and ``end`` are years or SDMX
    periods, both included. Where several publications hold the same cell, the one that
    ``seeds/preferences.yml`` prefers is returned, in its newest vintage; a source id returns that
    source's newest vintage of each cell, ``source="all"`` every vintage of every source. A cell
    missing at source is a row without a value.

    Without a ``source`` and a ``product`` the totals of the pair answer, and products only where
    nobody publishes a total; ``product="all"`` asks for every product, ``product="TOTAL"`` for
    totals alone. A named source gives all that it has.

    ``as_of`` is a day: only what was surely known by it counts. A publication is known from the
    last day that its date can mean, or from the day it was loaded (for what is shipped: accessed),
    whichever is earlier. Rows that readers bring with a classification, a quantity or a
    publisher's key keep these as further columns.

    ``sides="both"`` adds what the partner reports of the reporter, with ``flow`` turned round: the
    frame that `kz.mirror` takes.

    Raises `UnknownCode` for a name that is not in its list, `ParseError` for an ``as_of`` that is
    not a day, `StoreError` where a loaded file has changed, and `NotAvailable` when nothing that is
    loaded fits; with ``allow_empty=True`` the answer is then a frame without rows.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2024, flow="X")
    >>> trade[["period", "flow", "value", "unit"]]
      period flow         value unit
    0   2024    X  1.675903e+08  USD
    1   2025    X  1.192422e+08  USD
    """
    as_of = None if as_of is None else day(as_of)
    _check_names(dataflow, flow, source)
    wanted = {
        "dataflow": dataflow,
        "reporter": None if reporter is None else codes.area(reporter),
        "partner": None if partner is None else codes.area(partner),
        "flow": flow,
        "product": None if product == "all" else product,
        "freq": freq,
        "source": None if source == "all" else source,
    }
    if sides not in SIDES:
        raise KzdataError(f"Unknown sides={sides!r}.", did_you_mean(sides, SIDES))
    asked: dict[str, str] = {c: v for c, v in wanted.items() if v is not None}
    questions: list[Wanted] = [asked]
    if sides == "both" and reporter != partner:
        turned = wanted | {"reporter": wanted["partner"], "partner": wanted["reporter"]}
        turned["flow"] = _MIRRORED.get(str(flow), flow)
        questions.append({c: v for c, v in turned.items() if v is not None})
    found = None
    if source is None and product is None:
        of_totals: list[Wanted] = [{**each, "product": contract.TOTALS} for each in questions]
        found = _answers(of_totals, (start, end), as_of)
    if found is None or found.empty:
        found = _answers(questions, (start, end), as_of, newest=source != "all")
    if found.empty and allow_empty:
        return contract.empty()
    if found.empty:
        raise absent_from(_tidy(), asked, (start, end), as_of)
    return contract.order(found) if source is not None else preferred(found)


def _answers(
    questions: Sequence[Wanted],
    span: tuple[Any, Any],
    as_of: str | None,
    *,
    newest: bool = True,
) -> pd.DataFrame:
    parts = [known(each, as_of, newest=newest) for each in questions]
    found = parts[0]
    if len(parts) > 1:
        found = pd.concat(parts).fillna(dict.fromkeys(contract.BEYOND, ""))
    return found if span == (None, None) else found[_within(found["period"], *span)]


def known(wanted: Wanted, as_of: str | None, *, newest: bool) -> pd.DataFrame:
    """Rows whose columns have these values, shipped and loaded, as they were known by ``as_of``.

    A value may be a tuple of several.

    With ``newest`` a source has one row a cell, else one a vintage. Several sources stay side by
    side.
    """
    table = _tidy()
    hit = pd.Series(True, index=table.index)
    for column, value in wanted.items():
        hit &= table[column].isin([value] if isinstance(value, str) else list(value))
    if as_of is not None:
        hit &= table["source"].map(_known_from()) <= as_of
    ours = table[hit]
    mine = vintages.rows(wanted, as_of, newest=newest)
    if mine is None:
        return ours
    beside = [str(c) for c in mine if c not in table and not str(c).startswith("_")]
    texts = [c for c in beside if not pd.api.types.is_numeric_dtype(mine[c])]
    both = pd.concat([ours, mine[[*contract.COLUMNS, *beside]]], ignore_index=True)
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
    if dataflow not in vocabulary.DATAFLOWS:
        dataflows = {name for entry in journal.entries() for name in entry.dataflows}
        if dataflow not in dataflows:
            raise UnknownCode(
                f"Unknown dataflow {dataflow!r}.",
                did_you_mean(dataflow, dataflows | vocabulary.DATAFLOWS.keys()),
            )
    if flow is not None and flow not in vocabulary.FLOWS:
        raise UnknownCode(f"Unknown flow {flow!r}.", did_you_mean(flow, vocabulary.FLOWS))
    if source is None or source == "all":
        return
    if source not in {entry.source for entry in journal.entries()}:
        sources.source(source)


def day(text: str) -> str:
    """``text`` if it is a day of the calendar, as ``as_of`` takes it; else a `ParseError`."""
    try:
        if periods.freq_of(text) == "D" and periods.span(text).start.isoformat() == text:
            return text
    except ParseError:
        pass
    raise ParseError(f"as_of={text!r} is not a date.", 'Write it as as_of="2026-01-28".')


def shipped() -> pd.DataFrame:
    """Every row of the table that is shipped: all dataflows, all publications."""
    return _tidy().copy()


@recorded
def totals() -> pd.DataFrame:
    """Every total that is shipped or loaded, in every vintage: of all products, or of none."""
    return known({"product": contract.TOTALS}, None, newest=False)


def everything() -> pd.DataFrame:
    """Every row that is shipped or loaded: all dataflows, publications, vintages and products.

    A year of BACI has some ten million rows, which take gigabytes: `observations` asks for few.
    """
    return known({}, None, newest=False).reset_index(drop=True)


def valued(lower: float, upper: float) -> pd.DataFrame:
    """Rows between two values, every publication and product of them; none is an empty frame."""
    ours = _tidy()
    mine = vintages.rows({}, newest=False, between=(lower, upper))
    found = ours[ours["value"].between(lower, upper)]
    if mine is not None:
        found = pd.concat([found, mine], ignore_index=True)
    return found[contract.COLUMNS]


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


_CELL = ["reporter", "partner", "flow", "period"]

# How the databases that are quoted value trade where they do not say it row by row.
_CONVENTION = {"X": "FOB", "M": "CIF"}

_ADDED = "valuation by the convention of the database"


def both_sides(
    reporter: str,
    partner: str,
    *,
    start: int | None = None,
    end: int | None = None,
    product: str = "TOTAL",
) -> pd.DataFrame:
    """Annual exports and imports of a pair as each of the two countries reports them.

    Under the contract, both as reporter in turn. Observations, shipped or in the user's store, come
    first. For totals, cells that they lack are filled from the databases quoted in ``seeds`` (basis
    ``claimed``), unless their label is doubted; such figures are of another vintage, and where a
    database names no valuation its convention is taken, exports FOB and imports CIF, as ``note``
    says. A side that nobody gives has no row.

    Raises `NotAvailable` where neither side is at hand, and `UnknownCode` for a country.

    >>> import kzdata as kz
    >>> sides = kz.both_sides("KAZ", "ISR", start=2022, end=2022)
    >>> sides[["reporter", "partner", "flow", "value", "basis"]]
      reporter partner flow        value     basis
    0      KAZ     ISR    M   66410800.0  reported
    1      KAZ     ISR    X  817007000.0  reported
    """
    ends = codes.area(reporter), codes.area(partner)
    ways = [ends, ends[::-1]]
    at_hand = observations(
        *ends, product=product, freq="A", start=start, end=end, sides="both", allow_empty=True
    )
    quoted = [_quoted(one, other, start, end) for one, other in ways if product == "TOTAL"]
    rows = [each[each["flow"].isin(["X", "M"])] for each in [at_hand, *quoted] if len(each)]
    if not any(map(len, rows)):
        raise NotAvailable(
            f"Neither {ends[0]} nor {ends[1]} has annual trade of {product} with the other.",
            "Load what one of them reports: kzdata load comtrade FILE -p published=2026-11-20",
        )
    every = pd.concat(rows, ignore_index=True)
    if "classification" not in every.columns or product == "TOTAL":
        every = every[contract.COLUMNS]
    return contract.order(every.drop_duplicates(_CELL))


def _quoted(reporter: str, partner: str, start: int | None, end: int | None) -> pd.DataFrame:
    """Undoubted figures of databases, with the valuation of their convention."""
    rows = frames.claims("trade", reporter=reporter, partner=partner)
    sound = (rows["source_kind"] == "database") & rows["doubt"].isna()
    sound &= rows["flow"].isin(list(_CONVENTION)) & rows["period"].str.fullmatch(r"\d{4}")
    sound &= (rows["product"] == "TOTAL") & rows["value"].notna()
    rows = rows[sound.astype(bool)]
    year = rows["period"].astype(int)
    kept = year.between(start or year.min(), end or year.max()) if len(rows) else year > 0
    rows = rows[kept].reset_index(drop=True)
    unsaid = rows["valuation"] == "unknown"
    return rows.assign(
        valuation=rows["valuation"].mask(unsaid, rows["flow"].map(_CONVENTION)),
        note=[
            f"{note} ({_ADDED})" if added else note
            for note, added in zip(rows["note"], unsaid, strict=True)
        ],
    )[contract.COLUMNS]
