"""Whose trade a share is taken of: a reporter's, that with one partner, or in one product."""

from __future__ import annotations

import pandas as pd

from kzdata import codes
from kzdata.charts import inputs, words
from kzdata.language import Sentence, said


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
    product = inputs.only(rows, "product", taken_from)
    return f"HS{product}" if product.isdecimal() else ""


def in_product(finding: Sentence, product: str) -> Sentence:
    """A finding with the product that it is of, where it is not of all trade."""
    if not product:
        return finding
    return said("Product {product}: {finding}", product=product, finding=finding)
