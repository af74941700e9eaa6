"""From a selection to what is shown: chart, table and line, or why there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kzdata import vintages
from kzdata.errors import NotAvailable
from kzdata.explorer import absence, choices, drawing
from kzdata.explorer.selection import Selection
from kzdata.language import spoken, t


@dataclass(frozen=True)
class View:
    """What the explorer shows: ``drawn`` or ``absent``, and the options of every control.

    ``selection`` is the settled one; ``told`` a sentence that a reader should see beside it.
    """

    selection: Selection
    options: dict[str, choices.Options]
    drawn: drawing.Drawn | None
    absent: absence.Absence | None

    @property
    def line(self) -> str:
        """The line that makes what is shown again."""
        return self.drawn.line if self.drawn else ""

    @property
    def told(self) -> str:
        """Why a part of the view is not there; "" where all of it is."""
        if self.absent:
            return str(self.absent)
        if self.drawn and self.drawn.refused:
            return t("No chart: {reason}", reason=self.drawn.refused)
        return ""


def view(asked: Selection) -> View:
    """The view of a selection; the same again costs nothing while the store is the same."""
    return _view(asked, spoken(), tuple(entry.content for entry in vintages.entries()))


@lru_cache(maxsize=64)
def _view(asked: Selection, language: str, stamp: tuple[str, ...]) -> View:
    offered = choices.choices(asked)
    chosen = offered.selection
    if chosen.side_by_side:
        period = chosen.end or choices.latest(chosen)
        chosen = chosen.but(start=period, end=period)
    products = [value for _, value in offered.options["product"]]
    one_product = len(products) > 1
    try:
        frame = drawing.frame_of(chosen, one_product=one_product)
    except NotAvailable:
        return View(offered.selection, offered.options, None, absence.nothing(chosen))
    if frame.empty:
        return View(offered.selection, offered.options, None, absence.nothing(chosen))
    empty = absence.without_figures(chosen, frame)
    if empty:
        return View(offered.selection, offered.options, None, empty)
    drawn = drawing.drawn(chosen, frame, one_product=one_product)
    return View(offered.selection, offered.options, drawn, None)
