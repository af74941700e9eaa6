"""How kzdata's results carry their data into a notebook: a Frictionless data resource beside the
human form, so that HTML, PDF and XLSX are made from the executed notebook and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.dataresource+json"

KINDS = ("statement", "table", "chart", "sources")


def bundle(plain: str, resource: dict[str, Any], **forms: Any) -> dict[str, Any]:
    """A Jupyter MIME bundle; ``forms`` maps e.g. ``text_html`` to its content."""
    human = {name.replace("_", "/", 1): content for name, content in forms.items()}
    return {"text/plain": plain, **human, MIME: resource}


def read(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `bundle` put into the data of a notebook's output, or None.

    pandas and others write resources too; ours say of which of the `KINDS` they are.
    """
    found = data.get(MIME)
    if isinstance(found, str):
        with contextlib.suppress(ValueError):
            found = json.loads(found)
    return found if isinstance(found, dict) and found.get("kind") in KINDS else None


def markdown(text: str) -> str:
    """Markdown in which a notebook reads no formula: two dollar signs would open and close one.

    JupyterLab looks for formulas twice, in the source and in the page; the entity hides the sign
    from the first look, the element from the second.
    """
    return text.replace("$", "<span>&#36;</span>")


def schema(frame: pd.DataFrame, titles: dict[str, str] | None = None) -> dict[str, Any]:
    """Field names, titles and types of a frame, in Table Schema's words."""
    import pandas as pd

    titles = titles or {}
    return {
        "fields": [
            {
                "name": str(name),
                "title": titles.get(str(name), str(name)),
                "type": "number" if pd.api.types.is_numeric_dtype(frame[name]) else "string",
            }
            for name in frame.columns
        ]
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON objects at full precision; missing and unbounded become null."""
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, str, int)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    import pandas as pd

    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else str(value)
