"""What may stand in one formula: the checks that raise an `Incomparable` naming both sides."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kzdata.errors import MeasureMismatch, PeriodMismatch, UnitMismatch, ValuationMismatch
from kzdata.model import periods
from kzdata.model.codes import WORLD

SERIES = ["dataflow", "reporter", "partner", "flow", "product"]


def one_unit(units: Iterable[str], what: str) -> None:
    """Raise unless it is one unit; ``what`` names in the message what is given in them."""
    different = sorted(set(units))
    if len(different) > 1:
        raise UnitMismatch(
            f"{what} is given in {' and in '.join(different)}; the two cannot be put together.",
            "Convert one of them at a stated, sourced rate, or choose one unit: "
            f'frame[frame["unit"] == "{different[0]}"]',
        )


def one_measure(series: pd.DataFrame) -> None:
    """Raise unless the rows of one series are in the same terms and each period stands once."""
    same_terms(series)
    twice = series[series["period"].duplicated(keep=False)]
    if len(twice):
        names = sorted(twice["source"].unique())
        raise MeasureMismatch(
            f"{twice['period'].iloc[0]} is published more than once, by {' and '.join(names)}.",
            f'Choose one: kz.observations(..., source="{names[0]}")',
        )


def same_terms(series: pd.DataFrame) -> None:
    """Raise unless the rows have one length of period, one unit and one valuation."""
    lengths: dict[int | None, str] = {}
    for period in series["period"]:
        lengths.setdefault(periods.span(period).months, period)
    if len(lengths) > 1:
        (a, first), (b, second) = list(lengths.items())[:2]
        partial = second if (b or 0) < (a or 0) else first
        raise PeriodMismatch(
            f"{first} covers {a} months, {second} covers {b}; growth between them would mislead.",
            "Compare like with like, or ask for bounds and an estimate with its interval: "
            f'kz.partial_year("{partial}", frame)',
        )
    one_unit(series["unit"], f"The series {first_cell(series)}")
    values = sorted(series["valuation"].unique())
    if len(values) > 1:
        raise ValuationMismatch(
            f"The series {first_cell(series)} is valued {' and '.join(values)}.",
            f'Choose one: frame[frame["valuation"] == "{values[0]}"]',
        )


def first_cell(series: pd.DataFrame) -> str:
    """The identity of a series, for a message."""
    return " ".join(str(series[column].iloc[0]) for column in SERIES)


def parts_of_a_whole(frame: pd.DataFrame) -> None:
    """Raise unless the partners of each flow can be summed and ranked: one unit, valuation and
    length of period, each partner once, and the world not among them."""
    for _, group in frame.groupby(["dataflow", "reporter", "flow", "product"], sort=False):
        if (group["partner"] == WORLD).any() and group["partner"].nunique() > 1:
            raise MeasureMismatch(
                "The world stands among its own parts.",
                'Leave it out, frame[frame["partner"] != "WLD"], or give it as the total.',
            )
        same_terms(group)
        twice = group[group.duplicated(["period", "partner"])]
        if len(twice):
            raise MeasureMismatch(
                f"{twice['period'].iloc[0]}: {twice['partner'].iloc[0]} appears more than once.",
                'Choose one publication: kz.observations(..., source="…")',
            )


def select_pair(frame: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """The rows of a pair of countries, whichever of the two reports.

    >>> import kzdata as kz
    >>> len(kz.select_pair(kz.observations("KAZ", start=2025, freq="A"), "ISR", "KAZ"))
    2
    """
    ahead = (frame["reporter"] == one) & (frame["partner"] == other)
    back = (frame["reporter"] == other) & (frame["partner"] == one)
    return frame[ahead | back]
