import pandas as pd
import pytest
from conftest import rows
from hypothesis import given, settings
from hypothesis import strategies as st

import kzdata as kz
from kzdata.errors import MeasureMismatch, PeriodMismatch, UnitMismatch, ValuationMismatch
from kzdata.model import contract

TRADE = rows(("X", "2023", 7), ("M", "2023", 3), ("X", "2024", 10), ("M", "2024", 4))


def test_turnover_of_the_flagship_is_the_ministrys_236_million():
    total = kz.observations("KAZ", "ISR", start=2024, end=2024).pipe(kz.turnover)
    # 167,590,256.94 + 68,542,400
    assert total["value"].item() == pytest.approx(236_132_656.94, abs=1e-6)
    assert total["valuation"].item() == "FOB/CIF"
    assert total["basis"].item() == "derived"


def test_turnover_and_balance_by_hand_with_their_intervals():
    total = kz.turnover(TRADE).set_index("period")
    assert total.loc["2024", ["value", "lower", "upper"]].tolist() == [14, 13, 15]
    net = kz.balance(TRADE).set_index("period")
    assert net.loc["2024", ["value", "lower", "upper"]].tolist() == [6, 5, 7]
    assert net.loc["2023", "note"] == "B = X 7 - M 3"


def test_a_missing_or_absent_side_makes_a_missing_result_not_half_a_turnover():
    frame = rows(("X", "2010", None), ("M", "2010", 4), ("X", "2011", 5))
    total = kz.turnover(frame).set_index("period")
    assert total["value"].isna().all()
    assert total["obs_status"].tolist() == ["M", "M"]
    assert "exports missing" in total.loc["2010", "note"]
    assert "imports missing" in total.loc["2011", "note"]


def test_zero_is_a_figure():
    total = kz.turnover(rows(("X", "2000", 0), ("M", "2000", 4)))
    assert total["value"].item() == 4


def test_sides_of_two_publications_are_never_summed():
    frame = rows(("X", "2024", 10), ("M", "2024", 4))
    frame.loc[1, "source"] = "wits_kaz_isr"
    assert kz.turnover(frame)["value"].isna().all()


def test_units_and_valuations_that_differ_raise_and_say_what_to_type():
    frame = TRADE.copy()
    frame.loc[3, "unit"] = "EUR"
    with pytest.raises(UnitMismatch, match=r"2024.*EUR and in USD(.|\n)*frame\["):
        kz.turnover(frame)
    frame = TRADE.copy()
    frame.loc[2, "valuation"] = "CIF"
    with pytest.raises(ValuationMismatch, match="Exports of 2024 are valued CIF"):
        kz.turnover(frame)


def test_other_flows_are_refused_by_name():
    frame = TRADE.copy()
    frame.loc[0, "flow"] = "RX"
    with pytest.raises(MeasureMismatch, match="RX"):
        kz.turnover(frame)


def test_sides_of_different_spans_are_refused():
    frame = rows(("X", "2024", 10), ("M", "2024-01-01/P11M", 4))
    with pytest.raises(PeriodMismatch, match="Exports cover 12 months"):
        kz.turnover(frame)


def test_published_turnover_passes_through():
    frame = pd.concat([TRADE, rows(("T", "2025", 9), source="wits_kaz_isr")])
    assert kz.turnover(frame)["value"].tolist() == [10, 14, 9]


def test_results_keep_the_contract():
    contract.check(kz.turnover(TRADE))
    contract.check(kz.balance(TRADE))
    net = kz.balance(TRADE)
    pd.testing.assert_series_equal(net["balance"], net["value"], check_names=False)
    assert kz.turnover(TRADE.head(0)).empty


@settings(max_examples=50, derandomize=True)
@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=2))
def test_turnover_is_symmetric_and_balance_changes_sign(values):
    x, m = values
    ahead = rows(("X", "2024", x), ("M", "2024", m))
    back = rows(("X", "2024", m), ("M", "2024", x))
    assert kz.turnover(ahead)["value"].item() == kz.turnover(back)["value"].item()
    assert kz.balance(ahead)["value"].item() == -kz.balance(back)["value"].item()


def test_twelve_months_sum_to_the_published_year():
    monthly = kz.observations("KAZ", "WLD", freq="M")
    year = kz.sum_over(monthly, "2025").set_index("flow")["value"]
    # 2025 final edition of the same bureau, thousand USD: 79,229,500.548 and 65,430,964.027
    assert year["X"] == pytest.approx(79_229_500_548, rel=1e-6)
    assert year["M"] == pytest.approx(65_430_964_027, rel=1e-6)


def test_a_sum_with_a_part_missing_is_missing():
    frame = rows(("X", "2024-01", 1), ("X", "2024-02", None), ("X", "2024-03", 3))
    assert kz.sum_over(frame, "2024-01-01/P3M")["value"].isna().item()
    short = kz.sum_over(frame.iloc[:1], "2024-01-01/P3M")
    assert short["value"].isna().item()
    assert short["note"].item() == "1 of 3 months at hand"
    assert kz.sum_over(frame.iloc[:1], "2024-01")["value"].item() == 1


def test_a_sum_with_a_bound_missing_has_none_there():
    frame = rows(("X", "2024-01", 1), ("X", "2024-02", 2))
    frame.loc[1, "upper"] = float("nan")
    (total,) = kz.sum_over(frame, "2024-01-01/P2M")[["value", "lower", "upper"]].to_numpy().tolist()
    assert total[:2] == [3, 2]  # 1 + 2, 0.5 + 1.5
    assert total[2] != total[2]  # and not 1.5, below the value


def test_provisional_months_make_a_provisional_sum():
    frame = rows(("X", "2024-01", 1), ("X", "2024-02", 2))
    frame.loc[1, "obs_status"] = "P"
    assert kz.sum_over(frame, "2024-01-01/P2M")["obs_status"].item() == "P"


def test_months_and_quarters_are_not_summed_together():
    frame = rows(("X", "2024-01", 1), ("X", "2024-Q2", 2))
    with pytest.raises(PeriodMismatch, match="1 and 3 months"):
        kz.sum_over(frame, "2024")
