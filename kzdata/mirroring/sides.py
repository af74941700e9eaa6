"""The reports of both countries of a pair, brought together to be mirrored."""

from __future__ import annotations

import pandas as pd

from kzdata import codes, contract, seeds
from kzdata.errors import NotAvailable
from kzdata.holdings import loaded

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
    at_hand = loaded(*ends, product=product, freq="A", start=start, end=end, sides="both")
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
    rows = seeds.claims("trade", reporter=reporter, partner=partner)
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
