"""How a value of the data behind a table or chart is shown in full, where nothing is rounded."""

from __future__ import annotations

from typing import Any

from kzdata import amounts
from kzdata.language import t
from kzdata.reports.blocks import Column


def cell_text(value: Any) -> str:
    """A value as text: thousands separated, a real minus, nothing for missing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, int | float):
        # Fifteen digits are what a float carries for certain: 0.1 + 0.2 is shown as 0.3.
        return amounts.format_number(value)
    return str(value)


def is_year(name: str) -> bool:
    """Whether a field of whole numbers holds years, which take no separator."""
    return name == "year" or name.endswith("_year")


def twin(
    fields: list[dict[str, Any]], data: list[dict[str, Any]]
) -> tuple[list[tuple[str, str]], list[Column], list[list[str]]]:
    """The data behind a chart in a readable form: what all rows share, then what varies.

    Returns the shared pairs, the columns, and the rows as text. Empty columns are left out.
    """
    shared, columns, names = [], [], []
    for one in fields:
        texts = {_text(one, row) for row in data}
        title = one.get("title") or one["name"]
        if len(texts) == 1 and len(data) > 1:
            text = texts.pop()
            shared += [(title, text)] if text else []
        elif texts - {""}:
            names.append(one)
            columns.append(Column(title, "right" if one.get("type") == "number" else "left"))
    rows = [[_text(one, row) for one in names] for row in data]
    return shared, columns, rows


def _text(one: dict[str, Any], row: dict[str, Any]) -> str:
    value = row.get(one["name"])
    if isinstance(value, int | float) and is_year(one["name"]):
        return f"{value:.0f}"
    return cell_text(value)
