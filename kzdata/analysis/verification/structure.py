"""Advantage and complexity of 226 economies against the Growth Lab's own package."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from kzdata.analysis.commitments import conversion
from kzdata.analysis.verification.comparison import Check, Comparison, figure, worst
from kzdata.errors import SeedError
from kzdata.indicators import advantage, complexity, sophistication
from kzdata.indicators.concentration import hhi
from kzdata.indicators.prices import price_index
from kzdata.model import contract, nomenclature
from kzdata.settings import HOME

ADVANTAGE_FILES = (
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


def advantage_checks() -> list[Check]:
    """Complexity, and the income content of exports."""
    common = {"folder": "economic_complexity", "files": ADVANTAGE_FILES}
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
    trade = _read(folder, ADVANTAGE_FILES[0])
    found = complexity.complexity(trade)
    economies = _read(folder, ADVANTAGE_FILES[2]).set_index("reporter")
    ours = found[found["product"] == "_Z"].set_index("reporter")
    for name, printed in ANCHORS.items():
        yield figure(f"ECI of {name.upper()}", printed, ours.loc[name, "eci"])
    ours = ours.loc[economies.index]
    yield worst("ECI", economies["eci"], ours["eci"], economies.index, 1e-9)
    yield worst("diversity", economies["diversity"], ours["diversity"], economies.index, 0)
    products = _read(folder, ADVANTAGE_FILES[3]).set_index("product")
    scored = found[found["reporter"] == "_Z"].set_index("product").loc[products.index]
    yield worst("PCI", products["pci"], scored["pci"], products.index, 1e-9)
    yield worst("ubiquity", products["ubiquity"], scored["ubiquity"], products.index, 0)

    cells, keys = _read(folder, ADVANTAGE_FILES[4]), ["reporter", "product"]
    # What is not exported has no row of ours, and 0 in the published table.
    exported = cells[cells["value"] > 0]
    outlook = complexity.outlook(trade)
    for column, frame, published, relative in (
        ("rca", advantage.rca(trade), exported, True),
        ("density", complexity.density(trade), cells, False),
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
    trade, income = _read(folder, ADVANTAGE_FILES[0]), _read(folder, ADVANTAGE_FILES[1])
    # Printed to ten digits.
    for column, key, ours, file in (
        ("prody", "product", sophistication.prody(trade, income), ADVANTAGE_FILES[5]),
        ("expy", "reporter", sophistication.expy(trade, income), ADVANTAGE_FILES[6]),
    ):
        both = _read(folder, file).merge(ours, on=key, how="left", suffixes=("_published", ""))
        yield worst(
            column.upper(), both[f"{column}_published"], both[column], both[key], 1e-9,
            relative=True,
        )  # fmt: skip


NOMENCLATURE_FILES = (
    "HS2022toHS2017_correlation.csv", "HS2022toHS2017_conversion.csv",
    "HS2017toHS2012_correlation.csv", "HS2017toHS2012_conversion.csv",
)  # fmt: skip


def nomenclature_checks() -> list[Check]:
    """What a conversion must keep, over every code of two editions."""
    return [
        Check(
            "nomenclature",
            "Every code of HS 2022 in HS 2017, and of HS 2017 in HS 2012: no value is lost",
            "United Nations Statistics Division, HS correlation and conversion tables",
            _conversions,
            folder="hs_concordance",
            files=NOMENCLATURE_FILES,
        )
    ]


def _conversions(folder: Path) -> Iterator[Comparison]:
    for file in NOMENCLATURE_FILES:
        editions, kind = file.removesuffix(".csv").split("_")
        old, new = editions.split("to")
        table = nomenclature.correlation(folder / file)
        found = nomenclature.convert(_flows(table, old), table, old=old, new=new)
        total = _flows(table, old)["value"].sum()
        said = f"{old} to {new}, {kind} table"
        yield figure(
            f"{said}: value kept", f"{total:.2f}", found["value"].sum(), tolerance=1e-9 * total
        )
        widest = table.groupby("from")["to"].nunique().max()
        yield figure(f"{said}: widest split", str(widest), found["fan_out"].max(), tolerance=0)


def _flows(table: pd.DataFrame, edition: str) -> pd.DataFrame:
    """A flow for each code of an edition, of many sizes."""
    codes = sorted(table["from"].unique())
    value = np.array([n % 997 + 0.25 for n in range(len(codes))])
    common = {
        "dataflow": "trade_goods", "freq": "A", "reporter": "KAZ", "partner": "WLD", "flow": "X",
        "valuation": "FOB", "period": "2024", "unit": "USD", "obs_status": "A",
        "basis": "reported", "source": "_U", "published": "_U", "locator": "", "note": "",
    }  # fmt: skip
    frame = pd.DataFrame({"product": codes, "value": value, "lower": value, "upper": value})
    frame = frame.assign(**common)[list(contract.COLUMNS)]
    return frame.assign(classification=edition)


PRICE_FILES = ("CES_sigma_2.csv", "expected_IndexNumR_price.csv", "expected_IndexNumR_geks.csv")


def price_checks() -> list[Check]:
    """Bilateral and multilateral indices."""
    return [
        Check(
            "price_index",
            "Price indices of 4 products in 12 periods, constructed with an elasticity of 2",
            "IndexNumR 0.6.0 (White); data of Diewert and Fox (2017)",
            _indices,
            folder="index_numbers",
            files=PRICE_FILES,
        )
    ]


def _indices(folder: Path) -> Iterator[Comparison]:
    data = pd.read_csv(folder / PRICE_FILES[0])
    common = {
        "reporter": "_Z",
        "flow": "X",
        "product": data["prodID"].map("{:02d}".format),
        "period": (2000 + data["time"]).astype(str),
    }
    value = pd.DataFrame({**common, "unit": "XXX", "value": data["prices"] * data["quantities"]})
    quantity = pd.DataFrame({**common, "unit": "kg", "value": data["quantities"]})
    frame = pd.concat([value, quantity])

    table = pd.read_csv(folder / PRICE_FILES[1])
    for method in ("laspeyres", "paasche", "fisher", "tornqvist"):
        for chained, name in ((True, "chained"), (False, "fixedbase")):
            published = table[table["series"] == f"{method}_{name}"]
            ours = price_index(frame, method, chained=chained)["price_index"] / 100
            # Printed to nine decimals and multiplied from there.
            yield worst(f"{method}, {name}", published["value"], ours, published["period"], 5e-9)
    table = pd.read_csv(folder / PRICE_FILES[2])
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


TYPED = "seeds/verification.yml"


def example_checks(path: Path | None = None) -> list[Check]:
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
