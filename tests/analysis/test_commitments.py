"""Promises as survival times, against published curves, and values that are never mixed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kzdata.analysis.commitments import commitment_total, conversion
from kzdata.errors import (
    ContractError,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    ParseError,
    UnitMismatch,
)
from kzdata.seeds.commitments import stage_histories

DAY = date(2020, 1, 1)
# Weeks of remission under 6-MP, + still in remission: Freireich and others (1963), the textbook
# example of Kaplan and Meier's estimator.
WEEKS = ["6", "6", "6", "6+", "7", "9+", "10", "10+", "11+", "13", "16"]
WEEKS += ["17+", "19+", "20+", "22", "23", "25+", "32+", "32+", "34+", "35+"]


def histories(text):
    """Lines of ``commitment stage date``."""
    lines = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(lines, columns=["commitment", "stage", "date"])


def spells(times):
    """Memoranda that become contracts after so many days; with + they lapse then."""
    rows = []
    for n, each in enumerate(times):
        left = DAY + timedelta(days=int(each.rstrip("+")))
        rows.append((f"p{n}", "memorandum", DAY.isoformat()))
        rows.append((f"p{n}", "lapsed" if "+" in each else "contract", left.isoformat()))
    return pd.DataFrame(rows, columns=["commitment", "stage", "date"])


@pytest.mark.parametrize(
    ("week", "at_risk", "survival", "lower", "upper"),
    [
        # S(t) as published; the interval is S ** exp(± 1.96 √V / ln S), V = Σ d / (n (n − d)):
        # at week 6, V = 3 / (21 × 18), ln S = ln (18/21)
        (6, 21, 0.8571, 0.6197, 0.9516),
        (7, 17, 0.8067, 0.5631, 0.9228),
        (10, 15, 0.7529, 0.5032, 0.8894),
        (13, 12, 0.6902, 0.4316, 0.8491),
        (16, 11, 0.6275, 0.3675, 0.8049),
        (22, 7, 0.5378, 0.2678, 0.7468),
        (23, 6, 0.4482, 0.1881, 0.6801),
    ],
)
def test_the_textbook_curve(week, at_risk, survival, lower, upper):
    found = conversion(spells(WEEKS), "2021-01-01").set_index("days")
    row = found.loc[week]
    assert row["at_risk"] == at_risk
    assert row[["survival", "lower", "upper"]].tolist() == pytest.approx(
        [survival, lower, upper], abs=5e-5
    )


def test_censored_on_the_day_of_looking_gives_the_same_curve_as_lapsed():
    lapsed = conversion(spells(WEEKS), "2021-01-01").set_index("days")["survival"]
    assert lapsed.iloc[-1] == pytest.approx(0.4482, abs=5e-5)
    # Half of the promises contracted on day 5, the rest open on day 10.
    text = "\n".join(
        f"p{n} memorandum 2020-01-01" + (f"\np{n} contract 2020-01-06" if n < 2 else "")
        for n in range(4)
    )
    found = conversion(histories(text), "2020-01-11").set_index("days")
    assert found["survival"].to_dict() == {5: 0.5, 10: 0.5}
    assert found.loc[10, ["at_risk", "converted", "censored"]].tolist() == [2, 0, 2]
    # What was not yet known on the day is not used.
    early = conversion(histories(text), "2020-01-04").set_index("days")
    assert early["survival"].to_dict() == {3: 1.0}
    assert early.loc[3, "note"] == "no conversion yet: no interval"
    assert np.isnan(early.loc[3, "lower"])


def test_a_lapse_ends_a_promise_and_the_shares_add_up():
    # 4 promises: 1 contract on day 2, 1 lapse on day 4, 1 contract on day 6, 1 open
    found = conversion(
        histories("""
a memorandum 2020-01-01
a contract 2020-01-03
b memorandum 2020-01-01
b lapsed 2020-01-05
c memorandum 2020-01-01
c contract 2020-01-07
d memorandum 2020-01-01
"""),
        "2020-01-11",
    ).set_index("days")
    # incidence of contracts: 1/4, then + (3/4 × 2/3) × 1/2 = 1/4; of lapses: 3/4 × 1/3 = 1/4
    assert found["converted_share"].to_dict() == {2: 0.25, 4: 0.25, 6: 0.5, 10: 0.5}
    assert found.loc[10, "lapsed_share"] == pytest.approx(0.25)
    # Kaplan–Meier takes the lapse as the end of watching: 3/4 × 1/2
    assert found.loc[6, "survival"] == pytest.approx(0.375)


def test_a_promise_counts_only_from_when_it_was_watched():
    text = "a memorandum 2020-01-01\na contract 2020-01-11\nb memorandum 2020-01-01"
    plain = histories(text + "\nb contract 2020-01-21")
    assert conversion(plain, "2020-02-01")["at_risk"].tolist() == [2, 1]
    late = plain.assign(learned=[None, None, "2020-01-15", "2020-01-15"])
    found = conversion(late, "2020-02-01")
    # on day 10 nobody was watching b
    assert found["at_risk"].tolist() == [1, 1]
    # learned after it had ended: never at risk
    never = plain.assign(learned=[None, None, "2020-01-25", "2020-01-25"])
    assert conversion(never, "2020-02-01")["items"].tolist() == [1]


def test_who_enters_and_who_is_left_out():
    found = conversion(
        histories("""
a announced 2020-01-01
a agreement 2020-01-05
a contract 2020-01-10
b agreement 2020-01-02
c announced 2020-01-01
"""),
        "2020-01-20",
    )
    # a enters at the agreement, having passed the memorandum; b was first seen beyond; c never
    assert found["days"].tolist() == [5]
    assert found["items"].tolist() == [1]
    assert found["left_out"].tolist() == [1]


@settings(max_examples=30, deadline=None)
@given(
    some.lists(
        some.tuples(some.integers(0, 40), some.sampled_from(["contract", "lapsed", "open"])),
        min_size=1,
        max_size=12,
    )
)
def test_curves_fall_and_shares_stay_within_one(items):
    rows = []
    for n, (days, how) in enumerate(items):
        rows.append((f"p{n}", "memorandum", DAY.isoformat()))
        if how != "open":
            rows.append((f"p{n}", how, (DAY + timedelta(days=days)).isoformat()))
    frame = pd.DataFrame(rows, columns=["commitment", "stage", "date"])
    found = conversion(frame, "2020-03-01")
    assert (found["survival"].diff().dropna() <= 1e-12).all()
    assert (found["converted_share"] + found["lapsed_share"] <= 1 + 1e-12).all()
    assert found[["converted", "lapsed", "censored"]].to_numpy().sum() == len(items)
    known = found.dropna(subset="lower")
    assert (known["lower"] <= known["survival"]).all()
    assert (known["survival"] <= known["upper"]).all()
    if not any(how == "lapsed" for _, how in items):
        assert (1 - found["survival"]).tolist() == pytest.approx(found["converted_share"].tolist())


def test_the_recorded_promises_show_no_conversion_yet():
    listed = stage_histories()
    assert {"commitment", "stage", "date", "source"} <= set(listed.columns)
    found = conversion(as_of="2026-03-01", start="memorandum", end="contract")
    assert found["converted"].sum() == 0
    assert (found["survival"] == 1).all()
    assert set(found["note"]) == {"no conversion yet: no interval"}
    by_kind = conversion(as_of="2026-03-01", by="kind")
    assert set(by_kind["kind"]) <= {"project", "state"}
    assert by_kind.groupby("kind")["items"].first().sum() == found["items"].iloc[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a contract 2020-01-01\na memorandum 2020-02-01", "a step back from contract"),
        ("a lapsed 2020-01-01\na contract 2020-02-01", "a step back from lapsed"),
        ("a memorandum 2020-13-01", "unknown stage or invalid date"),
        ("a handshake 2020-01-01", "unknown stage or invalid date"),
    ],
)
def test_illegal_steps_are_refused_with_the_rows(text, said):
    with pytest.raises(ContractError, match=said) as refused:
        conversion(histories(text), "2021-01-01")
    assert len(refused.value.failures) == 1
    assert "rule" in refused.value.failures.columns


def test_options_are_checked():
    frame = spells(WEEKS)
    with pytest.raises(KzdataError, match="does not come after"):
        conversion(frame, "2021-01-01", start="contract", end="memorandum")
    with pytest.raises(KzdataError, match="handshake"):
        conversion(frame, "2021-01-01", start="handshake")
    with pytest.raises(ParseError, match="as_of="):
        conversion(frame, "yesterday")
    with pytest.raises(KzdataError, match="level="):
        conversion(frame, "2021-01-01", level=95)
    with pytest.raises(NotAvailable, match="seen to enter"):
        conversion(frame, "2019-01-01")
    with pytest.raises(ContractError, match="stage"):
        conversion(frame.drop(columns="stage"), "2021-01-01")


# --- values ----------------------------------------------------------------------------------

VALUES = pd.DataFrame(
    [
        ("a", 10.0, "USD", "announced"),
        ("b", 5.0, "USD", "announced"),
        ("a", 3.0, "USD", "disbursed"),
    ],
    columns=["commitment", "value", "unit", "value_basis"],
)


def test_values_are_summed_on_one_basis_only():
    with pytest.raises(MeasureMismatch, match="announced and disbursed"):
        commitment_total(VALUES)
    (row,) = commitment_total(VALUES, "announced").to_dict("records")
    assert (row["value"], row["known"], row["items"]) == (15, 2, 2)
    (row,) = commitment_total(VALUES, "disbursed").to_dict("records")
    assert row["value"] == 3


def test_an_unpublished_value_makes_the_sum_missing():
    more = pd.DataFrame([("c", np.nan, "unknown", "announced")], columns=VALUES.columns)
    (row,) = commitment_total(pd.concat([VALUES, more]), "announced").to_dict("records")
    assert np.isnan(row["value"])
    assert (row["known_value"], row["known"], row["items"]) == (15, 2, 3)
    assert row["note"] == "1 of 3 values are not published"


def test_what_cannot_be_summed_is_refused():
    with pytest.raises(UnitMismatch, match="EUR and USD"):
        commitment_total(VALUES.assign(unit=["USD", "EUR", "USD"]), "announced")
    with pytest.raises(MeasureMismatch, match="more than once"):
        commitment_total(VALUES.assign(commitment="a"), "announced")
    with pytest.raises(MeasureMismatch, match="promised"):
        commitment_total(VALUES.assign(value_basis="promised"))
    with pytest.raises(KzdataError, match="'promised'"):
        commitment_total(VALUES, "promised")
    with pytest.raises(NotAvailable, match="financed"):
        commitment_total(VALUES, "financed")
