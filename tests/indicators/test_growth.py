import pandas as pd
import pytest
from conftest import rows

import kzdata as kz
from kzdata.errors import (
    ContractError,
    Incomparable,
    KzdataError,
    MeasureMismatch,
    PeriodMismatch,
    UnitMismatch,
    ValuationMismatch,
)


def test_growth_of_the_flagship_in_2025():
    grown = kz.observations("KAZ", "ISR", start=2023).pipe(kz.turnover).pipe(kz.growth)
    change = grown.set_index("period")["growth_pct"]
    # 100 × (193.28781722 / 236.13265694 − 1) = −18.14…; 100 × (236.13265694 / 465.919 − 1) = −49.3…
    assert change["2025"] == pytest.approx(-18.1444, abs=5e-5)
    assert change["2024"] == pytest.approx(-49.3189, abs=5e-5)
    assert pd.isna(change["2023"])


def test_growth_with_its_interval_by_hand():
    grown = kz.growth(rows(("X", "2023", 100), ("X", "2024", 110))).iloc[1]
    assert grown["growth_pct"] == pytest.approx(10)
    assert grown["growth_lower_pct"] == pytest.approx(100 * (109.5 / 100.5 - 1))
    assert grown["growth_upper_pct"] == pytest.approx(100 * (110.5 / 99.5 - 1))
    assert grown["base_period"] == "2023"


def test_eleven_months_against_twelve_raise_naming_both_and_the_way_out():
    frame = rows(("T", "2024", 236), ("T", "2025-01-01/P11M", 162.4))
    with pytest.raises(PeriodMismatch) as caught:
        kz.growth(frame)
    text = str(caught.value)
    assert "2024 covers 12 months" in text
    assert "2025-01-01/P11M covers 11" in text
    assert 'kz.partial_year("2025-01-01/P11M"' in text


def test_the_same_eleven_months_of_two_years_grow():
    frame = rows(("T", "2024-01-01/P11M", 200), ("T", "2025-01-01/P11M", 150))
    assert kz.growth(frame)["growth_pct"].iloc[1] == pytest.approx(-25)


def test_a_gap_gives_no_growth_over_two_years():
    grown = kz.growth(
        rows(("X", "2009", 1), ("X", "2010", None), ("X", "2011", 4), ("X", "2013", 5))
    )
    assert grown["growth_pct"].isna().all()
    assert "no figure for 2012" in grown["growth_note"].iloc[3]


@pytest.mark.parametrize(("base", "said"), [(0, "zero"), (-5, "negative")])
def test_a_base_of_zero_or_less_has_no_growth(base, said):
    grown = kz.growth(rows(("T", "2023", base), ("T", "2024", 5)))
    assert pd.isna(grown["growth_pct"].iloc[1])
    assert said in grown["growth_note"].iloc[1]


def test_months_grow_on_the_same_month_a_year_earlier():
    grown = kz.growth(rows(("X", "2024-11", 8), ("X", "2025-10", 99), ("X", "2025-11", 10)))
    assert grown.set_index("period").loc["2025-11", "growth_pct"] == pytest.approx(25)


def test_a_change_of_publisher_is_marked_as_a_break():
    grown = kz.observations("KAZ", "ISR", start=2018).pipe(kz.turnover).pipe(kz.growth)
    status = grown.set_index("period")["obs_status"]
    assert status["2020"] == "B"
    assert status["2025"] == "A"


def test_units_valuations_and_two_publications_raise():
    frame = rows(("X", "2023", 1), ("X", "2024", 2))
    with pytest.raises(UnitMismatch, match="EUR and in USD"):
        kz.growth(frame.assign(unit=["USD", "EUR"]))
    with pytest.raises(ValuationMismatch, match="CIF and FOB"):
        kz.growth(frame.assign(valuation=["FOB", "CIF"]))
    with pytest.raises(MeasureMismatch, match="published more than once"):
        kz.growth(rows(("X", "2024", 1), ("X", "2024", 2)).assign(source=["a", "b"]))


def test_share_of_the_national_total():
    pair = kz.observations("KAZ", "ISR", start=2024, end=2024).pipe(kz.turnover)
    total = kz.sum_over(kz.observations("KAZ", "WLD", freq="M"), "2024").pipe(kz.turnover)
    part = kz.share(pair, total)
    # 236.132657 / 142,072.0 million USD, the bureau's own total: 0.1662 %
    assert part["value_share"].item() == pytest.approx(236.132657 / 142_072.0, rel=1e-5)
    assert "bns_monthly_totals" in part["share_source"].item()
    assert part["source"].item() == "bns_kaz_isr"


def test_shares_among_partners_sum_to_one_and_are_missing_when_a_part_is():
    partners = kz.observations(source="bns_partners_2025", flow="X")
    assert kz.share(partners)["value_share"].sum() == pytest.approx(1)
    frame = pd.concat([rows(("X", "2024", 1)), rows(("X", "2024", None), partner="TUR")])
    assert kz.share(frame)["value_share"].isna().all()


def test_a_share_of_another_span_raises():
    with pytest.raises(PeriodMismatch, match="covers 11 months"):
        kz.share(rows(("T", "2025-01-01/P11M", 1)), rows(("T", "2025", 9)))


def test_a_share_without_a_total_is_missing():
    assert kz.share(rows(("T", "2024", 1)), rows(("T", "2020", 9)))["value_share"].isna().item()
    assert kz.share(rows(("T", "2024", 1)), rows(("T", "2024", 0)))["value_share"].isna().item()


def test_a_total_in_another_unit_or_twice_raises():
    with pytest.raises(UnitMismatch):
        kz.share(rows(("T", "2024", 1)), rows(("T", "2024", 9), unit="EUR"))
    with pytest.raises(MeasureMismatch):
        kz.share(rows(("T", "2024", 1)), rows(("T", "2024", 9), ("T", "2024", 8)))


def test_rank_of_israel_among_the_partners_of_2025():
    partners = kz.observations(source="bns_partners_2025")
    ranked = kz.rank(kz.turnover(partners)).set_index("partner")
    # counted by hand in the 197 rows: 47 partners have a larger turnover than 193.29 million
    larger = (ranked["value"] > 193_287_817.22).sum()
    assert larger == 47
    assert ranked.loc["ISR", "rank"] == 48
    assert ranked.loc["ISR", "ranked"] == 197


def test_partners_in_other_terms_are_neither_summed_nor_ranked():
    ahead = rows(("M", "2024", 5), partner="TUR")
    fob = rows(("M", "2024", 4), partner="ITA", valuation="FOB")
    other_span = rows(("M", "2024-01-01/P11M", 4), partner="ITA")
    world = rows(("M", "2024", 9), partner="WLD")
    for together in (kz.share, kz.rank):
        with pytest.raises(ValuationMismatch):
            together(pd.concat([ahead, fob]))
        with pytest.raises(PeriodMismatch):
            together(pd.concat([ahead, other_span]))
        with pytest.raises(MeasureMismatch, match="world stands among its own parts"):
            together(pd.concat([ahead, world]))


def test_the_interval_of_growth_is_in_order_and_missing_where_the_base_may_be_zero():
    frame = rows(("B", "2023", 100), ("B", "2024", -50)).assign(
        lower=[90.0, -51.0], upper=[110.0, -49.0]
    )
    grown = kz.growth(frame).iloc[1]
    # −51 / 90 − 1 = −156.7 % and −49 / 110 − 1 = −144.5 %
    assert grown["growth_lower_pct"] == pytest.approx(100 * (-51 / 90 - 1))
    assert grown["growth_upper_pct"] == pytest.approx(100 * (-49 / 110 - 1))
    near_zero = rows(("X", "2023", 0.3), ("X", "2024", 50))
    assert pd.isna(kz.growth(near_zero)["growth_pct"].iloc[1])


@pytest.mark.parametrize("function", [kz.growth, kz.share, kz.rank, kz.turnover, kz.balance])
def test_what_is_no_frame_under_the_contract_is_refused_in_words(function):
    for wrong in ([1, 2], rows(("X", "2024", 1)).drop(columns=["unit"])):
        with pytest.raises(ContractError, match=r"kz\.observations"):
            function(wrong)


def test_equal_values_share_the_better_rank_and_missing_has_none():
    frame = pd.concat(
        [
            rows(("X", "2024", value), partner=partner)
            for partner, value in (("TUR", 5), ("ITA", 5), ("USA", 3), ("RUS", None))
        ]
    )
    assert kz.rank(frame)["rank"].tolist()[:3] == [1, 1, 3]
    assert kz.rank(frame)["rank"].isna().sum() == 1


def test_a_partner_twice_cannot_be_ranked():
    with pytest.raises(Incomparable, match="more than once"):
        kz.rank(rows(("X", "2024", 1), ("X", "2024", 2)))


def test_every_error_has_one_root():
    with pytest.raises(KzdataError):
        kz.growth(rows(("T", "2024", 236), ("T", "2025-01-01/P11M", 162.4)))
