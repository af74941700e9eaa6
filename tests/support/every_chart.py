"""Each chart once, drawn as a reader would draw it: the function, its frame and its keywords."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
from conftest import rows
from mirror_sample import reports

import kzdata as kz
from kzdata.i18n.catalogue import spoken

MILLION = 1e6
SOURCE = {"source": "bns_kaz_isr", "published": "2026-09-25"}


@cache
def _trade() -> pd.DataFrame:
    return kz.observations("KAZ", "ISR", freq="A")


def _part() -> pd.DataFrame:
    return rows(("T", "2026-01-01/P6M", 71.3 * MILLION))


def _turnover():
    return _trade(), {"partial": _part()}


def _balance():
    return _trade(), {}


def _series():
    return _trade()[_trade()["flow"] == "X"], {}


def _ranking():
    return kz.observations("KAZ", start=2025, end=2025, freq="A"), {}


def _share():
    ours = kz.turnover(kz.observations("KAZ", "ISR", start=2019, freq="A"))
    whole = kz.turnover(kz.annual(kz.observations("KAZ", "WLD", start=2019, freq="M")))
    return kz.share(ours, whole), {}


def _partial_year():
    return kz.partial_year("2025-01-01/P11M", _trade()), {"trade": _trade()}


def _back_test():
    monthly = kz.turnover(kz.observations("KAZ", "WLD", freq="M"))
    return kz.back_test(monthly, 11), {"monthly": monthly}


def _net_inflow():
    cells = [
        ("T", f"{2021 + n // 4}-Q{n % 4 + 1}", None if v is None else v * MILLION)
        for n, v in enumerate([1310, -420, 655, 210, 980, None, 512, -75, 430, 388, 290.5, 610])
    ]
    flows = {"dataflow": "fdi_net_inflow", "flow": "_Z", "partner": "WLD", "valuation": "_Z"}
    return rows(*cells, source="nbk_fdi_net", **flows), {}


def _claims():
    told = kz.confront(kz.claims(topic="trade"), _trade())
    answered = told["observed_value"].notna()
    return pd.concat([told[answered].head(8), told[~answered].head(4)]), {}


def _timeline():
    return kz.events(), {}


def _ladder():
    return kz.commitments("2026-03-01"), {}


def _peers():
    frame = kz.observations("KAZ", start=2015, freq="A")
    few = ["CHN", "DEU", "ESP", "FRA", "ISR", "ITA", "KGZ", "NLD", "RUS", "TUR", "UZB"]
    return frame[frame["partner"].isin(few)], {"highlight": "TUR"}


def _mirror():
    text = """
X ISR KAZ TOTAL 2019 10000000
M KAZ ISR TOTAL 2019 14000000
M KAZ ISR TOTAL 2020 20000000
X ISR KAZ TOTAL 2021 20000000
M KAZ ISR TOTAL 2021 24000000
"""
    return kz.mirror(reports(text, **SOURCE)), {}


def _official_delivered():
    text = """
X KAZ ITA 2709 2023 1000000000
X KAZ DEU 2709 2023 200000000
X KAZ CHN 2709 2023 300000000
"""
    shares = {"ITA": {"DEU": (0.3, 0.2, 0.4)}}
    return kz.official_and_delivered(
        reports(text, **SOURCE), "kaz-crude-cpc-trieste", shares=shares
    ), {}


def _contribution():
    cells = [("ITA", 50, 61), ("CHN", 20, 21.7), ("ISR", 20, 18), ("TUR", 10, 10.4)]
    made = [
        rows(("X", "2023", a * MILLION), ("X", "2024", b * MILLION), partner=code)
        for code, a, b in cells
    ]
    found = kz.contribution(pd.concat(made, ignore_index=True), over="partner")
    return found[found["period"] == "2024"], {"highlight": "ISR", "top": 3}


def _treemap():
    frame = kz.observations("KAZ", flow="X", start=2025, end=2025, freq="A")
    return frame[~frame["partner"].isin(["WLD", "_X"])], {"highlight": "ISR"}


def _vintages():
    """Three editions of five years: (published, year, millions)."""
    editions = {
        "2023-03": {2019: 80, 2020: 95, 2021: 110, 2022: 150},
        "2024-03": {2019: 80, 2020: 96.5, 2021: 108, 2022: 161, 2023: 140},
        "2025-03": {2019: 80, 2020: 96.5, 2021: 109.5, 2022: 157.5, 2023: 134},
    }
    made = [
        rows(("X", str(year), value * MILLION), published=published)
        for published, values in editions.items()
        for year, value in values.items()
    ]
    return pd.concat(made, ignore_index=True), {}


def _flow_map():
    return kz.observations("KAZ", start=2025, end=2025, freq="A"), {}


EVERY: dict[str, Callable[[], tuple[pd.DataFrame, dict[str, Any]]]] = {
    "back_test": _back_test,
    "balance": _balance,
    "claims": _claims,
    "contribution": _contribution,
    "flow_map": _flow_map,
    "ladder": _ladder,
    "mirror": _mirror,
    "net_inflow": _net_inflow,
    "official_delivered": _official_delivered,
    "partial_year": _partial_year,
    "peers": _peers,
    "ranking": _ranking,
    "series": _series,
    "share": _share,
    "timeline": _timeline,
    "treemap": _treemap,
    "turnover": _turnover,
    "vintages": _vintages,
}


@cache
def given(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """What the chart is drawn from."""
    return EVERY[name]()


def drawn(name: str, **more: Any) -> Any:
    """The chart."""
    return _drawn(name, spoken()) if not more else _draw(name, more)


@cache
def _drawn(name: str, language: str) -> Any:
    return _draw(name, {})


def _draw(name: str, more: dict[str, Any]) -> Any:
    frame, keywords = given(name)
    return getattr(kz.charts, name)(frame, **(keywords | more))
