"""The explorer's controls, drawn with ipywidgets. What they show is decided in `view`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from kzdata.explorer import markup
from kzdata.language import term, translated

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


class Panel:
    """The widgets of one explorer, kept in step with its view."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.controls = {field: _control(translated(label)) for field, label in CONTROLS.items()}
        self.figure, self.rows, self.line = (widgets.HTML() for _ in range(3))
        self._settling = False
        self._refresh()
        for field, control in self.controls.items():
            control.observe(lambda change, field=field: self._chosen(field), names="index")
        box = widgets.Box(list(self.controls.values()))
        box.add_class("kz-controls")
        look = widgets.HTML(markup.STYLE + markup.KEYS)
        self.root = widgets.VBox([look, box, self.figure, self.rows, self.line])
        self.root.add_class("kz-explorer")

    def _chosen(self, field: str) -> None:
        if self._settling:
            return
        chosen = self.explorer.selection.but(**{field: self.controls[field].value})
        self.explorer.show(chosen)
        self._refresh()

    def _refresh(self) -> None:
        """Give every widget what the view says; what it had already is not sent again."""
        view = self.explorer.view
        self._settling = True
        try:
            for field, control in self.controls.items():
                options, value = tuple(view.options[field]), getattr(view.selection, field)
                if control.options != options:
                    control.options = options
                place = [each for _, each in options].index(value) if options else None
                if control.index != place:  # by place: None is a value here
                    control.index = place
                control.disabled = len(options) < 2
        finally:
            self._settling = False
        for part, made in (
            (self.figure, markup.figure(view)),
            (self.rows, markup.rows(view)),
            (self.line, markup.line(view)),
        ):
            part.value = made


def _control(label: str) -> Any:
    control = widgets.Dropdown(description=label)
    control.add_class("kz-control")
    return control


def widget(explorer: Explorer) -> Any:
    """The explorer as one widget, to be displayed."""
    return Panel(explorer).root
