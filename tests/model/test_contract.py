import numpy as np
import pandas as pd
import pytest
from conftest import rows

from kzdata.errors import ContractError
from kzdata.model import contract


def test_a_frame_that_keeps_the_contract_comes_back_unchanged():
    frame = rows(("X", "2024", 10), ("M", "2024", 4), ("X", "2010", None))
    assert contract.check(frame) is frame


def test_absent_columns_are_named():
    with pytest.raises(ContractError, match="columns unit, locator"):
        contract.check(rows(("X", "2024", 1)).drop(columns=["unit", "locator"]))


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("freq", "Y", "freq is one of"),
        ("freq", "Q", "freq fits the period"),
        ("flow", "exports", "flow is one of"),
        ("valuation", "EXW", "valuation is one of"),
        ("reporter", "KZ", "reporter is an ISO alpha-3"),
        ("partner", "XYZ", "partner is an ISO alpha-3"),
        ("period", "2024-13", "period is an SDMX"),
        ("obs_status", "X", "obs_status is one of"),
        ("basis", "guessed", "basis is one of"),
        ("unit", "", "unit is not empty"),
        ("source", "", "source is not empty"),
        ("locator", "", "locator is not empty"),
        ("published", "last week", "published is a date"),
        ("product", "total", "product is TOTAL"),
        ("product", "0101", "has a classification column"),
        ("value", np.nan, "a missing value has a status"),
        ("value", np.inf, "value is finite"),
        ("value", 99.0, "lower ≤ value ≤ upper"),
        ("lower", np.nan, "a value has its interval"),
        ("obs_status", "M", "a status of missing has no value"),
        ("dataflow", "trade", "dataflow is one of"),
    ],
)
def test_each_rule_fails_by_name_with_the_row_key(column, value, rule):
    frame = rows(("X", "2024", 10), ("M", "2024", 4))
    frame.loc[1, column] = value
    if column == "value" and pd.isna(value):
        frame.loc[1, ["lower", "upper"]] = np.nan
    with pytest.raises(ContractError) as caught:
        contract.check(frame)
    failures = caught.value.failures
    assert any(rule in each for each in failures["rule"])
    assert set(failures["row"]) == {1}
    assert "row 1" in str(caught.value)


def test_every_failure_is_collected_before_raising():
    frame = rows(("X", "2024", 10), ("M", "2024", 4), ("X", "2023", 3))
    frame.loc[0, "freq"] = "Y"
    frame.loc[1, "reporter"] = "Kazakhstan"
    frame.loc[2, "unit"] = ""
    with pytest.raises(ContractError) as caught:
        contract.check(frame)
    assert set(caught.value.failures["row"]) == {0, 1, 2}


def test_a_publication_may_not_disagree_with_itself_but_two_may():
    twice = rows(("X", "2024", 10), ("X", "2024", 11))
    with pytest.raises(ContractError, match="no key appears twice"):
        contract.check(twice)
    twice.loc[1, "source"] = "wits_kaz_isr"
    contract.check(twice)


def test_text_where_a_number_belongs_is_refused():
    frame = rows(("X", "2024", 10)).astype({"value": object})
    frame.loc[0, "value"] = "ten"
    with pytest.raises(ContractError, match="value is a number"):
        contract.check(frame)


def test_order_puts_periods_in_time_order_not_text_order():
    frame = contract.order(rows(("X", "2025-11", 1), ("X", "2025-02", 2), ("X", "2024-12", 3)))
    assert frame["period"].tolist() == ["2024-12", "2025-02", "2025-11"]
