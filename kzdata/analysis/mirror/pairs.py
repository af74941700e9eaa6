"""Both reports of each flow side by side, as arrays: the exporter's x and the importer's m.

A flow goes from an exporter to an importer in a product and a period. For investment the investor
stands where the exporter does (outward flows and positions) and the host where the importer does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from kzdata.indicators.keys import coded
from kzdata.model import codes
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN

_NO_ONE = {UNKNOWN, "X1", "X2", "XX"}  # not stated, bunkers, free zones, special categories

# "Other Asia, not elsewhere specified" is in practice one economy, which others report as such.
_ONE_ECONOMY = {"S19"}


@cache
def unspecified() -> frozenset[str]:
    """Codes of partners that stand for no economy, or for several."""
    named = {code for code, said in codes.extensions().items() if "not elsewhere" in said}
    return frozenset((named | _NO_ONE) - _ONE_ECONOMY)


TRADE = ("trade_goods", "trade_services")

CLASSES = ("both", "export_only", "import_only", "nes", "missing")


@dataclass(frozen=True)
class Pairs:
    """Flows in the order of exporter, importer, product and period.

    ``areas``, ``products``, ``periods`` are the labels of the codes; ``row_x`` and ``row_m`` are
    places in ``frame``, −1 where that side is not given. ``x`` and ``m`` are NaN there too, and
    where a side is given without a value. ``frame`` has the rows whose numbers in the caller's
    frame are ``taken``; ``totals`` rows of the world were set aside.
    """

    frame: pd.DataFrame
    dataflow: str
    areas: np.ndarray
    products: np.ndarray
    periods: np.ndarray
    exporter: np.ndarray
    importer: np.ndarray
    product: np.ndarray
    period: np.ndarray
    x: np.ndarray
    m: np.ndarray
    row_x: np.ndarray
    row_m: np.ndarray
    taken: np.ndarray
    totals: int

    def __len__(self) -> int:
        return len(self.x)

    @property
    def sides(self) -> tuple[str, str]:
        """Who reports each side, in words."""
        return ("exporter", "importer") if self.dataflow in TRADE else ("investor", "host")

    def nes(self) -> np.ndarray:
        """Which flows have an exporter or importer that is not specified, so have no mirror."""
        known = np.isin(self.areas, list(unspecified()))
        return known[self.exporter] | known[self.importer]

    def classes(self, x: np.ndarray, m: np.ndarray) -> pd.api.extensions.ExtensionArray:
        """The class of each flow, by which of the two values is known."""
        has_x, has_m = ~np.isnan(x), ~np.isnan(m)
        place = np.select([has_x & has_m, has_x, has_m], [0, 1, 2], default=4)
        place[self.nes() & (has_x | has_m)] = 3
        return pd.array(CLASSES, dtype="str").take(place)

    def aside(self) -> str:
        """What a variant says of the totals that were set aside."""
        return f"; totals of the world set aside: {self.totals}" if self.totals else ""

    def keys(self) -> pd.DataFrame:
        """The contract's columns that name each flow, seen from the exporter."""
        columns: dict[str, object] = {}
        if "dataflow" in self.frame.columns:
            columns["dataflow"] = self.dataflow
        if "freq" in self.frame.columns and len(self):
            first = ~self.frame["period"].duplicated()
            freq = self.frame[first].set_index("period")["freq"].reindex(self.periods)
            columns["freq"] = freq.array.take(self.period)
        areas = pd.array(self.areas, dtype="str")
        columns["reporter"] = areas.take(self.exporter)
        columns["partner"] = areas.take(self.importer)
        columns["flow"] = "X" if self.dataflow in TRADE else NOT_APPLICABLE
        for key, labels, code in (
            ("product", self.products, self.product),
            ("period", self.periods, self.period),
        ):
            if key in self.frame.columns:
                columns[key] = pd.Index(labels).array.take(code)
        for key in ("unit", "classification"):
            if key in self.frame.columns:
                columns[key] = self.frame[key].iloc[0]
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self)))

    def _row(self, side: str) -> np.ndarray:
        return self.row_x if side == "x" else self.row_m

    def number(self, side: str, column: str) -> np.ndarray:
        """A column of numbers on side x or m, NaN where the side is not given."""
        return np.append(self.frame[column].to_numpy(dtype=float), np.nan)[self._row(side)]

    def text(self, side: str, column: str) -> pd.api.extensions.ExtensionArray:
        """A column of text on side x or m, empty where the side is not given."""
        codes, labels = coded(self.frame[column])
        place = np.append(codes, len(labels))[self._row(side)]
        return pd.array([*labels, ""], dtype="str").take(place, allow_fill=True)

    def says(self, side: str, column: str, labels: Iterable[str]) -> np.ndarray:
        """On which flows a side is given and its column has one of these labels."""
        codes, known = coded(self.frame[column])
        return np.append(np.isin(known, list(labels)), False)[np.append(codes, -1)[self._row(side)]]

    def joined(
        self, column: str, join: Callable[[list[str]], str]
    ) -> pd.api.extensions.ExtensionArray:
        """The texts of both sides joined into one, each pair of texts once."""
        codes, labels = coded(self.frame[column])
        codes = np.append(codes, -1) + 1
        pair = codes[self.row_x] * (len(labels) + 1) + codes[self.row_m]
        place, different = pd.factorize(pair)
        named = ["", *map(str, labels)]
        texts = [
            join([named[one] for one in divmod(int(each), len(named)) if one]) for each in different
        ]
        return pd.array([*texts, ""], dtype="str").take(place)
