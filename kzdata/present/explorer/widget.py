"""``kz.explore()``: the explorer as a notebook displays it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pandas as pd

from kzdata.errors import KzdataError
from kzdata.i18n.catalogue import direction, translated
from kzdata.i18n.sentences import t, term
from kzdata.model import contract
from kzdata.present.charts.chart import Chart
from kzdata.present.explorer import available, choices, markup
from kzdata.present.explorer.absence import Absence
from kzdata.present.explorer.selection import BOTH, Selection, selected
from kzdata.present.explorer.view import View, view
from kzdata.present.statements import Statement

if TYPE_CHECKING:
    pass

VARIABLE = "KZDATA_EXPLORER"

LIVE, STATIC = "live", "static"


def answers() -> bool:
    """Whether the request that runs this cell comes from a notebook on a screen.

    JupyterLab, Notebook 7 and VS Code name the cell in the request's metadata; papermill, nbclient
    and nbval, which only keep what a cell leaves behind, do not. ``KZDATA_EXPLORER`` set to
    ``live`` or ``static`` decides for itself; any other word raises `KzdataError`.
    """
    said = os.environ.get(VARIABLE)
    if said not in (None, "", LIVE, STATIC):
        raise KzdataError(f"Unknown {VARIABLE}={said!r}.", f"Write {LIVE} or {STATIC}.")
    if said == STATIC or importlib.util.find_spec("ipywidgets") is None:
        return False
    return said == LIVE or "cellId" in _request()


def _request() -> dict[str, object]:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return {}
    parent = kernel.get_parent("shell") or {}
    return dict(parent.get("metadata") or {})


def parts(view: View) -> list[Any]:
    """What a cell displays: chart, table and line, or why there is nothing and what to type."""
    if view.absent:
        return [_said(view.absent)]
    shown: list[Any] = [_said(each) for each in view.moved]
    drawn = view.drawn
    assert drawn is not None  # a view is drawn or absent
    shown.append(drawn.chart if drawn.chart is not None else Statement(view.refusal, ()))
    # A line of its own, not a part of a sentence: in Hebrew parts carry marks of direction.
    block = f"{t('The line that makes this')}\n\n```python\n{drawn.line}\n```"
    return [*shown, drawn.table, Statement(block, ())]


def _said(absent: Absence) -> Statement:
    steps = "".join(f"\n- `{step}`" for step in absent.steps)
    return Statement(absent.told + (f"\n{steps}" if steps else ""), ())


# Field of the selection -> label, in the order of the Tab key.
CONTROLS = {
    "dataflow": term("Measure"),
    "reporter": term("Reporter"),
    "partner": term("Partner"),
    "flow": term("Flow"),
    "product": term("Product level"),
    "freq": term("Frequency"),
    "start": term("From"),
    "end": term("To"),
    "source": term("Source"),
    "as_of": term("Known by"),
}

PAUSE = 0.04

"""Seconds without another choice before the chart is drawn: a key held down in a list goes through
ten partners, and only the last of them is waited for."""

_WAITING = "kz-waiting"


class Panel:
    """The widgets of one explorer, kept in step with its view."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.controls = {field: _control(translated(label)) for field, label in CONTROLS.items()}
        self.figure, self.rows, self.line = (widgets.HTML() for _ in range(3))
        self._settling = False
        self._due: asyncio.TimerHandle | None = None
        self._offer()
        for field, control in self.controls.items():
            control.observe(lambda change, field=field: self._chosen(field), names="index")
        box = widgets.Box(list(self.controls.values()))
        box.add_class("kz-controls")
        look = widgets.HTML(markup.STYLE + markup.KEYS)
        self.answer = widgets.VBox([self.figure, self.rows, self.line])
        self.answer.add_class("kz-answer")
        self.root = widgets.VBox([look, box, self.answer])
        self.root.add_class("kz-explorer")
        if direction() == "rtl":
            self.root.add_class("kz-rtl")
        self._show()

    def _chosen(self, field: str) -> None:
        if self._settling:
            return
        chosen = self.explorer.selection.but(**{field: self.controls[field].value})
        self.explorer.show(chosen)
        self._offer()
        self.answer.add_class(_WAITING)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # nobody who could choose again meanwhile
            self._show()
            return
        if self._due is not None:
            self._due.cancel()
        self._due = loop.call_later(PAUSE, self._show)

    def _offer(self) -> None:
        """Give every control what the view offers; what it had already is not sent again."""
        view = self.explorer.view
        self._settling = True
        try:
            for field, control in self.controls.items():
                options, value = tuple(view.options[field]), getattr(view.selection, field)
                place = [each for _, each in options].index(value) if options else None
                with control.hold_sync():  # one message, and no other choice seen in between
                    if control.options != options:
                        control.options = options
                    if control.index != place:  # by place: None is a value here
                        control.index = place
                    control.disabled = len(options) < 2
        finally:
            self._settling = False

    def _show(self) -> None:
        """Chart, table and line of the view, all at once: they never show two selections."""
        view = self.explorer.view
        made = markup.figure(view), markup.rows(view), markup.line(view)
        self.figure.value, self.rows.value, self.line.value = made
        self.answer.remove_class(_WAITING)


def _control(label: str) -> Any:
    control = widgets.Dropdown(description=label)
    control.add_class("kz-control")
    return control


def widget(explorer: Explorer) -> Any:
    """The explorer as one widget, to be displayed."""
    return Panel(explorer).root


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
        return "\n\n".join(map(repr, parts(self.view)))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if answers():
            pass

            display(widget(self))
            return
        for part in parts(self.view):
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
    table = choices.of_partner(available.cells(dataflow, chosen.reporter), chosen.partner)
    held = table.loc[table["source"] == source, "freq"].unique()
    return str(held[0]) if len(held) == 1 else None
