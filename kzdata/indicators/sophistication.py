"""Income content of products and of export baskets: PRODY and EXPY."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio
from kzdata.model.codes import WORLD


def _balanced(
    frame: pd.DataFrame, income: pd.DataFrame
) -> tuple[pd.DataFrame, Cells, np.ndarray, np.ndarray, str]:
    """The cells of reporters that have an income, their shares, incomes and the variant."""
    exports = validation.side(frame, "X", ["reporter", "product"], what="PRODY")
    cells = Cells.summed(exports, ["reporter", "product", "period"])
    given = validation.measured(income, ["reporter"])
    keys = [key for key in ("reporter", "period") if key in given.columns and key in cells.keys]
    Cells(given, keys).once()
    listed = cells.frame().assign(value=cells.value)
    merged = listed.merge(given[[*keys, "value"]].rename(columns={"value": "income"}), on=keys)
    merged = merged[merged["income"].notna() & (merged["reporter"] != WORLD)]
    if merged.empty:
        raise NotAvailable(
            "No reporter has both exports and an income.",
            "income needs the columns reporter, value and, for several periods, period.",
        )
    held = cells.labels["reporter"].drop(WORLD, errors="ignore")
    used = Cells(merged, cells.keys)
    share = ratio(used.value, used.total("reporter", "period"))
    variant = f"{merged['reporter'].nunique()} of {len(held)} reporters have an income"
    return exports, used, share, merged["income"].to_numpy(), variant


def _prody(used: Cells, share: np.ndarray, income: np.ndarray) -> np.ndarray:
    # A reporter whose exports are all zero has no structure and takes no part.
    empty = used.total("reporter", "period") == 0
    weight = np.where(empty, 0.0, share)
    return ratio(
        used.total("product", "period", of=weight * income),
        used.total("product", "period", of=weight),
    )


def prody(frame: pd.DataFrame, income: pd.DataFrame) -> pd.DataFrame:
    """Income content of a product: PRODY_k = Σ_i (s_ik / Σ_c s_ck) Y_i, with s_ik = X_ik / X_i.

    Takes exports (flow X) by reporter and product, and ``income`` per head by reporter (and
    period, where it has one); reporters without an income are left out of every sum, and
    ``variant`` counts them. In the unit of income. Keep one set of reporters over time: PRODY
    moves with the set.

    Missing, with the reason in ``note``: a product that nobody exports, or a missing part in the
    exports of someone who exports it. Source: Hausmann, Hwang and Rodrik (2007).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> income = pd.DataFrame({"reporter": ["KAZ", "TUR"], "value": [14e3, 13e3], "unit": "USD"})
    >>> kz.prody(exports, income)[["product", "prody"]].round()
      product    prody
    0      10  13296.0
    1      27  13923.0
    """
    exports, used, share, of, variant = _balanced(frame, income)
    code, _ = used.group("product", "period")
    _, first = np.unique(code, return_index=True)
    total = used.total("product", "period")[first]
    value, note = because(
        _prody(used, share, of)[first], (total == 0, "nobody exports the product")
    )
    made = used.frame(first).drop(columns="reporter")
    result = made.assign(prody=value, **_unit(income), variant=variant, note=note)
    return cited(result, exports, "period")


def expy(frame: pd.DataFrame, income: pd.DataFrame) -> pd.DataFrame:
    """Income content of a reporter's exports: EXPY_i = Σ_k s_ik PRODY_k.

    Input, unit, missing values and errors as in `prody`, over the same reporters. Source:
    Hausmann, Hwang and Rodrik (2007).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> income = pd.DataFrame({"reporter": ["KAZ", "TUR"], "value": [14e3, 13e3], "unit": "USD"})
    >>> kz.expy(exports, income)[["reporter", "expy"]].round()
      reporter     expy
    0      KAZ  13672.0
    1      TUR  13328.0
    """
    exports, used, share, of, variant = _balanced(frame, income)
    content = _prody(used, share, of)
    parts = np.where(share == 0, 0.0, share * content)
    code, _ = used.group("reporter", "period")
    _, first = np.unique(code, return_index=True)
    value, note = because(
        used.total("reporter", "period", of=parts)[first],
        (used.total("reporter", "period")[first] == 0, "the reporter exports nothing"),
    )
    made = used.frame(first).drop(columns="product")
    result = made.assign(expy=value, **_unit(income), variant=variant, note=note)
    return cited(result, exports, "period")


def _unit(income: pd.DataFrame) -> dict[str, str]:
    return {"unit": str(income["unit"].iloc[0])} if "unit" in income.columns else {}
