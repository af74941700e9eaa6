"""Lists of products turned: read from both ends, or summed to totals."""

from __future__ import annotations

import pandas as pd

from kzdata.indicators import validation
from kzdata.model import contract

_SUMMED = ["value", "lower", "upper"]


def both_flows(frame: pd.DataFrame) -> pd.DataFrame:
    """Exports, and the same rows as the imports of their partners.

    For databases that hold each flow once, such as BACI, whose values are reconciled: what i
    exports to j is there what j imports from i, in the same valuation (FOB), so these imports are
    no customs figures. Takes flow X by reporter and partner, other columns are kept; rows of other
    flows are left out. Raises `NotAvailable` without exports and `MeasureMismatch` where the world
    stands among its parts.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> both = kz.both_flows(exports.assign(partner="ISR", flow="X"))
    >>> both[["reporter", "partner", "flow", "product", "value"]].tail(2)
      reporter partner flow product  value
    6      ISR     TUR    M      27    5.0
    7      ISR     TUR    M      10   95.0
    """
    exports = validation.side(frame, "X", ["reporter", "partner", "flow", "value"])
    exports = frame.loc[exports.index]
    validation.no_nesting(exports["partner"].unique(), "partner")
    turned = exports.rename(columns={"reporter": "partner", "partner": "reporter"})
    return pd.concat([exports, turned.assign(flow="M")[frame.columns]], ignore_index=True)


def all_products(frame: pd.DataFrame) -> pd.DataFrame:
    """Totals over products under the contract: one row a flow, product ``TOTAL``, basis derived.

    Takes rows under the contract whose products are one level of one classification; a total is
    missing (status M) when a product's value is, else E where a part is an estimate. ``locator``
    counts the products. A list that leaves products out, as for confidentiality, sums to less than
    the total that its publisher prints. Raises `MeasureMismatch` where codes of several levels, or
    a total and its parts, stand together.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR", start=2025, flow="X")
    >>> parts = pd.concat(
    ...     [trade.assign(product="27", value=60e6), trade.assign(product="10", value=40e6)]
    ... )
    >>> kz.all_products(parts)[["product", "value", "basis", "locator"]]
      product        value    basis            locator
    0   TOTAL  100000000.0  derived  sum of 2 products
    """
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    validation.no_nesting(frame["product"].unique(), "product")
    keys = [c for c in contract.KEY if c != "product"] + ["unit"]
    grouped = frame.groupby(keys, sort=False)
    totals = grouped[_SUMMED].sum(skipna=False)
    totals["count"] = grouped.size()
    estimated = frame["obs_status"].isin(["E", "I"])
    totals["estimated"] = estimated.groupby([frame[key] for key in keys], sort=False).any()
    totals = totals.reset_index()
    status = totals["estimated"].map({True: "E", False: "A"})
    totals = totals.assign(
        product="TOTAL",
        obs_status=status.mask(totals["value"].isna(), "M"),
        basis="derived",
        locator=[f"sum of {n} products" for n in totals["count"]],
        note="",
    )
    return contract.order(totals[contract.COLUMNS])
