"""Comparative advantage, intensity, complementarity, similarity: worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from structure_sample import one, trade

import kzdata as kz

# X_KAZ = 100, X_ISR = 300; W_27 = 120, W_85 = 280, W = 400
TWO = trade(
    """
    KAZ 27 90
    KAZ 85 10
    ISR 27 30
    ISR 85 270
    """
)


def test_rca_by_hand():
    found = kz.rca(TWO)
    # (90/100) / (120/400) = 3; (10/100) / (280/400) = 1/7; (30/300) / 0.3 = 1/3; 0.9 / 0.7 = 9/7
    assert found["rca"].tolist() == pytest.approx([1 / 3, 9 / 7, 3, 1 / 7])
    assert found["reporter"].tolist() == ["ISR", "ISR", "KAZ", "KAZ"]
    assert set(found["variant"]) == {"Balassa; world = sum of 2 reporters"}


def test_rca_against_a_published_world_is_another_number():
    world = trade("WLD 27 1000\nWLD 85 3000")
    found = kz.rca(pd.concat([TWO, world]))
    # (90/100) / (1000/4000) = 3.6
    assert one(found, "rca", reporter="KAZ", product="27") == pytest.approx(3.6)
    assert "WLD" not in set(found["reporter"])
    assert set(found["variant"]) == {"Balassa; world = reporter WLD"}


def test_rca_sums_partners_first_and_keeps_periods_apart():
    keys = "reporter partner product period value"
    pairs = trade(
        """
        KAZ ISR 27 2024 40
        KAZ TUR 27 2024 50
        KAZ TUR 85 2024 10
        ISR KAZ 27 2024 30
        ISR TUR 85 2024 270
        KAZ TUR 27 2025 1
        KAZ TUR 85 2025 1
        ISR TUR 85 2025 2
        """,
        keys,
    )
    found = kz.rca(pairs)
    assert one(found, "rca", reporter="KAZ", product="27", period="2024") == pytest.approx(3)
    # 2025: (1/2) / (1/4) = 2
    assert one(found, "rca", reporter="KAZ", product="27", period="2025") == pytest.approx(2)


def test_rsca_by_hand():
    # (3 − 1) / (3 + 1) = 0.5; (1/7 − 1) / (1/7 + 1) = −0.75
    found = kz.rsca(TWO)
    assert one(found, "rsca", reporter="KAZ", product="27") == pytest.approx(0.5)
    assert one(found, "rsca", reporter="KAZ", product="85") == pytest.approx(-0.75)
    assert "rca" not in found


def test_an_export_of_zero_has_no_advantage_and_rsca_of_minus_one():
    found = kz.rsca(trade("KAZ 27 0\nKAZ 85 10\nISR 27 5\nISR 85 5"))
    assert one(found, "rsca", reporter="KAZ", product="27") == -1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("KAZ 27 0\nKAZ 85 0\nISR 27 5\nISR 85 5", "the reporter exports nothing"),
        ("KAZ 27 5\nISR 27 5", "a single product: every share is 1"),
        ("KAZ 27 -\nKAZ 85 1\nISR 27 5\nISR 85 5", "exports of the reporter have a missing part"),
        ("KAZ 27 1\nKAZ 85 1\nWLD 85 9\nWLD 27 0", "the world exports none of the product"),
    ],
)
def test_rca_is_missing_with_a_reason(text, said):
    cell = kz.rca(trade(text)).query("reporter == 'KAZ' and product == '27'").iloc[0]
    assert pd.isna(cell["rca"])
    assert cell["note"] == said


def test_a_missing_part_of_the_world_is_said_where_it_is_felt():
    found = kz.rca(trade("KAZ 27 -\nKAZ 85 1\nISR 27 5\nISR 85 5"))
    assert found["rca"].isna().all()
    assert one(found, "note", reporter="ISR", product="85") == (
        "exports of the world have a missing part"
    )


PAIRS = trade(
    """
    KAZ ISR 20
    KAZ TUR 80
    ISR KAZ 30
    ISR TUR 70
    TUR KAZ 120
    TUR ISR 80
    """,
    "reporter partner value",
)


def test_trade_intensity_by_hand():
    # X_KAZ = 100, M_ISR = 20 + 80 = 100, W = 400, M_KAZ = 150
    # (20/100) / (100/400) = 0.8;   (20/100) / (100/(400 − 150)) = 0.5
    found = kz.tii(PAIRS)
    assert one(found, "tii", reporter="KAZ", partner="ISR") == pytest.approx(0.8)
    assert found["variant"].iloc[0] == "world: (x_ij / X_i) / (M_j / W)"
    without = kz.tii(PAIRS, "excluding_reporter")
    assert one(without, "tii", reporter="KAZ", partner="ISR") == pytest.approx(0.5)
    assert without["variant"].iloc[0] == "excluding_reporter: (x_ij / X_i) / (M_j / (W − M_i))"


def test_trade_intensity_from_published_totals():
    # the same margins as PAIRS, given as rows of WLD, from one reporter alone
    totals = trade(
        """
        KAZ ISR 20
        KAZ WLD 100
        WLD ISR 100
        WLD KAZ 150
        WLD WLD 400
        """,
        "reporter partner value",
    )
    assert kz.tii(totals)["tii"].tolist() == pytest.approx([0.8])
    assert kz.tii(totals, "excluding_reporter")["tii"].tolist() == pytest.approx([0.5])
    unknown = kz.tii(totals[totals["partner"] != "KAZ"], "excluding_reporter").iloc[0]
    assert pd.isna(unknown["tii"])
    assert unknown["note"] == "what the world sends to the reporter itself is not known"


def test_trade_intensity_of_a_missing_flow_is_missing():
    gap = PAIRS.assign(value=PAIRS["value"].where(PAIRS["value"] != 120))
    found = kz.tii(gap)
    assert found["tii"].isna().all()
    assert set(found["note"]) == {"a total has a missing part"}
    # M_KAZ has the missing part, so its exclusion must not count it as zero
    assert kz.tii(gap, "excluding_reporter")["tii"].isna().all()


BOTH_SIDES = trade(
    """
    KAZ X 27 90
    KAZ X 85 10
    ISR X 27 30
    ISR X 85 270
    ISR M 27 60
    ISR M 85 40
    """,
    "reporter flow product value",
)


def test_complementarity_by_hand():
    # Michaely KAZ → ISR: s = (0.9, 0.1), m = (0.6, 0.4): 100 (1 − ½ (0.3 + 0.3)) = 70
    found = kz.tci(BOTH_SIDES)
    assert found[["reporter", "partner"]].to_numpy().tolist() == [["KAZ", "ISR"]]
    assert found["tci"].tolist() == pytest.approx([70])
    # Drysdale, w = (0.3, 0.7): 0.9 × 0.6 / 0.3 + 0.1 × 0.4 / 0.7 = 1.8 + 0.4/7
    drysdale = kz.tci(BOTH_SIDES, "drysdale")
    assert drysdale["tci"].tolist() == pytest.approx([1.8 + 0.4 / 7])
    assert drysdale["variant"].iloc[0] == "Drysdale; world = sum of 2 exporters"


def test_complementarity_with_the_published_world():
    world = trade("WLD X 27 50\nWLD X 85 50\nWLD M 27 50", "reporter flow product value")
    found = kz.tci(pd.concat([BOTH_SIDES, world]), "drysdale")
    # w = (0.5, 0.5): (0.9 × 0.6 + 0.1 × 0.4) / 0.5 = 1.16; the world is no partner of its own
    assert found["tci"].tolist() == pytest.approx([1.16])


def test_a_product_only_one_side_knows_still_counts():
    extra = trade("ISR M 30 100", "reporter flow product value")
    # m = (0.3, 0.2, 0.5), s = (0.9, 0.1, 0): 100 (1 − ½ (0.6 + 0.1 + 0.5)) = 40
    assert kz.tci(pd.concat([BOTH_SIDES, extra]))["tci"].tolist() == pytest.approx([40])


def test_export_similarity_by_hand():
    # Σ min: min(0.9, 0.1) + min(0.1, 0.9) = 0.2, both ways
    found = kz.export_similarity(TWO)
    assert found["export_similarity"].tolist() == pytest.approx([0.2, 0.2])


def test_similarity_with_a_reporter_that_exports_nothing_is_missing():
    found = kz.export_similarity(pd.concat([TWO, trade("TUR 27 0")]))
    row = found[(found["reporter"] == "KAZ") & (found["partner"] == "TUR")].iloc[0]
    assert pd.isna(row["export_similarity"])
    assert row["note"] == "the partner's total is zero"


def test_intensity_is_complementarity_times_country_bias():
    """Drysdale and Garnaut: with one product the whole of intensity is country bias."""
    keys = "reporter partner flow product value"
    exports = trade(
        """
        KAZ ISR X 27 20
        KAZ TUR X 27 70
        KAZ TUR X 85 10
        ISR TUR X 85 60
        ISR KAZ X 85 40
        TUR ISR X 27 30
        TUR ISR X 85 70
        """,
        keys,
    )
    imports = exports.rename(columns={"reporter": "partner", "partner": "reporter"})
    complementarity = kz.tci(pd.concat([exports, imports.assign(flow="M")]), "drysdale")
    totals = exports.groupby(["reporter", "partner", "flow", "unit"], as_index=False)["value"].sum()
    intensity = kz.tii(totals)
    by_product = kz.tii(exports)
    # TII_ij = Σ_k (s_ik m_jk / w_k) TII_ij^k: for KAZ → ISR only product 27 flows, so
    # TII = (90/100) (50/120) / (120/300) × TII^27
    share = (90 / 100) * (50 / 120) / (120 / 300)
    bias = one(by_product, "tii", reporter="KAZ", partner="ISR", product="27")
    assert one(intensity, "tii", reporter="KAZ", partner="ISR") == pytest.approx(share * bias)
    # and the rest of the complementarity is product 85: 0.1 × (70/120) / (180/300)
    whole = share + 0.1 * (70 / 120) / (180 / 300)
    assert one(complementarity, "tci", reporter="KAZ", partner="ISR") == pytest.approx(whole)
