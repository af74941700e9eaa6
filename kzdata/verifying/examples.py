"""Worked examples that the repository carries in ``seeds/verification.yml``: inputs and answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from kzdata.errors import SeedError
from kzdata.home import HOME
from kzdata.structure import hhi, price_index
from kzdata.survival import conversion
from kzdata.verifying.comparison import Check, Comparison, figure

TYPED = "seeds/verification.yml"


def checks(path: Path | None = None) -> list[Check]:
    """One check an example of the file. Raises `SeedError` for a method that is not known."""
    path = path or HOME / TYPED
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["examples"]
    made = []
    for entry in entries:
        if entry["method"] not in METHODS:
            raise SeedError(
                f"{path.name}: {entry['id']}: the method {entry['method']!r} is not known.",
                f"Known: {', '.join(sorted(METHODS))}.",
            )
        run = partial(_run, METHODS[entry["method"]], entry)
        made.append(Check(entry["id"], entry["title"], entry["source"], run))
    return made


def _run(method: Any, entry: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    return method(entry)


def _hhi(entry: dict[str, Any]) -> Iterator[Comparison]:
    shares = entry["shares"]
    frame = pd.DataFrame(
        {
            "reporter": "_Z",
            "product": [f"{n:02d}" for n in range(len(shares))],
            "value": [float(share) for share in shares],
        }
    )
    yield figure("index, of 10 000", entry["published"], 10_000 * hhi(frame)["hhi"].iloc[0])


def _prices(entry: dict[str, Any]) -> Iterator[Comparison]:
    cells = [
        ("_Z", "X", item, str(2001 + t), unit, amount)
        for item, prices in entry["prices"].items()
        for t, price in enumerate(prices)
        for unit, amount in (
            ("XXX", price * entry["quantities"][item][t]),
            ("kg", entry["quantities"][item][t]),
        )
    ]
    columns = ["reporter", "flow", "product", "period", "unit", "value"]
    frame = pd.DataFrame(cells, columns=columns)
    for series in entry["published"]:
        chained = series["base"] == "chained"
        ours = price_index(frame, series["formula"], chained=chained)["price_index"] / 100
        for t, printed in enumerate(series["values"]):
            said = f"{series['formula']}, {series['base']}, period {t + 1}"
            yield figure(said, printed, ours.iloc[t])


def _survival(entry: dict[str, Any]) -> Iterator[Comparison]:
    begun, rows = date(2020, 1, 1), []
    for n, each in enumerate(entry["times"]):
        left = begun + timedelta(days=int(each.rstrip("+")))
        rows.append((f"p{n}", "memorandum", begun.isoformat()))
        rows.append((f"p{n}", "lapsed" if "+" in each else "contract", left.isoformat()))
    frame = pd.DataFrame(rows, columns=["commitment", "stage", "date"])
    ours = conversion(frame, "2021-01-01").set_index("days")["survival"]
    for time, printed in entry["published"].items():
        yield figure(f"S({time})", printed, ours[time])


METHODS = {
    "hhi": _hhi,
    "price_index": _prices,
    "conversion": _survival,
}
