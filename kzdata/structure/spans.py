"""Which period is compared with which."""

from __future__ import annotations

from collections.abc import Iterable

from kzdata import periods
from kzdata.errors import NotAvailable, PeriodMismatch


def in_order(labels: Iterable[str]) -> list[str]:
    """Periods of one length in time order; raises `PeriodMismatch` for several lengths."""
    ordered = sorted(map(str, labels), key=periods.sort_key)
    lengths: dict[int | None, str] = {}
    for period in ordered:
        lengths.setdefault(periods.months_in(period), period)
    if len(lengths) > 1:
        (a, first), (b, second) = list(lengths.items())[:2]
        raise PeriodMismatch(
            f"{first} covers {a} months, {second} covers {b}; a change between them would mislead.",
            'Choose one length: frame[frame["freq"] == "A"]',
        )
    return ordered


def pairs(labels: Iterable[str], base: str | None) -> list[tuple[str, str]]:
    """(period, base period): a year earlier, or for a fixed ``base`` every later period with it."""
    ordered = in_order(labels)
    if base is None:
        return [(period, periods.previous_year(period)) for period in ordered]
    if base not in ordered:
        raise NotAvailable(
            f"The base {base} is not among the periods.", f"They are: {', '.join(ordered)}."
        )
    return [(period, base) for period in ordered if period != base]
