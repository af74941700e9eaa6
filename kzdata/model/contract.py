"""The tidy contract: one row per published number, the columns it has, and the check.

Columns follow SDMX concepts in snake case; ``docs`` and the README hold the codebook. The key of
a row is everything before ``value``, plus ``source`` and ``published``: two publications may
disagree about a cell, one publication may not disagree with itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kzdata.errors import ContractError, ParseError
from kzdata.model import codes as areas
from kzdata.model import periods
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN, alpha3_codes
from kzdata.model.vocabulary import (
    BASES,
    DATAFLOWS,
    FLOWS,
    FREQUENCIES,
    MISSING,
    STATUSES,
    VALUATIONS,
)

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

"""A row as a plain record: values by column."""


def records(frame: pd.DataFrame, columns: Sequence[str]) -> list[Row]:
    """The rows as plain records of these columns: walking them costs a fraction of a frame's."""
    rows = zip(*(frame[column].tolist() for column in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def ranks(column: pd.Series, key: Callable[[str], Any] | None = None) -> np.ndarray:
    """The rank of each value among the distinct ones of its column; what is missing comes last.

    ``key`` as in `sorted`. Few values stand in many rows: only the distinct ones are compared.
    """
    import pandas as pd

    codes, distinct = pd.factorize(column)
    values = distinct.tolist()
    rank = {value: place for place, value in enumerate(sorted(values, key=key))}
    return np.array([*(rank[value] for value in values), len(values)])[codes]


COLUMNS = [
    "dataflow",
    "freq",
    "reporter",
    "partner",
    "flow",
    "product",
    "valuation",
    "period",
    "value",
    "unit",
    "lower",
    "upper",
    "obs_status",
    "basis",
    "source",
    "published",
    "locator",
    "note",
]

NUMERIC = ["value", "lower", "upper"]

CELL = COLUMNS[: COLUMNS.index("value")]

KEY = [*CELL, "source", "published"]

# Columns that some frames have, and that are then part of the key.
BEYOND = ["classification", "series"]

TOTALS = ("TOTAL", NOT_APPLICABLE)  # products that are no part of another

OBSERVATIONS = 'kz.observations("KAZ", "ISR")'

PUBLISHED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?$")

# Digits for the most part; 9999AA in HS, I in SITC 2, SPX1 in EBOPS.
_PRODUCT = re.compile(r"[0-9A-Z]{1,10}$")


def area_codes() -> frozenset[str]:
    """ISO alpha-3, the special codes, and the areas of seeds/area_codes.yml."""
    return alpha3_codes() | frozenset(areas.extensions())


def empty() -> pd.DataFrame:
    """A frame under the contract with no rows."""
    import pandas as pd

    return pd.DataFrame({c: pd.Series(dtype=float if c in NUMERIC else str) for c in COLUMNS})


def order(frame: pd.DataFrame) -> pd.DataFrame:
    """Contract columns first, rows sorted by key (periods in time order), index renumbered."""
    columns = [*COLUMNS, *(c for c in frame.columns if c not in COLUMNS)]
    by = [ranks(frame[c], in_time if c == "period" else None) for c in KEY]
    return frame[columns].take(np.lexsort(by[::-1])).reset_index(drop=True)


def in_time(period: str) -> tuple[str, str]:
    """What orders periods in time; one that is not known comes first."""
    start = "" if period == UNKNOWN else periods.span(period).start.isoformat()
    return start, period


def need(frame: Any, columns: Iterable[str], taken_from: str) -> pd.DataFrame:
    """``frame`` if it is one and has these columns; else a `ContractError` that says what to type.

    ``taken_from`` is the call that gives such a frame.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise ContractError(
            f"{type(frame).__name__} is not a frame of observations.", f"Pass one: {taken_from}"
        )
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise ContractError(
            f"The frame lacks the column{'s' * (len(absent) > 1)} {', '.join(absent)}.",
            f"Keep the contract's columns: {taken_from}",
        )
    return frame


def check(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` unchanged if every row keeps the contract.

    Collects every failure and then raises one `ContractError` whose ``failures`` frame has the
    columns rule, row, value and the key of the row, one line a failure.
    """
    import pandas as pd

    need(frame, COLUMNS, "kz.observations(...)")
    failures = pd.concat(
        [
            frame.loc[broken, KEY].assign(
                rule=rule, row=frame.index[broken], value=frame.loc[broken, column].astype(object)
            )
            for rule, column, broken in _broken(frame)
            if broken.any()
        ]
        or [pd.DataFrame(columns=[*KEY, "rule", "row", "value"])],
        ignore_index=True,
    )[["rule", "row", "value", *KEY]]
    if len(failures):
        shown = "\n".join(
            f"    row {each['row']}: {each['rule']}, found {each['value']!r} at "
            + " ".join(str(each[k]) for k in KEY)
            for each in failures.head(20).to_dict("records")
        )
        more = f"\n    … and {len(failures) - 20} more" if len(failures) > 20 else ""
        raise ContractError(
            f"{len(failures)} failure{'s' * (len(failures) > 1)} of the tidy contract:\n{shown}"
            f"{more}",
            "All of them are in the error's .failures frame.",
            failures,
        )
    return frame


def _broken(frame: pd.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield (rule in words, column to show, boolean mask of the rows that break it)."""
    import pandas as pd

    text = [c for c in COLUMNS if c not in NUMERIC]
    for column in text:
        yield (
            f"{column} is text",
            column,
            ~frame[column].map(lambda v: isinstance(v, str)).to_numpy(dtype=bool),
        )
    for column in NUMERIC:
        numeric = pd.api.types.is_numeric_dtype(frame[column])
        yield f"{column} is a number", column, np.full(len(frame), not numeric)
        if not numeric:
            return
    for column, known in (
        ("dataflow", DATAFLOWS),
        ("freq", FREQUENCIES),
        ("flow", FLOWS),
        ("valuation", VALUATIONS),
        ("obs_status", STATUSES),
        ("basis", BASES),
    ):
        yield (
            f"{column} is one of {' '.join(sorted(known))}",
            column,
            (~frame[column].isin(list(known))).to_numpy(),
        )
    for column in ("reporter", "partner"):
        yield (
            f"{column} is an ISO alpha-3 code, WLD, _U or _Z",
            column,
            (~frame[column].isin(list(area_codes()))).to_numpy(),
        )
    for column in ("unit", "source", "locator"):
        yield f"{column} is not empty", column, (frame[column] == "").to_numpy()
    yield (
        "published is a date, YYYY-MM, YYYY or _U",
        "published",
        _unlike(frame["published"], lambda v: v == UNKNOWN or bool(PUBLISHED.match(v))),
    )
    yield (
        "period is an SDMX time period or _U",
        "period",
        _unlike(frame["period"], _is_period),
    )
    yield (
        "freq fits the period",
        "freq",
        np.array(
            [
                _is_period(p) and f != (UNKNOWN if p == UNKNOWN else periods.freq_of(p))
                for p, f in zip(frame["period"], frame["freq"], strict=True)
            ],
            dtype=bool,
        ),
    )
    codes = _unlike(
        frame["product"],
        lambda v: v in ("TOTAL", NOT_APPLICABLE) or bool(_PRODUCT.match(v)),
    )
    yield "product is TOTAL, _Z or a code in digits and capitals", "product", codes
    if "classification" not in frame.columns:
        yield (
            "a product code has a classification column",
            "product",
            (~frame["product"].isin(TOTALS)).to_numpy(),
        )
    absent = frame["value"].isna()
    without_number = frame["obs_status"].isin(list(MISSING))
    open_or_dated = frame["lower"].notna() | (frame["unit"] == "date")
    yield (
        "a missing value has a status that says so",
        "value",
        (absent & ~without_number & ~open_or_dated).to_numpy(),
    )
    yield "a status of missing has no value", "value", (~absent & without_number).to_numpy()
    yield "value is finite", "value", np.isinf(frame["value"].to_numpy(dtype=float))
    yield (
        "lower ≤ value ≤ upper",
        "value",
        ((frame["lower"] > frame["value"]) | (frame["value"] > frame["upper"])).to_numpy(),
    )
    yield (
        "a value has its interval",
        "value",
        (~absent & (frame["lower"].isna() | frame["upper"].isna())).to_numpy(),
    )
    key = [*KEY, *(c for c in BEYOND if c in frame.columns)]
    yield "no key appears twice", "value", frame.duplicated(key, keep=False).to_numpy()


def _unlike(column: pd.Series, accepts: Callable[[str], bool]) -> np.ndarray:
    verdict = {v: isinstance(v, str) and accepts(v) for v in column.unique()}
    return ~column.map(verdict).to_numpy(dtype=bool)


def _is_period(text: object) -> bool:
    if text == UNKNOWN:
        return True
    try:
        periods.span(str(text))
    except ParseError:
        return False
    return True


def join_sources(names: Iterable[str]) -> str:
    """Several source ids as the one string that a derived row carries."""
    return " + ".join(sorted({one for joined in names for one in split_sources(joined)}))


def split_sources(joined: str) -> list[str]:
    """The source ids in a derived row's ``source``."""
    return [one for one in str(joined).split(" + ") if one]
