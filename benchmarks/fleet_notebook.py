"""The notebook and the data of the fleet's benchmark: 11 code cells, 4 charts, a styled table."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

from fleet_jobs import AREAS

ROWS = 10_000
TITLE = "# Exports of {partner}\n\nHow much, of what, and with how steady a hand."
CELLS = [
    ("parameters", 'partner: str = "ISR"  # trade partner\nstart: int = 2005  # first year'),
    ("", "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd"),
    ("", 'raw = pd.read_csv("fleet.csv", dtype={"product": str})\nraw.shape'),
    ("", 'rows = raw[(raw["partner"] == partner) & (raw["year"] >= start)]\nrows.head()'),
    ("", 'years = rows.pivot_table("value", "year", "flow", "sum")\nyears["turnover"] = years.sum('
         'axis=1)\nyears.tail()'),
    ("", 'fig, ax = plt.subplots(figsize=(8, 4))\nyears[["X", "M"]].plot.bar(ax=ax)\n'
         'ax.set_title(f"Exports and imports, {partner}")\nplt.show()'),
    ("", 'fig, ax = plt.subplots(figsize=(8, 4))\nax.plot(years.index, years["turnover"] / 1e6)\n'
         'ax.fill_between(years.index, 0, years["turnover"] / 1e6, alpha=0.2)\n'
         'ax.set_title("Turnover, million US dollars")\nplt.show()'),
    ("", 'shares = rows.groupby("product")["value"].sum().pipe(lambda s: s / s.sum())\n'
         'hhi = float((shares**2).sum())\nhhi'),
    ("", 'fig, ax = plt.subplots(figsize=(8, 5))\n'
         'shares.sort_values().tail(12).plot.barh(ax=ax)\nax.set_title("Shares")\nplt.show()'),
    ("", 'fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))\n'
         'for ax, flow in zip(axes, ["X", "M"]):\n'
         '    ax.hist(np.log10(rows.loc[rows["flow"] == flow, "value"]), bins=20)\n'
         '    ax.set_title(flow)\nplt.show()'),
    ("", 'years.tail(10).style.format("{:,.0f}").background_gradient(axis=0)'),
]  # fmt: skip


def write(folder: Path) -> Path:
    """The notebook and its 10,000 rows in this folder; the same every time."""
    draw = random.Random(20211)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fleet.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["year", "partner", "flow", "product", "value"])
        for _ in range(ROWS):
            lines.writerow(
                [draw.randint(2000, 2024), draw.choice(AREAS), draw.choice("XM"),
                 f"{draw.randint(1, 97):02}", round(draw.lognormvariate(12, 2), 2)]
            )  # fmt: skip
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": TITLE}]
    cells += [
        {"cell_type": "code", "id": f"cell-{number}", "source": source, "outputs": [],
         "metadata": {"tags": [tag]} if tag else {}, "execution_count": None}
        for number, (tag, source) in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path = folder / "fleet.ipynb"
    path.write_text(json.dumps(book, indent=1), encoding="utf-8")
    return path
