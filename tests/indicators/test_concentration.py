"""Concentration, diversification, entropy: worked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from structure_sample import one, trade

import kzdata as kz
from kzdata.errors import KzdataError, NotAvailable

THREE = trade("KAZ 27 60\nKAZ 72 30\nKAZ 85 10")  # shares 0.6, 0.3, 0.1


def test_hhi_by_hand():
    found = kz.hhi(THREE).iloc[0]
    # 0.36 + 0.09 + 0.01 = 0.46; (0.46 − 1/3) / (2/3) = 0.19; 1 / 0.46
    assert found["hhi"] == pytest.approx(0.46)
    assert found["hhi_normalised"] == pytest.approx(0.19)
    assert found["equivalent_number"] == pytest.approx(1 / 0.46)
    assert found["n"] == 3
    assert found["variant"] == "over products, 0 to 1; n = products in the frame"


def test_hhi_with_a_stated_number_of_possible_items():
    found = kz.hhi(THREE, n=10).iloc[0]
    # (0.46 − 0.1) / 0.9 = 0.4
    assert found["hhi_normalised"] == pytest.approx(0.4)
    assert found["variant"] == "over products, 0 to 1; n = given"


def test_hhi_over_partners_does_not_count_the_reporter_as_its_own_partner():
    pairs = trade(
        "KAZ ISR 50\nKAZ TUR 50\nISR KAZ 10\nTUR ISR 5\nTUR KAZ 5", "reporter partner value"
    )
    found = kz.hhi(pairs, over="partner")
    # partners in the frame: ISR, TUR, KAZ; each reporter can have two
    assert set(found["n"]) == {2}
    assert one(found, "hhi", reporter="KAZ") == pytest.approx(0.5)
    assert one(found, "hhi_normalised", reporter="KAZ") == pytest.approx(0, abs=1e-15)
    assert one(found, "hhi_normalised", reporter="ISR") == pytest.approx(1)


def test_unctad_concentration_by_hand():
    # (√0.46 − √(1/3)) / (1 − √(1/3)); it is not the normalised index
    expected = (math.sqrt(0.46) - math.sqrt(1 / 3)) / (1 - math.sqrt(1 / 3))
    assert kz.concentration(THREE)["concentration"].item() == pytest.approx(expected)
    assert expected != pytest.approx(0.19)


def test_theil_by_hand():
    # ln 3 + 0.6 ln 0.6 + 0.3 ln 0.3 + 0.1 ln 0.1
    expected = math.log(3) + 0.6 * math.log(0.6) + 0.3 * math.log(0.3) + 0.1 * math.log(0.1)
    assert kz.theil(THREE)["theil"].item() == pytest.approx(expected)


def test_theil_of_one_product_among_possible_ones_is_the_log_of_their_number():
    frame = trade("KAZ 27 5\nKAZ 72 0\nKAZ 85 0")
    assert kz.theil(frame)["theil"].item() == pytest.approx(math.log(3))


def test_diversification_by_hand():
    # w: 27 → 120/400 = 0.3, 85 → 0.7; KAZ s = (0.9, 0.1): ½ (0.6 + 0.6) = 0.6
    two = trade("KAZ 27 90\nKAZ 85 10\nISR 27 30\nISR 85 270")
    found = kz.diversification(two)
    assert one(found, "diversification", reporter="KAZ") == pytest.approx(0.6)
    # without KAZ the world is ISR: (0.1, 0.9): ½ (0.8 + 0.8) = 0.8
    without = kz.diversification(two, "excluding_reporter")
    assert one(without, "diversification", reporter="KAZ") == pytest.approx(0.8)


def test_diversification_counts_what_the_reporter_does_not_export():
    # KAZ s = (1, 0); w = (150/400, 250/400): ½ (250/400 + 250/400) = 0.625
    found = kz.diversification(trade("KAZ 27 100\nISR 27 50\nISR 85 250"))
    assert one(found, "diversification", reporter="KAZ") == pytest.approx(0.625)


@pytest.mark.parametrize("name", ["hhi", "concentration", "theil"])
def test_a_zero_total_and_a_missing_part_have_no_shares(name):
    indicator = getattr(kz, name)
    zero = indicator(trade("KAZ 27 0\nKAZ 85 0")).iloc[0]
    assert pd.isna(zero[name])
    assert zero["note"] == "the total is zero"
    gap = indicator(trade("KAZ 27 -\nKAZ 85 4")).iloc[0]
    assert pd.isna(gap[name])
    assert gap["note"] == "the total has a missing part"


@pytest.mark.parametrize("name", ["concentration", "theil"])
def test_a_single_product_has_no_concentration(name):
    found = getattr(kz, name)(trade("KAZ 27 4")).iloc[0]
    assert pd.isna(found[name])
    assert "a single product" in found["note"]


def test_a_single_product_has_no_normalised_hhi():
    found = kz.hhi(trade("KAZ 27 4")).iloc[0]
    assert found["hhi"] == 1
    assert pd.isna(found["hhi_normalised"])


def test_fewer_possible_items_than_listed_are_refused():
    with pytest.raises(KzdataError, match="n=2 is fewer than the 3 products"):
        kz.hhi(THREE, n=2)


def test_diversification_of_one_reporter_needs_a_world():
    with pytest.raises(NotAvailable, match="needs a world beside KAZ"):
        kz.diversification(THREE)
