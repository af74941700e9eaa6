"""Unit-value indices and terms of trade, by hand. Published series: test_verification."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from structure_sample import one, trade

import kzdata as kz
from kzdata.errors import KzdataError, NotAvailable, UnitMismatch

KEYS = "reporter flow product period unit value"
# unit values: oil 2 → 3, with 10 t then 8 t; iron 4 → 4, with 5 t then 10 t
SMALL_TEXT = """
KAZ X 27 2020 USD 20
KAZ X 27 2020 t 10
KAZ X 72 2020 USD 20
KAZ X 72 2020 t 5
KAZ X 27 2021 USD 24
KAZ X 27 2021 t 8
KAZ X 72 2021 USD 40
KAZ X 72 2021 t 10
"""


def small():
    return trade(SMALL_TEXT, KEYS)


LASPEYRES = (3 * 10 + 4 * 5) / (2 * 10 + 4 * 5)  # 50/40 = 1.25
PAASCHE = (3 * 8 + 4 * 10) / (2 * 8 + 4 * 10)  # 64/56
# shares of oil: 20/40 and 24/64; iron's price does not move
TORNQVIST = 1.5 ** ((0.5 + 0.375) / 2)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("laspeyres", LASPEYRES),
        ("paasche", PAASCHE),
        ("fisher", math.sqrt(LASPEYRES * PAASCHE)),
        ("tornqvist", TORNQVIST),
        ("geks", math.sqrt(LASPEYRES * PAASCHE)),
        ("geks_tornqvist", TORNQVIST),
    ],
)
def test_indices_of_two_periods_by_hand(method, expected):
    for chained in (True, False):
        found = kz.price_index(small(), method, chained=chained)
        assert found["price_index"].tolist() == pytest.approx([100, 100 * expected])
        assert found["matched_share"].tolist() == pytest.approx([1, 1])
        assert method in found["variant"].iloc[0]


def test_a_product_without_a_partner_in_time_is_left_out_and_said():
    new = small().iloc[:2].assign(product="85", period="2021", value=[36.0, 4.0])
    found = kz.price_index(pd.concat([small(), new]), "laspeyres")
    assert found["price_index"].tolist() == pytest.approx([100, 125])
    # 64 of the 100 that 2021 is worth are matched
    assert one(found, "matched_share", period="2021") == pytest.approx(0.64)


def test_no_matched_product_breaks_the_chain_with_a_reason():
    other = (
        small().query("period == '2021'").assign(period="2022", product=["30", "30", "39", "39"])
    )
    later = small().query("period == '2021'").assign(period="2023")
    found = kz.price_index(pd.concat([small(), other, later])).set_index("period")
    assert found.loc["2022", "note"] == "no product is matched"
    assert pd.isna(found.loc["2023", "price_index"])
    fixed = kz.price_index(pd.concat([small(), other, later]), chained=False).set_index("period")
    assert fixed.loc["2023", "price_index"] == pytest.approx(fixed.loc["2021", "price_index"])


def test_a_later_base_period():
    found = kz.price_index(small(), "fisher", base="2021").set_index("period")["price_index"]
    assert found["2021"] == pytest.approx(100)
    assert found["2020"] == pytest.approx(100 / math.sqrt(LASPEYRES * PAASCHE))
    with pytest.raises(NotAvailable, match="The base 1999"):
        kz.price_index(small(), base="1999")


def test_a_missing_value_makes_the_matched_share_missing():
    gap = small()
    gap.loc[
        (gap["product"] == "72") & (gap["period"] == "2021") & (gap["unit"] == "USD"), "value"
    ] = np.nan
    found = kz.price_index(gap).set_index("period")
    assert found.loc["2021", "price_index"] == pytest.approx(150)
    assert pd.isna(found.loc["2021", "matched_share"])


def test_a_unit_value_far_from_its_median_is_trimmed_and_counted():
    rows = [("KAZ", "X", k, f"{2010 + t}", unit, value)
            for k, prices in {"27": [10, 11, 10, 9, 500, 10], "72": [5, 5, 6, 5, 5, 6]}.items()
            for t, price in enumerate(prices)
            for unit, value in (("USD", 2.0 * price), ("t", 2.0))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=KEYS.split())
    wild = kz.price_index(frame).set_index("period")["price_index"]
    tame = kz.price_index(frame, trim=3.5).set_index("period")
    assert wild["2014"] > 1000
    assert tame.loc["2014", "price_index"] < 120
    assert tame.loc["2014", "note"] == "1 of the products trimmed"
    with pytest.raises(KzdataError, match="trim=0"):
        kz.price_index(frame, trim=0)


def test_terms_of_trade_by_hand():
    # export prices as above; import prices double, so 100 × fisher / 2
    imports = small().assign(flow="M")
    doubled = (imports["period"] == "2021") & (imports["unit"] == "USD")
    plain = {"27": 2 * 2 * 8, "72": 2 * 4 * 10}  # twice the price of 2020 at the quantity of 2021
    imports.loc[doubled, "value"] = imports.loc[doubled, "product"].map(plain).astype(float)
    found = kz.terms_of_trade(pd.concat([small(), imports])).set_index("period")
    fisher = math.sqrt(LASPEYRES * PAASCHE)
    assert found["terms_of_trade"].tolist() == pytest.approx([100, 100 * fisher / 2])
    with pytest.raises(NotAvailable, match="no period in common"):
        kz.terms_of_trade(small())


def test_values_without_quantities_and_mixed_units_are_refused():
    with pytest.raises(NotAvailable, match="needs quantities"):
        kz.price_index(small().query("unit == 'USD'"))
    with pytest.raises(NotAvailable, match="needs values"):
        kz.price_index(small().query("unit == 't'"))
    mixed = small()
    mixed.loc[1, "unit"] = "kg"
    with pytest.raises(UnitMismatch, match="quantities of 27 are in kg and t"):
        kz.price_index(mixed)
    two = pd.concat([small(), small().query("unit == 'USD'").assign(unit="KZT")])
    with pytest.raises(UnitMismatch, match="KZT and USD"):
        kz.price_index(two)
