"""The one line of Python that makes what the explorer shows."""

from __future__ import annotations

import json

from kzdata.explorer.selection import ALL, BOTH, LEVELS, Selection

_DEFAULT_DATAFLOW = "trade_goods"


def asked_line(chosen: Selection, *, one_product: bool = True) -> str:
    """The call of `kz.observations` that a selection means.

    ``one_product`` is False where no other product is at hand than the one chosen.
    """
    parts = [_text(chosen.reporter)]
    if chosen.partner != ALL:
        parts.append(_text(chosen.partner))
    if chosen.flow not in (BOTH, "B"):
        parts.append(f"flow={_text(chosen.flow)}")
    product = asked_product(chosen, one_product=one_product)
    if product:
        parts.append(f"product={_text(product)}")
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
    if chosen.partner == ALL:
        line += ".query('partner != \"WLD\"')"
    if chosen.product in LEVELS:
        line += f".query('product.str.fullmatch(\"[0-9]{{{chosen.product[2:]}}}\")')"
    return line


def asked_product(chosen: Selection, *, one_product: bool) -> str | None:
    """The product that `kz.observations` is asked for: None where its own choice is the right one.

    Left to itself it answers with totals where there are any, so products side by side need all.
    """
    if chosen.product in LEVELS:
        return "all"
    return chosen.product if one_product or chosen.product.isdecimal() else None


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
    return json.dumps(value, ensure_ascii=False)
