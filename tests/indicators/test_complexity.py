"""ECI, PCI, density and outlook: a network small enough for paper. Published: test_verification."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from structure_sample import one, trade

import kzdata as kz
from kzdata.errors import NotAvailable

# Each reporter splits 60 evenly; the world has 20, 50, 80 and 30 of 180.
SMALL = trade(
    """
    AAA 01 20
    AAA 02 20
    AAA 03 20
    BBB 02 30
    BBB 03 30
    CCC 03 30
    CCC 04 30
    """
)


def small_network() -> np.ndarray:
    found = kz.rca(SMALL).assign(m=lambda f: (f["rca"] >= 1).astype(float))
    return found.pivot(index="reporter", columns="product", values="m").fillna(0).to_numpy()


def test_who_has_an_advantage_in_the_small_network():
    # product 03: (20/60) / (80/180) = 0.75 for AAA, (30/60) / (80/180) = 1.125 for BBB and CCC
    assert small_network().tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]


def test_complexity_of_a_chain_has_no_sign():
    # every reporter has two products, so diversity cannot tell which end is complex
    found = kz.complexity(SMALL)
    assert found["eci"].isna().all()
    assert set(found["note"]) == {"diversity does not tell which end is complex"}
    assert found.loc[found["product"] == "_Z", "diversity"].tolist() == [2, 2, 2]


# A in 01 and 02; B in 01 to 03 (world shares 0.3, 0.3, 0.25, 0.15 each below 1/3); C in 03, 04.
TWO_ENDS = trade(
    """
    AAA 01 50
    AAA 02 50
    BBB 01 40
    BBB 02 40
    BBB 03 40
    CCC 03 35
    CCC 04 45
    """
)


def test_complexity_by_hand():
    m = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1]])
    found = kz.complexity(TWO_ENDS)
    reporters = found[found["product"] == "_Z"].set_index("reporter")
    assert reporters["diversity"].tolist() == m.sum(axis=1).tolist()
    # D⁻¹ M U⁻¹ Mᵀ with u = (2, 2, 2, 1):
    #   A: 1/2 [1/2 + 1/2, 1/2 + 1/2, 0]             = [1/2, 1/2, 0]
    #   B: 1/3 [1, 1 + 1/2, 1/2]                      = [1/3, 1/2, 1/6]
    #   C: 1/2 [0, 1/2, 1/2 + 1]                      = [0, 1/4, 3/4]
    # trace 7/4, determinant 1/2 (3/8 − 1/24) − 1/2 × 1/4 = 1/24, one eigenvalue 1: the others sum
    # to 3/4 and multiply to 1/24, so λ² − 3/4 λ + 1/24 = 0 and λ₂ = 3/8 + √(9/64 − 1/24)
    second = 3 / 8 + (9 / 64 - 1 / 24) ** 0.5
    # (1/2 − λ) a + b/2 = 0 with b = 1 gives a = 1 / (2λ − 1); b/4 + (3/4 − λ) c = 0 gives c
    vector = np.array([1 / (2 * second - 1), 1, 1 / (4 * second - 3)])
    # diversities 2, 3, 2 have more than the average at B, so the end with B is the complex one
    sign = np.sign(np.corrcoef(vector, [2, 3, 2])[0, 1])
    expected = sign * (vector - vector.mean()) / vector.std()
    assert reporters["eci"].tolist() == pytest.approx(expected.tolist())
    # ECI is the mean PCI of what a reporter has
    pci = found[found["reporter"] == "_Z"].set_index("product")["pci"].to_numpy()
    assert (m @ pci / m.sum(axis=1)).tolist() == pytest.approx(expected.tolist())
    own = kz.complexity(TWO_ENDS, pci_scale="own")
    scaled = own.loc[own["reporter"] == "_Z", "pci"].to_numpy()
    assert scaled == pytest.approx((pci - pci.mean()) / pci.std())


def test_density_by_hand():
    # φ = co-occurrence / larger ubiquity, u = (2, 2, 2, 1):
    #   01: [1, 1, 1/2, 0]   02: [1, 1, 1/2, 0]   03: [1/2, 1/2, 1, 1/2]   04: [0, 0, 1/2, 1]
    found = kz.density(TWO_ENDS)
    assert len(found) == 12  # also what is not exported
    # A around 03: (1/2 + 1/2) / 2.5 = 0.4; around 04: 0 / 1.5; C around 01: (1/2 + 0) / 2.5 = 0.2
    assert one(found, "density", reporter="AAA", product="03") == pytest.approx(0.4)
    assert one(found, "density", reporter="AAA", product="04") == 0
    assert one(found, "density", reporter="CCC", product="01") == pytest.approx(0.2)


def test_outlook_by_hand():
    found = kz.outlook(TWO_ENDS, "plain")
    scores = kz.complexity(TWO_ENDS)
    pci = scores[scores["reporter"] == "_Z"].set_index("product")["pci"]
    # A lacks 03 and 04: COI = 0.4 PCI_03 + 0 PCI_04
    coi = one(found, "coi", reporter="AAA", product="_Z")
    assert coi == pytest.approx(0.4 * pci["03"])
    # COG of 03 for A: φ_33 PCI_03 / Σφ_3 + φ_43 PCI_04 / Σφ_4, the sums being 2.5 and 1.5
    cog = one(found, "cog", reporter="AAA", product="03")
    assert cog == pytest.approx(pci["03"] / 2.5 + 0.5 * pci["04"] / 1.5)
    assert one(found, "cog", reporter="AAA", product="01") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A 1 9\nA 2 1\nB 1 9\nB 2 1\nC 3 9\nC 4 9", "the network falls into parts"),
        ("A 1 1\nA 2 -\nB 1 9\nB 2 1\nC 3 9\nC 4 9", "exports of the period have a missing part"),
    ],
)
def test_complexity_is_missing_with_a_reason(text, said):
    found = kz.complexity(trade(text))
    assert found[["eci", "pci"]].isna().all(axis=None)
    assert found["note"].str.startswith(said).all()
    assert kz.outlook(trade(text))[["coi", "cog"]].isna().all(axis=None)


def test_two_reporters_are_no_network():
    with pytest.raises(NotAvailable, match="Complexity compares economies"):
        kz.complexity(SMALL[SMALL["reporter"] != "CCC"])


def test_a_product_nobody_sells_has_no_complexity():
    found = kz.complexity(pd.concat([TWO_ENDS, trade("AAA 05 0")]))
    row = found[found["product"] == "05"].iloc[0]
    assert pd.isna(row["pci"])
    assert row["note"] == "an advantage in nothing"
    near = kz.density(pd.concat([TWO_ENDS, trade("AAA 05 0")]))
    assert set(near.loc[near["product"] == "05", "note"]) == {
        "nobody has an advantage in the product"
    }


def test_a_change_of_unit_moves_no_economy_over_the_threshold():
    # RCA is exactly 1 for the first two reporters
    even = trade("A 1 7\nA 2 3\nB 1 49\nB 2 21\nC 1 70\nC 2 30\nC 3 1\nA 4 1")
    wide = kz.complexity(even)[["diversity"]]
    for factor in (1e-6, 3.0, 1 / 7, 1e9 / 3):
        scaled = kz.complexity(even.assign(value=even["value"] * factor))
        assert scaled[["diversity"]].equals(wide)


def test_a_network_of_240_reporters_and_5000_products_takes_seconds():
    rng = np.random.default_rng(2)
    cells = np.flatnonzero(rng.random(240 * 5000) < 0.5)
    reporters = pd.Index([f"R{n:03d}" for n in range(240)])
    products = pd.Index([f"{n:04d}" for n in range(5000)])
    frame = pd.DataFrame(
        {
            "reporter": reporters[cells // 5000],
            "product": products[cells % 5000],
            "value": rng.lognormal(8, 3, len(cells)),
        }
    )
    start = time.perf_counter()
    kz.rca(frame)
    found = kz.complexity(frame)
    assert time.perf_counter() - start < 10
    assert found["eci"].notna().sum() == 240
