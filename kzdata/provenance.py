"""Walk a printed number back to the document, the place in it, the publisher and the date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata import aggregates, amounts, contract, seeds, sources, store
from kzdata.cited import Number, number
from kzdata.errors import NotAvailable, UnknownCode
from kzdata.home import reports_folder
from kzdata.printed_figures import bare, find
from kzdata.reads import recorded

_ROW = ["what", "value", "unit", "source", "published", "locator", "note", "shown_in"]


@dataclass(frozen=True)
class Explanation:
    """Where a number comes from: readable text, and one row per place that it was found in."""

    text: str
    frame: pd.DataFrame

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


@recorded
def why(
    figure: Number | pd.Series | str | float, *, report: str | Path | None = None
) -> Explanation:
    r"""Every publication behind a figure, with the place in it and the arithmetic.

    ``figure`` is a `Number`, a row of a frame, or a figure as printed ("US$193.3 million",
    "−18.1%", "193.3"). Printed figures are looked up in the sentences, tables and charts of
    ``report`` (a report's folder; by default every report under ``reports/``), then as printed
    among the claims, then by value among the totals that are shipped or loaded, their turnovers and
    balances, then among loaded products.
    A figure with a unit or scale only finds its own; bare digits find what is printed with them.
    Raises `NotAvailable` when nothing matches.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2025, flow="X")
    >>> print("\n".join(str(kz.why(trade.iloc[0])).splitlines()[:2]))
    trade_goods KAZ ISR X 2025: 119,242,222.86 USD
      where: kaz_partners_2025.csv, row «Израиль», column exports_kusd (published 2026-07)
    """
    if isinstance(figure, Number):
        rows = [_row(figure)]
    elif isinstance(figure, pd.Series):
        derived = [c for c in ("growth_pct", "value_share", "rank") if c in figure.index]
        rows = [_row(number(figure, column)) for column in ("value", *derived)]
    else:
        rows = _look_up(str(figure), report)
        if not rows:
            raise NotAvailable(
                f"{figure!r} is in no report, observation or claim at hand.",
                "Type it as printed, for example 'US$193.3 million', or name the report's folder: "
                "--report DIR in the shell, report=… in Python.",
            )
    frame = pd.DataFrame(rows, columns=_ROW).drop_duplicates(ignore_index=True)
    return Explanation("\n\n".join(map(_told, frame.to_dict("records"))), frame)


def _told(row: dict[Any, Any]) -> str:
    value = "" if pd.isna(row["value"]) else f": {row['value']:,.15g} {row['unit']}"
    lines = [f"{row['what']}{value}".strip()]
    if row["note"]:
        lines.append(f"  how: {row['note']}")
    dated = f" (published {row['published']})" if row["published"] else ""
    lines.append(f"  where: {row['locator']}{dated}")
    for name in sources.split(row["source"]):
        try:
            lines.append(f"  source {name}: {sources.reference(name)}")
        except UnknownCode:
            lines.append(f"  source {name}: not in this register")
    if row["shown_in"]:
        lines.append(f"  shown in: {row['shown_in']}")
    return "\n".join(lines)


def _row(each: Number, shown_in: str = "") -> dict[str, Any]:
    return {key: getattr(each, key) for key in _ROW[:-1]} | {"shown_in": shown_in}


def _look_up(text: str, report: str | Path | None) -> list[dict[str, Any]]:
    folders = [Path(report)] if report else sorted(reports_folder().glob("*/"))
    shown = [_row(each.number, each.shown_in) for each in find(text, folders)]
    return shown or list(_in_store(text))


def _in_store(text: str) -> Iterator[dict[str, Any]]:
    claims = seeds.claims()
    stated = claims[[bare(text) == bare(printed) for printed in claims["printed"]]]
    if len(stated):
        yield from (_row(number(row)) for _, row in stated.iterrows())
        return
    amount = amounts.parse_amount(text)
    totals = store.totals()
    goods = totals[totals["flow"].isin(["X", "M"])]
    tables = [claims, totals, aggregates.turnover(goods), aggregates.balance(goods)]
    book = pd.concat([table[contract.COLUMNS] for table in tables], ignore_index=True)
    hit = book[book["value"].between(amount.lower, amount.upper)]
    if hit.empty:
        hit = store.valued(amount.lower, amount.upper)
    if amount.unit is not None:
        hit = hit[hit["unit"] == amount.unit]
    yield from (_row(number(row)) for _, row in hit.iterrows())
