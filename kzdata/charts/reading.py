"""The way back: the CSV that a chart wrote, as the frame that draws the same chart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kzdata import contract
from kzdata.errors import NotAvailable

_TEXT = {name for name in contract.COLUMNS if name not in contract.NUMERIC} | {
    *contract.BEYOND,
    *("base_period", "date", "stage_since", "as_of", "event", "claim", "printed", "title"),
    *("year", "share_source", "scenario", "doubt", "contradicts"),
}
"""Columns that stay text where every cell looks like a number: codes, periods, words."""


def frame_of(path: str | Path) -> pd.DataFrame:
    """The frame in a CSV written by ``chart.save("figure.csv")``.

    Codes and periods are text, figures are exact, an empty cell is missing. Given to the function
    that drew the chart, with the same keywords, it draws the same bytes. Raises `NotAvailable`
    where there is no such file.

    >>> import kzdata as kz
    >>> import tempfile
    >>> from pathlib import Path
    >>> chart = kz.charts.turnover(kz.observations("KAZ", "ISR", start=2015))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder) / "turnover.csv"
    ...     saved = chart.save(place)
    ...     again = kz.charts.turnover(kz.charts.frame_of(place))
    >>> again.title == chart.title
    True
    """
    path = Path(path)
    if not path.is_file():
        raise NotAvailable(f"There is no file {path.name!r}.", f"chart.save({path.name!r})")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    return frame.assign(**{str(name): _typed(frame[name]) for name in frame.columns})


def _typed(column: pd.Series) -> pd.Series:
    known = column.dropna()
    if column.name in _TEXT or known.empty:
        return column
    if known.isin(["True", "False"]).all():
        return column.map({"True": True, "False": False})
    if known.str.fullmatch(r"-?\d+").all():
        return column.astype("Int64" if len(known) < len(column) else "int64")
    try:
        return pd.Series([float(cell) for cell in column], index=column.index)
    except ValueError:
        return column
