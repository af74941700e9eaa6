"""Advantage and complexity of 226 economies against the Growth Lab's own package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from kzdata import structure as st
from kzdata.verifying.comparison import Check, Comparison, figure, worst

FILES = (
    "trade_avg_1998_2000_sitc4.csv.gz",
    "gdp_pc_avg_1998_2000.csv",
    "expected_ecomplexity053_country.csv",
    "expected_ecomplexity053_product.csv",
    "expected_ecomplexity053_cells_7countries.csv.gz",
    "computed_prody.csv",
    "computed_expy.csv",
)
# ECI as six decimals give it.
ANCHORS = {"jpn": "2.262632", "deu": "1.884379", "isr": "0.884479", "kaz": "-1.189213"}


def checks() -> list[Check]:
    """Complexity, and the income content of exports."""
    common = {"folder": "economic_complexity", "files": FILES}
    exports = "exports of 226 economies by 785 products, mean of 1998-2000, SITC rev. 2"
    return [
        Check(
            "complexity",
            "ECI, PCI, RCA, density and outlook of " + exports,
            "ecomplexity 0.5.3 (Harvard Growth Lab); Hidalgo and Hausmann (2009); trade from Open "
            "Trade Statistics by economiccomplexity for R",
            _complexity,
            **common,  # type: ignore[arg-type]
        ),
        Check(
            "income_content",
            "PRODY and EXPY of " + exports,
            "Hausmann, Hwang and Rodrik (2007), computed apart with numpy; incomes of the World "
            "Bank",
            _income,
            **common,  # type: ignore[arg-type]
        ),
    ]


def _read(folder: Path, name: str) -> pd.DataFrame:
    frame = pd.read_csv(folder / name, dtype={"product": str})
    return frame.rename(columns={"country": "reporter"})


def _complexity(folder: Path) -> Iterator[Comparison]:
    trade = _read(folder, FILES[0])
    found = st.complexity(trade)
    economies = _read(folder, FILES[2]).set_index("reporter")
    ours = found[found["product"] == "_Z"].set_index("reporter")
    for name, printed in ANCHORS.items():
        yield figure(f"ECI of {name.upper()}", printed, ours.loc[name, "eci"])
    ours = ours.loc[economies.index]
    yield worst("ECI", economies["eci"], ours["eci"], economies.index, 1e-9)
    yield worst("diversity", economies["diversity"], ours["diversity"], economies.index, 0)
    products = _read(folder, FILES[3]).set_index("product")
    scored = found[found["reporter"] == "_Z"].set_index("product").loc[products.index]
    yield worst("PCI", products["pci"], scored["pci"], products.index, 1e-9)
    yield worst("ubiquity", products["ubiquity"], scored["ubiquity"], products.index, 0)

    cells, keys = _read(folder, FILES[4]), ["reporter", "product"]
    # What is not exported has no row of ours, and 0 in the published table.
    exported = cells[cells["value"] > 0]
    outlook = st.outlook(trade)
    for column, frame, published, relative in (
        ("rca", st.rca(trade), exported, True),
        ("density", st.density(trade), cells, False),
        ("cog", outlook, cells, False),
    ):
        both = published.merge(frame, on=keys, how="left", suffixes=("_published", ""))
        # Printed to twelve digits.
        yield worst(
            column.upper() if column != "density" else column,
            both[f"{column}_published"],
            both[column],
            both["reporter"] + " " + both["product"],
            1e-10 if relative else 1e-9,
            relative=relative,
        )
    coi = outlook[outlook["product"] == "_Z"].set_index("reporter").loc[economies.index, "coi"]
    yield worst("COI", economies["coi"], coi, economies.index, 1e-9)


def _income(folder: Path) -> Iterator[Comparison]:
    trade, income = _read(folder, FILES[0]), _read(folder, FILES[1])
    # Printed to ten digits.
    for column, key, ours, file in (
        ("prody", "product", st.prody(trade, income), FILES[5]),
        ("expy", "reporter", st.expy(trade, income), FILES[6]),
    ):
        both = _read(folder, file).merge(ours, on=key, how="left", suffixes=("_published", ""))
        yield worst(
            column.upper(), both[f"{column}_published"], both[column], both[key], 1e-9,
            relative=True,
        )  # fmt: skip
