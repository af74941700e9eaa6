"""Positions and flows of direct investment: what explains the change of a position."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import MeasureMismatch, NotAvailable
from kzdata.indicators import validation
from kzdata.model import contract, periods
from kzdata.model.comparable import one_unit
from kzdata.model.vocabulary import DATAFLOWS

# The one flow that moves each position: net, in the same direction.
FLOW_OF = {"fdi_position": "fdi_net_inflow", "fdi_position_outward": "fdi_net_outflow"}

# By reporter and first day: why figures before it are not comparable, and who says so.
KNOWN_BREAKS = {
    ("KAZ", "2013-01-01"): ("directional principle of BPM6 from 2013", "wiiw_2023"),
}

_GROUP = ["reporter", "partner"]


def stock_flow(frame: pd.DataFrame, *, breaks: Mapping[str, str] | None = None) -> pd.DataFrame:
    """What explains the change of a position: closing − opening = flow + other changes.

    ``frame`` holds positions and the net flows in the same direction (fdi_position with
    fdi_net_inflow, fdi_position_outward with fdi_net_outflow). A position stands at the end of its
    period. One row a pair of countries and period: ``opening``, ``flow``, ``other_changes``
    (prices, exchange rates, reclassifications), ``closing``, ``change``, and the interval of
    other_changes from the printed digits. Nothing is added up over periods, and no position is
    made of flows. Positions and flows below zero are kept: both exist under the directional
    principle.

    A ``break`` (status B, a break known here, or ``breaks`` by period with the reason, which
    replaces the known ones) starts a new ``segment``: the figures before and after it are shown
    and never joined. Missing, with the reason in ``note``: a figure that is not given.

    Raises `MeasureMismatch` for other dataflows (gross inflows and sums as reported move no
    position) or a figure given twice, `UnitMismatch`, `PeriodMismatch`, `NotAvailable` without a
    position. Source: IMF, BPM6; OECD Benchmark Definition of FDI, 4th edition.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["fdi_position", "2023", 10.0], ["fdi_net_inflow", "2024", 4.0]]
    >>> cells += [["fdi_position", "2024", 17.0]]
    >>> fdi = pd.DataFrame(cells, columns=["dataflow", "period", "value"])
    >>> fdi = fdi.assign(reporter="KAZ", partner="ISR", unit="USD")
    >>> found = kz.stock_flow(fdi)
    >>> found.loc[found["period"] == "2024", ["opening", "flow", "other_changes", "closing"]]
       opening  flow  other_changes  closing
    1     10.0   4.0            3.0     17.0
    """
    validation.columns(frame, ["dataflow", "reporter", "partner", "period", "value", "unit"])
    _dataflows(frame)
    frame = frame.reset_index(drop=True)
    validation.refuse(frame, np.isinf(frame["value"].to_numpy(dtype=float)), "infinite")
    ordered = validation.in_order(frame["period"].unique())
    made = [
        _group(rows, key, position, ordered, breaks)
        for position, flow in FLOW_OF.items()
        for key, rows in frame[frame["dataflow"].isin([position, flow])].groupby(_GROUP)
    ]
    return pd.concat(made, ignore_index=True)


def _dataflows(frame: pd.DataFrame) -> None:
    known = [*FLOW_OF, *FLOW_OF.values()]
    other = sorted(set(frame["dataflow"]) - set(known))
    if other:
        said = ", ".join(f"{each} ({DATAFLOWS.get(each, 'not known')})" for each in other)
        raise MeasureMismatch(
            f"{said} does not explain the change of a position.",
            'Keep positions and net flows: frame[frame["dataflow"].isin(["fdi_position", '
            '"fdi_net_inflow"])]',
        )
    if not frame["dataflow"].isin(list(FLOW_OF)).any():
        raise NotAvailable(
            "The frame holds no position, and none is made of flows.",
            'Add positions: kz.observations(..., dataflow="fdi_position")',
        )


def _group(
    rows: pd.DataFrame,
    key: tuple[Any, ...],
    position: str,
    ordered: list[str],
    breaks: Mapping[str, str] | None,
) -> pd.DataFrame:
    reporter, partner = key
    one_unit(rows["unit"], f"Investment of {reporter} and {partner}")
    twice = rows[rows.duplicated(["dataflow", "period"])]
    if len(twice):
        raise MeasureMismatch(
            f"{twice['dataflow'].iloc[0]} of {twice['period'].iloc[0]} is given more than once.",
            'Choose one publication: frame[frame["source"] == "…"]',
        )
    inside = [period for period in ordered if period in set(rows["period"])]
    stocks = rows[rows["dataflow"] == position].set_index("period")
    flows = rows[rows["dataflow"] == FLOW_OF[position]].set_index("period")
    by_end = {periods.span(period).end: period for period in inside}
    before = [by_end.get(periods.span(period).start - timedelta(days=1)) for period in inside]
    why = [_break(reporter, period, stocks, breaks) for period in inside]
    broken = np.array([bool(reason) for reason, _ in why])

    def read(of: pd.DataFrame, at: list[Any], column: str = "value") -> np.ndarray:
        name = column if column in of.columns else "value"
        return of[name].reindex(at).to_numpy(dtype=float)

    ends = {}
    for column in ("value", "lower", "upper"):
        ends[column] = [read(stocks, inside, column), read(stocks, before, column)]
        ends[column] += [read(flows, inside, column)]
        ends[column][1] = np.where(broken, np.nan, ends[column][1])
    closing, opening, flow = ends["value"]
    (close_low, open_low, flow_low), (close_up, open_up, flow_up) = ends["lower"], ends["upper"]
    reasons = [
        (broken, [f"break: {reason}; nothing is joined across it" for reason, _ in why]),
        (np.isnan(closing), "no position at the end of the period"),
        (np.isnan(opening), "no position at the end of the period before"),
        (np.isnan(flow), "no flow of the period"),
    ]
    note = np.full(len(inside), "", dtype=object)
    for mask, text in reversed(reasons):
        note[mask] = np.array(text, dtype=object)[mask] if isinstance(text, list) else text
    made = pd.DataFrame(
        {
            "dataflow": position,
            "reporter": reporter,
            "partner": partner,
            "period": inside,
            "unit": rows["unit"].iloc[0],
            "opening": opening,
            "flow": flow,
            "other_changes": closing - opening - flow,
            "closing": closing,
            "change": closing - opening,
            "lower": close_low - open_up - flow_up,
            "upper": close_up - open_low - flow_low,
            "break": broken,
            "segment": np.cumsum(broken),
            "variant": f"Δ{position} = {FLOW_OF[position]} + other changes",
            "note": note,
        }
    )
    if "source" in rows.columns:
        made["source"] = [
            contract.join_sources([*rows.loc[rows["period"].isin([now, then]), "source"], *told])
            for now, then, (_, told) in zip(inside, before, why, strict=True)
        ]
    return made


def _break(
    reporter: str, period: str, stocks: pd.DataFrame, breaks: Mapping[str, str] | None
) -> tuple[str, list[str]]:
    """Why the period is not comparable with the one before, and the sources that say so."""
    if "obs_status" in stocks.columns and stocks["obs_status"].get(period) == "B":
        return "marked by the source", []
    if breaks is not None:
        return breaks.get(period, ""), []
    start = periods.span(period).start.isoformat()
    reason, source = KNOWN_BREAKS.get((reporter, start), ("", ""))
    return reason, [source] if source else []
