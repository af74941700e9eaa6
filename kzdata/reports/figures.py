"""The charts of a report as files: what is drawn (SVG, PNG) and the data it shows (CSV)."""

from __future__ import annotations

import csv
import io

from kzdata.reports.blocks import Chart, Document


def files(document: Document) -> dict[str, bytes]:
    """``figures/01-name.svg``, ``.png`` and ``.csv`` for each chart, numbered as in the report."""
    found: dict[str, bytes] = {}
    for number, chart in enumerate(document.all(Chart), start=1):
        stem = f"figures/{number:02d}-{chart.name}"
        found[f"{stem}.svg"] = chart.svg.encode()
        found[f"{stem}.png"] = chart.png
        found[f"{stem}.csv"] = _csv(chart).encode()
    return found


def _csv(chart: Chart) -> str:
    text = io.StringIO()
    names = [each["name"] for each in chart.fields]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in chart.data:
        writer.writerow(["" if row.get(name) is None else row[name] for name in names])
    return text.getvalue()
