"""What a chart asks of the frames it is given, and how they are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from kzdata.errors import ContractError, MeasureMismatch, NotAvailable, UnitMismatch, did_you_mean
from kzdata.i18n.sentences import Sentence, said, t
from kzdata.model import codes
from kzdata.present.charts import words

_YEAR = re.compile(r"\d{4}$")


def need(frame: object, columns: list[str], taken_from: str) -> pd.DataFrame:
    """The frame, if it has rows and the columns; ``taken_from`` is the line that makes one."""
    if not isinstance(frame, pd.DataFrame):
        raise ContractError(
            f"A chart is drawn from a DataFrame; this is {type(frame).__name__}.",
            f"Try: {taken_from}",
        )
    for column in columns:
        if column not in frame.columns:
            raise ContractError(
                f"The frame has no column {column!r}. "
                + did_you_mean(column, map(str, frame.columns)),
                f"Try: {taken_from}",
            )
    if frame.empty:
        raise NotAvailable("The frame has no rows, so there is nothing to draw.", taken_from)
    return frame


def only(frame: pd.DataFrame, column: str, taken_from: str) -> str:
    """The one value of a column that a chart is about."""
    found = sorted(frame[column].astype(str).unique())
    if len(found) != 1:
        error = UnitMismatch if column == "unit" else MeasureMismatch
        raise error(
            f"The frame holds {len(found)} values of {column} ({', '.join(found[:6])}"
            f"{', …' if len(found) > 6 else ''}); this chart shows one.",
            f"Try: {taken_from}",
        )
    return found[0]


def annual(frame: pd.DataFrame, taken_from: str) -> pd.DataFrame:
    """The rows of whole calendar years, with a column year; others are left out."""
    whole = frame[frame["period"].map(lambda period: bool(_YEAR.match(str(period))))]
    if whole.empty:
        raise NotAvailable("The frame holds no annual figure.", f"Try: {taken_from}")
    return whole.assign(year=whole["period"].astype(int))


def once(frame: pd.DataFrame, key: list[str], taken_from: str) -> None:
    """Raise when one cell comes from two publications."""
    twice = frame[frame.duplicated(key, keep=False)]
    if len(twice):
        said = " ".join(str(twice[column].iloc[0]) for column in key)
        names = sorted(twice["source"].unique())
        raise MeasureMismatch(
            f"{said} is in the frame more than once, from {' and '.join(names)}.",
            f"Choose one publication: {taken_from}",
        )


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows as named tuples."""
    return iter(frame.itertuples())


def extreme(frame: pd.DataFrame, column: str, *, largest: bool = True) -> Any:
    """The row with the largest or the smallest figure in a column."""
    ordered = frame.dropna(subset=[column]).sort_values(column, kind="stable")
    return ordered.iloc[-1 if largest else 0]


def some(values: pd.Series, what: str, taken_from: str) -> None:
    """Raise when every figure is missing."""
    if values.notna().sum() == 0:
        raise NotAvailable(f"Every {what} in the frame is missing.", f"Try: {taken_from}")


def no_figure(missing: list[int]) -> list[str]:
    """The sentence that names the years without a figure, if there are any."""
    return [t("No figure for {years}.", years=words.years(missing))] if missing else []


def whose(rows: pd.DataFrame, over: str) -> Sentence | object:
    """The reporter of rows that are parted ``over`` partners or products, as a title names it.

    Parts of the trade with one partner are no parts of all trade, and neither are partners in one
    product of partners in all.
    """
    reporter = words.place(rows["reporter"].iloc[0])
    partners, products = rows["partner"].unique(), rows["product"].unique()
    if over == "product" and len(partners) == 1 and partners[0] not in codes.SPECIAL:
        partner = words.place(partners[0])
        if rows["flow"].iloc[0] in ("M", "RM"):
            return said("{reporter} from {partner}", reporter=reporter, partner=partner)
        return said("{reporter} to {partner}", reporter=reporter, partner=partner)
    if over == "partner" and len(products) == 1 and str(products[0]).isdecimal():
        return said(
            "{reporter} in product {product}", reporter=reporter, product=f"HS{products[0]}"
        )
    return reporter


def product_of(rows: pd.DataFrame, taken_from: str) -> str:
    """The one product of rows, as ``HS2709``; "" for totals. Raises `MeasureMismatch` for several.

    The letters keep a code from being read as a figure.
    """
    if "product" not in rows.columns:
        return ""
    product = only(rows, "product", taken_from)
    return f"HS{product}" if product.isdecimal() else ""


def in_product(finding: Sentence, product: str) -> Sentence:
    """A finding with the product that it is of, where it is not of all trade."""
    if not product:
        return finding
    return said("Product {product}: {finding}", product=product, finding=finding)
