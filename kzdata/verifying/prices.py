"""Price indices of constructed data against IndexNumR."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from kzdata.structure import price_index
from kzdata.verifying.comparison import Check, Comparison, worst

FILES = ("CES_sigma_2.csv", "expected_IndexNumR_price.csv", "expected_IndexNumR_geks.csv")


def checks() -> list[Check]:
    """Bilateral and multilateral indices."""
    return [
        Check(
            "price_index",
            "Price indices of 4 products in 12 periods, constructed with an elasticity of 2",
            "IndexNumR 0.6.0 (White); data of Diewert and Fox (2017)",
            _indices,
            folder="index_numbers",
            files=FILES,
        )
    ]


def _indices(folder: Path) -> Iterator[Comparison]:
    data = pd.read_csv(folder / FILES[0])
    common = {
        "reporter": "_Z",
        "flow": "X",
        "product": data["prodID"].map("{:02d}".format),
        "period": (2000 + data["time"]).astype(str),
    }
    value = pd.DataFrame({**common, "unit": "XXX", "value": data["prices"] * data["quantities"]})
    quantity = pd.DataFrame({**common, "unit": "kg", "value": data["quantities"]})
    frame = pd.concat([value, quantity])

    table = pd.read_csv(folder / FILES[1])
    for method in ("laspeyres", "paasche", "fisher", "tornqvist"):
        for chained, name in ((True, "chained"), (False, "fixedbase")):
            published = table[table["series"] == f"{method}_{name}"]
            ours = price_index(frame, method, chained=chained)["price_index"] / 100
            # Printed to nine decimals and multiplied from there.
            yield worst(f"{method}, {name}", published["value"], ours, published["period"], 5e-9)
    table = pd.read_csv(folder / FILES[2])
    for method, name, window in (
        ("geks", "fisher", 12),
        ("geks_tornqvist", "tornqvist", 12),
        ("geks_tornqvist", "window", 11),
    ):
        published = table[table["series"] == name].head(window)
        held = frame[frame["period"] <= f"{2000 + window}"]
        ours = price_index(held, method)["price_index"] / 100
        yield worst(
            f"{method}, {window} periods", published["value"], ours, published["period"], 1e-12
        )
