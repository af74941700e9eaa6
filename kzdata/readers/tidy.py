"""The last step of every reader: contract columns, order, and the checks that any file must pass.

Two optional columns extend a row's key: ``classification`` (of a product code) and ``series`` (the
publisher's own key, where it has more dimensions than the contract).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kzdata.errors import ContractError, ParseError
from kzdata.model import codes, contract, periods, vocabulary
from kzdata.model.parsing import printed_periods
from kzdata.readers.payload import WrongFormat

if TYPE_CHECKING:
    import pandas as pd

EXTENDED = [*contract.KEY, *contract.BEYOND]


def tidy(raw: pd.DataFrame, **same: str) -> pd.DataFrame:
    """``raw`` with the contract's columns, ``same`` filling whole columns; sorted and checked.

    What ``raw`` does not give is filled: freq from the period, status from the value, basis
    reported, note empty. Columns beyond the contract are kept. Raises `ContractError` where one
    file gives two rows for one key.
    """
    import pandas as pd

    frame = raw.assign(**same).reset_index(drop=True)
    if "freq" not in frame:
        frame["freq"] = frame["period"].map({p: freq(p) for p in frame["period"].unique()})
    if "obs_status" not in frame:
        frame["obs_status"] = "A"
    # A blank printed with the status of a number is missing all the same.
    silent = frame["value"].isna() & ~frame["obs_status"].isin(list(vocabulary.MISSING))
    frame.loc[silent, "obs_status"] = "M"
    for column, usual in (("basis", "reported"), ("note", ""), ("published", codes.UNKNOWN)):
        if column not in frame:
            frame[column] = usual
    for column in frame.columns:
        if column not in contract.NUMERIC and not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].astype("str")
    # Sources do not keep the order of their rows from one call to the next.
    beyond = [column for column in ("classification", "series") if column in frame]
    if beyond:
        frame = frame.sort_values(beyond, kind="stable")
    frame = contract.order(frame) if len(frame) else _empty(frame)
    return _checked(frame)


def period(text: str, name: str) -> str:
    """The canonical spelling of a period that a data file prints (2025-M10, 201011, 2024-A1)."""
    printed = str(text).strip()
    if len(printed) == 6 and printed.isdecimal():
        printed = f"{printed[:4]}-{printed[4:]}"
    try:
        return printed_periods.parse_period(printed[:10] if "T00:00" in printed else printed)
    except ParseError as error:
        raise WrongFormat(
            f"{name}: the period {text!r} cannot be read. {error.fact}", error.hint
        ) from None


def period_column(column: pd.Series, name: str) -> pd.Series:
    """`period` of every distinct text of a column."""
    return column.map({each: period(each, name) for each in column.unique()})


def freq(text: str) -> str:
    """The frequency of a period."""
    return codes.UNKNOWN if text == codes.UNKNOWN else periods.freq_of(text)


def _empty(frame: pd.DataFrame) -> pd.DataFrame:
    extra = {c: frame[c] for c in frame.columns if c not in contract.COLUMNS}
    return contract.empty().assign(**extra)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    key = [column for column in EXTENDED if column in frame.columns]
    twice = frame[frame.duplicated(key, keep=False)]
    if len(twice):
        first = twice.iloc[0]
        places = twice.loc[(twice[key] == first[key]).all(axis=1), "locator"]
        raise ContractError(
            f"{len(twice)} rows repeat a key: "
            + " ".join(str(first[column]) for column in contract.CELL)
            + f" stands at {', '.join(places.head(4))}.",
            "One publication gives one number for a cell; two codes of one country, or a file "
            "that was appended to itself, give two.",
            twice,
        )
    contract.check(frame[_judged(frame)])
    return frame


def _judged(frame: pd.DataFrame) -> pd.Series:
    """Rows whose every code is in the contract's lists; the others await a decision on theirs."""
    known = frame["dataflow"].isin(list(vocabulary.DATAFLOWS))
    known &= frame["flow"].isin(list(vocabulary.FLOWS))
    for column in ("reporter", "partner"):
        known &= frame[column].isin(list(contract.area_codes()))
    return known
