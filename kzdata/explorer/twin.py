"""The explorer on paper: the same chart, table and line, with nothing to press."""

from __future__ import annotations

from typing import Any

from kzdata.cited import Statement
from kzdata.explorer.view import View
from kzdata.language import t


def parts(view: View) -> list[Any]:
    """What a cell displays: chart, table and line, or why there is nothing and what to type."""
    shown: list[Any] = []
    if view.absent:
        steps = "".join(f"\n- `{step}`" for step in view.absent.steps)
        return [Statement(view.absent.told + (f"\n{steps}" if steps else ""), ())]
    drawn = view.drawn
    assert drawn is not None  # a view is drawn or absent
    shown.append(drawn.chart if drawn.chart is not None else Statement(view.told, ()))
    shown += [drawn.table, Statement(t("To make this again: `{line}`", line=drawn.line), ())]
    return shown
