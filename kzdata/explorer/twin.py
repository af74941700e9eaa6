"""The explorer on paper: the same chart, table and line, with nothing to press."""

from __future__ import annotations

from typing import Any

from kzdata.explorer.absence import Absence
from kzdata.explorer.view import View
from kzdata.language import t
from kzdata.saying import Statement


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
