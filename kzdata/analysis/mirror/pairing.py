"""A frame's reports lined up: which two are of one flow, and what cannot be lined up at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.analysis.mirror.pairs import TRADE, Pairs
from kzdata.errors import Incomparable, MeasureMismatch, NotAvailable, UnitMismatch
from kzdata.indicators import validation
from kzdata.indicators.keys import coded, distinct
from kzdata.model.codes import WORLD

# What the investor reports, and what the host reports of the same thing.
INVESTMENT = {
    "fdi_net_outflow": "fdi_net_inflow",
    "fdi_position_outward": "fdi_position",
}


def pair(frame: pd.DataFrame, *, summed: bool = False) -> Pairs:
    """Line up the two reports of each flow; ``summed`` where products will be added up.

    Raises `MeasureMismatch` (flows or dataflows that mirror nothing, rows of the world alone,
    a report given twice), `UnitMismatch`, `PeriodMismatch`, `Incomparable` (two classifications),
    `ContractError` (a column or a key absent, an infinite value), `NotAvailable` (no rows).
    """
    validation.columns(frame, ["reporter", "partner", "value"])
    if frame.empty:
        raise NotAvailable("The frame holds no rows.", "kz.observations(...) lists what there is.")
    frame, taken, totals = _without_totals(frame)
    outward, dataflow = _outward(frame)
    _one_measure(frame)
    value = frame["value"].to_numpy(dtype=float)
    validation.refuse(frame, np.isinf(value), "infinite")
    codes, labels = _codes(frame)
    if summed:
        validation.no_nesting(labels["product"], "product")
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
    validation.columns(frame, ["flow"])
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
            validation.refuse(frame, codes[key] < 0, f"without a {key}")
            labels[key] = np.asarray(known, dtype=object)
        else:
            codes[key] = np.zeros(len(frame), dtype=np.int64)
            labels[key] = np.array([""], dtype=object)
    labels["area"] = np.union1d(labels["reporter"], labels["partner"])
    for key in ("reporter", "partner"):
        codes[key] = np.searchsorted(labels["area"], labels.pop(key))[codes[key]]
    if "period" in frame.columns:
        ordered = validation.in_order(labels["period"])
        place = {label: n for n, label in enumerate(ordered)}
        codes["period"] = np.array([place[each] for each in labels["period"]])[codes["period"]]
        labels["period"] = np.array(ordered, dtype=object)
    return codes, labels


def _once(frame: pd.DataFrame, flow: np.ndarray, rows: np.ndarray) -> None:
    if len(flow) and np.bincount(flow).max() > 1:
        twice = pd.Series(flow).duplicated().to_numpy()
        row = frame.iloc[rows[int(twice.argmax())]]
        cell = " ".join(str(row[each]) for each in validation.KEYS if each in frame.columns)
        raise MeasureMismatch(
            f"{cell} is published more than once.",
            'Choose one publication: frame[frame["source"] == "…"]',
        )
