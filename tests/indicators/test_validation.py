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


def parametrised(functions):
    return pytest.mark.parametrize("indicator", list(functions.values()), ids=list(functions))


@parametrised(BY_NAME)
def test_a_missing_column_is_named(indicator):
    with pytest.raises(ContractError, match="lacks the column reporter"):
        indicator(BASE.drop(columns="reporter"))


@parametrised(BY_NAME)
def test_negative_values_have_no_shares(indicator):
    with pytest.raises(ContractError, match="negative") as caught:
        indicator(BASE.assign(value=BASE["value"] * -1))
    assert len(caught.value.failures)


@parametrised(ONE_UNIT)
def test_mixed_units(indicator):
    mixed = BASE.assign(unit=["USD", "EUR"] * 5)
    with pytest.raises(UnitMismatch, match="EUR and USD"):
        indicator(mixed)


@parametrised(BY_NAME)
def test_mixed_valuations_of_a_flow(indicator):
    mixed = BASE.assign(valuation=["FOB", "CIF"] * 5)
    with pytest.raises(ValuationMismatch, match="CIF and FOB"):
        indicator(mixed)


@parametrised(BY_NAME)
def test_mixed_dataflows_and_classifications(indicator):
    with pytest.raises(MeasureMismatch, match="energy and trade_goods"):
        indicator(BASE.assign(dataflow=["energy", "trade_goods"] * 5))
    with pytest.raises(KzdataError, match="HS2017 and HS2022"):
        indicator(BASE.assign(classification=["HS2017", "HS2022"] * 5))


@parametrised(BY_NAME)
def test_rows_of_two_editions_make_no_total(indicator):
    mixed = BASE.assign(published=["2025-03", "2025-03", "2025-09", *["2025-03"] * 7])
    mixed.loc[2, "flow"] = "X"
    mixed.loc[2, "product"] = "90"
    with pytest.raises(MeasureMismatch, match="editions of 2025-03 and 2025-09"):
        indicator(mixed)


def test_editions_that_differ_by_reporter_or_period_are_as_published():
    own = BASE.assign(published=BASE["reporter"].map({"KAZ": "2025-03"}).fillna("2025-09"))
    pd.testing.assert_frame_equal(kz.rca(own), kz.rca(BASE))


@parametrised(ONE_UNIT)
def test_a_cell_that_two_publications_hold(indicator):
    twice = pd.concat([BASE, BASE.assign(source="b")])
    with pytest.raises(MeasureMismatch, match="published more than once"):
        indicator(twice)


@parametrised({n: f for n, f in ONE_UNIT.items() if n not in ("coverage", "normalised_balance")})
def test_an_empty_frame(indicator):
    with pytest.raises(NotAvailable):
        indicator(BASE.iloc[:0])


BY_PRODUCT = {
    n: f for n, f in ONE_UNIT.items() if n not in ("tii", "coverage", "normalised_balance")
}


@parametrised(BY_PRODUCT)
def test_a_total_among_its_products_and_levels_together(indicator):
    total = BASE.assign(product=BASE["product"].replace("27", "TOTAL"))
    with pytest.raises(MeasureMismatch, match="TOTAL stands among its own products"):
        indicator(total)
    levels = BASE.assign(product=BASE["product"].replace("27", "270900"))
    with pytest.raises(MeasureMismatch, match="2 and 6 digits"):
        indicator(levels)


@parametrised(
    {n: BY_NAME[n] for n in ("rca", "complexity", "export_similarity", "diversification")}
)
def test_the_world_among_its_partners(indicator):
    world = BASE.assign(partner=["WLD", "ISR"] * 5)
    with pytest.raises(MeasureMismatch, match="WLD stands among its own partners"):
        indicator(world)


@parametrised(ONE_UNIT)
def test_a_row_without_a_reporter(indicator):
    with pytest.raises(ContractError, match="without a reporter"):
        indicator(BASE.assign(reporter=[None, *BASE["reporter"][1:]]))


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
