"""Official partner and final destination: every leg with evidence, nothing lost, both totals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some
from mirror_sample import reports

from kzdata.analysis.transit import official_and_delivered
from kzdata.errors import (
    ContractError,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    SeedError,
    UnknownCode,
)
from kzdata.seeds import frames
from kzdata.seeds.transit import scenarios, transit_scenarios

TRIESTE = "kaz-crude-cpc-trieste"
# Invented for the arithmetic: no source publishes a split.
LIST = reports("""
X KAZ ITA 2709 2023 1000
X KAZ DEU 2709 2023 200
X KAZ CHN 2709 2023 300
""")
SPLIT = {"ITA": {"DEU": (0.3, 0.2, 0.4), "CZE": 0.1}}


def test_every_leg_has_evidence_that_can_be_found():
    found = transit_scenarios()
    claims = set(frames.claims()["claim"])
    assert found["says"].str.len().gt(20).all()
    assert found["url"].str.startswith("http").all()
    typed = found.loc[found["source"] != "", "evidence"]
    assert set(typed) <= claims
    assert "satkaliyev-crude-exports-2023" in set(typed)
    legs = found[found["scenario"] == TRIESTE].drop_duplicates("leg")
    # the way is unbroken
    assert legs["origin"].tolist()[1:] == legs["destination"].tolist()[:-1]
    assert all(each["share"] is None for each in scenarios().values())


def test_goods_change_their_partner_and_none_are_lost():
    found = official_and_delivered(LIST, TRIESTE, shares=SPLIT).set_index("partner")
    # ITA 1000 − 300 − 100; DEU 200 + 300; CZE not in the list: 0 + 100
    assert found["delivered"].to_dict() == pytest.approx(
        {"CHN": 300, "CZE": 100, "DEU": 500, "ITA": 600}
    )
    assert found["official"].to_dict() == {"CHN": 300, "CZE": 0, "DEU": 200, "ITA": 1000}
    # DEU 200 + 1000 × 0.2 to 0.4; ITA 1000 × (1 − 0.5) to 1000 × (1 − 0.3)
    assert found.loc["DEU", ["lower", "upper"]].tolist() == pytest.approx([400, 600])
    assert found.loc["ITA", ["lower", "upper"]].tolist() == pytest.approx([500, 700])
    assert set(found["flow"]) == {"X"}
    assert set(found["official_total"]) == {1500.0}
    assert found["delivered_total"].tolist() == pytest.approx([1500] * 4)
    assert found.loc["CZE", "note"] == "not in the official list: 0"
    assert found.loc["CHN", "note"] == ""
    assert set(found["variant"]) == {
        "shares given by the caller: ITA to DEU 0.3 (0.2 to 0.4); ITA to CZE 0.1"
    }


@settings(max_examples=30, deadline=None)
@given(
    some.lists(some.floats(0, 1e9), min_size=3, max_size=3),
    some.floats(0, 0.5),
    some.floats(0, 0.5),
)
def test_mass_is_conserved_whatever_the_shares(values, first, second):
    frame = LIST.assign(value=values)
    found = official_and_delivered(frame, TRIESTE, shares={"ITA": {"DEU": first, "AUT": second}})
    assert found["delivered"].sum() == pytest.approx(sum(values))
    assert found["delivered_total"].iloc[0] == pytest.approx(found["official_total"].iloc[0])
    assert (found["delivered"] >= -1e-6).all()
    assert (found["lower"] <= found["delivered"] + 1e-6).all()


def test_each_period_and_product_is_moved_on_its_own():
    two = pd.concat([LIST, LIST.assign(period="2024", value=[10.0, 20.0, 30.0])])
    found = official_and_delivered(two, TRIESTE, shares={"ITA": {"ISR": 0.5}})
    israel = found[found["partner"] == "ISR"].set_index("period")["delivered"]
    assert israel.to_dict() == {"2023": 500.0, "2024": 5.0}
    assert found.groupby("period")["official_total"].first().to_dict() == {"2023": 1500, "2024": 60}


def test_a_missing_flow_makes_missing_what_it_feeds_and_both_totals():
    frame = LIST.assign(value=[np.nan, 200, 300])
    found = official_and_delivered(frame, TRIESTE, shares=SPLIT).set_index("partner")
    assert found.loc[["ITA", "DEU", "CZE"], "delivered"].isna().all()
    assert found.loc["CHN", "delivered"] == 300
    assert found[["official_total", "delivered_total"]].isna().all(axis=None)
    assert found.loc["ITA", "note"] == "the official figure is missing"
    assert found.loc["DEU", "note"] == "the flow that is moved is missing"


def test_the_evidence_is_cited_beside_the_figures():
    found = official_and_delivered(LIST.assign(source="bns_panel"), TRIESTE, shares=SPLIT)
    assert set(found["source"]) == {"bns_panel + menafn_2024_02"}


def test_a_scenario_that_names_no_booked_partner_takes_any():
    found = official_and_delivered(LIST, "kaz-crude-cpc-israel", shares={"CHN": {"ISR": 0.1}})
    assert found.set_index("partner").loc["ISR", "delivered"] == pytest.approx(30)


@pytest.mark.parametrize("shares", [None, {}, {"ITA": {}}])
def test_a_share_that_no_source_gives_is_never_assumed(shares):
    with pytest.raises(NotAvailable, match="No source says which share"):
        official_and_delivered(LIST, TRIESTE, shares=shares)


@pytest.mark.parametrize(
    ("shares", "error", "said"),
    [
        ({"ITA": {"DEU": 1.2}}, KzdataError, "cannot be"),
        ({"ITA": {"DEU": -0.1}}, KzdataError, "cannot be"),
        ({"ITA": {"DEU": (0.5, 0.6, 0.7)}}, KzdataError, "cannot be"),
        ({"ITA": {"ITA": 0.1}}, KzdataError, "cannot be"),
        ({"ITA": {"WLD": 0.1}}, KzdataError, "cannot be"),
        ({"ITA": {"DEU": 0.6, "CZE": 0.6}}, KzdataError, "More than the whole"),
        ({"CHN": {"DEU": 0.1}}, UnknownCode, "does not book"),
        ({"ITA": {"Narnia": 0.1}}, UnknownCode, "Narnia"),
    ],
)
def test_impossible_shares_are_refused(shares, error, said):
    with pytest.raises(error, match=said):
        official_and_delivered(LIST, TRIESTE, shares=shares)


@pytest.mark.parametrize(
    ("frame", "error", "said"),
    [
        (LIST.assign(product="TOTAL"), MeasureMismatch, "is about 2709"),
        (LIST.assign(product="27"), MeasureMismatch, "is about 2709"),
        (LIST.assign(flow="M"), MeasureMismatch, "flow X"),
        (LIST.assign(reporter="RUS"), MeasureMismatch, "reporter KAZ"),
        (LIST.assign(partner=["ITA", "DEU", "WLD"]), MeasureMismatch, "WLD stands among"),
        (LIST.assign(partner=["ITA", "DEU", "DEU"]), MeasureMismatch, "more than once"),
        (LIST.iloc[1:], NotAvailable, "no flow booked under ITA"),
        (LIST.drop(columns="product"), ContractError, "product"),
    ],
)
def test_figures_that_the_scenario_is_not_about_are_refused(frame, error, said):
    with pytest.raises(error, match=said):
        official_and_delivered(frame, TRIESTE, shares=SPLIT)


def test_an_unknown_scenario_names_the_near_ones():
    with pytest.raises(UnknownCode, match="Did you mean 'kaz-crude-cpc-trieste'"):
        official_and_delivered(LIST, "kaz-crude-trieste", shares=SPLIT)


SHOWN = {"claim": "satkaliyev-crude-exports-2023", "says": "s"}
LEG = {"from": "KAZ", "to": "RUS", "via": "v", "carrier": "pipeline", "evidence": [SHOWN]}
WHOLE = {
    "id": "a", "title": "t", "reporter": "KAZ", "flow": "X", "products": ["27"], "booked": None,
    "legs": [LEG], "share": None, "cannot_show": "c",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"legs": [LEG | {"evidence": [{"claim": "nowhere", "says": "s"}]}]}, "legs 1: evidence: "),
        ({"legs": [LEG | {"evidence": [{"url": "u", "says": "s"}]}]}, "legs 1: evidence: "),
        ({"legs": [LEG, LEG | {"evidence": []}]}, "legs 2: evidence: empty"),
        ({"legs": [LEG | {"evidence": [{"claim": "x"}]}]}, "legs 1: evidence 1: says: missing"),
        ({"legs": [LEG | {"form": "KAZ"}]}, "legs 1: form: unknown field. Did you mean 'from'"),
        ({"legs": []}, "legs: empty"),
        ({"share": 0.3}, "share: 0.3 is not null"),
        ({"products": [2709]}, "products 1: 2709 is not text"),
        ({"titel": "t"}, "titel: unknown field. Did you mean 'title'"),
    ],
)
def test_a_scenario_of_another_shape_is_refused(tmp_path, changed, said):
    path = tmp_path / "transit.yml"
    path.write_text(yaml.safe_dump({"scenarios": [WHOLE]}))
    assert list(scenarios(path)) == ["a"]
    scenarios.cache_clear()
    path.write_text(yaml.safe_dump({"scenarios": [WHOLE | changed]}))
    with pytest.raises(SeedError) as caught:
        scenarios(path)
    assert f"a: {said}" in str(caught.value)
    assert str(path) in str(caught.value)
