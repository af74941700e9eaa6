"""What may enter an indicator of structure: the columns, one measure, nothing counted twice.

Two rules hold throughout the package. A row whose value is missing makes missing whatever it is a
part of. A product or partner that is not listed, in a list that is there, traded nothing: customs
lists are complete by construction. A list that is not there at all is missing, not zero.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from kzdata.errors import (
    ContractError,
    Incomparable,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    PeriodMismatch,
    UnitMismatch,
    ValuationMismatch,
    did_you_mean,
)
from kzdata.indicators.keys import distinct
from kzdata.model import periods
from kzdata.model.codes import WORLD

KEYS = ["reporter", "partner", "flow", "product", "period"]

SIDE = {"X": "exports", "M": "imports"}

_ONE_OF = [("dataflow", MeasureMismatch), ("unit", UnitMismatch), ("classification", Incomparable)]


def choice(name: str, given: object, known: Iterable[str]) -> None:
    """Raise unless an option has one of its values."""
    known = list(known)
    if given not in known:
        raise KzdataError(f"Unknown {name}={given!r}.", did_you_mean(str(given), known))


def columns(frame: pd.DataFrame, needs: Iterable[str]) -> None:
    """Raise `ContractError` unless the columns are there."""
    absent = [column for column in needs if column not in frame.columns]
    if absent:
        raise ContractError(
            f"The frame lacks the column{'s' * (len(absent) > 1)} {', '.join(absent)}.",
            f"Needed here: {' '.join(needs)}.",
        )


def side(frame: pd.DataFrame, flow: str, needs: Iterable[str], *, what: str = "") -> pd.DataFrame:
    """The rows of one flow, X or M, checked by `measured`, without the column that said so."""
    if "flow" in frame.columns:
        flows = distinct(frame["flow"])
        if flow not in flows:
            held = ", ".join(sorted(map(str, flows))) or "no rows"
            raise NotAvailable(
                f"{what or 'This'} needs {SIDE.get(flow, flow)} (flow {flow}); "
                f"the frame holds {held}.",
                "Add them: pd.concat([frame, kz.observations(...)])",
            )
        if len(flows) > 1:
            frame = frame[(frame["flow"] == flow).to_numpy(dtype=bool)]
        needs = [key for key in needs if key != "flow"]
        frame = frame.drop(columns="flow")
    return measured(frame, needs)


def measured(
    frame: pd.DataFrame, needs: Iterable[str], *, negative: bool = False, mixed: Iterable[str] = ()
) -> pd.DataFrame:
    """The rows, if they are one measure: one dataflow and unit, one valuation a flow, and of one
    source, for a reporter's flow in a period, one edition.

    Keeps the key columns that are there, value, unit and source. ``negative`` allows values below
    zero, ``mixed`` names the columns of dataflow, unit, classification that need not be one.
    """
    columns(frame, [*needs, "value"])
    if frame.empty:
        raise NotAvailable("The frame holds no rows.", "kz.observations(...) lists what there is.")
    for column, error in _ONE_OF:
        if column in frame.columns and column not in mixed:
            _one(frame, column, error)
    if "valuation" in frame.columns:
        flows = distinct(frame["flow"]) if "flow" in frame.columns else []
        for flow in flows if len(flows) > 1 else [None]:
            rows = frame if flow is None else frame[frame["flow"] == flow]
            _one(rows, "valuation", ValuationMismatch)
    if {"source", "published"} <= set(frame.columns):
        _one_edition(frame)
    if not pd.api.types.is_numeric_dtype(frame["value"]):
        raise ContractError("The column value is not a number.", 'pd.to_numeric(frame["value"])')
    value = frame["value"].to_numpy(dtype=float)
    refuse(frame, np.isinf(value), "infinite")
    if not negative:
        refuse(frame, value < 0, "negative, so it has no share in a total")
    keys = [key for key in KEYS if key in frame.columns]
    kept = [c for c in [*keys, "value", "unit", "source"] if c in frame.columns]
    return frame[kept]


def _one(frame: pd.DataFrame, column: str, error: type[KzdataError]) -> None:
    values = distinct(frame[column])
    if len(values) > 1:
        names = sorted(map(str, values))
        raise error(
            f"The frame holds the {column}s {' and '.join(names)}; they do not add up to a total.",
            f'Choose one: frame[frame["{column}"] == "{names[0]}"]',
        )


def _one_edition(frame: pd.DataFrame) -> None:
    """A total of rows that were revised and rows that were not is neither the old nor the new."""
    if len(distinct(frame["published"])) == 1:
        return
    whole = [key for key in ("reporter", "flow", "period", "source") if key in frame.columns]
    editions = frame[[*whole, "published"]].drop_duplicates()
    mixed = editions[editions.duplicated(whole, keep=False)]
    if len(mixed):
        first = mixed[(mixed[whole] == mixed[whole].iloc[0]).all(axis=1)]
        names = sorted(map(str, first["published"]))
        raise MeasureMismatch(
            f"{' '.join(map(str, first[whole].iloc[0]))} is given in the editions of "
            f"{' and '.join(names)}; a total over both is neither.",
            f'Choose one: frame[frame["published"] == "{names[-1]}"], or what was known on a day: '
            'kz.observations(..., as_of="…")',
        )


def refuse(frame: pd.DataFrame, broken: np.ndarray, what: str) -> None:
    """Raise `ContractError`, with the rows in ``failures``, if any is marked as broken."""
    if broken.any():
        rows = frame[broken]
        cell = " ".join(str(rows.iloc[0][key]) for key in KEYS if key in frame.columns)
        raise ContractError(
            f"{len(rows)} of {len(frame)} rows are {what}; the first is {cell}: "
            f"{rows.iloc[0]['value']}.",
            "The rows are in the error's .failures frame.",
            rows,
        )


def no_nesting(labels: Iterable[str], key: str) -> None:
    """Raise when a total stands among its parts, or product codes of several levels together."""
    labels = [str(label) for label in np.asarray(labels, dtype=object)]
    total = {"product": "TOTAL", "partner": WORLD, "reporter": WORLD}[key]
    if total in labels and len(labels) > 1:
        raise MeasureMismatch(
            f"{total} stands among its own {key}s; a sum would count trade twice.",
            f'Leave one of them out: frame[frame["{key}"] != "{total}"]',
        )
    if key == "product" and len(levels := sorted({len(each) for each in labels})) > 1:
        raise MeasureMismatch(
            f"Product codes of {' and '.join(map(str, levels))} digits stand together; "
            "a sum would count trade twice.",
            f'Choose a level: frame[frame["product"].str.len() == {levels[-1]}]',
        )


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
