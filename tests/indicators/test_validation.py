"""What must not enter a formula is refused, by name, with the next thing to type."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import rows
from structure_sample import trade

import kzdata as kz
from kzdata.errors import (
    ContractError,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    UnitMismatch,
    ValuationMismatch,
)

BASE = trade(
    """
    KAZ ISR X 27 2024 90
    KAZ ISR X 85 2024 10
    KAZ ISR M 27 2024 10
    KAZ ISR M 85 2024 20
    ISR KAZ X 27 2024 30
    ISR KAZ X 85 2024 70
    ISR KAZ M 27 2024 5
    ISR KAZ M 85 2024 5
    TUR KAZ X 27 2024 1
    TUR KAZ X 85 2024 2
    """,
    "reporter partner flow product period value",
    dataflow="trade_goods",
    valuation="unknown",
    classification="HS2022",
    source="a",
)
BY_NAME = {
    "rca": kz.rca,
    "rsca": kz.rsca,
    "tii": kz.tii,
    "tci": kz.tci,
    "export_similarity": kz.export_similarity,
    "grubel_lloyd": kz.grubel_lloyd,
    "hhi": kz.hhi,
    "concentration": kz.concentration,
    "diversification": kz.diversification,
    "theil": kz.theil,
    "coverage": kz.coverage,
    "normalised_balance": kz.normalised_balance,
    "contribution": kz.contribution,
    "constant_market_share": kz.constant_market_share,
    "complexity": kz.complexity,
    "density": kz.density,
    "outlook": kz.outlook,
    "price_index": kz.price_index,
}
ONE_UNIT = {name: f for name, f in BY_NAME.items() if name != "price_index"}


def product(code):
    return BASE.assign(product=BASE["product"].replace("27", code))


def two_editions():
    mixed = BASE.assign(published=["2025-03", "2025-03", "2025-09", *["2025-03"] * 7])
    mixed.loc[2, ["flow", "product"]] = ["X", "90"]
    return mixed


def without(functions, *names):
    return {name: each for name, each in functions.items() if name not in names}


BY_PRODUCT = without(ONE_UNIT, "tii", "coverage", "normalised_balance")
OF_PARTNERS = {n: BY_NAME[n] for n in ("rca", "complexity", "export_similarity", "diversification")}
# A frame that is no basis, which indicators refuse it, and how.
REFUSED = {
    "column": (BASE.drop(columns="reporter"), BY_NAME, ContractError, "lacks the column reporter"),
    "negative": (BASE.assign(value=-BASE["value"]), BY_NAME, ContractError, "negative"),
    "units": (BASE.assign(unit=["USD", "EUR"] * 5), ONE_UNIT, UnitMismatch, "EUR and USD"),
    "valuations": (
        BASE.assign(valuation=["FOB", "CIF"] * 5), BY_NAME, ValuationMismatch, "CIF and FOB",
    ),
    "dataflows": (
        BASE.assign(dataflow=["energy", "trade_goods"] * 5),
        BY_NAME, MeasureMismatch, "energy and trade_goods",
    ),
    "classifications": (
        BASE.assign(classification=["HS2017", "HS2022"] * 5),
        BY_NAME, KzdataError, "HS2017 and HS2022",
    ),
    "editions": (
        two_editions(), BY_NAME, MeasureMismatch, "editions of 2025-03 and 2025-09",
    ),
    "publications": (
        pd.concat([BASE, BASE.assign(source="b")]),
        ONE_UNIT, MeasureMismatch, "published more than once",
    ),
    "empty": (
        BASE.iloc[:0], without(ONE_UNIT, "coverage", "normalised_balance"), NotAvailable, r"\S",
    ),
    "total": (
        product("TOTAL"), BY_PRODUCT, MeasureMismatch, "TOTAL stands among its own products",
    ),
    "levels": (product("270900"), BY_PRODUCT, MeasureMismatch, "2 and 6 digits"),
    "world": (
        BASE.assign(partner=["WLD", "ISR"] * 5),
        OF_PARTNERS, MeasureMismatch, "WLD stands among its own partners",
    ),
    "reporter": (
        BASE.assign(reporter=[None, *BASE["reporter"][1:]]),
        ONE_UNIT, ContractError, "without a reporter",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "name"), [(case, name) for case, (_, asked, *_) in REFUSED.items() for name in asked]
)
def test_what_is_no_basis_for_an_indicator_is_refused(case, name):
    frame, _, error, said = REFUSED[case]
    with pytest.raises(error, match=said) as caught:
        BY_NAME[name](frame)
    if case == "negative":
        assert len(caught.value.failures)


def test_editions_that_differ_by_reporter_or_period_are_as_published():
    own = BASE.assign(published=BASE["reporter"].map({"KAZ": "2025-03"}).fillna("2025-09"))
    pd.testing.assert_frame_equal(kz.rca(own), kz.rca(BASE))


def test_exports_that_are_not_there():
    imports = BASE[BASE["flow"] == "M"]
    with pytest.raises(NotAvailable, match=r"needs exports \(flow X\); the frame holds M"):
        kz.rca(imports)
    with pytest.raises(NotAvailable, match="TCI needs imports"):
        kz.tci(BASE[BASE["flow"] == "X"])
    with pytest.raises(NotAvailable, match="not known from KAZ alone"):
        kz.tii(BASE[BASE["reporter"] == "KAZ"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kz.tii(BASE, "excluding"), "Did you mean 'excluding_reporter'"),
        (lambda: kz.tci(BASE, "michaeli"), "Did you mean 'michaely'"),
        (lambda: kz.grubel_lloyd(BASE, "adjust"), "Did you mean 'adjusted'"),
        (lambda: kz.hhi(BASE, "products"), "Did you mean 'product'"),
        (lambda: kz.price_index(BASE, "laspeyre"), "Did you mean 'laspeyres'"),
        (lambda: kz.constant_market_share(BASE, order="first"), "product_first"),
        (lambda: kz.complexity(BASE, "ECI"), "eci"),
        (lambda: kz.fdi_performance(BASE, BASE, 0), "years=3"),
    ],
)
def test_an_unknown_choice_says_what_there_is(call, said):
    with pytest.raises(KzdataError, match=said):
        call()


def test_frames_under_the_contract_enter_as_they_are_and_keep_their_sources():
    frame = pd.concat(
        [
            rows(("X", "2024", 60), ("M", "2024", 40), product="27", classification="HS2022"),
            rows(("X", "2024", 20), ("M", "2024", 10), product="85", classification="HS2022"),
        ]
    )
    frame.loc[frame["product"] == "85", "source"] = "boi"
    found = kz.grubel_lloyd(frame).iloc[0]
    # |60 − 40| + |20 − 10| = 30 of 130
    assert found["grubel_lloyd"] == pytest.approx(1 - 30 / 130)
    assert found["source"] == "bns_kaz_isr + boi"
    assert kz.hhi(frame)["source"].tolist() == ["bns_kaz_isr + boi"] * 2
    assert kz.coverage(frame)["source"].tolist() == ["bns_kaz_isr", "boi"]
