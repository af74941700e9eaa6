"""From a selection to what is shown: chart, table and line, or why there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.i18n.catalogue import speaking, spoken
from kzdata.i18n.sentences import t
from kzdata.present.explorer import absence, choices, drawing
from kzdata.present.explorer.selection import Asked, Selection
from kzdata.store import journal


@dataclass(frozen=True, eq=False)
class View:
    """What the explorer shows: ``frame`` or ``absent``, and the options of every control.

    ``selection`` is the settled one; ``moved`` says where it is another than was asked for. Chart
    and table are drawn when they are first looked at.
    """

    selection: Selection
    options: dict[str, choices.Options]
    frame: pd.DataFrame | None
    absent: absence.Absence | None
    moved: tuple[absence.Absence, ...]
    put: Asked
    period: str | None
    language: str

    @cached_property
    def drawn(self) -> drawing.Drawn | None:
        """Chart, table and line; None where there is nothing to draw."""
        if self.frame is None:
            return None
        chosen = self.selection
        if chosen.side_by_side:
            chosen = chosen.but(start=self.period, end=self.period)
        with speaking(self.language):
            return drawing.drawn(chosen, self.frame, self.put)

    @property
    def line(self) -> str:
        """The line that makes what is shown again."""
        return self.drawn.line if self.drawn else ""

    @property
    def told(self) -> str:
        """Why a part of the view is not there, or another than asked for; "" where all of it is."""
        said = [str(each) for each in self.moved]
        if self.absent:
            said.append(str(self.absent))
        return "\n".join([*said, *filter(None, [self.refusal])])

    @property
    def refusal(self) -> str:
        """Why there is a table and no chart; "" otherwise."""
        if self.drawn is None or not self.drawn.refused:
            return ""
        return t("No chart: {reason}", reason=self.drawn.refused)


def view(asked: Selection) -> View:
    """The view of a selection; the same again costs nothing while the store is the same."""
    return _view(asked, spoken(), tuple(entry.content for entry in journal.entries()))


@lru_cache(maxsize=64)
def _view(asked: Selection, language: str, stamp: tuple[str, ...]) -> View:
    offered = choices.choices(asked)
    settled = chosen = offered.selection
    period = None
    if settled.side_by_side:
        period = settled.end or choices.latest(settled)
        chosen = settled.but(start=period, end=period)
    frame, absent = None, absence.backwards(chosen)
    try:
        if not absent:
            frame = drawing.frame_of(chosen, offered.put)
            empty = frame.empty
            absent = absence.nothing(chosen) if empty else absence.without_figures(chosen, frame)
    except NotAvailable:
        absent = absence.nothing(chosen)
    return View(
        settled,
        offered.options,
        None if absent else frame,
        absent,
        absence.moved(asked, settled) if not absent else (),
        offered.put,
        period,
        language,
    )
