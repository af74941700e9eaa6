"""Whose trade a share is taken of: a reporter's, that with one partner, or in one product."""

from __future__ import annotations

import pandas as pd

from kzdata import codes
from kzdata.charts import words
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
