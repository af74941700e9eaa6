import pandas as pd
import pytest
from conftest import rows

import kzdata as kz
from kzdata.errors import ContractError


def claim(flow, period, value, lower, upper, **changed):
    row = rows((flow, period, value), basis="claimed", source="tca_2026").iloc[0].to_dict()
    row |= {"lower": lower, "upper": upper, "claim": "c", "printed": str(value), "speaker": None}
    row |= {"topic": "trade", "qualifier": None, "doubt": None}
    return pd.DataFrame([row | changed])


TRADE = rows(("X", "2024", 167.59), ("M", "2024", 68.54)).assign(
    lower=[167.585, 68.535], upper=[167.595, 68.545]
)


def verdict(claims, observations=TRADE):
    return kz.confront(claims, observations).iloc[0]


def test_the_ministrys_236_rounds_from_the_published_turnover():
    judged = kz.confront(kz.claims("trade"), kz.observations("KAZ", "ISR")).set_index("claim")
    told = judged.loc["unnamed-turnover-2024"]
    assert told["verdict"] == "rounds_to"
    assert told["observed_value"] == pytest.approx(236_132_656.94)
    assert {"unnamed_2025", "bns_kaz_isr"} == set(told["source"].split(" + "))


def test_eleven_months_have_no_published_counterpart():
    judged = kz.confront(kz.claims("trade"), kz.observations("KAZ", "ISR")).set_index("claim")
    told = judged.loc["tca-turnover-2025-jan-nov"]
    assert told["verdict"] == "other_measure"
    assert "another span" in told["because"]
    assert pd.isna(told["observed_value"])


def test_cumulative_investment_matches_no_series_of_the_national_bank():
    series = kz.observations("KAZ", "WLD", dataflow="fdi_net_inflow")
    judged = kz.confront(kz.claims("investment"), series).set_index("claim")
    told = judged[judged["printed"] == "$53.7 million"].iloc[0]
    assert told["verdict"] == "other_measure"
    assert "concept" in told["because"]
    assert "all partners, not Israel alone" in told["because"]


def test_each_verdict_by_hand():
    # 167.59 + 68.54 = 236.13, known to ±0.01
    assert verdict(claim("T", "2024", 236.13, 236.125, 236.135))["verdict"] == "confirmed"
    assert verdict(claim("T", "2024", 236, 235.5, 236.5))["verdict"] == "rounds_to"
    differs = verdict(claim("T", "2024", 240, 239.5, 240.5))
    assert differs["verdict"] == "differs"
    assert differs["difference_pct"] == pytest.approx(100 * (236.13 / 240 - 1))
    assert verdict(claim("T", "2025", 240, 239.5, 240.5))["verdict"] == "other_measure"
    assert (
        verdict(claim("T", "2024", 240, 239.5, 240.5, partner="TUR"))["verdict"] == "unverifiable"
    )


def test_a_bound_or_range_is_confirmed_when_the_figure_lies_in_it():
    over = claim("T", "2024", 200, 200, float("inf"), qualifier="over")
    assert verdict(over)["verdict"] == "confirmed"
    assert verdict(over.assign(value=300.0, lower=300.0))["verdict"] == "differs"
    between = claim("T", "2024", None, 230, 240, qualifier="between", obs_status="A")
    assert verdict(between)["verdict"] == "confirmed"


def test_months_are_summed_to_the_span_of_the_claim():
    months = rows(*(("X", f"2020-{m:02}", 10) for m in range(1, 7)))
    told = verdict(claim("X", "2020-01-01/P6M", 60, 59.5, 60.5), months)
    assert told["verdict"] in ("confirmed", "rounds_to")
    assert told["observed_value"] == 60


def test_the_other_sides_customs_is_another_measure():
    mirror = claim("M", "2024", 160, 159.5, 160.5, reporter="ISR", partner="KAZ")
    told = verdict(mirror)
    assert told["verdict"] == "other_measure"
    assert "Israel speaks, Kazakhstan publishes" in told["because"]


def test_another_product_or_valuation_is_another_measure():
    oil = verdict(claim("T", "2024", 236, 235.5, 236.5, product="2709", classification="HS2022"))
    assert oil["verdict"] == "other_measure"
    assert "another product: 2709" in oil["because"]
    fob = verdict(claim("M", "2024", 68.5, 68.45, 68.55, valuation="FOB"))
    assert fob["verdict"] == "other_measure"
    assert "another valuation: FOB" in fob["because"]


def test_steady_growth_is_held_against_the_growth_of_the_series():
    judged = kz.confront(kz.claims("trade"), kz.observations("KAZ", "ISR"))
    told = judged[judged["claim"].str.contains("steadily|steady")].iloc[0]
    assert told["verdict"] == "differs"
    # 2015: 305.966454 / 1,621.498529 − 1 = −81.1 %
    assert "−81.1% in 2015" in told["because"]


def test_nothing_to_compare_with_is_said():
    with pytest.raises(ContractError, match="nothing to hold the claims against"):
        kz.confront(kz.claims("trade"))
    with pytest.raises(ContractError, match="int is not a frame"):
        kz.confront(kz.claims("trade"), 5)


def test_a_date_is_no_figure():
    dated = claim("T", "2024", None, None, None, unit="date")
    assert verdict(dated)["verdict"] == "unverifiable"


def test_claims_without_their_columns_are_refused():
    with pytest.raises(ContractError, match=r"kz\.claims"):
        kz.confront(TRADE, TRADE)
