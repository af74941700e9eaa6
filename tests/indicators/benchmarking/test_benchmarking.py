"""Benchmarking: by hand, and what must hold. Published answers: test_verification."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from conftest import rows
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from kzdata.analysis.verification.models import swisspharma
from kzdata.errors import (
    ContractError,
    Incomparable,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    PeriodMismatch,
)
from kzdata.indicators.benchmarking.denton import denton_cholette
from kzdata.indicators.benchmarking.regression import chow_lin, fernandez, litterman, minimise
from kzdata.model import contract


def series(values, start=2020, per=1, name=None):
    """Years, or with ``per`` 2 or 4 half-years or quarters from the first of ``start``."""
    letter = {2: "S", 4: "Q"}.get(per)
    index = [
        f"{start + n // per}" + (f"-{letter}{n % per + 1}" if letter else "")
        for n in range(len(values))
    ]
    return pd.Series(values, index=index, dtype=float, name=name)


def test_two_years_by_half_years_by_hand():
    # Minimise (b − a)² + (c − b)² + (d − c)² with a + b = 8, c + d = 16. With steps u = b − a,
    # v = c − b, w = d − c: b = 4 + u/2, c = 8 − w/2, so v = 4 − (u + w)/2; by symmetry u = w and
    # 2u² + (4 − u)² is least at 4u − 2(4 − u) = 0, u = 4/3: steps 4/3, 8/3, 4/3.
    found = denton_cholette(series([8, 16]), to="S")
    assert found.tolist() == pytest.approx([4 - 2 / 3, 4 + 2 / 3, 8 - 2 / 3, 8 + 2 / 3])
    assert found.index.tolist() == ["2020-S1", "2020-S2", "2021-S1", "2021-S2"]


def test_an_exact_indicator_is_scaled():
    quarters = series([1, 2, 3, 4, 2, 3, 4, 5], per=4)
    found = denton_cholette(series([100, 140]), quarters)
    assert found.tolist() == pytest.approx((10 * quarters).tolist())


def test_the_last_ratio_is_carried_on_beyond_the_benchmarks():
    quarters = series([1, 1, 1, 1, 1, 1, 1, 1, 2, 3], per=4)
    found = denton_cholette(series([40, 48]), quarters)
    last = found["2021-Q4"]
    assert found["2022-Q1"] == pytest.approx(2 * last)
    assert found["2022-Q2"] == pytest.approx(3 * last)


def test_additive_moves_by_equal_amounts():
    # p + r with r as smooth as can be: years 10 over the indicator's sums in both, so r = 2.5
    found = denton_cholette(
        series([14, 14]), series([1, 1, 1, 1, 0, 2, 1, 1], per=4), criterion="additive"
    )
    assert found.tolist() == pytest.approx([3.5, 3.5, 3.5, 3.5, 2.5, 4.5, 3.5, 3.5])


def test_averages_are_kept_where_asked():
    found = denton_cholette(series([8, 16]), to="Q", conversion="average")
    assert found.iloc[:4].mean() == pytest.approx(8)
    assert found.iloc[4:].mean() == pytest.approx(16)


def test_a_line_is_found_by_every_regression():
    quarters = series([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3], per=4, name="x")
    exact = 2 + 3 * quarters
    years = exact.groupby(exact.index.str[:4]).sum()
    for method in (chow_lin, fernandez, litterman):
        found = method(years, quarters)
        assert found.to_numpy() == pytest.approx(exact.to_numpy())
        fit = found.attrs["fit"]["coefficients"]
        assert fit == pytest.approx({"intercept": 2, "x": 3})


def test_least_squares_by_hand_where_errors_do_not_hang_together():
    # rho = 0: ordinary least squares on half-years' sums, the residual spread evenly.
    # x sums 2, 4, 6, y 5, 7, 12, so the slope is 7/4, and the mean 8 = 2a + 7/4 × 4 gives a = 1/2
    x = series([1, 1, 1, 3, 2, 4], per=2)
    found = chow_lin(series([5, 7, 12]), x, method="fixed", rho=0)
    fitted = 0.5 + 1.75 * x
    # 5 − 4.5 = 0.5, 7 − 8 = −1, 12 − 11.5 = 0.5, each halved
    residual = [0.25, 0.25, -0.5, -0.5, 0.25, 0.25]
    assert found.tolist() == pytest.approx((fitted + residual).tolist())


LOW = rows(("X", "2022", 400), ("X", "2023", 440))
HIGH = rows(
    *[("X", f"{2022 + n // 4}-Q{n % 4 + 1}", 10 + n) for n in range(9)],
    source="boi",
    partner="WLD",
)


def test_frames_give_a_frame_under_the_contract():
    found = denton_cholette(LOW, HIGH)
    contract.check(found)
    assert found["period"].tolist() == HIGH["period"].tolist()
    assert set(found["partner"]) == {"ISR"}
    assert set(found["source"]) == {"bns_kaz_isr + boi"}
    assert set(found["basis"]) == {"derived"}
    assert set(found["obs_status"]) == {"E"}
    assert found["value"].iloc[:4].sum() == 400
    assert found["locator"].iloc[0] == "parts of 2022"
    assert found["note"].iloc[8].endswith("beyond the long periods")


def test_a_result_below_zero_is_said():
    found = denton_cholette(rows(("X", "2021", 1000), ("X", "2022", 1), ("X", "2023", 900)), to="Q")
    beneath = found["value"] < 0
    assert beneath.any()
    assert found.loc[beneath, "note"].str.contains("negative").all()


def test_months_of_a_quarter_and_quarters_of_a_fiscal_year():
    found = denton_cholette(pd.Series([3.0, 6.0], index=["2024-Q4", "2025-Q1"]), to="M")
    assert found.index.tolist()[2:4] == ["2024-12", "2025-01"]
    fiscal = pd.Series([4.0, 8.0], index=["2023-04-01/P12M", "2024-04-01/P12M"])
    assert denton_cholette(fiscal, to="Q").index[0] == "2023-Q2"


@pytest.mark.parametrize(
    ("low", "high", "error", "said"),
    [
        ([1, 2], series([1] * 7, per=4), PeriodMismatch, "covers 9 of the 12 months of 2021"),
        ([1, 2], series([1, 1, 1, None, 1, 1, 1, 1], per=4), NotAvailable, "no value for 2020-Q4"),
        ([1, None, 2], series([1] * 12, per=4), NotAvailable, "no value for 2021"),
        ([1, 2], series([1] * 8, per=4).drop("2020-Q3"), PeriodMismatch, "run on to 2020-Q4"),
        ([1, 2], series([1, 0, 1, 1] * 2, per=4), ContractError, "2020-Q2 is 0"),
        ([None, None], series([1] * 8, per=4), NotAvailable, "has no values"),
        ([1, 2], None, KzdataError, "to=None"),
    ],
)
def test_what_does_not_fit_is_refused(low, high, error, said):
    with pytest.raises(error, match=said):
        denton_cholette(series(low), high)


def test_missing_values_at_the_ends_are_what_is_extrapolated():
    quarters = series([1, 2, 3, 4] * 3, per=4)
    whole = denton_cholette(series([10, 20]), quarters)
    ends = denton_cholette(series([10, 20, None]), quarters)
    assert ends.tolist() == whole.tolist()


def test_a_gap_between_long_periods_is_refused():
    low = series([1, 2, 3]).drop("2021")
    with pytest.raises(NotAvailable, match="covers 2021-Q1"):
        denton_cholette(low, series([1] * 12, per=4))


def test_measures_that_do_not_belong_together_are_refused():
    two = pd.concat([LOW, LOW.assign(partner="TUR")])
    with pytest.raises(MeasureMismatch, match="holds 2 series"):
        denton_cholette(two, HIGH)
    with pytest.raises(MeasureMismatch, match="takes one indicator"):
        denton_cholette(LOW, pd.concat([HIGH, HIGH.assign(partner="TUR")]))
    with pytest.raises(ContractError, match="lacks the columns"):
        denton_cholette(LOW[["period", "value"]], HIGH)
    with pytest.raises(Incomparable, match="2 long periods cannot tell 2 coefficients"):
        chow_lin(LOW, HIGH)
    with pytest.raises(Incomparable, match="move as one"):
        chow_lin(series([1, 2, 3]), series([1.0] * 12, per=4))
    with pytest.raises(KzdataError, match="criterion"):
        denton_cholette(LOW, HIGH, criterion="ratio")
    with pytest.raises(KzdataError, match="method"):
        chow_lin(LOW, HIGH, method="ml")


amount = some.floats(0.1, 1e9)


@settings(max_examples=15, deadline=None)
@given(
    low=some.lists(amount, min_size=4, max_size=6),
    high=some.lists(some.floats(0.5, 2), min_size=25, max_size=25),
    factor=some.sampled_from([1e-6, 0.3, 1e6]),
)
def test_sums_are_kept_and_units_do_not_matter(low, high, factor):
    years, quarters = series(low), series(high, per=4)
    known = quarters.groupby(quarters.index.str[:4]).sum()[years.index]
    assume(known.max() - known.min() > 0.1)
    for method in (denton_cholette, fernandez):
        found = method(years, quarters)
        for year, whole in years.items():
            parts = found[found.index.str[:4] == year]
            assert math.fsum(parts) == pytest.approx(whole, rel=1e-14, abs=1e-14 * max(low))
        scaled = method(years * factor, quarters / factor)
        assert scaled.to_numpy() / factor == pytest.approx(
            found.to_numpy(), rel=1e-6, abs=1e-7 * max(low)
        )


def test_the_search_is_global_and_exact():
    # two valleys, at −0.5 and 0.7; the second is deeper
    assert minimise(
        lambda x: -math.exp(-50 * (x + 0.5) ** 2) - 1.2 * math.exp(-50 * (x - 0.7) ** 2),
        -0.999,
        0.999,
    ) == pytest.approx(0.7, abs=1e-8)
    assert minimise(lambda x: x, 0.0, 0.999) == 0
    assert minimise(lambda x: -x, 0.0, 0.999) == 0.999


def test_the_quarters_that_were_measured_are_close(shared):
    folder = shared / "oracles" / "tempdisagg_swisspharma"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    low, high = swisspharma(folder)
    actual = pd.read_csv(folder / "sales_q_actual.csv")
    found = chow_lin(low, high[["exports.q"]])["1975-Q1":"2010-Q4"]
    error = found.to_numpy() / actual["value"].to_numpy()[: len(found)] - 1
    assert np.sqrt((error**2).mean()) < 0.05
