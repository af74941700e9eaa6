"""How a notebook shows frames of kzdata: units in the heads, statuses flagged, no raw floats.

A frame stays a DataFrame like any other; only its HTML is ours, and only where its columns are
those of the contract, or say where its rows come from. Columns keep their names, because these are
what a person types next; so all of it is English, whatever language is spoken.
"""

from __future__ import annotations

import re
import sys
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

HEAD, TAIL, WHOLE = 6, 6, 30

"""Rows shown of a long frame, and up to how many every row is."""

COLUMNS = 12

"""Columns shown of a frame that is not under the contract."""

_PROVENANCE = {"lower", "upper", "locator", "note", "basis"}

_BESIDE = re.compile(r"(.*_)?(source|locator|note|published|lower|upper|lower_pct|upper_pct|url)$")

_TOLD = {"note", "locator", "published", "reason", "url", "unit"}

_FIRST = ("answer", "claim", "speaker", "printed")

_IN_UNIT = {"balance", "reported", "mirrored", "mirrored_fob", "gap", "gap_fob", "reconciled"}

_IN_UNIT |= {"mean_revision", "mean_absolute_revision", "lowest", "highest"}

"""Columns in the unit of their row whose names do not end as such columns do."""

_SUFFIXES = ("value", "_share", "_pct", "_pp")

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
    """The HTML of a frame of kzdata; of any other frame what pandas makes."""
    from kzdata.i18n.catalogue import speaking
    from kzdata.model import contract

    names = {str(column) for column in frame.columns}
    if frame.columns.has_duplicates or frame.empty:
        return _own(frame)
    with speaking("en"):
        if names >= set(contract.COLUMNS):
            return observations_html(frame)
        if "source" in names and names & _TOLD:
            return results_html(frame)
    return _own(frame)


def _own(frame: pd.DataFrame) -> str | None:
    made: Any = frame._repr_html_()  # type: ignore[operator]
    return made


def observations_html(frame: pd.DataFrame) -> str:
    """A table of what varies, under a line of what all rows share."""
    from kzdata.model import contract

    texts = [c for c in _FIRST if c in frame.columns]
    texts += [c for c in contract.COLUMNS if c not in (*contract.NUMERIC, *_PROVENANCE, "unit")]
    texts.remove("obs_status")
    beyond = [str(c) for c in frame.columns if c not in contract.COLUMNS]
    numbers = ["value", *(c for c in beyond if _is_number(frame, c))]
    texts += [c for c in beyond if c in contract.BEYOND and c not in numbers]
    if (frame["obs_status"] != "A").any():
        texts.append("obs_status")
    return _html(frame, texts, [*texts, *numbers])


def results_html(frame: pd.DataFrame) -> str:
    """The same for a result of another shape: its own columns in their order, provenance last."""
    bounds = ("lower", "upper", "lower_pct", "upper_pct")
    every = [str(c) for c in frame.columns if c != "unit"]
    numbers = [c for c in every if _is_number(frame, c) and not c.endswith(bounds)]
    said = [c for c in every if c in numbers or not _BESIDE.match(c)]
    texts = [c for c in said if c not in numbers]
    varied = [c for c in said if c in numbers or len({*map(_text, frame[c])}) > 1]
    shared = [c for c in texts if c not in varied]
    return _html(frame, texts, [*shared, *varied[:COLUMNS], "source"])


def _is_number(frame: pd.DataFrame, column: str) -> bool:
    import pandas as pd

    values = frame[column]
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _html(frame: pd.DataFrame, texts: list[str], order: list[str]) -> str:
    """The columns of ``order``; of ``texts`` those with one value stand above the table."""
    known = [*texts, "source", "unit"]
    held = [c for c in dict.fromkeys(known) if c in frame.columns and c != "obs_status"]
    told = {c: {*map(_text, frame[c])} for c in held}
    shared = {c: told[c].pop() for c in held if len(told[c]) == 1}
    part, cut = _part(frame)
    largest = frame["value"].abs().max() if "value" in order else None
    columns: list[tuple[str, list[str], str]] = []
    for name in order:
        if name in shared:
            continue
        if name in texts or name == "source":
            columns.append((name, [_short(name, _text(v)) for v in part[name]], "left"))
        else:
            columns.append((*_numbers(part, name, largest), "right"))
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header, _, _ in columns)
    lines = []
    for place in range(len(part)):
        if place == cut:
            lines.append(f'<tr><td colspan="{len(columns)}">…</td></tr>')
        cells = "".join(
            f'<td style="text-align: {side}">{_cell(name, cells[place])}</td>'
            for name, cells, side in columns
        )
        lines.append(f"<tr>{cells}</tr>")
    said = " · ".join(f"{escape(name)} {escape(text)}" for name, text in shared.items() if text)
    rest = ", ".join(
        sorted(str(c) for c in frame.columns if c not in (*order, "unit", "obs_status"))
    )
    rows = "row" if len(frame) == 1 else "rows"
    foot = f"{len(frame):,} {rows}; rounded here, whole in the frame. Also there: {rest}."
    return (
        '<div class="tex2jax_ignore mathjax_ignore" lang="en" dir="ltr"><table>'
        f'<caption style="text-align: left">{said}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table><p><small>{escape(foot)}</small></p></div>"
    )


def _numbers(part: pd.DataFrame, name: str, largest: float | None) -> tuple[str, list[str]]:
    """The head of a column of numbers with its unit, and its cells rounded."""
    from kzdata.i18n import formats
    from kzdata.present import tables

    in_unit = name in _IN_UNIT and "unit" in part.columns
    if in_unit or name.endswith(_SUFFIXES):
        asked = f"{name}_value" if in_unit else name
        given = part.rename(columns={name: asked})
        values = part[name].abs().max() if largest is None else largest
        made = tables.table(given, "rows", {asked: name}, scale=_scale(values))
        return made.headers[0], [row[0] for row in made.rows]
    texts = []
    for value in part[name].astype(float):
        size = abs(value)
        whole = value.is_integer() or size >= 1000
        decimals = 0 if whole else 1 if size >= 100 else 2 if size >= 10 else 3 if size >= 1 else 4
        texts.append("n/a" if value != value else formats.format_number(value, decimals))
    return name, texts


def _text(value: Any) -> str:
    import pandas as pd

    missing = pd.api.types.is_scalar(value) and pd.isna(value)
    return "" if missing else str(value)


def _short(name: str, text: str) -> str:
    return _SHORT.get(text, text) if name == "obs_status" else text


def _cell(column: str, text: str) -> str:
    from kzdata.model import vocabulary

    if column == "obs_status" and text:
        return f'<abbr title="{escape(vocabulary.STATUSES.get(text, text))}">{escape(text)}</abbr>'
    return escape(text)


def _part(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows shown, and before which of them some are left out; −1 for none."""
    if len(frame) <= WHOLE:
        return frame, -1
    import pandas as pd

    return pd.concat([frame.head(HEAD), frame.tail(TAIL)]), HEAD


def _scale(largest: float) -> str:
    return "million" if largest >= 1e7 else "thousand" if largest >= 1e4 else ""
