"""The explorer's controls, drawn with ipywidgets. What they show is decided in `view`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from kzdata.explorer import markup
from kzdata.language import direction, term, translated

if TYPE_CHECKING:
    from kzdata.explorer.opening import Explorer

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
