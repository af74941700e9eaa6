"""Both reports of each flow side by side, as arrays: the exporter's x and the importer's m.

A flow goes from an exporter to an importer in a product and a period. For investment the investor
stands where the exporter does (outward flows and positions) and the host where the importer does.
"""

from __future__ import annotations

from collections.abc import Callable
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
    where a side is given without a value.
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

    def classes(self, x: np.ndarray, m: np.ndarray) -> np.ndarray:
        """The class of each flow, by which of the two values is known."""
        has_x, has_m = ~np.isnan(x), ~np.isnan(m)
        place = np.select([has_x & has_m, has_x, has_m], [0, 1, 2], default=4)
        place[self.nes() & (has_x | has_m)] = 3
        return np.array(CLASSES, dtype=object)[place]

    def keys(self) -> pd.DataFrame:
        """The contract's columns that name each flow, seen from the exporter."""
        columns: dict[str, object] = {}
        if "dataflow" in self.frame.columns:
            columns["dataflow"] = self.dataflow
        if "freq" in self.frame.columns and len(self):
            freq = self.frame.groupby("period")["freq"].first().reindex(self.periods).to_numpy()
            columns["freq"] = freq[self.period]
        columns["reporter"] = self.areas[self.exporter]
        columns["partner"] = self.areas[self.importer]
        columns["flow"] = "X" if self.dataflow in TRADE else NOT_APPLICABLE
        for key, labels, code in (
            ("product", self.products, self.product),
            ("period", self.periods, self.period),
        ):
            if key in self.frame.columns:
                columns[key] = labels[code]
        for key in ("unit", "classification"):
            if key in self.frame.columns:
                columns[key] = self.frame[key].iloc[0]
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self)))

    def of(self, side: str, column: str, absent: object) -> np.ndarray:
        """A column of the frame on side x or m, ``absent`` where the side is not given."""
        kind = float if isinstance(absent, float) else object
        values = np.empty(len(self.frame) + 1, dtype=kind)
        values[:-1] = self.frame[column].to_numpy(dtype=kind)
        values[-1] = absent  # place −1: the side is not given
        return values[self.row_x if side == "x" else self.row_m]

    def joined(self, column: str, join: Callable[[list[str]], str]) -> np.ndarray:
        """The texts of both sides joined into one, each pair of texts once."""
        codes, labels = pd.factorize(self.frame[column], sort=True)
        codes = np.append(codes, -1) + 1
        pair = codes[self.row_x] * (len(labels) + 1) + codes[self.row_m]
        different, place = np.unique(pair, return_inverse=True)
        named = ["", *map(str, labels)]
        texts = [
            join([named[one] for one in divmod(int(each), len(named)) if one]) for each in different
        ]
        return np.array([*texts, ""], dtype=object)[place]


def pair(frame: pd.DataFrame, *, summed: bool = False) -> Pairs:
    """Line up the two reports of each flow; ``summed`` where products will be added up.

    Raises `MeasureMismatch` (flows or dataflows that mirror nothing, the world as a partner, a
    report given twice), `UnitMismatch`, `PeriodMismatch`, `Incomparable` (two classifications),
    `ContractError` (a column or a key absent, an infinite value), `NotAvailable` (no rows).
    """
    inputs.columns(frame, ["reporter", "partner", "value"])
    if frame.empty:
        raise NotAvailable("The frame holds no rows.", "kz.observations(...) lists what there is.")
    frame = frame.reset_index(drop=True)
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
        _once(frame, key[held], held)
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
    )


def _outward(frame: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Which rows are the exporter's or investor's report, and the dataflow that this is."""
    held = sorted(map(str, pd.unique(frame["dataflow"]))) if "dataflow" in frame.columns else []
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
    other = sorted(set(map(str, pd.unique(frame["flow"]))) - {"X", "M"})
    if other:
        raise MeasureMismatch(
            f"A mirror is made of X and M; the frame also holds {', '.join(other)}.",
            'Choose them first: frame[frame["flow"].isin(["X", "M"])]',
        )
    return (frame["flow"] == "X").to_numpy(dtype=bool), held[0] if held else TRADE[0]


def _one_measure(frame: pd.DataFrame) -> None:
    for column, error in (("unit", UnitMismatch), ("classification", Incomparable)):
        if column in frame.columns and len(names := sorted(map(str, pd.unique(frame[column])))) > 1:
            raise error(
                f"The frame holds the {column}s {' and '.join(names)}; the two sides of a flow "
                "need one.",
                f'Choose one, or convert: frame[frame["{column}"] == "{names[0]}"]',
            )
    for column in ("reporter", "partner"):
        if (frame[column] == WORLD).any():
            raise MeasureMismatch(
                f"The world is a {column} here; a total has no mirror.",
                f'Leave it out: frame[frame["{column}"] != "{WORLD}"]',
            )


def _codes(frame: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Integers of every row's keys, and the sorted labels; areas share one list."""
    codes: dict[str, np.ndarray] = {}
    labels: dict[str, np.ndarray] = {}
    for key in ("reporter", "partner", "product", "period"):
        if key in frame.columns:
            code, known = pd.factorize(frame[key], sort=True)
            inputs.refuse(frame, code < 0, f"without a {key}")
            codes[key], labels[key] = code.astype(np.int64), np.asarray(known, dtype=object)
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


def _once(frame: pd.DataFrame, key: np.ndarray, rows: np.ndarray) -> None:
    twice = pd.Series(key).duplicated().to_numpy()
    if twice.any():
        row = frame.iloc[rows[int(twice.argmax())]]
        cell = " ".join(str(row[each]) for each in inputs.KEYS if each in frame.columns)
        raise MeasureMismatch(
            f"{cell} is published more than once.",
            'Choose one publication: frame[frame["source"] == "…"]',
        )
