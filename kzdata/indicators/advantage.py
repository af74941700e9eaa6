"""Revealed comparative advantage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio
from kzdata.model.codes import WORLD


def rca(frame: pd.DataFrame) -> pd.DataFrame:
    """Revealed comparative advantage of Balassa: RCA_ik = (X_ik / X_i) / (W_k / W).

    Takes exports (flow X) by reporter and product, of one or several periods; partners are summed
    first. The world W is the reporter WLD where the frame has it, else the sum of the reporters in
    the frame: the universe decides the value, so ``variant`` names it. One row per cell listed,
    with ``rca`` ≥ 0; above 1 the product weighs more in i's exports than in the world's.

    Missing, with the reason in ``note``: totals that are zero or have a missing part, and periods
    with a single product. Raises `NotAvailable` for one reporter without a world, and the errors
    of mixed measures. Source: Balassa (1965).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.rca(exports)[["reporter", "product", "rca"]].round(2)
      reporter product   rca
    0      KAZ      10  0.59
    1      KAZ      27  1.85
    2      TUR      10  1.41
    3      TUR      27  0.15
    """
    exports = validation.side(frame, "X", ["reporter", "product"], what="RCA")
    cells = Cells.summed(exports, ["reporter", "product", "period"])
    world = cells.has("reporter", WORLD)
    reporters = len(cells.labels["reporter"])
    if reporters == 1:
        raise NotAvailable(
            f"RCA needs a world beside {cells.labels['reporter'][0]}; the frame has no other "
            "reporter.",
            "Add the exports of the reporter WLD, or of every reporter of the universe.",
        )
    value, note, variant = advantages(cells, world)
    if world.any():
        rows = np.flatnonzero(~world)
        result = cells.frame(rows).assign(rca=value[rows], variant=variant, note=note[rows])
    else:
        result = cells.frame()
        result["rca"], result["variant"], result["note"] = value, variant, note
    return cited(result, exports, "period")


def advantages(cells: Cells, world: np.ndarray) -> tuple[np.ndarray, np.ndarray, str]:
    """RCA, note and variant of every row of (reporter, product, period) cells."""
    of = np.where(world, cells.value, 0.0) if world.any() else cells.value
    # Shares and weights by group, then spread over the rows: there are far fewer groups than rows.
    reporter, own = cells.totals("reporter", "period")
    product, world_product = cells.totals("product", "period", of=of)
    period, world_total = cells.totals("period", of=of)
    value = np.where(own == 0, np.nan, own)[reporter]
    np.divide(cells.value, value, out=value)
    if len(world_total) == 1:
        weight = ratio(world_product, world_total)
        value /= np.where(weight == 0, np.nan, weight)[product]
    else:
        value = ratio(value, ratio(world_product[product], world_total[period]))

    def where(mask: np.ndarray, code: np.ndarray) -> np.ndarray | bool:
        """A condition of groups as one of rows, if it holds for any."""
        return mask[code] if mask.any() else False

    value, note = because(
        value,
        (where(own == 0, reporter), "the reporter exports nothing"),
        (
            where(world_total == 0, period),
            "the world exports nothing, or is not given for the period",
        ),
        (where(world_product == 0, product), "the world exports none of the product"),
        (cells.distinct("product", "period") == 1, "a single product: every share is 1"),
        (where(np.isnan(own), reporter), "exports of the reporter have a missing part"),
        (
            where(np.isnan(world_product), product) | where(np.isnan(world_total), period),
            "exports of the world have a missing part",
        ),
    )
    universe = (
        "world = reporter WLD"
        if world.any()
        else f"world = sum of {len(cells.labels['reporter'])} reporters"
    )
    return value, note, f"Balassa; {universe}"


def rsca(frame: pd.DataFrame) -> pd.DataFrame:
    """Symmetric comparative advantage: RSCA = (RCA − 1) / (RCA + 1), from −1 to 1.

    Input, missing values and errors as in `rca`; exports of nothing give −1. Source: Laursen
    (1998), Dalum, Laursen and Villumsen (1998).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.rsca(exports)[["reporter", "product", "rsca"]].round(2)
      reporter product  rsca
    0      KAZ      10 -0.26
    1      KAZ      27  0.30
    2      TUR      10  0.17
    3      TUR      27 -0.73
    """
    result = rca(frame)
    place = list(result.columns).index("rca")
    result.insert(place, "rsca", (result["rca"] - 1) / (result["rca"] + 1))
    return result.drop(columns="rca")
