"""How alike two product structures are: complementarity and export similarity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited
from kzdata.model.codes import WORLD

TCI = ("michaely", "drysdale")


@dataclass(frozen=True)
class Structures:
    """Product shares of one period: a row per reporter, a column per product, and their totals."""

    period: dict[str, str]
    reporters: pd.Index
    products: pd.Index
    shares: np.ndarray
    totals: np.ndarray


def structures(frame: pd.DataFrame) -> Iterator[Structures]:
    """The shares s_ik = X_ik / X_i of every reporter, period by period.

    A product that a reporter does not list has share zero; a total of zero, or with a missing
    part, makes the reporter's shares missing.
    """
    cells = Cells.summed(frame, ["reporter", "product", "period"])
    labels = cells.labels
    reporters, products = labels["reporter"], labels["product"]
    named = labels.get("period", pd.Index([""]))
    code, _ = cells.group("period")
    for number, period in enumerate(named):
        rows = np.flatnonzero(code == number)
        here, who = np.unique(cells.code("reporter")[rows], return_inverse=True)
        value = np.zeros((len(here), len(products)))
        value[who, cells.code("product")[rows]] = cells.value[rows]
        totals = value.sum(axis=1)
        shares = value / np.where(totals == 0, np.nan, totals)[:, None]
        key = {"period": period} if "period" in labels else {}
        yield Structures(key, reporters[here], products, shares, totals)


def _distance(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Half the sum of absolute differences of every row of ``one`` to every row of ``others``."""
    return np.array([0.5 * np.abs(row - others).sum(axis=1) for row in one])


def _pairs(one: Structures, other: Structures, value: np.ndarray, name: str) -> pd.DataFrame:
    keep = one.reporters.to_numpy()[:, None] != other.reporters.to_numpy()[None, :]
    i, j = np.nonzero(keep)
    numbers, note = because(
        value[i, j],
        (one.totals[i] == 0, "the reporter's total is zero"),
        (other.totals[j] == 0, "the partner's total is zero"),
        (np.full(len(i), len(one.products) == 1), "a single product: every share is 1"),
        (np.isnan(one.totals[i]) | np.isnan(other.totals[j]), "a structure has a missing part"),
    )
    return pd.DataFrame(
        {
            "reporter": one.reporters[i],
            "partner": other.reporters[j],
            **one.period,
            name: numbers,
            "note": note,
        }
    )


def _finished(parts: list[pd.DataFrame], variant: str, frame: pd.DataFrame) -> pd.DataFrame:
    result = pd.concat(parts, ignore_index=True)
    result = result.assign(variant=variant, note=result.pop("note"))
    return cited(result, frame, "period")


def tci(frame: pd.DataFrame, variant: str = "michaely") -> pd.DataFrame:
    """Complementarity of what i exports (flow X) and what j imports (flow M), product by product.

    With s_ik = X_ik / X_i, m_jk = M_jk / M_j and w_k = W_k / W:
    ``michaely`` is 100 (1 − ½ Σ_k |m_jk − s_ik|), from 0 (nothing in common) to 100 (the same);
    ``drysdale`` is Σ_k s_ik m_jk / w_k, 1 for a partner that imports like the world exports. The
    world is the exporter WLD where the frame has it, else the sum of the exporters in it.

    One row per ordered pair, partners summed first. Missing, with the reason in ``note``: zero
    totals, totals with a missing part, a single product. Raises `NotAvailable` without exports or
    without imports. Sources: Michaely (1996); Drysdale (1967), Drysdale and Garnaut (1982).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["KAZ", "X", "27", 60.0], ["KAZ", "X", "10", 40.0]]
    >>> cells += [["ISR", "M", "27", 20.0], ["ISR", "M", "84", 80.0]]
    >>> trade = pd.DataFrame(cells, columns=["reporter", "flow", "product", "value"])
    >>> kz.tci(trade)[["reporter", "partner", "tci"]]
      reporter partner   tci
    0      KAZ     ISR  20.0
    """
    validation.choice("variant", variant, TCI)
    needs = ["reporter", "product", "flow"]
    validation.columns(frame, needs)
    # The two sides must be one measure too: in one unit, of one classification.
    both = validation.measured(frame[frame["flow"].isin(["X", "M"])], needs)
    exports, imports = (validation.side(frame, flow, needs, what="TCI") for flow in ("X", "M"))
    validation.no_nesting(pd.unique(both["product"]), "product")
    buyers = {tuple(each.period.values()): each for each in structures(imports)}
    parts, universe = [], ""
    for seller in structures(exports):
        buyer = buyers.get(tuple(seller.period.values()))
        if buyer is None:
            continue
        products = seller.products.union(buyer.products)
        s, m = _spread(seller, products), _spread(buyer, products)
        if variant == "michaely":
            value = 100 * (1 - _distance(s, m))
        else:
            world, universe = _world(seller, products)
            value = np.array([_overlap(row, m, world) for row in s])
        rows = _pairs(
            Structures(seller.period, seller.reporters, products, s, seller.totals),
            Structures(buyer.period, buyer.reporters, products, m, buyer.totals),
            value,
            "tci",
        )
        parts.append(rows[(rows["reporter"] != WORLD) & (rows["partner"] != WORLD)])
    if not parts:
        raise NotAvailable(
            "The exports and the imports have no period in common.",
            'Look at both: frame.groupby("flow")["period"].unique()',
        )
    said = {"michaely": "Michaely, 0 to 100", "drysdale": f"Drysdale; {universe}"}[variant]
    return _finished(parts, said, both)


def _spread(structure: Structures, products: pd.Index) -> np.ndarray:
    wide = np.zeros((len(structure.reporters), len(products)))
    wide[np.isnan(structure.totals)] = np.nan
    wide[:, products.get_indexer(structure.products)] = structure.shares
    return wide


def _world(seller: Structures, products: pd.Index) -> tuple[np.ndarray, str]:
    if WORLD in seller.reporters:
        row = seller.reporters.get_loc(WORLD)
        return _spread(seller, products)[row], "world = exporter WLD"
    weight = np.where(seller.totals == 0, 0, seller.totals) / seller.totals.sum()
    shares = np.where(seller.totals[:, None] == 0, 0, _spread(seller, products))
    return weight @ shares, f"world = sum of {len(seller.reporters)} exporters"


def _overlap(s: np.ndarray, m: np.ndarray, world: np.ndarray) -> np.ndarray:
    """Σ_k s_k m_jk / w_k; a product that i exports and the world does not makes it missing."""
    sold = ~(s == 0)
    weight = np.where(world[sold] == 0, np.nan, world[sold])
    return (s[sold] * m[:, sold] / weight).sum(axis=1)


def export_similarity(frame: pd.DataFrame) -> pd.DataFrame:
    """Similarity of two reporters' exports: ES_ij = Σ_k min(s_ik, s_jk), from 0 to 1.

    Takes exports (flow X) by reporter and product, partners summed first: to compare two sellers
    in one market, give the exports to that market alone. One row per ordered pair; the two orders
    are equal. Missing values and errors as in `tci`. Source: Finger and Kreinin (1979).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.export_similarity(exports)[["reporter", "partner", "export_similarity"]]
      reporter partner  export_similarity
    0      KAZ     TUR               0.45
    1      TUR     KAZ               0.45
    """
    exports = validation.side(frame, "X", ["reporter", "product"], what="Export similarity")
    parts = [
        _pairs(each, each, 1 - _distance(each.shares, each.shares), "export_similarity")
        for each in structures(exports)
    ]
    return _finished(parts, "Finger–Kreinin, 0 to 1", exports)
