"""A chart: the figure, the words around it and the frame that it shows."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kzdata.errors import KzdataError, NotAvailable
from kzdata.model import contract
from kzdata.present import mime
from kzdata.present.charts import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Chart:
    """A finding drawn, with the frame behind it.

    ``title`` is the finding, ``subtitle`` measure, place, period and unit, ``alt`` the finding
    with its key numbers for a reader who does not see the figure, ``caption`` sources and
    vintage, ``frame`` every row shown, provenance included. The same frame gives the same bytes.

    >>> import kzdata as kz
    >>> chart = kz.charts.turnover(kz.observations("KAZ", "ISR", start=2015))
    >>> chart.name, len(chart.frame)
    ('turnover-kaz-isr', 33)
    """

    name: str
    title: str
    subtitle: str
    alt: str
    caption: str
    frame: pd.DataFrame = field(repr=False)
    figure: Figure = field(repr=False)

    def __repr__(self) -> str:
        return "\n".join([self.title, self.subtitle, self.alt])

    def svg(self) -> str:
        """The figure as SVG text, letters as outlines, no date and no random names."""
        drawn = self._drawn("svg", metadata={"Date": None, "Creator": None, "Title": self.title})
        return _numbered(drawn)

    def svg_bytes(self) -> bytes:
        """The same as UTF-8."""
        return self.svg().encode("utf-8")

    def png(self) -> bytes:
        """The figure as PNG of 256 colours, 832 px wide: sharp on a page of 640 px."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        with style.house():
            self.figure.set_dpi(style.PNG_DPI)
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
            size = canvas.get_width_height(physical=True)
            drawn = Image.frombytes("RGBA", size, bytes(canvas.buffer_rgba())).convert("RGB")
            self.figure.set_dpi(style.DPI)
        buffer = io.BytesIO()
        # Maximum coverage keeps every colour within some steps of 256; median cut is off by 80.
        colours = drawn.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        colours.save(buffer, format="png")
        return buffer.getvalue()

    def _drawn(self, format: str, metadata: dict[str, Any]) -> str:
        buffer = io.StringIO()
        with style.house():
            self.figure.savefig(buffer, format=format, metadata=metadata)
        return buffer.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the chart to ``path`` as its suffix says: .svg, .png, or .csv for the frame."""
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".svg":
            path.write_bytes(self.svg_bytes())
        elif suffix == ".png":
            path.write_bytes(self.png())
        elif suffix == ".csv":
            text = self.frame.to_csv(index=False, lineterminator="\n")
            path.write_bytes(text.encode("utf-8"))
        else:
            raise KzdataError(
                f"A chart cannot be saved as {suffix or 'a file without suffix'!r}.",
                f'Write {path.with_suffix(".svg").name!r}, ".png" or ".csv".',
            )
        return path

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {
            "kind": "chart",
            "name": self.name,
            "title": self.title,
            "subtitle": self.subtitle,
            "alt": self.alt,
            "caption": self.caption,
            "schema": mime.schema(self.frame),
            "data": mime.records(self.frame),
        }
        png = base64.b64encode(self.png()).decode("ascii")
        forms = {"image/svg+xml": self.svg(), "image/png": png}
        return mime.bundle(repr(self), data) | forms, {"image/png": {"alt": self.alt}}


def _numbered(svg: str) -> str:
    """The drawing with its parts named in order.

    matplotlib names clip paths and markers by a hash of coordinates at full precision, whose last
    digit differs from one build of Python to the next although every printed digit is the same.
    """
    names = dict.fromkeys(re.findall(r'id="([a-z][0-9a-f]{10})"', svg))
    for number, name in enumerate(names, start=1):
        svg = svg.replace(name, f"{name[0]}{number}")
    return svg


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
        raise NotAvailable(f"The file {path.name!r} does not exist.", f"chart.save({path.name!r})")
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
