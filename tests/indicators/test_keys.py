"""Text as integers: by runs or by hashing, the same places and labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kzdata as kz
from kzdata.indicators.grouping import because, cited
from kzdata.indicators.keys import coded, distinct

TEXT = st.lists(st.sampled_from(["KAZ", "ISR", "TUR", ""]), max_size=12)


def read_back(codes: np.ndarray, labels: pd.Index) -> list:
    return [labels[code] if code >= 0 else None for code in codes]


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@given(words=TEXT, times=st.integers(1, 400))
def test_places_and_labels_read_back_to_the_column(storage, words, times):
    if storage == "pyarrow":
        pytest.importorskip("pyarrow")
    rows = [word for word in words for _ in range(times)]
    with pd.option_context("mode.string_storage", storage):
        column = pd.Series(rows, dtype="str")
    codes, labels = coded(column)
    assert read_back(codes, labels) == rows
    assert list(labels) == sorted(set(rows))
    assert distinct(column) == list(dict.fromkeys(rows))


@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_a_missing_label_has_no_place_however_the_column_is_stored(kind):
    column = pd.Series(["b", None, None, "a", "a", "a", "a", "a", "a", "b"], dtype=kind)
    codes, labels = coded(column)
    assert list(labels) == ["a", "b"]
    assert codes.tolist() == [1, -1, -1, 0, 0, 0, 0, 0, 0, 1]


def test_categories_count_in_the_order_of_their_text_and_only_where_used():
    column = pd.Series(pd.Categorical(["b", "a", "b"], categories=["c", "b", "a"]))
    codes, labels = coded(column)
    assert list(labels) == ["a", "b"]
    assert codes.tolist() == [1, 0, 1]


def test_years_may_be_numbers():
    codes, labels = coded(pd.Series([2024] * 5 + [2023] * 5))
    assert list(labels) == [2023, 2024]
    assert codes.tolist() == [1] * 5 + [0] * 5


def test_the_first_reason_that_applies_is_the_one_noted():
    value, note = because(
        np.array([1.0, 2.0, np.nan]), (np.array([True, False, False]), "one"), (False, "never")
    )
    assert np.isnan(value).tolist() == [True, False, True]
    assert list(note) == ["one", "", "a figure that enters it is missing"]


def test_each_group_cites_its_own_sources_and_one_that_has_none_cites_nothing():
    frame = pd.DataFrame({"period": ["2023", "2024", "2024"], "source": ["a", "b", "c + a"]})
    result = cited(pd.DataFrame({"period": ["2024", "2022", "2023"]}), frame, "period")
    assert result["source"].isna().tolist() == [False, True, False]
    assert result["source"].dropna().tolist() == ["a + b + c", "a"]


def test_changing_a_result_leaves_the_figures_it_came_from_alone():
    rows = [("KAZ", "01", 1.0), ("KAZ", "02", 2.0), ("TUR", "01", 3.0), ("TUR", "02", 4.0)]
    frame = pd.DataFrame(rows, columns=["reporter", "product", "value"])
    result = kz.rca(frame)
    result.loc[0, "reporter"] = "changed"
    assert frame["reporter"].tolist() == ["KAZ", "KAZ", "TUR", "TUR"]
