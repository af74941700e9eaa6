"""Investment performance and intensity, income content: worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from structure_sample import one, trade

import kzdata as kz
from kzdata.errors import MeasureMismatch, NotAvailable, PeriodMismatch

FDI = trade(
    """
    KAZ 2021 10
    KAZ 2022 -4
    KAZ 2023 24
    ISR 2021 70
    ISR 2022 60
    ISR 2023 40
    """,
    "reporter period value",
    dataflow="fdi_net_inflow",
)
GDP = trade(
    """
    KAZ 2021 100
    KAZ 2022 100
    KAZ 2023 100
    ISR 2021 200
    ISR 2022 300
    ISR 2023 200
    """,
    "reporter period value",
)


def test_fdi_performance_by_hand_keeps_the_negative_year():
    found = kz.fdi_performance(FDI, GDP)
    # FDI (10 − 4 + 24) / 200 = 0.15, GDP 300 / 1000 = 0.3: 0.5
    assert one(found, "fdi_performance", reporter="KAZ", period="2023") == pytest.approx(0.5)
    early = found[found["period"] != "2023"]
    assert early["fdi_performance"].isna().all()
    assert set(early["note"]) == {"a figure of the 3 years is missing"}
    assert set(found["variant"]) == {"sums of 3 years; world = sum of 2 reporters"}


def test_fdi_performance_of_one_year_against_the_published_world():
    fdi, gdp = (
        pd.concat([each, trade("WLD 2022 80", "reporter period value").assign(**extra)])
        for each, extra in ((FDI, {"dataflow": "fdi_net_inflow"}), (GDP, {}))
    )
    found = kz.fdi_performance(fdi, gdp.replace({"value": {80.0: 800.0}}), years=1)
    # (−4/80) / (100/800) = −0.4
    assert one(found, "fdi_performance", reporter="KAZ", period="2022") == pytest.approx(-0.4)
    assert "WLD" not in set(found["reporter"])


def test_a_world_that_receives_nothing_has_no_shares():
    found = kz.fdi_performance(FDI.assign(value=-FDI["value"].abs()), GDP)
    last = found[found["period"] == "2023"]
    assert last["fdi_performance"].isna().all()
    assert set(last["note"]) == {"the world's FDI is not above zero"}


def test_fdi_performance_refuses_quarters_and_one_economy():
    quarters = FDI.assign(period=FDI["period"] + "-Q1")
    with pytest.raises(PeriodMismatch, match="is not a year"):
        kz.fdi_performance(quarters, GDP)
    with pytest.raises(NotAvailable, match="a world beside the reporter"):
        kz.fdi_performance(FDI[FDI["reporter"] == "KAZ"], GDP)


POSITION = trade(
    """
    KAZ NLD 60
    KAZ ISR -10
    KAZ TUR 50
    ISR NLD 90
    ISR TUR 10
    """,
    "reporter partner value",
    dataflow="fdi_position",
)


def test_fdi_intensity_by_hand_keeps_negative_positions():
    found = kz.fdi_intensity(POSITION)
    # FDI_KAZ = 100, NLD 150 of 200: (60/100) / (150/200) = 0.8
    assert one(found, "fdi_intensity", reporter="KAZ", partner="NLD") == pytest.approx(0.8)
    negative = found[found["partner"] == "ISR"].iloc[0]
    assert pd.isna(negative["fdi_intensity"])
    assert negative["note"] == "the partner's total is not above zero"


def test_an_investment_concept_must_be_known_and_single():
    with pytest.raises(MeasureMismatch, match="fdi_as_reported is not"):
        kz.fdi_intensity(POSITION.assign(dataflow="fdi_as_reported"))
    mixed = POSITION.assign(dataflow=["fdi_position"] * 3 + ["fdi_net_inflow"] * 2)
    with pytest.raises(MeasureMismatch, match="fdi_net_inflow and fdi_position"):
        kz.fdi_intensity(mixed)


EXPORTS = trade("KAZ 27 90\nKAZ 85 10\nISR 27 30\nISR 85 270\nTUR 27 7")
INCOME = trade("KAZ 10000\nISR 50000", "reporter value")


def test_prody_and_expy_by_hand():
    found = kz.prody(EXPORTS, INCOME)
    # shares KAZ (0.9, 0.1), ISR (0.1, 0.9); product 27: 0.9 × 10000 + 0.1 × 50000 = 14000,
    # product 85: 0.1 × 10000 + 0.9 × 50000 = 46000; the shares of each product sum to 1
    assert one(found, "prody", product="27") == pytest.approx(14000)
    assert one(found, "prody", product="85") == pytest.approx(46000)
    assert set(found["variant"]) == {"2 of 3 reporters have an income"}
    assert set(found["unit"]) == {"USD"}
    # 0.9 × 14000 + 0.1 × 46000 = 17200
    baskets = kz.expy(EXPORTS, INCOME)
    assert one(baskets, "expy", reporter="KAZ") == pytest.approx(17200)
    assert "TUR" not in set(baskets["reporter"])


def test_prody_without_a_common_reporter_is_refused():
    with pytest.raises(NotAvailable, match="both exports and an income"):
        kz.prody(EXPORTS, trade("DEU 1", "reporter value"))


def test_income_of_its_own_period():
    years = pd.concat([EXPORTS.assign(period=y) for y in ("2023", "2024")])
    income = pd.concat([INCOME.assign(period="2023"), INCOME.assign(period="2024", value=[2.0, 4])])
    found = kz.prody(years, income)
    assert one(found, "prody", product="27", period="2023") == pytest.approx(14000)
    # 0.9 × 2 + 0.1 × 4 = 2.2
    assert one(found, "prody", product="27", period="2024") == pytest.approx(2.2)
