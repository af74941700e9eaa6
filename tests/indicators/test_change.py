"""Two sides, contributions and constant market shares: worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from structure_sample import one, trade

import kzdata as kz
from kzdata.errors import ContractError, NotAvailable, PeriodMismatch

KEYS = "reporter partner flow product value"
PAIR = trade(
    """
    KAZ ISR X 27 80
    KAZ ISR X 85 20
    KAZ ISR M 27 10
    KAZ ISR M 85 30
    KAZ ISR M 30 20
    """,
    KEYS,
)
TOTALS = trade("KAZ ISR X TOTAL 100\nKAZ ISR M TOTAL 60", KEYS)


def test_coverage_and_normalised_balance_by_hand():
    assert kz.coverage(TOTALS)["coverage"].item() == pytest.approx(100 / 60)
    assert kz.normalised_balance(TOTALS)["normalised_balance"].item() == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("KAZ ISR X TOTAL 1", "no imports are given"),
        ("KAZ ISR M TOTAL 1", "no exports are given"),
        ("KAZ ISR X TOTAL 1\nKAZ ISR M TOTAL -", "imports are missing"),
        ("KAZ ISR X TOTAL 0\nKAZ ISR M TOTAL 0", "the divisor is zero"),
    ],
)
def test_a_side_that_is_not_there_is_not_zero(text, said):
    for indicator in (kz.coverage, kz.normalised_balance):
        found = indicator(trade(text, KEYS)).iloc[0]
        assert pd.isna(found[indicator.__name__])
        assert found["note"] == said


def test_grubel_lloyd_by_hand():
    # |80−10| + |20−30| + |0−20| = 100; 100 + 60 = 160: 1 − 100/160 = 0.375
    found = kz.grubel_lloyd(PAIR).iloc[0]
    assert found["grubel_lloyd"] == pytest.approx(0.375)
    assert found["products"] == 3
    # adjusted: 0.375 × 160 / (160 − |100 − 60|) = 0.5
    assert kz.grubel_lloyd(PAIR, "adjusted")["grubel_lloyd"].item() == pytest.approx(0.5)


def test_grubel_lloyd_needs_products_and_both_sides():
    total = kz.grubel_lloyd(TOTALS).iloc[0]
    assert pd.isna(total["grubel_lloyd"])
    assert "needs products" in total["note"]
    one_side = kz.grubel_lloyd(PAIR[PAIR["flow"] == "X"]).iloc[0]
    assert pd.isna(one_side["grubel_lloyd"])
    assert one_side["note"] == "no imports are given"
    single = kz.grubel_lloyd(PAIR[PAIR["product"] == "85"], "adjusted").iloc[0]
    assert pd.isna(single["grubel_lloyd"])
    assert "1 by construction" in single["note"]


TWO_YEARS = trade(
    """
    KAZ 27 2023 80
    KAZ 85 2023 20
    KAZ 27 2024 90
    KAZ 30 2024 30
    """,
    "reporter product period value",
)


def test_contributions_by_hand_keep_what_is_new_and_what_is_gone():
    found = kz.contribution(TWO_YEARS)
    now = found[found["period"] == "2024"].set_index("product")["contribution"]
    # V0 = 100: (90 − 80), (30 − 0), (0 − 20) → 10, 30, −20, in all 20 = growth of 120 on 100
    assert now.to_dict() == pytest.approx({"27": 10, "30": 30, "85": -20})
    assert set(found["unit"]) == {"pp"}
    first = found[found["period"] == "2023"]
    assert first["contribution"].isna().all()
    assert set(first["note"]) == {"no figures for the base period"}
    assert set(first["base_period"]) == {"2022"}


def test_contributions_to_a_fixed_base():
    later = trade("KAZ 27 2026 200", "reporter product period value")
    found = kz.contribution(pd.concat([TWO_YEARS, later]), base="2023")
    assert one(found, "contribution", period="2026", product="27") == pytest.approx(120)
    assert set(found["period"]) == {"2024", "2026"}


def test_a_missing_part_makes_every_contribution_missing():
    gap = TWO_YEARS.assign(value=TWO_YEARS["value"].where(TWO_YEARS["value"] != 30))
    found = kz.contribution(gap)
    assert found["contribution"].isna().all()


def test_contributions_of_eleven_months_to_twelve_are_refused():
    mixed = trade("KAZ 27 2024 1\nKAZ 27 2025-01-01/P11M 1", "reporter product period value")
    with pytest.raises(PeriodMismatch, match="2024 covers 12 months"):
        kz.contribution(mixed)


CMS = trade(
    """
    KAZ ISR 27 2020 40
    KAZ TUR 27 2020 60
    KAZ TUR 27 2021 90
    KAZ ISR 27 2021 50
    KAZ ISR 85 2021 8
    TUR ISR 27 2020 60
    TUR ISR 27 2021 70
    TUR KAZ 85 2020 40
    TUR KAZ 85 2021 42
    """,
    "reporter partner product period value",
)


def test_constant_market_shares_by_hand():
    found = kz.constant_market_share(CMS)
    kaz = found[(found["reporter"] == "KAZ") & (found["period"] == "2021")]
    got = kaz.set_index("component")["constant_market_share"].to_dict()
    # World: 200 → 260, r = 0.3. Product 27: 160 → 210, r27 = 0.3125.
    # Cells: 27 to ISR 100 → 120, 0.2; 27 to TUR 60 → 90, 0.5; 85 to ISR 0 → 8, new.
    # growth 0.3 × 100 = 30; product (0.3125 − 0.3) × 100 = 1.25
    # market (0.2 − 0.3125) × 40 + (0.5 − 0.3125) × 60 = −4.5 + 11.25 = 6.75
    # competitiveness (50 − 40 × 1.2) + (90 − 60 × 1.5) = 2; new 8; in all 48 = 148 − 100
    assert got == pytest.approx(
        {
            "growth": 30,
            "product": 1.25,
            "market": 6.75,
            "competitiveness": 2,
            "new": 8,
            "change": 48,
        }
    )


def test_constant_market_shares_market_first():
    found = kz.constant_market_share(CMS, order="market_first")
    kaz = found[(found["reporter"] == "KAZ") & (found["period"] == "2021")]
    got = kaz.set_index("component")["constant_market_share"].to_dict()
    # Markets: ISR 100 → 128, 0.28; TUR 60 → 90, 0.5.
    # market (0.28 − 0.3) × 40 + (0.5 − 0.3) × 60 = 11.2; product (0.2 − 0.28) × 40 + 0 = −3.2
    assert got["market"] == pytest.approx(11.2)
    assert got["product"] == pytest.approx(-3.2)
    assert got["competitiveness"] == pytest.approx(2)
    assert set(kaz["unit"]) == {"USD"}
    assert set(kaz["variant"]) == {"market_first; world = sum of 2 reporters"}


def test_constant_market_shares_without_a_base_or_a_world():
    found = kz.constant_market_share(CMS)
    first = found[found["period"] == "2020"]
    assert first["constant_market_share"].isna().all()
    assert set(first["note"]) == {"no base period"}
    with pytest.raises(NotAvailable, match="need a world beside KAZ"):
        kz.constant_market_share(CMS[CMS["reporter"] == "KAZ"])
    world = CMS[CMS["reporter"] == "TUR"].assign(reporter="WLD")
    with pytest.raises(ContractError, match="where the world has none"):
        kz.constant_market_share(pd.concat([CMS[CMS["reporter"] == "KAZ"], world]))
