"""Reliability and reconciled values, against a planted truth and arithmetic by hand."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from mirror_sample import planted, reports

from kzdata.analysis.mirror.comparison import mirror
from kzdata.analysis.mirror.reconciliation import reconcile
from kzdata.analysis.mirror.reliability import reliability
from kzdata.errors import ContractError, KzdataError, MeasureMismatch, NotAvailable
from kzdata.model import contract

WORLDS = [
    {},
    {"least": 0.2, "most": 0.5},
    {"least": 0.02, "most": 0.5, "kept": 0.6},
    {"scaled": True},
]


def rms(error) -> float:
    return float(np.sqrt(np.mean(np.square(error))))


def covered(found) -> float:
    inside = (found["lower"] <= found["truth"]) & (found["truth"] <= found["upper"])
    return float(inside.mean())


# --- the planted truth -----------------------------------------------------------------------


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("seed", [11, 12])
def test_reliability_is_ranked_as_planted(world, seed):
    frame, _, sigma = planted(seed, **world)
    found = reliability(frame).set_index("reporter")["sigma"].reindex(sigma.index)
    # Spearman: the correlation of ranks
    assert found.rank().corr(sigma.rank()) >= 0.9
    if not world.get("scaled"):
        inside = reliability(frame).set_index("reporter").reindex(sigma.index)
        share = ((inside["lower"] <= sigma) & (sigma <= inside["upper"])).mean()
        assert share >= 0.7


@pytest.mark.parametrize("combine", ["log", "baci"])
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("seed", [11, 12])
def test_reconciled_values_are_near_the_best_and_their_intervals_hold(combine, world, seed):
    frame, truth, sigma = planted(seed, **world)
    found = reconcile(frame, combine=combine).merge(truth)
    both = found[found["class"] == "both"]
    of_x, of_m = sigma[both["reporter"]].to_numpy(), sigma[both["partner"]].to_numpy()
    x, m = both["reported"], both["mirrored_fob"]
    if combine == "log":
        weight = of_m**2 / (of_x**2 + of_m**2)
        oracle = np.exp(weight * np.log(x) + (1 - weight) * np.log(m))
    else:
        v_x, v_m = (np.exp(s**2) * (np.exp(s**2) - 1) for s in (of_x, of_m))
        weight = v_m / (v_x + v_m)
        oracle = weight * x + (1 - weight) * m
    ours = rms(np.log(both["value"] / both["truth"]))
    assert ours <= 1.05 * rms(np.log(oracle / both["truth"]))
    # better than either side alone, and than their even mean
    for other in (x, m, np.sqrt(x * m)):
        assert ours < rms(np.log(other / both["truth"]))
    for rows in (both, found[found["class"] != "both"]):
        assert 0.85 <= covered(rows) <= 0.95


def test_the_level_is_a_choice():
    frame, truth, _ = planted(13)
    found = reconcile(frame, level=0.5).merge(truth)
    assert 0.45 <= covered(found) <= 0.55


def test_reliability_from_a_wider_frame_serves_a_narrow_one():
    frame, _, _ = planted(14)
    wide = reliability(frame)
    pair = frame[frame["reporter"].isin(["AAQ", "ABQ"]) & frame["partner"].isin(["AAQ", "ABQ"])]
    here = reconcile(pair, reliability=wide)
    there = reconcile(frame).merge(here[["reporter", "partner", "product"]])
    assert here["value"].to_numpy() == pytest.approx(there["value"].to_numpy(), rel=1e-9)
    assert set(here["note"]) == {""}
    alone = reconcile(pair)
    both = alone["class"] == "both"
    assert set(alone.loc[both, "weight"].round(6)) == {0.5}
    assert alone.loc[both, "note"].str.contains("cannot be told apart").all()


def test_an_economy_is_not_blamed_for_what_it_trades():
    # AAQ reports best of all, but deals only in product 10, which everybody reports badly.
    draw = np.random.default_rng(3)
    names = [f"{letter}AQ" for letter in "ABCDEFGH"]
    lines = []
    for exporter in names:
        for importer in (each for each in names if each != exporter):
            for year in range(1980, 2020):
                hard = year % 2 == 0 or "AAQ" in (exporter, importer)
                product, scale = ("10", 4.0) if hard else ("20", 1.0)
                for flow, by, of in (("X", exporter, importer), ("M", importer, exporter)):
                    sigma = scale * (0.05 if by == "AAQ" else 0.1)
                    value = 1000 * np.exp(sigma * draw.normal())
                    lines.append((flow, by, of, product, str(year), value))
    columns = ["flow", "reporter", "partner", "product", "period", "value"]
    frame = pd.DataFrame(lines, columns=columns).assign(unit="USD", valuation="FOB")
    assert reliability(frame)["reporter"].iloc[0] == "AAQ"
    assert reliability(frame.drop(columns="product"))["reporter"].iloc[0] != "AAQ"


# --- by hand ---------------------------------------------------------------------------------


def test_two_sigmas_make_the_weights_and_the_interval():
    frame = reports("X AAA BBB 100\nM BBB AAA 200", valuation="FOB")
    given_sigmas = pd.DataFrame({"reporter": ["AAA", "BBB"], "sigma": [0.1, 0.2]})
    (row,) = reconcile(frame, reliability=given_sigmas).to_dict("records")
    # w = 0.04 / (0.01 + 0.04) = 0.8; ln v = 0.8 ln 100 + 0.2 ln 200, so v = 100 × 2^0.2
    assert row["weight"] == pytest.approx(0.8)
    assert row["value"] == pytest.approx(100 * 2**0.2)
    # s of ln v = √(0.01 × 0.04 / 0.05) = 0.0894427; 1.644854 × that
    half = 1.6448536269514722 * np.sqrt(0.008)
    assert row["lower"] == pytest.approx(row["value"] * np.exp(-half))
    assert row["upper"] == pytest.approx(row["value"] * np.exp(half))
    (row,) = reconcile(frame, reliability=given_sigmas, combine="baci").to_dict("records")
    v_a, v_b = np.exp(0.01) * (np.exp(0.01) - 1), np.exp(0.04) * (np.exp(0.04) - 1)
    assert row["weight"] == pytest.approx(v_b / (v_a + v_b))
    assert row["value"] == pytest.approx((v_b * 100 + v_a * 200) / (v_a + v_b))


SIGMAS = pd.DataFrame({"reporter": ["ISR", "KAZ", "ITA"], "sigma": [0.1, 0.2, 0.3]})
CASES = reports("""
X ISR KAZ 27 100
M KAZ ISR 27 106
X ISR KAZ 84 7
M KAZ ISR 85 10.6
X ISR KAZ 30 0
M KAZ ISR 30 53
X ISR KAZ 31 0
M KAZ ISR 31 0
X ISR KAZ 32 -
X ISR _X  85 4
X ISR DEU 27 5
M ITA _X  84 6
""")


def by_hand():
    return reconcile(CASES, reliability=SIGMAS).set_index(["reporter", "partner", "product"])


def test_one_sided_flows_are_kept_flagged_and_fob():
    found = by_hand()
    export = found.loc[("ISR", "KAZ", "84")]
    assert (export["class"], export["value"], export["weight"]) == ("export_only", 7.0, 1.0)
    assert export["upper"] == pytest.approx(7 * np.exp(1.6448536 * 0.1))
    bought = found.loc[("ISR", "KAZ", "85")]
    assert (bought["class"], bought["weight"]) == ("import_only", 0.0)
    assert bought["value"] == pytest.approx(10)
    assert bought["lower"] == pytest.approx(10 * np.exp(-1.6448536 * 0.2))


def test_a_zero_against_a_figure_opens_the_interval():
    found = by_hand()
    row = found.loc[("ISR", "KAZ", "30")]
    assert row["value"] == pytest.approx(50)
    assert row["lower"] == 0
    assert row["note"] == "one side reports zero, the other not"
    agreed = found.loc[("ISR", "KAZ", "31")]
    assert (agreed["value"], agreed["lower"], agreed["upper"]) == (0, 0, 0)


def test_what_nobody_reports_is_missing():
    row = by_hand().loc[("ISR", "KAZ", "32")]
    assert row[["value", "lower", "upper", "weight"]].isna().all()
    assert (row["class"], row["obs_status"], row["note"]) == (
        "missing",
        "M",
        "neither side has a figure",
    )


def test_a_reporter_without_a_record_takes_the_scatter_of_the_others():
    found = by_hand()
    assert found.loc[("ISR", "DEU", "27"), "note"] == ""
    rows = reports("X DEU KAZ 27 5")
    (row,) = reconcile(rows, reliability=SIGMAS).to_dict("records")
    assert "that of the others" in row["note"]
    # √((0.01 + 0.04 + 0.09) / 3) = 0.2160
    assert row["upper"] == pytest.approx(5 * np.exp(1.6448536 * np.sqrt(0.14 / 3)))


def test_trade_without_a_partner_is_not_counted_twice():
    found = by_hand()
    # ISR sent 4 somewhere; KAZ reports 10 from ISR of which ISR reports nothing: the 4 are in it.
    assert found.loc[("ISR", "KAZ", "85"), "from_nes"] == 4
    assert found.loc[("ISR", "KAZ", "85"), "value"] == pytest.approx(10)
    assert found.loc[("ISR", "_X", "85"), "value"] == 0
    assert found.loc[("ISR", "_X", "85"), "class"] == "nes"
    # What ITA imported from somewhere is not what KAZ does not report.
    assert found.loc[("_X", "ITA", "84"), "value"] == pytest.approx(6 / 1.06)
    assert found.loc[("ISR", "KAZ", "84"), "from_nes"] == 0


def test_without_any_common_flow_there_is_no_interval():
    found = reconcile(reports("X ISR KAZ 84 7"))
    assert found["value"].tolist() == [7.0]
    assert found[["lower", "upper"]].isna().all(axis=None)
    assert "no interval" in found["note"].iloc[0]
    with pytest.raises(NotAvailable, match="reported by both sides"):
        reliability(reports("X ISR KAZ 84 7"))


def test_a_frame_of_the_contract_gives_a_frame_of_the_contract():
    frame = CASES[CASES["product"] == "27"].assign(
        dataflow="trade_goods",
        freq="A",
        period="2016",
        classification="HS2012",
        obs_status="A",
        basis="reported",
        source=["penppml_2025", "wits_kaz_isr", "penppml_2025"],
        published=["2025", "2026-01", "2025"],
        locator="row",
        note="",
    )
    frame = frame.assign(lower=frame["value"], upper=frame["value"])
    found = reconcile(frame, reliability=SIGMAS)
    contract.check(contract.order(found))
    assert found["source"].tolist()[-1] == "penppml_2025 + wits_kaz_isr"
    assert found["published"].tolist()[-1] == "2026-01"


def test_negative_investment_has_no_place_in_logarithms():
    frame = reports("X ISR KAZ -3\nM KAZ ISR 5").assign(
        dataflow=["fdi_position_outward", "fdi_position"], valuation="_Z", flow="_Z"
    )
    (row,) = reconcile(frame, reliability=SIGMAS).to_dict("records")
    assert (row["class"], row["value"], row["weight"]) == ("both", 5.0, 0.0)
    assert row["note"] == "a report below zero left out"


# --- what must hold --------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(some.integers(0, 10**6), some.floats(0.001, 1000))
def test_scaling_and_order_change_nothing(seed, by):
    frame, _, _ = planted(seed, economies=5, products=4)
    plain = reconcile(frame)
    mixed = reconcile(frame.sample(frac=1, random_state=1).assign(value=lambda f: f["value"] * by))
    for column in ("value", "lower", "upper"):
        assert mixed[column].to_numpy() == pytest.approx(plain[column].to_numpy() * by, rel=1e-6)
    assert mixed["weight"].to_numpy() == pytest.approx(plain["weight"].to_numpy(), abs=1e-6)
    both = plain[plain["class"] == "both"]
    sides = both[["reported", "mirrored_fob"]]
    assert (both["value"] >= sides.min(axis=1) * (1 - 1e-12)).all()
    assert (both["value"] <= sides.max(axis=1) * (1 + 1e-12)).all()
    assert both["weight"].between(0, 1).all()
    assert (both["lower"] <= both["value"]).all()
    assert list(plain["class"]) == list(mirror(frame)["class"])


def test_sides_that_agree_to_the_digit_do_not_break_the_fit():
    frame, _, _ = planted(5, economies=4, products=5, kept=1.0)
    exports = frame[frame["flow"] == "X"].assign(valuation="FOB")
    imports = exports.rename(columns={"reporter": "partner", "partner": "reporter"})
    copied = pd.concat([exports, imports.assign(flow="M")], ignore_index=True)
    found = reconcile(copied)
    assert found["value"].to_numpy() == pytest.approx(found["reported"].to_numpy())
    assert (reliability(copied)["sigma"] <= 0.0101).all()


def test_refusals():
    frame, _, _ = planted(1, economies=3, products=2)
    with pytest.raises(KzdataError, match="combine='mean'"):
        reconcile(frame, combine="mean")
    with pytest.raises(KzdataError, match="level="):
        reconcile(frame, level=90)
    with pytest.raises(ContractError, match="sigma"):
        reconcile(frame, reliability=frame)
    with pytest.raises(KzdataError, match="not above zero"):
        reconcile(frame, reliability=pd.DataFrame({"reporter": ["AAQ"], "sigma": [0.0]}))
    with pytest.raises(MeasureMismatch, match="count trade twice"):
        reconcile(pd.concat([frame, frame.assign(product="TOTAL").head(1)]))


def test_cost_grows_with_the_flows():
    def seconds(products):
        frame, _, _ = planted(2, economies=40, products=products, kept=1.0)
        begun = time.perf_counter()
        reconcile(frame)
        return time.perf_counter() - begun

    seconds(5)
    small, large = seconds(20), min(seconds(160), seconds(160))
    # Eight times the flows; three times as much again is room for a busy machine.
    assert large < 24 * small
    assert large < 10
