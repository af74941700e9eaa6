"""The one line of Python that makes what the explorer shows."""

from __future__ import annotations

import json
from dataclasses import dataclass

from kzdata.explorer.selection import ALL, BOTH, Selection

_DEFAULT_DATAFLOW = "trade_goods"


@dataclass(frozen=True)
class Asked:
    """How `kz.observations` is asked for a selection: its ``product``, the queries that narrow its
    answer, and whether products are then summed."""

    product: str | None = None
    narrowed: tuple[str, ...] = ()
    summed: bool = False


def asked_line(chosen: Selection, asked: Asked) -> str:
    """The call of `kz.observations` that a selection means."""
    parts = [_text(chosen.reporter)]
    if chosen.partner != ALL:
        parts.append(_text(chosen.partner))
    if chosen.flow not in (BOTH, "B"):
        parts.append(f"flow={_text(chosen.flow)}")
    if asked.product:
        parts.append(f"product={_text(asked.product)}")
    for name, period in (("start", chosen.start), ("end", chosen.end)):
        if period is not None:
            year = len(period) == 4 and period.isdecimal()
            parts.append(f"{name}={period if year else _text(period)}")
    if chosen.dataflow != _DEFAULT_DATAFLOW:
        parts.append(f"dataflow={_text(chosen.dataflow)}")
    parts.append(f"freq={_text(chosen.freq)}")
    for name, value in (("source", chosen.source), ("as_of", chosen.as_of)):
        if value is not None:
            parts.append(f"{name}={_text(value)}")
    line = f"kz.observations({', '.join(parts)})"
    line += "".join(f".query('{each}')" for each in asked.narrowed)
    return line + (".pipe(kz.all_products)" if asked.summed else "")


def explore_line(chosen: Selection) -> str:
    """The call of `kz.explore` that opens on a selection; what is usual is left out."""
    usual = Selection()
    parts = [_text(chosen.reporter), _text(chosen.partner)]
    for name in ("flow", "product", "start", "end", "freq", "dataflow", "source", "as_of"):
        value = getattr(chosen, name)
        if value != getattr(usual, name):
            parts.append(f"{name}={_text(value)}")
    return f"kz.explore({', '.join(parts)})"


def chart_line(chart: str, asked: str, *, balance: bool = False, highlight: str = "") -> str:
    """The call of a chart on that frame."""
    frame = asked + (".pipe(kz.balance)" if balance else "")
    told = f", highlight={_text(highlight)}" if highlight else ""
    return f"kz.charts.{chart}({frame}{told})"


def _text(value: str) -> str:
    return json.dumps(value)  # in ASCII, so that what turns the direction of text is seen
