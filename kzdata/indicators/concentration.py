"""How concentrated trade is on a few products or partners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import KzdataError, NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio
from kzdata.indicators.intensity import DENOMINATORS
from kzdata.model.codes import WORLD

OVER = ("product", "partner")


class _Shares:
    """Shares of the items of each group, with n, the number of possible items."""

    def __init__(self, frame: pd.DataFrame, over: str, n: int | None):
        validation.choice("over", over, OVER)
        self.checked = validation.measured(frame, ["reporter", over])
        self.cells = cells = Cells.summed(self.checked, validation.KEYS)
        self.by = [key for key in cells.keys if key != over]
        listed = cells.distinct(over, *self.by)
        if n is not None and n < listed.max():
            raise KzdataError(
                f"n={n} is fewer than the {listed.max()} {over}s that one list holds.",
                f"n counts the possible {over}s; leave it out to count those in the frame.",
            )
        rest = [key for key in ("flow", "period") if key in cells.keys]
        possible = np.full(len(cells), n)
        if n is None:
            itself = _itself(cells, rest) if over == "partner" else 0
            possible = cells.distinct(over, *rest) - itself
        self.said = f"n = {'given' if n is not None else f'{over}s in the frame'}"
        code, _ = cells.group(*self.by)
        _, self.first, self.code = np.unique(code, return_index=True, return_inverse=True)
        self.total = np.bincount(self.code, cells.value)
        self.share = ratio(cells.value, self.total[self.code])
        self.n = possible[self.first].astype(float)

    def sum(self, of: np.ndarray) -> np.ndarray:
        return np.bincount(self.code, of)

    def result(self, variant: str, *reasons: tuple[Any, str], **values: np.ndarray) -> pd.DataFrame:
        """A row per group; the first value is the indicator, whose missing values are noted."""
        common = (
            (self.total == 0, "the total is zero"),
            (np.isnan(self.total), "the total has a missing part"),
        )
        name, number = next(iter(values.items()))
        values[name], note = because(number, *common, *reasons)
        made = self.cells.frame(self.first).drop(columns=list(set(self.cells.keys) - set(self.by)))
        made = made.assign(**values, n=self.n, variant=f"{variant}; {self.said}", note=note)
        return cited(made, self.checked, *self.by)


def _itself(cells: Cells, rest: Sequence[str]) -> np.ndarray:
    """1 where the reporter is a partner of others and not of itself: it is no possible partner."""
    size = len(cells.labels["partner"])
    code, _ = cells.group(*rest, "partner")
    match = cells.labels["partner"].get_indexer(cells.labels["reporter"])[cells.code("reporter")]
    among = np.isin(code // size * size + match, code) & (match >= 0)
    own = cells.total("reporter", *rest, of=(match == cells.code("partner")).astype(float))
    return (among & (own == 0)).astype(int)


def hhi(frame: pd.DataFrame, over: str = "product", n: int | None = None) -> pd.DataFrame:
    """Herfindahl–Hirschman index of the shares s of products or partners: H = Σ s².

    Adds ``hhi`` from 1/n to 1, ``hhi_normalised`` = (H − 1/n) / (1 − 1/n) from 0 to 1, and
    ``equivalent_number`` = 1/H, how many items of equal size would be as concentrated. ``n`` is
    the number of possible items: those of the frame's flow and period unless given.

    One row per group of the other keys. Missing, with the reason in ``note``: a zero total, a total
    with a missing part; normalised also for n = 1. Raises `MeasureMismatch` where a total stands
    among its parts. Sources: Hirschman (1945), Herfindahl (1950).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.hhi(exports)[["reporter", "hhi", "hhi_normalised", "equivalent_number"]].round(2)
      reporter   hhi  hhi_normalised  equivalent_number
    0      KAZ  0.52            0.04               1.92
    1      TUR  0.90            0.81               1.10
    """
    shares = _Shares(frame, over, n)
    value = np.where(shares.total == 0, np.nan, shares.sum(shares.share**2))
    return shares.result(
        f"over {over}s, 0 to 1",
        hhi=value,
        hhi_normalised=ratio(value - 1 / shares.n, 1 - 1 / shares.n),
        equivalent_number=ratio(np.ones(len(value)), value),
    )


def concentration(frame: pd.DataFrame, over: str = "product", n: int | None = None) -> pd.DataFrame:
    """Concentration index of UNCTAD: (√Σs² − √(1/n)) / (1 − √(1/n)), from 0 to 1.

    It is not the normalised `hhi`, which takes no roots. Arguments, missing values and errors as
    there; n = 1 gives a missing value. Source: UNCTADstat, merchandise concentration index.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.concentration(exports)[["reporter", "concentration"]].round(2)
      reporter  concentration
    0      KAZ           0.05
    1      TUR           0.83
    """
    shares = _Shares(frame, over, n)
    root, even = np.sqrt(shares.sum(shares.share**2)), np.sqrt(1 / shares.n)
    value = ratio(root - even, 1 - even)
    alone = (shares.n == 1, f"a single {over}: concentration is not defined")
    return shares.result(f"UNCTAD, over {over}s, 0 to 1", alone, concentration=value)


def theil(frame: pd.DataFrame, over: str = "product", n: int | None = None) -> pd.DataFrame:
    """Theil entropy of the shares: T = ln n + Σ s ln s, from 0 (equal shares) to ln n.

    Arguments, missing values and errors as in `hhi`; what trades nothing adds nothing to the sum
    and still counts in n. Sources: Theil (1967); Cadot, Carrère and Strauss-Kahn (2011).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.theil(exports)[["reporter", "theil"]].round(2)
      reporter  theil
    0      KAZ   0.02
    1      TUR   0.49
    """
    shares = _Shares(frame, over, n)
    share = shares.share
    terms = share * np.log(np.where(share == 0, 1.0, share))
    alone = (shares.n == 1, f"a single {over}: concentration is not defined")
    value = np.log(shares.n) + shares.sum(terms)
    return shares.result(f"over {over}s, 0 to ln n", alone, theil=value)


def diversification(frame: pd.DataFrame, denominator: str = "world") -> pd.DataFrame:
    """Diversification index of UNCTAD: D_i = ½ Σ_k |s_ik − w_k|, from 0 (like the world) to 1.

    Takes exports (flow X) by reporter and product, partners summed first. The world w is the
    reporter WLD where the frame has it, else the sum of the reporters;
    ``denominator="excluding_reporter"`` takes i out of it. Products that i does not list count.

    Missing, with the reason in ``note``: zero totals, totals with a missing part, a single
    product. Raises `NotAvailable` for one reporter without a world. Source: UNCTADstat.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> exports = pd.DataFrame(
    ...     [["KAZ", "27", 60.0], ["KAZ", "10", 40.0], ["TUR", "27", 5.0], ["TUR", "10", 95.0]],
    ...     columns=["reporter", "product", "value"],
    ... )
    >>> kz.diversification(exports)[["reporter", "diversification"]].round(3)
      reporter  diversification
    0      KAZ            0.275
    1      TUR            0.275
    """
    validation.choice("denominator", denominator, DENOMINATORS)
    exports = validation.side(frame, "X", ["reporter", "product"], what="Diversification")
    cells = Cells.summed(exports, ["reporter", "product", "period"])
    is_world = cells.has("reporter", WORLD)
    if len(cells.labels["reporter"]) == 1:
        raise NotAvailable(
            f"Diversification needs a world beside {cells.labels['reporter'][0]}.",
            "Add the exports of the reporter WLD, or of every reporter of the universe.",
        )
    of = np.where(is_world, cells.value, 0.0) if is_world.any() else cells.value
    own, world = cells.total("reporter", "period"), cells.total("period", of=of)
    product = cells.total("product", "period", of=of)
    if denominator == "excluding_reporter":
        world, product = world - own, product - cells.value
        # Rounding must not turn an empty rest of the world into a tiny one.
        product = np.where(product < 1e-12 * cells.value, 0.0, product)
    share, weight = ratio(cells.value, own), ratio(product, world)
    # Over listed products Σ|s − w|; over the others Σw, which is 1 less the w of the listed.
    gap = cells.total("reporter", "period", of=np.abs(share - weight))
    listed = cells.total("reporter", "period", of=weight)
    value, note = because(
        0.5 * (gap + np.maximum(1 - listed, 0.0)),
        (own == 0, "the reporter exports nothing"),
        (world <= 0, "the world exports nothing, or is not given for the period"),
        (cells.distinct("product", "period") == 1, "a single product: every share is 1"),
        (np.isnan(own) | np.isnan(world), "a total has a missing part"),
    )
    _, first = np.unique(cells.group("reporter", "period")[0], return_index=True)
    first = first[~is_world[first]]
    universe = "reporter WLD" if is_world.any() else f"{len(cells.labels['reporter'])} reporters"
    made = cells.frame(first).drop(columns="product")
    made = made.assign(
        diversification=value[first],
        variant=f"UNCTAD, 0 to 1; {denominator}, from {universe}",
        note=note[first],
    )
    return cited(made, exports, "period")
