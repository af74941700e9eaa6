"""``kz.explore()``: the explorer as a notebook displays it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import contract
from kzdata.charts.chart import Chart
from kzdata.explorer import at_hand, choices, front_end, twin
from kzdata.explorer.selection import BOTH, Selection, selected
from kzdata.explorer.view import View, view


class Explorer:
    """What `explore` returns: displayed, it is controls, chart, table and line.

    ``selection``, ``frame``, ``chart`` and ``line`` are those shown now, and follow the controls.
    """

    def __init__(self, selection: Selection) -> None:
        self.view: View = view(selection)

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        return self.view.selection

    @property
    def frame(self) -> pd.DataFrame:
        """The rows behind what is shown now; a frame without rows where nothing is."""
        return self.view.drawn.frame if self.view.drawn else contract.empty()

    @property
    def chart(self) -> Chart | None:
        """The chart shown now; None where there is none."""
        return self.view.drawn.chart if self.view.drawn else None

    @property
    def line(self) -> str:
        """The line of Python that makes what is shown now."""
        return self.view.line

    def show(self, selection: Selection) -> View:
        """Show another selection."""
        self.view = view(selection)
        return self.view

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, twin.parts(self.view)))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if front_end.answers():
            from kzdata.explorer.live import widget

            display(widget(self))
            return
        for part in twin.parts(self.view):
            display(part)


def explore(
    reporter: str = "KAZ",
    partner: str = "ISR",
    *,
    flow: str = BOTH,
    product: str = "TOTAL",
    start: int | str | None = None,
    end: int | str | None = None,
    freq: str | None = None,
    dataflow: str = "trade_goods",
    source: str | None = None,
    as_of: str | None = None,
) -> Explorer:
    """Explore a pair: controls, a chart, the table under it and the line that makes both.

    In JupyterLab the controls answer; they offer what is shipped or loaded, and where nothing is
    there the reason stands in the chart's place with what to type. Under papermill or nbval the
    same cell gives chart, table and line without controls. Needs the package ipywidgets for the
    controls (``pip install "kzdata[lab]"``); without it the result is as under papermill.

    ``partner="all"`` sets all partners side by side; ``flow`` is ``"XM"`` for exports and imports,
    ``"B"`` for the balance, or a flow; ``product`` a code, ``"TOTAL"``, ``"HS2"``, ``"HS4"`` or
    ``"HS6"`` for products side by side, or ``"SUM"`` for the sum of those at hand. How figures are
    recorded (flow, product, freq, source) follows what there is: without ``freq``, annual figures
    where there are any. Raises `UnknownCode`, `ParseError` or `KzdataError` for what cannot be
    read.

    >>> import kzdata as kz
    >>> kz.explore("KAZ", "ISR", start=2020).line
    'kz.charts.turnover(kz.observations("KAZ", "ISR", start=2020, freq="A"))'
    """
    asked: dict[str, Any] = {
        "reporter": reporter,
        "partner": partner,
        "flow": flow,
        "product": product,
        "start": start,
        "end": end,
        "freq": freq or _usual(reporter, partner, dataflow, source),
        "dataflow": dataflow,
        "source": source,
        "as_of": as_of,
    }
    return Explorer(selected(**asked))


def _usual(reporter: str, partner: str, dataflow: str, source: str | None) -> str | None:
    """The frequency of a source that is named where it has one only for the pair; None else."""
    if source is None:
        return None
    chosen = selected(reporter=reporter, partner=partner, dataflow=dataflow, source=source)
    table = choices.of_partner(at_hand.cells(dataflow, chosen.reporter), chosen.partner)
    held = table.loc[table["source"] == source, "freq"].unique()
    return str(held[0]) if len(held) == 1 else None
