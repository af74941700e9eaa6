"""The estimators of a full year, the choice among them, and their proof on real and made series."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import rows
from hypothesis import given, settings
from hypothesis import strategies as st

import kzdata as kz
from kzdata.analysis.partial_year import estimators, interval, selection
from kzdata.analysis.partial_year.selection import Season
from kzdata.errors import KzdataError, MeasureMismatch, NotAvailable, UnitMismatch

SEASON = np.array([75, 78, 83, 83, 84, 83, 84, 84, 84, 86, 85, 91]) / 1000


def monthly(years, start=2015, flow="X", **common):
    """Months under the contract from a row of twelve values a year."""
    cells = [
        (flow, f"{start + y}-{m + 1:02d}", value)
        for y, values in enumerate(years)
        for m, value in enumerate(values)
    ]
    return rows(*cells, **common)


def national(flow):
    months = kz.observations("KAZ", "WLD", freq="M")
    return kz.turnover(months) if flow == "T" else months[months["flow"] == flow]


def log_error(tests, column="estimate_value"):
    return np.log(tests[column] / tests["actual_value"]).abs().mean()


# ── each estimator by hand ───────────────────────────────────────────────────────────────────────


def test_each_estimator_by_hand():
    # halves 40 + 60, 50 + 50, 60 + 90; then 72 in the first half
    past = np.array([[40 / 6] * 6 + [10] * 6, [50 / 6] * 12, [10] * 6 + [15] * 6])
    factors = estimators.log_factors(past, 72.0, 6, recent=True, rest=100.0)
    years = {name: 72 * math.exp(factor) for name, factor in factors.items()}
    assert years["naive"] == pytest.approx(144)
    assert years["last_share"] == pytest.approx(72 + 72 * 90 / 60)
    # geometric mean of 60/40, 50/50 and 90/60
    assert years["mean_share"] == pytest.approx(72 * (1 + (1.5 * 1 * 1.5) ** (1 / 3)))
    # the rest of the last year, 90, grown by the root of 72/60
    assert years["damped_growth"] == pytest.approx(72 + 90 * math.sqrt(1.2))
    assert years["ets"] == pytest.approx(172)


def test_what_a_lender_cannot_know_is_left_out():
    factors = estimators.log_factors(np.array([[10.0] * 12]), 50.0, 6, recent=False, rest=None)
    assert set(factors) == {"naive", "last_share", "mean_share"}
    assert set(estimators.log_factors(np.zeros((1, 12)), 5.0, 6, recent=True, rest=None)) == {
        "naive"
    }


def test_smoothing_repeats_a_season_that_never_changes():
    logs = np.log(np.tile(SEASON, 3))
    foreseen = estimators.rest_of_year(logs, {13, 24, 30})
    assert foreseen[13] == pytest.approx(np.log(SEASON[1:]))
    assert foreseen[24] == pytest.approx(np.log(SEASON))
    assert foreseen[30] == pytest.approx(np.log(SEASON[6:]))


def test_smoothing_by_hand_one_step():
    """A flat year, then a January of 0.5: every row of the grid has the same first error, so the
    first row of the grid foresees level 0 + 0.05 × 0.5 and leaves the other months alone."""
    logs = np.array([0.0] * 12 + [0.5, 9.0])
    assert estimators.GRID[0].tolist() == [0.05, 0.0, 0.0, 0.0]
    assert estimators.rest_of_year(logs, {13})[13] == pytest.approx([0.025] * 11)


def test_smoothing_never_looks_ahead():
    random = np.random.default_rng(7)
    logs = random.normal(0, 0.2, 60)
    later = np.concatenate([logs[:31], random.normal(5, 3, 29)])
    one = estimators.rest_of_year(logs, {17, 31, 47})
    other = estimators.rest_of_year(later, {17, 31, 47})
    assert one[17] == pytest.approx(other[17], abs=0)
    assert one[31] == pytest.approx(other[31], abs=0)
    assert one[47] != pytest.approx(other[47])


# ── the choice ───────────────────────────────────────────────────────────────────────────────────


def trials(**errors):
    """Year → estimator → the same error at every cut, from a list a estimator."""
    years = range(2000, 2000 + len(next(iter(errors.values()))))
    return {
        year: {name: np.full(11, values[place]) for name, values in errors.items()}
        for place, year in enumerate(years)
    }


def test_the_standing_estimator_yields_to_a_clearly_better_one():
    # two years: a rival must be better by the factor 1 + 2/2 = 2
    near = trials(naive=[0.4, 0.4], ets=[0.3, 0.3], mean_share=[0.2, 0.2])
    assert selection.choose(near, 2002, 6, selection.OWN, set(near[2000])).name == "ets"
    clear = trials(naive=[0.4, 0.4], ets=[0.3, 0.3], mean_share=[0.14, -0.14])
    assert selection.choose(clear, 2002, 6, selection.OWN, set(clear[2000])).name == "mean_share"


def test_the_weight_beside_naive_by_hand():
    tested = trials(naive=[0.4, -0.2], ets=[0.1, 0.1])
    chosen = selection.choose(tested, 2002, 6, selection.OWN, {"naive", "ets"})
    # one more year at par, 0.3: (0.2 + 0.3) / (0.6 + 0.3) = 5/9, weight 1 / (1 + 5/9) = 9/14
    assert chosen.weight == pytest.approx(9 / 14)
    assert (chosen.error, chosen.naive_error) == pytest.approx((0.1, 0.3))
    factors = {"naive": 0.7, "ets": 1.4}
    assert chosen.log_factor(factors) == pytest.approx((9 * 1.4 + 5 * 0.7) / 14)
    blind = selection.choose(tested, 2000, 6, selection.OWN, {"naive", "ets"})
    assert (blind.weight, blind.years) == (0.5, 0)


def test_the_choice_never_looks_ahead():
    months = national("X")
    full = kz.back_test(months, 7)
    for year in (2022, 2024):
        early = months[months["period"] < f"{year}-08"]
        cut = early.assign(value=early["value"].where(early["period"] < f"{year}-01", 1.0))
        pd.testing.assert_frame_equal(
            kz.back_test(cut, 7, before=year), full[full["year"].astype(int) < year]
        )


# ── never worse than 12/k, on every monthly series at hand ───────────────────────────────────────


@pytest.mark.parametrize("flow", ["X", "M", "T"])
def test_never_worse_than_twelve_over_k_at_any_k(flow):
    """Mean absolute log error over 2020-2025, each year by what was chosen before it."""
    months = national(flow)
    for k in range(1, 12):
        tests = kz.back_test(months, k)
        assert len(tests) >= 6
        naive = np.log(tests["partial_value"] * 12 / k / tests["actual_value"]).abs().mean()
        assert log_error(tests) <= naive, (flow, k)


def test_imports_with_a_strong_season_gain_most():
    tests = kz.back_test(national("M"), 3)
    naive = tests["naive_error_pct"].abs().mean()
    assert tests["error_pct"].abs().mean() < 0.6 * naive


def test_eighty_percent_intervals_hold_70_to_90_percent_of_national_years():
    held = pd.concat(
        kz.back_test(national(flow), k)["held"] for flow in ("X", "M", "T") for k in range(1, 12)
    )
    assert held.notna().sum() == 3 * 11 * 4
    assert 0.70 <= held.mean() <= 0.90


@pytest.mark.parametrize("k", [3, 9])
def test_own_months_of_planted_flows_are_held_70_to_90_percent(k):
    """A season, a walk and noise from month to month: eight years, forty flows."""
    random = np.random.default_rng(20260901 + k)
    held = []
    for _ in range(40):
        walk = np.cumsum(random.normal(0, 0.04, 96))
        values = np.tile(SEASON, 8) * 1e9 * np.exp(walk + random.normal(0, 0.1, 96))
        held.append(kz.back_test(monthly(values.reshape(8, 12)), k)["held"])
    assert 0.70 <= pd.concat(held).mean() <= 0.90


# ── borrowed seasonality ─────────────────────────────────────────────────────────────────────────


def share_of(aggregate, drift, lumps, random):
    """A pair: the months of an aggregate times a share that walks and is delivered in lumps."""
    size = aggregate.size
    log_variance = math.log1p(lumps**2)
    walk = np.cumsum(random.normal(0, drift / math.sqrt(12), size))
    bumps = random.normal(-log_variance / 2, math.sqrt(log_variance), size)
    return aggregate * 0.01 * np.exp(walk + bumps).reshape(aggregate.shape)


@pytest.mark.slow
@pytest.mark.parametrize("flow", ["X", "M", "T"])
@pytest.mark.parametrize(
    ("drift", "lumps"), [(0, 0.3), (0, 1), (0, 2), (0.2, 0.5), (0.5, 0.1), (0.5, 1)]
)
def test_simulated_shares_of_real_aggregates_are_held_70_to_90_percent(flow, drift, lumps):
    """Pairs made of the national months; annual totals of twelve years, as a pair has them."""
    lender = Season(national(flow), lent=True)
    random = np.random.default_rng(int(1000 * drift + 10 * lumps) + ord(flow))
    real = np.array(list(lender.years.values()))
    held = []
    for k in (1, 4, 8, 11):
        for year in (2023, 2024, 2025):
            season, _ = lender.spread(k, year)
            factor = lender.foresee(year, 1.0, k).factor
            known = real[: year - 2018]
            # before 2019 the aggregate is not at hand: its months of 2019 stand for it
            series = np.vstack([np.tile(real[0], (6, 1)), known])
            for _ in range(40):
                pair = share_of(series, drift, lumps, random)
                totals = dict(zip(range(2013, year + 1), pair.sum(axis=1), strict=True))
                own = interval.volatility(totals, year, lender.totals("USD"))
                low, high = interval.interval(
                    pair[-1, :k].sum(), factor - 1, k,
                    season=season, own=own, revision=0.0, level=0.8,
                )  # fmt: skip
                held.append(low <= pair[-1].sum() <= high)
    assert 0.70 <= np.mean(held) <= 0.90


def test_back_test_of_a_pair_with_a_lent_season_knows_its_totals_only():
    total = national("T")
    aggregate = np.array(list(Season(total).years.values()))
    random = np.random.default_rng(5)
    pair = monthly(share_of(aggregate, 0.2, 0.5, random), start=2019, flow="T")
    tests = kz.back_test(pair, 6, seasonal=total)
    assert tests["year"].tolist() == ["2020", "2021", "2022", "2023", "2024", "2025"]
    assert set(tests["estimator"]) <= {"mean_share", "last_share"}
    assert tests["held"].notna().sum() == 3  # three changes of the pair are known from 2023 on
    # months swapped inside the first half and inside the second leave all of it as it was
    order = [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6]
    values = pair["value"].to_numpy().reshape(-1, 12)[:, order].ravel()
    swapped = kz.back_test(pair.assign(value=values), 6, seasonal=total)
    columns = ["estimate_value", "lower_value", "upper_value"]
    pd.testing.assert_frame_equal(swapped[columns], tests[columns])
    calm = kz.back_test(pair, 6)
    assert (calm["estimator"] == "ets").any()


def test_a_lender_in_another_currency_lends_its_season_and_not_its_changes():
    total = national("T")
    aggregate = np.array(list(Season(total).years.values()))
    pair = monthly(share_of(aggregate, 0.2, 0.5, np.random.default_rng(5)), start=2019, flow="T")
    dollars = kz.back_test(pair, 6, seasonal=total)
    euro = kz.back_test(pair, 6, seasonal=total.assign(unit="EUR"))
    assert euro["estimate_value"].tolist() == dollars["estimate_value"].tolist()
    assert euro["upper_value"].iloc[-1] != dollars["upper_value"].iloc[-1]
    assert Season(total).totals("EUR") == {}


def test_volatility_tells_lumps_from_a_walk():
    # changes of ±0.6 in turn: variance 4 × 0.36 / 3, correlation −3/4, so all of it is lumps
    turns = {2000 + i: 100 * math.exp(0.6 * (i % 2)) for i in range(5)}
    found = interval.volatility(turns, 2010)
    assert found.lumps == pytest.approx(math.sqrt(12 * math.expm1(0.24)))
    assert found.drift == pytest.approx(0)
    # two changes up, two down, correlation (1 − 1 + 1) / 4 = 1/4: a walk and no lumps
    walk = {2000 + i: 100 * math.exp(v) for i, v in enumerate([0, 0.3, 0.6, 0.3, 0])}
    found = interval.volatility(walk, 2010)
    assert found.lumps == pytest.approx(0)
    assert found.drift == pytest.approx(math.sqrt(1.5 * 4 * 0.09 / 3))
    # what moves the lender as well is none of the flow's own
    calm = interval.volatility(walk, 2010, {year: 7 * value for year, value in walk.items()})
    assert (calm.lumps, calm.drift) == pytest.approx((0, 0), abs=1e-6)
    with pytest.raises(NotAvailable, match="1 annual changes"):
        interval.volatility(turns, 2002)


def test_volatility_and_revision_only_widen():
    calm = {"season": 0.05, "own": interval.NONE, "revision": 0.0, "level": 0.8}
    low, high = interval.interval(90.0, 0.1, 11, **calm)
    # no volatility: 90 + 9 exp(∓1.2816 × 0.05)
    assert (low, high) == pytest.approx((90 + 9 * math.exp(-0.06408), 90 + 9 * math.exp(0.06408)))
    wider = [
        {"own": interval.Volatility(1.0, 0.0, 10)},
        {"own": interval.Volatility(1.0, 0.5, 10)},
        {"own": interval.Volatility(1.0, 0.5, 4)},  # fewer changes are less sure
        {"own": interval.Volatility(1.0, 0.5, 4), "revision": 0.03},
        {"own": interval.Volatility(1.0, 0.5, 4), "revision": 0.03, "level": 0.95},
    ]
    for each in wider:
        wide = interval.interval(90.0, 0.1, 11, **(calm | each))
        assert wide[0] < low
        assert wide[1] > high
        low, high = wide


def test_student_quantiles_are_the_printed_ones():
    # Student's t, two-sided 80 % and 95 %: any printed table
    for freedom, t80, t95 in [(1, 3.078, 12.706), (2, 1.886, 4.303), (5, 1.476, 2.571),
                              (10, 1.372, 2.228), (30, 1.310, 2.042)]:  # fmt: skip
        assert interval.student(0.9, freedom) == pytest.approx(t80, abs=5e-4)
        assert interval.student(0.975, freedom) == pytest.approx(t95, abs=5e-4)


# ── properties and bad input ─────────────────────────────────────────────────────────────────────

FLOWS = st.lists(st.lists(st.floats(1.0, 1000.0), min_size=12, max_size=12), min_size=3, max_size=5)


@settings(max_examples=25, deadline=None)
@given(years=FLOWS, k=st.integers(1, 11), scale=st.sampled_from([1e-3, 0.25, 1e6]))
def test_a_change_of_units_changes_no_error_and_no_choice(years, k, scale):
    one = kz.back_test(monthly(years), k)
    other = kz.back_test(monthly(np.array(years) * scale), k)
    assert one["estimator"].tolist() == other["estimator"].tolist()
    assert one["held"].tolist() == other["held"].tolist()
    for column in ("error_pct", "log_rest_error", "weight"):
        assert other[column].to_numpy() == pytest.approx(one[column].to_numpy(), abs=1e-6)
    for column in ("estimate_value", "lower_value", "upper_value"):
        moved = (one[column] * scale).to_numpy()
        assert other[column].to_numpy() == pytest.approx(moved, rel=1e-6, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(years=FLOWS, k=st.integers(1, 11))
def test_an_interval_holds_its_estimate_and_the_estimate_the_part(years, k):
    tests = kz.back_test(monthly(years), k)
    assert (tests["estimate_value"] > tests["partial_value"]).all()
    known = tests[tests["held"].notna()]
    slack = 1e-9 * known["estimate_value"]
    assert (known["lower_value"] <= known["estimate_value"] + slack).all()
    assert (known["upper_value"] >= known["estimate_value"] - slack).all()


def test_a_flow_that_repeats_itself_is_foreseen_as_far_as_the_weights_go():
    tests = kz.back_test(monthly([SEASON * 1e9] * 6), 4)
    # ×12/4 of 319 is 957: the estimate lies between it and the year, nearer with every year
    misses = (tests["actual_value"] - tests["estimate_value"]).to_numpy()
    assert (misses > 0).all()
    assert (np.diff(misses) < 0).all()
    assert (tests["error_pct"].abs() < tests["naive_error_pct"].abs()).all()


def test_a_missing_month_takes_its_year_out_and_breaks_the_past():
    whole = monthly([SEASON * 1e9 * (1 + y / 10) for y in range(6)])
    holed = whole[whole["period"] != "2017-05"]
    tests = kz.back_test(holed, 6)
    # 2015 | 2017 has a hole | 2018 … 2020: 2016 is tested on 2015, 2018 on 2015–2016, by shares
    assert tests["year"].tolist() == ["2016", "2018", "2019", "2020"]
    assert tests.set_index("year").loc["2018", "estimator"] == "mean_share"
    void = whole.assign(value=whole["value"].where(whole["period"] != "2017-05"))
    pd.testing.assert_frame_equal(kz.back_test(void, 6), tests)


def test_a_part_of_which_a_month_is_missing_is_refused():
    whole = monthly([SEASON * 1e9] * 5, partner="WLD")
    holed = whole[whole["period"] != "2019-02"]
    with pytest.raises(NotAvailable, match="No figure for 2019-01-01/P6M"):
        kz.partial_year("2019-01-01/P6M", holed, flow="X", claims=kz.claims("trade").head(0))


def answers_of(frame, period="2019-01-01/P6M"):
    found = kz.partial_year(period, frame, flow="X", claims=kz.claims("trade").head(0))
    return found.set_index("answer")


def test_zero_months_make_a_missing_estimate_that_says_so():
    whole = monthly([SEASON * 1e9] * 5, partner="WLD")
    none = whole.assign(value=whole["value"].where(whole["period"] < "2019-01", 0.0))
    answers = answers_of(none)
    assert math.isnan(answers.loc["estimate", "value"])
    assert "The first 6 months of 2019 are 0" in answers.loc["estimate", "note"]
    assert answers.loc["like_for_like", "growth_pct"] == pytest.approx(-100)
    first = whole.assign(value=whole["value"].where(whole["period"] >= "2019-01", 0.0), lower=0.0)
    growth = answers_of(first).loc["like_for_like"]
    assert math.isnan(growth["growth_pct"])
    assert "the base 2018-01-01/P6M is 0" in growth["note"]


def test_a_zero_year_before_bounds_nothing():
    cells = [("X", "2018", 0), ("X", "2019-01-01/P6M", 5)]
    ends = answers_of(rows(*cells)).loc["bounds"]
    assert math.isnan(ends["growth_lower_pct"])
    assert "the base 2018 is 0" in ends["note"]


def test_negative_months_have_no_share_of_a_year():
    years = np.array([SEASON * 1e9] * 5)
    years[2, 3] = -1
    with pytest.raises(NotAvailable, match="2017-04 is negative"):
        kz.back_test(monthly(years), 6)
    estimate = answers_of(monthly(years, partner="WLD")).loc["estimate"]
    assert math.isnan(estimate["value"])
    assert "2017-04 is negative" in estimate["note"]


def test_months_of_zero_leave_the_shares_to_compete():
    years = np.array([SEASON * 1e9] * 5)
    years[:, 0] = 0
    tests = kz.back_test(monthly(years), 6)
    assert set(tests["estimator"]) == {"mean_share"}
    with pytest.raises(NotAvailable, match="No year can be tested"):
        kz.back_test(monthly(years), 1)


def test_what_cannot_be_tested_is_refused():
    one = monthly([SEASON * 1e9])
    with pytest.raises(NotAvailable, match="1 whole years"):
        kz.back_test(one, 6)
    sides = pd.concat([one, monthly([SEASON * 1e9], flow="M")])
    with pytest.raises(MeasureMismatch, match="2 flows"):
        kz.back_test(sides, 6)
    with pytest.raises(MeasureMismatch, match="more than once"):
        kz.back_test(pd.concat([one, one.assign(source="wits_kaz_isr")]), 6)
    for months in (0, 12):
        with pytest.raises(KzdataError, match="not part of a year"):
            kz.back_test(one, months)


def test_months_in_another_currency_are_refused():
    whole = monthly([SEASON * 1e9] * 5, partner="WLD")
    euro = whole.assign(unit="EUR")
    with pytest.raises(UnitMismatch, match="EUR"):
        kz.partial_year(
            "2019-01-01/P6M", whole, flow="X", seasonal=euro, claims=kz.claims("trade").head(0)
        )


def test_too_few_months_of_the_pair_borrow_the_national_season():
    months = kz.observations("KAZ", "WLD", freq="M", start=2023).assign(partner="ISR")
    years = kz.observations("KAZ", "ISR", freq="A")
    answers = kz.partial_year("2026-01-01/P6M", pd.concat([years, months])).set_index("answer")
    assert "lent by the KAZ–WLD total" not in answers.loc["estimate", "note"]  # 2023, 2024, 2025
    short = months[months["period"] >= "2024"]
    answers = kz.partial_year("2026-01-01/P6M", pd.concat([years, short])).set_index("answer")
    assert "lent by the KAZ–WLD total" in answers.loc["estimate", "note"]
