"""What the explorer is asked for, as one immutable value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from kzdata.errors import KzdataError, ParseError, UnknownCode, did_you_mean
from kzdata.model import codes, periods, vocabulary
from kzdata.model.parsing import printed_periods
from kzdata.seeds import sources
from kzdata.store import journal, query

ALL = "all"

"""The partner that stands for every partner side by side."""

BOTH = "XM"

"""The flow that stands for exports and imports together."""

LEVELS = ("HS2", "HS4", "HS6")

"""Products side by side, by the number of digits of their codes."""

SUM = "SUM"

"""The sum of the products at hand, for where nobody's total of them is."""

_CODE = re.compile(r"[0-9]{2,10}")


@dataclass(frozen=True)
class Selection:
    """One question: ``start``, ``end``, ``source`` and ``as_of`` are None where all is meant.

    ``flow`` is `BOTH`, ``"B"`` or a flow of the contract; ``product`` a code, ``"TOTAL"``, `SUM`
    or one of `LEVELS`; ``partner`` an area or `ALL`.
    """

    reporter: str = "KAZ"
    partner: str = "ISR"
    flow: str = BOTH
    product: str = "TOTAL"
    start: str | None = None
    end: str | None = None
    freq: str = "A"
    dataflow: str = "trade_goods"
    source: str | None = None
    as_of: str | None = None

    def but(self, **changed: Any) -> Selection:
        """The same with some fields changed."""
        return replace(self, **changed)

    @property
    def side_by_side(self) -> bool:
        """Whether partners or products of one period are compared, rather than periods."""
        return self.partner == ALL or self.product in LEVELS


def selected(**asked: Any) -> Selection:
    """A `Selection` from names, codes, years and dates as a person types them.

    Raises `UnknownCode` for a name that is in no list, `ParseError` for a period or a day that
    cannot be read, `KzdataError` for a start after the end.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    made = Selection(**given)
    flows = {BOTH, "B", *vocabulary.FLOWS}
    _among("flow", made.flow, flows)
    _among("freq", made.freq, vocabulary.FREQUENCIES)
    _among("dataflow", made.dataflow, vocabulary.DATAFLOWS)
    product = str(made.product)
    words = ("TOTAL", SUM, *LEVELS)
    if product not in (*words, codes.NOT_APPLICABLE) and not _CODE.fullmatch(product):
        raise UnknownCode(
            f"Unknown product {product!r}.",
            f"Write {', '.join(words)}, or a code in digits such as '2709'.",
        )
    if made.source and made.source not in {entry.source for entry in journal.entries()}:
        sources.source(made.source)
    start, end = _period(made.start), _period(made.end)
    if start and end and periods.span(start).start > periods.span(end).end:
        raise KzdataError(f"start={start} is after end={end}.", "Swap them.")
    return made.but(
        reporter=codes.area(made.reporter),
        partner=ALL if str(made.partner).casefold() == ALL else codes.area(made.partner),
        product=product,
        start=start,
        end=end,
        as_of=None if made.as_of is None else query.day(made.as_of),
    )


def _among(name: str, value: str, known: Any) -> None:
    if value not in known:
        raise UnknownCode(f"{name}={value!r} is not in its list.", did_you_mean(str(value), known))


def _period(given: int | str | None) -> str | None:
    if given is None:
        return None
    try:
        periods.span(str(given))
    except ParseError:
        return printed_periods.parse_period(str(given))
    return str(given)


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
