"""Both reports of each flow side by side, as arrays: the exporter's x and the importer's m.

A flow goes from an exporter to an importer in a product and a period. For investment the investor
stands where the exporter does (outward flows and positions) and the host where the importer does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kzdata.codes import NOT_APPLICABLE, WORLD
from kzdata.errors import (
    Incomparable,
    MeasureMismatch,
    NotAvailable,
    UnitMismatch,
)
from kzdata.mirroring.unspecified import unspecified
from kzdata.structure import inputs, spans
from kzdata.structure.labels import coded, distinct

TRADE = ("trade_goods", "trade_services")
# What the investor reports, and what the host reports of the same thing.
INVESTMENT = {
    "fdi_net_outflow": "fdi_net_inflow",
    "fdi_position_outward": "fdi_position",
}
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


def pair(frame: pd.DataFrame, *, summed: bool = False) -> Pairs:
    """Line up the two reports of each flow; ``summed`` where products will be added up.

    Raises `MeasureMismatch` (flows or dataflows that mirror nothing, rows of the world alone,
    a report given twice), `UnitMismatch`, `PeriodMismatch`, `Incomparable` (two classifications),
    `ContractError` (a column or a key absent, an infinite value), `NotAvailable` (no rows).
    """
    inputs.columns(frame, ["reporter", "partner", "value"])
    if frame.empty:
        raise NotAvailable("The frame holds no rows.", "kz.observations(...) lists what there is.")
    frame, taken, totals = _without_totals(frame)
    outward, dataflow = _outward(frame)
    _one_measure(frame)
    value = frame["value"].to_numpy(dtype=float)
    inputs.refuse(frame, np.isinf(value), "infinite")
    codes, labels = _codes(frame)
    if summed:
        inputs.no_nesting(labels["product"], "product")
    exporter = np.where(outward, codes["reporter"], codes["partner"])
    importer = np.where(outward, codes["partner"], codes["reporter"])
    sizes = [len(labels[key]) for key in ("area", "product", "period")]
    key = (exporter * sizes[0] + importer) * sizes[1] + codes["product"]
    key = key * sizes[2] + codes["period"]
    flows, place = np.unique(key, return_inverse=True)
    rows = {}
    for side, mask in (("x", outward), ("m", ~outward)):
        held = np.flatnonzero(mask)
        _once(frame, place[held], held)
        rows[side] = np.full(len(flows), -1)
        rows[side][place[held]] = held
    value = np.append(value, np.nan)
    rest, period = np.divmod(flows, sizes[2])
    rest, product = np.divmod(rest, sizes[1])
    return Pairs(
        frame,
        dataflow,
        labels["area"],
        labels["product"],
        labels["period"],
        *np.divmod(rest, sizes[0]),
        product,
        period,
        value[rows["x"]],
        value[rows["m"]],
        rows["x"],
        rows["m"],
        taken,
        totals,
    )


def _without_totals(frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, int]:
    """The rows of two economies, their numbers, and how many rows of the world there are beside.

    A frame of everything that an economy reports holds its totals too. They mirror nothing, and
    nothing is summed here that would count them twice.
    """
    of_world = np.zeros(len(frame), dtype=bool)
    for column in ("reporter", "partner"):
        codes, labels = coded(frame[column])
        if WORLD in labels:
            of_world |= codes == labels.get_loc(WORLD)
    taken = np.flatnonzero(~of_world)
    if not len(taken):
        raise MeasureMismatch(
            "Every row is of the world as a whole; a total has no mirror.",
            'Give the rows of pairs: kz.observations("KAZ", "ISR", sides="both")',
        )
    if len(taken) < len(frame):
        frame = frame.iloc[taken]
    return frame.reset_index(drop=True), taken, len(of_world) - len(taken)


def _outward(frame: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Which rows are the exporter's or investor's report, and the dataflow that this is."""
    held = sorted(map(str, distinct(frame["dataflow"]))) if "dataflow" in frame.columns else []
    for outward, inward in INVESTMENT.items():
        if held and set(held) <= {outward, inward}:
            return (frame["dataflow"] == outward).to_numpy(dtype=bool), outward
    if len(held) > 1 or (held and held[0] not in TRADE):
        raise MeasureMismatch(
            f"{' and '.join(held)} cannot be mirrored together.",
            "Give one of: trade_goods; trade_services; "
            + "; ".join(" and ".join(each) for each in INVESTMENT.items())
            + '. For example frame[frame["dataflow"] == "trade_goods"]',
        )
    inputs.columns(frame, ["flow"])
    codes, flows = coded(frame["flow"])
    other = sorted(set(map(str, flows)) - {"X", "M"})
    if other:
        raise MeasureMismatch(
            f"A mirror is made of X and M; the frame also holds {', '.join(other)}.",
            'Choose them first: frame[frame["flow"].isin(["X", "M"])]',
        )
    exports = codes == flows.get_loc("X") if "X" in flows else np.zeros(len(frame), dtype=bool)
    return exports, held[0] if held else TRADE[0]


def _one_measure(frame: pd.DataFrame) -> None:
    for column, error in (("unit", UnitMismatch), ("classification", Incomparable)):
        if column in frame.columns and len(names := sorted(map(str, distinct(frame[column])))) > 1:
            raise error(
                f"The frame holds the {column}s {' and '.join(names)}; the two sides of a flow "
                "need one.",
                f'Choose one, or convert: frame[frame["{column}"] == "{names[0]}"]',
            )


def _codes(frame: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Integers of every row's keys, and the sorted labels; areas share one list."""
    codes: dict[str, np.ndarray] = {}
    labels: dict[str, np.ndarray] = {}
    for key in ("reporter", "partner", "product", "period"):
        if key in frame.columns:
            codes[key], known = coded(frame[key])
            inputs.refuse(frame, codes[key] < 0, f"without a {key}")
            labels[key] = np.asarray(known, dtype=object)
        else:
            codes[key] = np.zeros(len(frame), dtype=np.int64)
            labels[key] = np.array([""], dtype=object)
    labels["area"] = np.union1d(labels["reporter"], labels["partner"])
    for key in ("reporter", "partner"):
        codes[key] = np.searchsorted(labels["area"], labels.pop(key))[codes[key]]
    if "period" in frame.columns:
        ordered = spans.in_order(labels["period"])
        place = {label: n for n, label in enumerate(ordered)}
        codes["period"] = np.array([place[each] for each in labels["period"]])[codes["period"]]
        labels["period"] = np.array(ordered, dtype=object)
    return codes, labels


def _once(frame: pd.DataFrame, flow: np.ndarray, rows: np.ndarray) -> None:
    if len(flow) and np.bincount(flow).max() > 1:
        twice = pd.Series(flow).duplicated().to_numpy()
        row = frame.iloc[rows[int(twice.argmax())]]
        cell = " ".join(str(row[each]) for each in inputs.KEYS if each in frame.columns)
        raise MeasureMismatch(
            f"{cell} is published more than once.",
            'Choose one publication: frame[frame["source"] == "…"]',
        )
