import math

import numpy as np
import pandas as pd
import pytest
from conftest import rows

import kzdata as kz
from kzdata.analysis.partial_year import interval
from kzdata.errors import KzdataError, MeasureMismatch, NotAvailable, PeriodMismatch, UnitMismatch
from kzdata.indicators import aggregates, growth

ELEVEN = "2025-01-01/P11M"
NO_CLAIMS = kz.claims("trade").head(0)


@pytest.fixture(scope="module")
def seed_case():
    return kz.partial_year(ELEVEN, kz.observations("KAZ", "ISR")).set_index("answer")


def test_the_seed_case_is_bounded_not_minus_31_percent(seed_case):
    ends = seed_case.loc["bounds"]
    # 236 million, December between 5 and 15 %: base 236 × 0.85 = 200.6 to 236 × 0.95 = 224.2;
    # 162.4 / 224.2 − 1 = −27.56 %, 162.4 / 200.6 − 1 = −19.04 %
    assert ends["lower"] == pytest.approx(200.6e6)
    assert ends["upper"] == pytest.approx(224.2e6)
    assert ends["growth_lower_pct"] == pytest.approx(-27.56, abs=0.01)
    assert ends["growth_upper_pct"] == pytest.approx(-19.04, abs=0.01)
    assert math.isnan(ends["value"])
    assert math.isnan(ends["growth_pct"])
    for part in ("5 to 15%", "200,600,000", "224,200,000", "−27.6%", "−19.0%"):
        assert part in ends["note"]


def test_the_estimate_has_an_interval_a_method_and_the_naive_value_beside(seed_case):
    estimate, naive = seed_case.loc["estimate"], seed_case.loc["naive"]
    # ×12/11 of 162.4 is 177.16
    assert naive["value"] == pytest.approx(162.4e6 * 12 / 11)
    assert estimate["lower"] < estimate["value"] < estimate["upper"]
    assert estimate["level"] == 0.8
    assert estimate["lower"] > 162.4e6 * 0.96  # the rest cannot be negative; revision is 2.5 %
    for part in ("mean share", "rolling-origin", "lumpiness", "drift", "revision", "KAZ–WLD"):
        assert part in estimate["note"]
    assert {"bns_monthly_totals", "tca_2026"} <= set(estimate["source"].split(" + "))


def test_the_estimate_is_the_mean_share_of_2022_to_2024_beside_twelve_elevenths(seed_case):
    # the bureau's totals, thousand USD: year and January–November of 2019 … 2024
    table = [
        (97774.9, 89207.8),
        (86469.9, 79171.6),
        (101736.5, 91613.0),
        (135527.4, 123257.3),
        (139551.2, 127090.9),
        (142072.0, 128905.4),
    ]
    ratios = [math.log((year - part) / part) for year, part in table]
    share, naive = [], []
    for place in range(1, 6):
        year, part = table[place]
        before = ratios[max(0, place - 3) : place]
        expected = part * (1 + math.exp(sum(before) / len(before)))
        share.append(abs(math.log(expected / year)))
        naive.append(abs(math.log(part * 12 / 11 / year)))
    # one more year at par keeps five years from deciding alone
    par = sum(naive) / 5
    weight = 1 / (1 + (sum(share) + par) / (sum(naive) + par))
    assert weight == pytest.approx(0.636, abs=5e-4)
    share_2025 = 162.4e6 * (1 + math.exp(sum(ratios[3:]) / 3))
    assert share_2025 == pytest.approx(178.62e6, rel=1e-4)
    expected = share_2025**weight * (162.4e6 * 12 / 11) ** (1 - weight)
    assert seed_case.loc["estimate", "value"] == pytest.approx(expected, rel=1e-5)
    assert "weight 0.64, and of × 12/11, weight 0.36" in seed_case.loc["estimate", "note"]


def test_what_happened_is_shown_and_never_used(seed_case):
    outcome = seed_case.loc["outcome"]
    assert outcome["value"] == pytest.approx(193_287_817.22)
    inside = seed_case.loc["estimate", "lower"] <= outcome["value"]
    inside &= outcome["value"] <= seed_case.loc["estimate", "upper"]
    assert ("inside the interval" if inside else "outside the interval") in outcome["note"]
    blind = kz.partial_year(ELEVEN, kz.observations("KAZ", "ISR", end=2024)).set_index("answer")
    assert "outcome" not in blind.index
    columns = ["value", "lower", "upper"]
    assert blind.loc["estimate", columns].tolist() == seed_case.loc["estimate", columns].tolist()


def test_like_for_like_where_the_base_is_published():
    months = kz.observations("KAZ", "WLD", freq="M")
    answers = kz.partial_year("2026-01-01/P6M", months).set_index("answer")
    like = answers.loc["like_for_like"]
    # half-year turnover in million USD: 2026 71,791.8 as derived from the bureau's months
    assert answers.loc["published", "value"] == pytest.approx(71_791.8e6, rel=1e-5)
    first_half = aggregates.turnover(kz.sum_over(months, "2025-01-01/P6M"))["value"].item()
    assert like["growth_pct"] == pytest.approx(100 * (71_791.804108e6 / first_half - 1), abs=1e-4)
    assert "bounds" not in answers.index
    assert "the flow's own months" in answers.loc["estimate", "note"]
    assert "smoothing" in answers.loc["estimate", "note"]
    assert "lumpiness" not in answers.loc["estimate", "note"]


def test_statements_alone_lead_to_the_bounds():
    said = kz.claims("trade", reporter="KAZ", partner="ISR")
    history = kz.observations("KAZ", "ISR", end=2023)
    answers = kz.partial_year(ELEVEN, pd.concat([said, history])).set_index("answer")
    assert answers.loc["bounds", "growth_upper_pct"] == pytest.approx(-19.04, abs=0.01)
    short = kz.partial_year(ELEVEN, said).set_index("answer")
    assert short.loc["bounds", "growth_lower_pct"] == pytest.approx(-27.56, abs=0.01)
    assert math.isnan(short.loc["estimate", "value"])
    assert "how lumpy the flow is" in short.loc["estimate", "note"]


def test_exports_and_imports_have_their_own_answers():
    months = kz.observations("KAZ", "WLD", freq="M")
    exports = kz.partial_year("2025-01-01/P11M", months, flow="X").set_index("answer")
    assert exports.loc["published", "flow"] == "X"
    # the bureau's 2025 total of exports, thousand USD: 79,229,500.548
    assert exports.loc["outcome", "value"] == pytest.approx(79_229_500_548, rel=1e-6)


def test_a_base_in_another_currency_is_refused():
    trade = rows(("T", "2024", 100), unit="EUR")
    partial = rows(("T", "2025-01-01/P11M", 90))
    with pytest.raises(UnitMismatch, match="EUR and in USD"):
        kz.partial_year(ELEVEN, pd.concat([trade, partial]), claims=NO_CLAIMS)


def test_spans_that_are_no_part_of_a_year_are_refused():
    trade = kz.observations("KAZ", "ISR")
    for period in ("2025", "2025-03-01/P3M", "2024-01-01/P24M"):
        with pytest.raises(PeriodMismatch, match="first months of one year"):
            kz.partial_year(period, trade)


def test_no_figure_several_pairs_and_too_short_a_past_say_so():
    with pytest.raises(NotAvailable, match="No figure for 2024-01-01/P11M of KAZ with ISR"):
        kz.partial_year("2024-01-01/P11M", kz.observations("KAZ", "ISR"))
    both = pd.concat([kz.observations("KAZ", "ISR"), kz.observations("KAZ", "TUR")])
    with pytest.raises(MeasureMismatch, match="2 pairs"):
        kz.partial_year(ELEVEN, both)
    months = kz.observations("KAZ", "WLD", freq="M", start=2023)
    short = kz.partial_year(ELEVEN, kz.observations("KAZ", "ISR"), seasonal=months)
    note = short.set_index("answer").loc["estimate", "note"]
    assert "Only 2 complete years of months before 2025" in note
    assert "inside" not in short.set_index("answer").loc["outcome", "note"]
    with pytest.raises(KzdataError, match="level="):
        kz.partial_year(ELEVEN, kz.observations("KAZ", "ISR"), level=80)


def test_bounds_follow_the_shares_given():
    low, high, small, large = growth.growth_bounds(90, 120, 11, (0.1, 0.25))
    assert (small, large) == (90, 108)
    assert (low, high) == pytest.approx((100 * (90 / 108 - 1), 0))
    with pytest.raises(KzdataError, match="not a range of shares"):
        growth.growth_bounds(90, 120, 11, (0.3, 0.1))


def test_default_bounds_of_one_month_are_five_and_fifteen_percent():
    _, _, small, large = growth.growth_bounds(1, 100, 11)
    assert (small, large) == pytest.approx((85, 95))
    # six missing months: 0.6 × 6/12 = 30 % to 1 − 0.6 × 6/12 = 70 %
    _, _, small, large = growth.growth_bounds(1, 100, 6)
    assert (small, large) == pytest.approx((30, 70))


def test_back_test_never_sees_the_year_it_predicts():
    months = aggregates.turnover(kz.observations("KAZ", "WLD", freq="M"))
    full = kz.back_test(months, 11)
    early = kz.back_test(months, 11, before=2023)
    assert full["year"].tolist() == ["2020", "2021", "2022", "2023", "2024", "2025"]
    pd.testing.assert_frame_equal(early, full.head(3))


@pytest.mark.parametrize("months", [1, 6, 11])
@pytest.mark.parametrize("lumps", [0.3, 1.5, 2.5])
def test_the_interval_covers_planted_lumpy_flows(months, lumps):
    """Monthly lognormal shocks on a known season; volatility is estimated from 20 annual totals."""
    random = np.random.default_rng(20260127)
    season = np.array([75, 78, 83, 83, 84, 83, 84, 84, 84, 86, 85, 91]) / 1000
    log_variance = math.log1p(lumps**2)
    held = 0
    trials = 400
    for _ in range(trials):
        shocks = random.normal(-log_variance / 2, math.sqrt(log_variance), (21, 12))
        flows = np.exp(shocks) * season
        annual = flows.sum(axis=1)
        low, high = interval.interval(
            flows[20, :months].sum(),
            season[months:].sum() / season[:months].sum(),
            months,
            season=0.05,
            own=interval.volatility(dict(zip(range(2000, 2020), annual[:20], strict=True)), 2020),
            revision=0.0,
            level=0.8,
        )
        held += low <= annual[20] <= high
    # 80 % nominal; ±4 standard errors of a share of 400 trials are 8 points, c is itself estimated
    assert 0.70 <= held / trials <= 0.90


def test_revision_spread_by_hand():
    claims = kz.claims("trade")
    chosen = claims[claims["claim"].isin(["qaztrade-china-2023", "qaztrade-russia-2023"])]
    found, figures = interval.revision_spread(
        chosen, kz.observations(freq="A", start=2023, end=2023)
    )
    # China 31.5 → 14.6662 + 15.38919… = 30.0554; Russia 26.0 → 10.2074 + 16.847 = 27.0544
    logs = [math.log(30.0554 / 31.5), math.log(27.0544 / 26.0)]
    assert figures == 2
    assert found == pytest.approx(math.sqrt(sum(v**2 for v in logs) / 2), rel=1e-3)
    none, count = interval.revision_spread(NO_CLAIMS, kz.observations("KAZ", "ISR"))
    assert (math.isnan(none), count) == (True, 0)
