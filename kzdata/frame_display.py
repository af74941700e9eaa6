"""How a notebook shows a frame of observations: units in the heads, statuses flagged.

The frame stays a DataFrame like any other; only its HTML is ours, and only where the columns are
those of the contract. Columns keep their names, because these are what a person types next.
"""

from __future__ import annotations

import sys
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

HEAD, TAIL, WHOLE = 6, 6, 30
"""Rows shown of a long frame, and up to how many every row is."""
_PROVENANCE = {"lower", "upper", "locator", "note", "basis"}
_SHORT = {"A": ""}


def register() -> None:
    """Have the running IPython show frames so; without one nothing happens."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return
    html = shell.display_formatter.formatters["text/html"]
    # pandas need not be imported for this: the name is looked up when a frame first comes.
    html.for_type_by_name("pandas", "DataFrame", shown)


def shown(frame: pd.DataFrame) -> str | None:
    """The HTML of a frame under the contract; of any other frame what pandas makes."""
    from kzdata import contract

    under = set(contract.COLUMNS) <= {str(column) for column in frame.columns}
    if not under or frame.columns.has_duplicates or frame.empty:
        return _own(frame)
    return observations_html(frame)


def _own(frame: pd.DataFrame) -> str | None:
    made: Any = frame._repr_html_()  # type: ignore[operator]
    return made


def observations_html(frame: pd.DataFrame) -> str:
    """A table of what varies, under a line of what all rows share."""
    import pandas as pd

    from kzdata import contract, tables

    texts = [c for c in contract.COLUMNS if c not in (*contract.NUMERIC, *_PROVENANCE, "unit")]
    texts.remove("obs_status")
    shared = {c: str(frame[c].iloc[0]) for c in [*texts, "unit"] if frame[c].nunique() == 1}
    part, cut = _part(frame)
    beyond = [str(c) for c in frame.columns if c not in contract.COLUMNS]
    numbers = ["value", *(c for c in beyond if pd.api.types.is_numeric_dtype(frame[c]))]
    more = [c for c in beyond if c not in numbers and c in contract.BEYOND]
    formatted = tables.table(part, "rows", {c: c for c in numbers}, scale=_scale(frame))
    columns: list[tuple[str, list[str], str]] = [
        (c, [str(v) for v in part[c]], "left") for c in [*texts, *more] if c not in shared
    ]
    for n, header in enumerate(formatted.headers):
        columns.append((header, [row[n] for row in formatted.rows], "right"))
    if (frame["obs_status"] != "A").any():
        columns.append(("obs_status", [_SHORT.get(v, v) for v in part["obs_status"]], "left"))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _, _ in columns)
    lines = []
    for place in range(len(part)):
        if place == cut:
            lines.append(f'<tr><td colspan="{len(columns)}">…</td></tr>')
        cells = "".join(
            f'<td style="text-align: {side}">{_cell(name, cells[place])}</td>'
            for name, cells, side in columns
        )
        lines.append(f"<tr>{cells}</tr>")
    said = " · ".join(f"{name} {escape(value)}" for name, value in shared.items())
    rest = ", ".join([*sorted(_PROVENANCE), *sorted(set(beyond) - set(numbers) - set(more))])
    # Beside column names in English, so English: this is for whoever writes the code.
    foot = f"{len(frame):,} rows; rounded here, whole in the frame. Also there: {rest}."
    return (
        '<div class="tex2jax_ignore mathjax_ignore"><table>'
        f'<caption style="text-align: left">{said}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table><p><small>{escape(foot)}</small></p></div>"
    )


def _cell(column: str, text: str) -> str:
    from kzdata import contract

    if column == "obs_status" and text:
        return f'<abbr title="{escape(contract.STATUSES.get(text, text))}">{escape(text)}</abbr>'
    return escape(text)


def _part(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows shown, and before which of them some are left out; −1 for none."""
    if len(frame) <= WHOLE:
        return frame, -1
    import pandas as pd

    return pd.concat([frame.head(HEAD), frame.tail(TAIL)]), HEAD


def _scale(frame: pd.DataFrame) -> str:
    largest = frame["value"].abs().max()
    return "million" if largest >= 1e7 else "thousand" if largest >= 1e4 else ""
