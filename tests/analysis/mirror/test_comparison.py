"""Both reports of a flow side by side, and imports made FOB."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from mirror_sample import planted, reports
from pandas.testing import assert_frame_equal

from kzdata.analysis.mirror.comparison import mirror
from kzdata.analysis.mirror.freight import carriage, fob
from kzdata.analysis.mirror.pairs import unspecified
from kzdata.analysis.mirror.reconciliation import allocate
from kzdata.errors import (
    ContractError,
    Incomparable,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    PeriodMismatch,
    UnitMismatch,
)
from kzdata.model import contract
from kzdata.seeds import frames
from kzdata.store import query

PAIR = reports("X ISR KAZ TOTAL 2016 100\nM KAZ ISR TOTAL 2016 144")


def one(frame, **where):
    for column, wanted in where.items():
        frame = frame[frame[column] == wanted]
    (row,) = frame.to_dict("records")
    return row


# --- the published gap -----------------------------------------------------------------------


def israel_beside_kazakhstan():
    """Israel's exports (UN Comtrade, through penppml) and Kazakhstan's imports (WITS)."""
    exports = frames.claims("trade", reporter="ISR", partner="KAZ")
    exports = exports[(exports["source"] == "penppml_2025") & (exports["flow"] == "X")]
    imports = query.observations("KAZ", "ISR", flow="M", source="wits_kaz_isr")
    return pd.concat([exports[contract.COLUMNS], imports], ignore_index=True)


@pytest.mark.parametrize(
    ("year", "exports", "imports", "published"),
    [
        # ISR exports in thousand USD: UN Comtrade through the data of penppml; KAZ imports: WITS.
        ("2000", 11_133.0, 15_621.6, 1.40),
        ("2004", 23_936.0, 42_159.715, 1.76),
        ("2008", 105_063.0, 148_470.003, 1.41),
        ("2012", 76_287.0, 113_028.1, 1.48),
        ("2016", 45_960.0, 66_148.365, 1.44),
    ],
)
def test_kazakhstan_reports_more_than_israel_does(year, exports, imports, published):
    found = one(mirror(israel_beside_kazakhstan()), period=year, reporter="ISR", partner="KAZ")
    assert found["reported"] == pytest.approx(1000 * exports)
    assert found["mirrored"] == pytest.approx(1000 * imports)
    assert round(found["ratio"], 2) == published
    assert found["ratio_lower"] < found["ratio"] < found["ratio_upper"]
    assert found["gap"] == pytest.approx(1000 * (imports - exports))
    assert found["class"] == "both"
    assert (found["reported_valuation"], found["mirrored_valuation"]) == ("unknown", "CIF")
    # The copy does not say how Israel's exports are valued, so nothing is said in FOB.
    assert np.isnan(found["distance"])
    assert found["note"] == "the valuation of the exports does not tell their FOB value"
    assert found["source"] == "penppml_2025 + wits_kaz_isr"
    assert found["locator"].count("; mirror: ") == 1


def test_with_exports_taken_as_fob_more_than_carriage_remains():
    frame = israel_beside_kazakhstan()
    found = mirror(frame.assign(valuation=frame["flow"].map({"X": "FOB", "M": "CIF"})))
    row = one(found, period="2016", reporter="ISR")
    in_fob = 66_148_365 / 1.06
    assert row["mirrored_fob"] == pytest.approx(in_fob)
    assert row["gap_fob"] == pytest.approx(in_fob - 45_960_000)
    assert row["distance"] == pytest.approx(np.log(in_fob / 45_960_000))
    assert row["asymmetry"] == pytest.approx((in_fob - 45.96e6) / (in_fob + 45.96e6))
    assert row["signed_asymmetry"] == pytest.approx(2 * row["asymmetry"])
    assert "1.06" in row["variant"]


# --- classes ---------------------------------------------------------------------------------

MANY = reports("""
X ISR KAZ 27 2016 100
M KAZ ISR 27 2016 106
X ISR KAZ 84 2016 7
M KAZ ISR 85 2016 10.6
X ISR _X  27 2016 3
M KAZ _U  27 2016 2
X ISR KAZ 30 2016 -
M KAZ ISR 30 2016 5
X ISR KAZ 31 2016 -
""")


def test_a_side_that_is_not_given_is_missing_and_never_zero():
    found = mirror(MANY)
    pair = found[(found["reporter"] == "ISR") & (found["partner"] == "KAZ")].set_index("product")
    assert pair["class"].to_dict() == {
        "27": "both",
        "84": "export_only",
        "85": "import_only",
        "30": "import_only",
        "31": "missing",
    }
    assert (
        pair.loc[["84", "85", "30"], ["gap", "ratio", "asymmetry", "distance"]]
        .isna()
        .all(axis=None)
    )
    assert pair["note"].to_dict() == {
        "27": "",
        "84": "no report by the importer: missing, not zero",
        "85": "no report by the exporter: missing, not zero",
        "30": "the exporter's figure is missing",
        "31": "no report by the importer: missing, not zero",
    }
    # 106 / 1.06 = 100: the two agree in FOB
    assert pair.loc["27", "distance"] == pytest.approx(0, abs=1e-12)
    assert pair.loc["27", "ratio"] == pytest.approx(1.06)
    assert set(found.loc[found["class"] == "nes", "partner"]) == {"_X", "KAZ"}


def test_zero_is_a_report():
    found = mirror(reports("X KAZ ISR 0\nM ISR KAZ 53"))
    (row,) = found.to_dict("records")
    assert (row["class"], row["gap"], row["asymmetry"]) == ("both", 53.0, 1.0)
    assert np.isnan(row["ratio"])
    assert np.isnan(row["distance"])
    assert row["note"] == "the exporter reports zero"
    (row,) = mirror(reports("X KAZ ISR 0\nM ISR KAZ 0")).to_dict("records")
    assert np.isnan(row["asymmetry"])
    assert row["note"] == "both sides report zero"


def test_mirroring_twice_changes_nothing():
    for frame in (MANY, israel_beside_kazakhstan(), POSITIONS):
        once = mirror(frame)
        assert_frame_equal(mirror(once), once)


def test_from_the_other_side_the_sign_turns():
    swapped = PAIR.assign(
        flow=PAIR["flow"].map({"X": "M", "M": "X"}),
        reporter=PAIR["reporter"],
        valuation="FOB",
    )
    here = mirror(PAIR.assign(valuation="FOB")).iloc[0]
    there = mirror(swapped).iloc[0]
    assert (here["reporter"], there["reporter"]) == ("ISR", "KAZ")
    for column in ("gap", "signed_asymmetry"):
        assert here[column] == pytest.approx(-there[column])
    for column in ("asymmetry", "distance"):
        assert here[column] == pytest.approx(there[column])


@settings(max_examples=25, deadline=None)
@given(some.floats(1, 1e12), some.floats(1, 1e12), some.floats(0.01, 1000))
def test_scaling_units_changes_no_index(x, m, by):
    frame = PAIR.assign(value=[x, m])
    columns = ["ratio", "asymmetry", "signed_asymmetry", "distance"]
    scaled = mirror(frame.assign(value=frame["value"] * by))[columns].iloc[0]
    plain = mirror(frame)[columns].iloc[0]
    assert scaled.tolist() == pytest.approx(plain.tolist(), rel=1e-9, abs=1e-9)
    assert 0 <= plain["asymmetry"] <= 1
    assert -2 <= plain["signed_asymmetry"] <= 2


# --- investment ------------------------------------------------------------------------------

POSITIONS = pd.DataFrame(
    [
        ("fdi_position_outward", "ISR", "KAZ", "2020", 12.0),
        ("fdi_position", "KAZ", "ISR", "2020", 8.0),
        ("fdi_position", "KAZ", "ISR", "2018", -5.0),
        ("fdi_position_outward", "ISR", "KAZ", "2018", 3.0),
    ],
    columns=["dataflow", "reporter", "partner", "period", "value"],
).assign(unit="EUR", flow="_Z", product="_Z", valuation="_Z")


def test_investment_is_mirrored_by_the_same_function():
    found = mirror(POSITIONS).set_index("period")
    assert set(found["reporter"]) == {"ISR"}
    assert set(found["dataflow"]) == {"fdi_position_outward"}
    assert found.loc["2020", "gap"] == -4.0
    assert found.loc["2020", "asymmetry"] == pytest.approx(4 / 20)
    assert set(found["variant"].str.partition(": ")[2]) == {"no carriage in investment"}
    assert found.loc["2018", "gap"] == -8.0
    assert np.isnan(found.loc["2018", "asymmetry"])
    assert "below zero" in found.loc["2018", "note"]


# --- carriage --------------------------------------------------------------------------------


def full(frame, **common):
    """The frame with the columns of the contract that it lacks."""
    low, high = frame["value"] - 0.5, frame["value"] + 0.5
    rest = {"dataflow": "trade_goods", "freq": "A", "period": "2016", "product": "TOTAL"}
    rest |= {"lower": low, "upper": high, "obs_status": "A", "basis": "reported"}
    rest |= {"source": "wits_kaz_isr", "published": "2026", "locator": "row", "note": ""}
    return frame.assign(**{k: v for k, v in rest.items() if k not in frame.columns}, **common)


def test_fob_divides_and_keeps_the_arithmetic():
    found = fob(full(PAIR))
    assert list(found["value"]) == pytest.approx([100, 144 / 1.06])
    assert list(found["valuation"]) == ["FOB", "FOB"]
    assert list(found["upper"]) == pytest.approx([100.5, 144.5 / 1.06])
    assert list(found["basis"]) == ["reported", "derived"]
    assert list(found["obs_status"]) == ["A", "E"]
    assert found["note"].iloc[1].startswith("144 / 1.06; imports CIF / 1.06 (IMF")
    # never × (1 − 0.06), which would take out 6 % of the CIF value
    assert found["value"].iloc[1] > 144 * 0.94
    contract.check(contract.order(found))
    assert_frame_equal(fob(found)[contract.NUMERIC], found[contract.NUMERIC])


def test_an_import_valued_fob_is_left_alone():
    frame = full(PAIR.assign(valuation=["FOB", "FOB"]))
    assert list(fob(frame)["value"]) == [100, 144]
    assert mirror(frame)["distance"].iloc[0] == pytest.approx(np.log(1.44))


def test_carriage_that_would_widen_the_gap_stays_where_that_is_asked():
    narrow = full(reports("X ISR KAZ 27 2016 100\nM KAZ ISR 27 2016 101\nM KAZ ISR 84 2016 50"))
    kept = fob(narrow, where="pair")
    assert list(kept["value"]) == [100, 101, 50]
    assert "would widen" in kept["note"].iloc[1]
    by_cell = fob(narrow, where="cell")
    # the one-sided flow has no gap to widen
    assert list(by_cell["value"]) == pytest.approx([100, 101, 50 / 1.06])
    assert list(fob(narrow)["value"]) == pytest.approx([100, 101 / 1.06, 50 / 1.06])


def geography(frame, seed=3):
    draw = np.random.default_rng(seed)
    areas = sorted(set(frame["reporter"]))
    pairs = [(a, b) for a in areas for b in areas if a != b]
    made = pd.DataFrame(pairs, columns=["reporter", "partner"])
    locked = dict(zip(areas, draw.random(len(areas)) < 0.3, strict=True))
    made["distance"] = draw.uniform(300, 15000, len(made))
    made["contiguity"] = (draw.random(len(made)) < 0.1).astype(float)
    made["landlocked_reporter"] = made["reporter"].map(locked).astype(float)
    made["landlocked_partner"] = made["partner"].map(locked).astype(float)
    return made


def carried(seed=5, noise=0.05):
    """Reports whose carriage follows a known equation, in two years."""
    frame, _, _ = planted(seed, economies=20, products=20, kept=1.0)
    exports = frame[frame["flow"] == "X"]
    places = geography(frame)
    draw = np.random.default_rng(seed)
    both = exports.merge(places, on=["reporter", "partner"])
    log = np.log(both["distance"])
    cost = 0.30 - 0.11 * log + 0.012 * log**2 - 0.04 * both["contiguity"]
    cost += 0.05 * both["landlocked_partner"] - 0.01 * both["landlocked_reporter"]
    years = []
    for year, more in (("2015", 0.0), ("2016", 0.02)):
        error = noise * draw.normal(size=len(both))
        imports = both[exports.columns].assign(
            reporter=both["partner"],
            partner=both["reporter"],
            flow="M",
            valuation="CIF",
            value=both["value"] * np.exp(cost + more + error),
        )
        years.append(pd.concat([exports, imports], ignore_index=True).assign(period=year))
    return pd.concat(years, ignore_index=True), places, cost


def test_a_fit_finds_the_planted_equation():
    frame, places, _ = carried()
    fit = carriage(frame, places)
    planted_terms = {
        "ln D": -0.11,
        "(ln D)²": 0.012,
        "contiguity": -0.04,
        "landlocked_reporter": -0.01,
        "landlocked_partner": 0.05,
    }
    for name, true in planted_terms.items():
        assert abs(fit.coefficients[name] - true) < 4 * fit.standard_errors[name], name
    assert fit.effects["2016"] - fit.effects["2015"] == pytest.approx(0.02, abs=0.005)
    assert fit.cells == 2 * 20 * 19 * 20
    assert fit.spread == pytest.approx(0.05, rel=0.05)


def test_a_fitted_factor_is_never_below_one_and_serves_mirror_and_fob():
    frame, places, cost = carried(noise=0.01)
    fit = carriage(frame, places)
    found = mirror(frame, fit)
    assert (found["cif_factor"] >= 1).all()
    assert found["cif_factor"].mean() == pytest.approx(np.exp(cost + 0.01).mean(), rel=0.01)
    assert found["distance"].mean() < 0.02
    cheap = carriage(frame.assign(value=frame["value"].where(frame["flow"] == "X", 1.0)), places)
    assert (mirror(frame, cheap, where="everywhere")["cif_factor"] == 1).all()
    lone = places[places["reporter"] != "AAQ"]
    unknown = mirror(frame, carriage(frame, lone))
    gone = unknown[unknown["reporter"] == "AAQ"]
    assert gone["mirrored_fob"].isna().all()
    assert set(gone["note"]) == {"no distance for the pair, so the carriage is not known"}


def test_unit_values_and_quantities_enter_where_they_are_given():
    frame, places, _ = carried(noise=0.02)
    worth = frame["product"].map({p: 1.0 + n for n, p in enumerate(sorted(set(frame["product"])))})
    heavy = frame["value"] / worth
    dearer = np.where(frame["flow"] == "M", worth**-0.03, 1.0)
    fit = carriage(
        frame.assign(value=frame["value"] * dearer, quantity_t=heavy), places, quantity="quantity_t"
    )
    assert fit.coefficients["ln UV"] == pytest.approx(-0.03, abs=0.003)


# --- partners that are not specified ---------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    some.lists(some.tuples(some.floats(0, 100), some.floats(0, 100)), min_size=5, max_size=5),
    some.lists(some.sampled_from("xmb"), min_size=5, max_size=5),
    some.floats(0, 300),
    some.floats(0, 300),
)
def test_areas_not_specified_never_widen_a_gap(values, sides, loose_x, loose_m):
    from kzdata.analysis.mirror.pairing import pair

    lines = [f"X ISR _X 27 {loose_x}", f"M KAZ _X 27 {loose_m}"]
    for partner, (x, m), side in zip(
        ("KAZ", "USA", "DEU", "ITA", "CHN"), values, sides, strict=True
    ):
        lines += [f"X ISR {partner} 27 {x}"] if side in "xb" else []
        lines += [f"M {partner} ISR 27 {m}"] if side in "mb" else []
    pairs = pair(reports("\n".join(lines), valuation="FOB"))
    share, rest = allocate(pairs, pairs.x, pairs.m)
    alone = np.isnan(pairs.x) != np.isnan(pairs.m)
    assert (share[~alone] == 0).all()
    x, m = np.nan_to_num(pairs.x), np.nan_to_num(pairs.m)
    filled = np.abs(np.abs(x - m) - share)
    assert (filled[~pairs.nes()] <= np.abs(x - m)[~pairs.nes()] + 1e-9).all()
    # what is handed out is taken off, and no more than there was
    loose = pairs.nes()
    assert share.sum() == pytest.approx((np.maximum(x, m) - rest)[loose].sum(), abs=1e-6)
    assert (rest[loose] >= -1e-9).all()


def test_what_is_not_specified():
    codes = unspecified()
    assert {"_X", "_U", "F19", "X1"} <= codes
    assert not {"S19", "KAZ", "XKX", "WLD"} & codes


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "error", "said"),
    [
        (MANY.assign(partner="WLD"), MeasureMismatch, "a total has no mirror"),
        (pd.concat([PAIR, PAIR]), MeasureMismatch, "more than once"),
        (PAIR.assign(flow="T"), MeasureMismatch, "also holds T"),
        (PAIR.assign(unit=["USD", "EUR"]), UnitMismatch, "EUR and USD"),
        (PAIR.assign(period=["2016", "2016-01"]), PeriodMismatch, "covers"),
        (PAIR.assign(classification=["HS2012", "HS2017"]), Incomparable, "HS2012"),
        (PAIR.assign(value=[np.inf, 1]), ContractError, "infinite"),
        (PAIR.drop(columns="partner"), ContractError, "partner"),
        (PAIR.iloc[:0], NotAvailable, "no rows"),
        (PAIR.assign(dataflow="fdi_gross_inflow"), MeasureMismatch, "fdi_gross_inflow"),
        (PAIR.assign(dataflow=["trade_goods", "energy"]), MeasureMismatch, "energy"),
        (PAIR.assign(reporter=[None, "KAZ"]), ContractError, "without a reporter"),
    ],
)
def test_what_has_no_common_mirror_is_refused(frame, error, said):
    with pytest.raises(error, match=said):
        mirror(frame)


@pytest.mark.parametrize("factor", [0.94, 0, float("nan"), float("inf"), "1.06", True])
def test_a_factor_below_one_is_refused(factor):
    with pytest.raises(KzdataError, match="ratio of CIF to FOB"):
        mirror(PAIR, factor)


def test_a_fit_needs_a_geography_and_flows():
    frame, places, _ = carried()
    with pytest.raises(ContractError, match="distance"):
        carriage(frame, places.drop(columns="distance"))
    with pytest.raises(ContractError, match="more than once"):
        carriage(frame, pd.concat([places, places]))
    with pytest.raises(KzdataError, match="not above zero"):
        carriage(frame, places.assign(distance=0.0))
    with pytest.raises(NotAvailable, match="too few"):
        carriage(frame.head(3), places)
    twin = places.assign(landlocked_partner=places["contiguity"])
    with pytest.raises(KzdataError, match="cannot be told apart"):
        carriage(frame, twin)
    flat = carriage(frame, places.assign(contiguity=0.0))
    assert flat.left_out == ("contiguity",)


def test_without_a_valuation_the_official_definition_is_taken_and_said():
    row = mirror(PAIR.drop(columns="valuation")).iloc[0]
    assert row["mirrored_fob"] == pytest.approx(144 / 1.06)
    assert "valuation not given" in row["variant"]


# --- a frame of everything -------------------------------------------------------------------


def test_totals_of_the_world_are_set_aside_and_counted():
    world = reports("X KAZ WLD TOTAL 2016 900\nM KAZ WLD TOTAL 2016 800\nM WLD KAZ TOTAL 2016 950")
    both = pd.concat([PAIR, world], ignore_index=True)
    assert_frame_equal(mirror(both).drop(columns="variant"), mirror(PAIR).drop(columns="variant"))
    assert mirror(both)["variant"].item().endswith("totals of the world set aside: 3")
    assert "world" not in mirror(PAIR)["variant"].item()
    again = mirror(mirror(both))
    assert_frame_equal(again, mirror(PAIR))


def test_everything_of_a_year_can_be_mirrored_as_it_comes():
    # 2025: 197 partners by year, and the world by month; no side but Kazakhstan's is shipped.
    trade = query.observations("KAZ", start=2025, end=2025)
    found = mirror(trade)
    assert (trade["partner"] == "WLD").sum() == 2 * 12
    assert len(found) == len(trade) - 2 * 12
    assert set(found["class"]) <= {"export_only", "import_only", "nes"}


def test_a_total_of_the_world_has_no_pair_whose_sides_could_come_closer():
    trade = query.observations("KAZ", start=2025, end=2025, flow="M")
    frame = trade[trade["partner"].isin(["ISR", "WLD"]) & trade["period"].isin(["2025", "2025-01"])]
    by_pair = fob(frame, where="pair").set_index("partner")
    assert by_pair.loc["WLD", "note"] == "left CIF: a total of the world has no pair"
    assert by_pair.loc["WLD", "cif_factor"] == 1
    assert by_pair.loc["ISR", "cif_factor"] == 1.06
    everywhere = fob(frame).set_index("partner")
    assert everywhere.loc["WLD", "cif_factor"] == 1.06
