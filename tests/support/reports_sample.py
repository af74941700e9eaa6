"""Small notebooks for the tests of reports: outputs as kzdata's display objects give them."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import nbformat

import kzdata.fetch.endpoints  # noqa: F401 -- finds its file when imported: before HOME moves

RESOURCE = "application/vnd.dataresource+json"
V4 = nbformat.v4

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.org","x")',
    '#import "@preview/x:1.0.0" ] #panic("no") $ \\ * _',
    "{{ 7*7 }} {% raw %}",
    "paid \u202e002$\u202c \u2067open \u2069\u2069 +1-2 @SUM(1) \u202d",
]


def output(mimes: dict[str, Any]) -> Any:
    return V4.new_output("execute_result", data={"text/plain": "shown", **mimes}, execution_count=1)


def statement(text: str, finding: bool = False, numbers: list[dict[str, Any]] | None = None) -> Any:
    resource = {"kind": "statement", "finding": finding, "text": text, "numbers": numbers or []}
    return output({"text/markdown": text, RESOURCE: resource})


def number(text: str, value: float, unit: str = "USD", **more: Any) -> dict[str, Any]:
    return {
        "name": "turnover",
        "text": text,
        "value": value,
        "unit": unit,
        "lower": None,
        "upper": None,
        "source": "bns_trade",
        "published": "2025-02-14",
        "locator": "sheet 3, row Israel",
        "note": None,
        **more,
    }


def table(
    title: str, columns: list[tuple[str, str, str]], rows: list[list[Any]], **more: Any
) -> Any:
    """``columns`` are name, title, type; the text shown is the value's own."""
    fields = [{"name": n, "title": t, "type": k} for n, t, k in columns]
    shown = [["" if v is None else f"{v:,}" if k == "number" else v
              for v, (_, _, k) in zip(row, columns, strict=True)] for row in rows]  # fmt: skip
    resource = {
        "kind": "table",
        "name": more.pop("name", title),
        "title": title,
        "schema": {"fields": fields},
        "data": [dict(zip([n for n, _, _ in columns], row, strict=True)) for row in rows],
        "display": {
            "columns": [
                {"title": t, "align": "right" if k == "number" else "left"} for _, t, k in columns
            ],
            "rows": shown,
        },
        "notes": more.pop("notes", []),
    }
    return output({"text/html": "<table><tr><td>human form</td></tr></table>", RESOURCE: resource})


def picture(title: str = "Turnover", size: tuple[float, float] = (7.2, 3.6)) -> tuple[str, bytes]:
    """A drawn chart: SVG and PNG, deterministic."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "kzdata"}):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.bar([2022, 2023, 2024], [141.3, 0.0, 236.0], color="#801650")
        axes.set_title(title, loc="left")
        svg, png = io.StringIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=100, metadata={"Software": None})
    return svg.getvalue(), png.getvalue()


def chart(title: str = "Turnover doubled by 2024", **more: Any) -> Any:
    svg, png = picture(title)
    fields = [
        {"name": "period", "title": "Period", "type": "string"},
        {"name": "value", "title": "Turnover", "type": "number", "unit": "USD"},
        {"name": "source", "title": "Source", "type": "string"},
    ]
    values = {"2022": 141300000.0, "2023": None, "2024": 236000000.0}
    resource = {
        "kind": "chart",
        "name": "turnover",
        "title": title,
        "subtitle": "million US dollars",
        "alt": "Bars: 141.3 in 2022, nothing known for 2023, 236.0 in 2024.",
        "caption": "Million US dollars. Source: Bureau of National Statistics. As of 2026-01-27.",
        "schema": {"fields": fields},
        "data": [{"period": p, "value": v, "source": "bns_trade"} for p, v in values.items()],
        **more,
    }
    png_text = base64.b64encode(png).decode()
    return output({"image/svg+xml": svg, "image/png": png_text, RESOURCE: resource})


def sources() -> Any:
    text = "- **Bureau of National Statistics**. Trade by partner, 2025. <https://stat.gov.kz>."
    data = [
        {"source": "bns_trade", "publisher": "Bureau of National Statistics", "title": "Trade",
         "edition": None, "published": "2025-02-14", "url": "https://stat.gov.kz", "licence": None}
    ]  # fmt: skip
    resource = {"kind": "sources", "text": text, "data": data}
    return output({"text/markdown": text, RESOURCE: resource})


def markdown(text: str) -> Any:
    return V4.new_markdown_cell(text, id=f"m{abs(hash(text)) % 10**8}")


def shows(*outputs: Any, source: str = "kz.shown()") -> Any:
    return V4.new_code_cell(source, outputs=list(outputs), execution_count=1)


def code(source: str, *tags: str) -> Any:
    return V4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def book(*cells: Any) -> Any:
    return V4.new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}})


def save(path: Path, *cells: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book(*cells), path)
    return path


def hostile_book() -> Any:
    rows = [[text, float(n)] for n, text in enumerate(HOSTILE)]
    links = (
        "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) "
        "[d](vbscript:x) ![e](https://example.org/pixel.png) [f](https://example.org/ok)"
    )
    return book(
        markdown("# Hostile <script>alert(1)</script>\n\n" + links),
        shows(
            statement(" ".join(HOSTILE), finding=True, numbers=[number(HOSTILE[0], 1.0)]),
            table(HOSTILE[0], [("text", HOSTILE[1], "string"), ("n", "n", "number")], rows,
                  notes=[HOSTILE[3]]),
            chart(HOSTILE[0], alt='"><script>alert(1)</script>', caption=HOSTILE[1]),
        ),
    )  # fmt: skip


SHOWN = f"""\
import sys
sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[1])!r}]
import reports_sample as sample
class Shown:
    def __init__(self, output): self.data = dict(output.data)
    def _repr_mimebundle_(self, include=None, exclude=None): return self.data
"""
PARAMETERS = """\
partner: str = "ISR"  # trade partner, ISO 3166 alpha-3
start: int = 2015  # first year shown
as_of: str = "2026-01-27"  # day of the figures
"""


def bilateral(path: Path) -> Path:
    """A notebook that runs: parameters, a finding, a chart, a table."""
    return save(
        path,
        markdown("# How much is traded?\n\nTurnover is exports plus imports."),
        code(PARAMETERS, "parameters"),
        code(SHOWN),
        markdown("## The level"),
        code(
            'Shown(sample.statement(f"With {partner} since {start}: **236**.", True, '
            '[sample.number("236", 236.0)]))'
        ),
        code("Shown(sample.chart())"),
        markdown("## The years"),
        code(
            'Shown(sample.table("Years", [("period", "Period", "string"), '
            '("value", "Turnover", "number")], [["2023", None], ["2024", 236.0]]))'
        ),
        code("Shown(sample.sources())"),
    )


def lay_out(home: Path, monkeypatch: Any) -> Path:
    """A small kzdata home with one notebook, seeds and data, in place of the repository's."""
    bilateral(home / "notebooks" / "01_bilateral.ipynb")
    for name, text in {
        "seeds/claims.yml": "a: 1\n",
        "data/tidy/observations.csv": "a\n1\n",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr("kzdata.settings.HOME", home)
    return home
