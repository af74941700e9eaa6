import pandas as pd
import pytest

import kzdata as kz
from kzdata.errors import KzdataError

CLAIMS = kz.claims()
OIL = kz.assumption("israel_oil_import_bill")


def of(kind, claims=CLAIMS, **options):
    found = kz.contradictions(claims, **options)
    return found[found["kind"] == kind]


def test_eleven_against_twelve_months_with_the_arithmetic():
    pair = CLAIMS[(CLAIMS["partner"] == "ISR") & (CLAIMS["reporter"] == "KAZ")]
    (row,) = of("spans", pair).to_dict("records")
    # 162.4 / 236 − 1 = −31.19 %
    assert "−31.2%" in row["arithmetic"]
    assert "−27.6%" in row["arithmetic"]
    assert "−19.0%" in row["arithmetic"]
    assert "tca-turnover-2025-jan-nov" in row["claims"]
    assert "unnamed-turnover-2024" in row["claims"]


def test_the_oil_share_without_an_assumption_says_what_would_be_needed():
    (row,) = of("oil_share").to_dict("records")
    # 236.5 million / 0.245 = 965.3 million: more than this and the share does not fit
    assert "965,306,122 USD" in row["arithmetic"]
    assert "volume and price" in row["needed"]


def test_the_oil_share_with_a_sourced_assumption_cannot_fit():
    (row,) = of("oil_share", oil=OIL).to_dict("records")
    # 4.1 Mt × 365/266 × 1380/2.24 USD/t = 3,466 million; 24.5 % of it is 849.2 million
    bill = 4.1e6 * 365 / 266 * 1.38e9 / 2.24e6
    assert f"{bill:,.0f} USD a year" in row["arithmetic"]
    assert "3.6 times the trade" in row["sentence"]
    assert set(OIL["source"].split(" + ")) <= set(row["source"].split(" + "))


def test_a_small_enough_bill_is_no_contradiction():
    small = {**OIL, "quantities": {**OIL["quantities"]}}
    small["quantities"]["annual_volume"] = OIL["quantities"]["annual_volume"] | {"value": 1e6}
    assert of("oil_share", oil=small).empty


def test_an_assumption_without_source_or_price_is_refused():
    volume = {"annual_volume": {"unit": "t", "value": 1}}
    with pytest.raises(KzdataError, match="lacks price"):
        kz.contradictions(CLAIMS, oil={"source": "x", "reporter": "ISR", "quantities": volume})


def test_cumulative_investment_without_a_concept():
    pair = CLAIMS[(CLAIMS["partner"] == "ISR") & (CLAIMS["reporter"] == "KAZ")]
    (row,) = of("concept", pair).to_dict("records")
    assert "$53.7 million" in row["sentence"]
    assert "about US$500 million" in row["sentence"]
    assert "gross inflow, net inflow or position" in row["sentence"]


def test_the_two_dates_of_diplomatic_relations():
    (row,) = of("dates").to_dict("records")
    assert "1992-04-10" in row["arithmetic"]
    assert "1992-08" in row["arithmetic"]


def test_a_consistent_set_raises_no_alarm():
    pair = CLAIMS[CLAIMS["claim"] == "unnamed-turnover-2024"].iloc[0].to_dict()
    consistent = pd.DataFrame(
        [
            pair | {"claim": "year"},
            pair | {"claim": "year-rounded", "value": 2.4e8, "lower": 2.35e8, "upper": 2.45e8},
            pair
            | {"claim": "next-year", "period": "2025", "value": 1.93e8, "lower": 1.925e8}
            | {"upper": 1.935e8},
            pair
            | {"claim": "same-year-part", "period": "2024-01-01/P6M", "value": 1e8}
            | {"lower": 0.9e8, "upper": 1.1e8},
            pair | {"claim": "fdi", "dataflow": "fdi_net_inflow", "flow": "_Z"},
            pair
            | {"claim": "a", "dataflow": "event", "unit": "date", "flow": "_Z"}
            | {"concept": "relations", "period": "1992-04-10", "value": None, "lower": None},
            pair
            | {"claim": "b", "dataflow": "event", "unit": "date", "flow": "_Z"}
            | {"concept": "relations", "period": "1992-04", "value": None, "lower": None},
        ]
    ).astype({"value": float, "lower": float})
    assert kz.contradictions(consistent, oil=OIL).empty


def made(**cells):
    base = CLAIMS[CLAIMS["claim"] == "unnamed-turnover-2024"].iloc[0].to_dict()
    value = cells.get("value", 2.36e8)
    return base | {"lower": value * 0.99, "upper": value * 1.01} | cells


def test_like_for_like_claims_beside_the_year_are_no_contradiction():
    consistent = pd.DataFrame(
        [
            made(claim="a", period="2025-01-01/P11M", value=1.624e8),
            made(claim="b", period="2024-01-01/P11M", value=2.0e8),
            made(claim="c", period="2024", value=2.36e8),
            made(claim="d", flow="M", period="2024", value=1.1e8, valuation="CIF"),
            made(claim="e", flow="M", period="2024", value=1.0e8, valuation="FOB"),
        ]
    )
    assert kz.contradictions(consistent).empty


def test_a_part_larger_than_its_whole_is_named():
    months = [made(claim="p", period="2024-01-01/P11M", value=3e8), made(claim="w")]
    (row,) = of("parts", pd.DataFrame(months)).to_dict("records")
    assert "297,000,000 > 238,360,000 USD" in row["arithmetic"]
    sides = [made(claim="x", flow="X", value=3e8), made(claim="t")]
    assert len(of("parts", pd.DataFrame(sides))) == 1


def test_disjoint_figures_of_one_measure_are_named():
    pair = CLAIMS[CLAIMS["claim"] == "unnamed-turnover-2024"].iloc[0].to_dict()
    two = pd.DataFrame(
        [pair, pair | {"claim": "other", "value": 3e8, "lower": 2.9e8, "upper": 3.1e8}]
    )
    (row,) = of("values", two).to_dict("records")
    assert "236,500,000 < 290,000,000" in row["arithmetic"]


def test_every_finding_can_be_cited():
    found = kz.contradictions(CLAIMS, oil=OIL)
    assert len(str(kz.cite(found)).splitlines()) > 5
