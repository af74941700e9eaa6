"""What changed between two vintages, and how far later vintages moved from the first.

A vintage is a frame of observations, or a day: what was known by it. Sources are never mixed: a
difference between two publishers is a contradiction, not a revision.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import ContractError, KzdataError, MeasureMismatch, NotAvailable, UnitMismatch
from kzdata.model import codes, contract, periods
from kzdata.query_log import recorded
from kzdata.store import query

_TOLD = ["value", "unit", "obs_status", "published", "locator"]

_MEASURE = [
    "source", "dataflow", "freq", "reporter", "flow", "valuation", "unit", "horizon_months",
]  # fmt: skip

DIFF = [
    "change", *contract.CELL, "source", "unit", "value_before", "value_after", "difference",
    "obs_status_before", "obs_status_after", "published_before", "published_after",
    "locator_before", "locator_after",
]  # fmt: skip

REVISIONS = [
    *_MEASURE, "count", "mean_revision", "mean_absolute_revision",
    "relative_mean_absolute_revision", "lowest", "highest",
]  # fmt: skip


@recorded
def diff(
    before: pd.DataFrame | str,
    after: pd.DataFrame | str,
    *,
    reporter: str | None = None,
    partner: str | None = None,
    dataflow: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """Cells that are new, changed or withdrawn in ``after``, a row each, by source.

    Each vintage is a day ("2026-01-28": what was known by it, for the cells that the keywords
    select) or a frame with one row a source and cell. ``change`` is new, changed or withdrawn;
    changed means another value or status; ``difference`` is after − before in the cell's unit,
    missing where either is. A cell counts as withdrawn where a source that publishes whole editions
    has left it out. An empty frame says that nothing changed.

    Raises `ContractError` for a frame that holds a cell twice, `MeasureMismatch` for frames that
    share no source, `UnitMismatch` for a cell whose unit changed, `ParseError` for another date.

    >>> import kzdata as kz
    >>> newest = kz.observations("KAZ", "ISR", start=2025)
    >>> before = newest.assign(value=newest["value"] - 1_000_000)
    >>> kz.diff(before, newest)[["period", "flow", "change", "difference"]]
      period flow   change  difference
    0   2025    M  changed   1000000.0
    1   2025    X  changed   1000000.0
    """
    asked = {
        "reporter": None if reporter is None else codes.area(reporter),
        "partner": None if partner is None else codes.area(partner),
        "dataflow": dataflow,
        "source": source,
    }
    wanted = {column: value for column, value in asked.items() if value is not None}
    if isinstance(before, str) and isinstance(after, str) and before > after:
        raise KzdataError(f"{before} is after {after}.", f"kz.diff({after!r}, {before!r})")
    old, new = (_vintage(each, wanted) for each in (before, after))
    shared = set(old["source"]) & set(new["source"])
    given = isinstance(before, pd.DataFrame) and isinstance(after, pd.DataFrame)
    if given and len(old) and len(new) and not shared:
        raise MeasureMismatch(
            f"The vintages share no source: {', '.join(sorted(set(old['source'])))} and "
            f"{', '.join(sorted(set(new['source'])))}.",
            "Two publishers are compared by kz.contradictions(...).",
        )
    beyond = [c for c in contract.BEYOND if c in old or c in new]
    for column in beyond:
        old, new = (each if column in each else each.assign(**{column: ""}) for each in (old, new))
    key = [*contract.CELL, *beyond, "source"]
    for each, when in ((old, "before"), (new, "after")):
        _once(each, key, when)
    both = old[[*key, *_TOLD]].merge(
        new[[*key, *_TOLD]], on=key, how="outer", suffixes=("_before", "_after"), indicator="change"
    )
    both["change"] = both["change"].astype(str)
    here = both["change"] == "both"
    _one_unit(both[here])
    same = (both["value_before"] == both["value_after"]) | (
        both["value_before"].isna() & both["value_after"].isna()
    )
    same &= both["obs_status_before"] == both["obs_status_after"]
    both = both[~here | ~same]
    both["change"] = both["change"].map(
        {"left_only": "withdrawn", "right_only": "new", "both": "changed"}
    )
    both["unit"] = both["unit_after"].where(both["unit_after"].notna(), both["unit_before"])
    both["difference"] = both["value_after"] - both["value_before"]
    return both[[*DIFF, *beyond]].sort_values(key, kind="stable").reset_index(drop=True)


def _vintage(given: pd.DataFrame | str, wanted: dict[str, str]) -> pd.DataFrame:
    if isinstance(given, str):
        return query.known(wanted, query.day(given), newest=True)
    frame = contract.need(given, contract.COLUMNS, 'kz.observations(…, as_of="2026-01-28")')
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame


def _once(frame: pd.DataFrame, key: list[str], when: str) -> None:
    twice = frame[frame.duplicated(key, keep=False)]
    if len(twice):
        times = int((twice[key] == twice.iloc[0][key]).all(axis=1).sum())
        cell = " ".join(str(twice.iloc[0][column]) for column in key)
        raise ContractError(
            f"The vintage {when} holds {cell} {times} times.",
            'Take one vintage: kz.observations(…, source="comtrade", as_of="2026-01-28")',
            twice,
        )


def _one_unit(both: pd.DataFrame) -> None:
    other = both[both["unit_before"] != both["unit_after"]]
    if len(other):
        row = other.iloc[0]
        raise UnitMismatch(
            f"{row['source']} {row['reporter']} {row['partner']} {row['period']} is in "
            f"{row['unit_before']} and then in {row['unit_after']}.",
            "Convert one of the vintages first.",
        )


def revisions(*vintages: pd.DataFrame) -> pd.DataFrame:
    """How far later vintages of a cell moved from its first one, by months between them.

    Give one frame with every vintage, ``kz.observations(…, source="all")``, or one frame a vintage.
    With L the later and P the first value, over all cells (partners, products, periods) of a
    measure: ``mean_revision`` is the mean of L − P, ``mean_absolute_revision`` that of |L − P|,
    both in ``unit``; ``relative_mean_absolute_revision`` is Σ|L − P| / Σ|L|; ``lowest`` and
    ``highest`` are the extremes of L − P. Vintages without a date, and missing values, are left
    out. After McKenzie and Gamba (OECD, 2008), "Interpreting the results of revision analyses".

    Raises `NotAvailable` where no cell has two dated vintages.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", flow="X", start=2025)
    >>> later = trade.assign(value=1.02 * trade["value"], published="2027-01")
    >>> found = kz.revisions(trade, later)
    >>> found[["horizon_months", "count", "relative_mean_absolute_revision"]].round(3)
       horizon_months  count  relative_mean_absolute_revision
    0               6      1                             0.02
    """
    needed = [contract.need(v, contract.COLUMNS, 'kz.observations(…, source="all")')
              for v in vintages]  # fmt: skip
    if not needed:
        raise NotAvailable(
            "No vintage was found.", 'kz.revisions(kz.observations(…, source="all"))'
        )
    every = pd.concat(needed, ignore_index=True)
    every = every[(every["published"] != codes.UNKNOWN) & every["value"].notna()]
    beyond = [column for column in contract.BEYOND if column in every]
    every = every.fillna(dict.fromkeys(beyond, ""))
    key = [*contract.CELL, *beyond, "source", "unit"]
    ends = {text: periods.span(text).end for text in every["published"].unique()}
    every["_month"] = every["published"].map({t: 12 * d.year + d.month for t, d in ends.items()})
    every["_day"] = every["published"].map({t: d.isoformat() for t, d in ends.items()})
    every = every.sort_values("_day", kind="stable").drop_duplicates([*key, "published"])
    first = every.groupby(key, sort=False)[["value", "_month", "_day"]].transform("first")
    later = every[every["_day"] > first["_day"]]
    if later.empty:
        raise NotAvailable(
            "No cell has two dated vintages.",
            "Load an earlier or later edition: kzdata load SOURCE PATH -p published=2026-03",
        )
    first = first.loc[later.index]
    moved = later["value"] - first["value"]
    table = later.assign(
        horizon_months=later["_month"] - first["_month"],
        _moved=moved,
        _size=moved.abs(),
        _later=later["value"].abs(),
    )
    grouped = table.groupby(_MEASURE, sort=True)
    made = grouped.agg(
        count=("_moved", "size"),
        mean_revision=("_moved", "mean"),
        mean_absolute_revision=("_size", "mean"),
        lowest=("_moved", "min"),
        highest=("_moved", "max"),
    )
    total = grouped["_later"].sum()
    made["relative_mean_absolute_revision"] = grouped["_size"].sum() / total.where(
        total > 0, np.nan
    )
    return made.reset_index()[REVISIONS]
