"""Two vintages side by side, and how far the later ones moved."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import rows

import kzdata as kz
from kzdata.errors import (
    ContractError,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    ParseError,
    UnitMismatch,
)
from kzdata.store import load
from kzdata.store import revisions as module

diff, revisions = module.diff, module.revisions
OLD = rows(("X", "2023", 100), ("X", "2024", 200), ("M", "2024", 50), published="2025-01")
NEW = rows(("X", "2023", 100), ("X", "2024", 210), ("X", "2025", 90), published="2025-03")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "home"))


def test_new_changed_and_withdrawn_cells():
    found = diff(OLD, NEW)
    assert list(found.columns) == module.DIFF
    told = found.set_index(["flow", "period"])
    assert told["change"].to_dict() == {
        ("M", "2024"): "withdrawn", ("X", "2024"): "changed", ("X", "2025"): "new",
    }  # fmt: skip
    changed = told.loc[("X", "2024")]
    assert (changed["value_before"], changed["value_after"], changed["difference"]) == (
        200,
        210,
        10,
    )
    assert (changed["published_before"], changed["published_after"]) == ("2025-01", "2025-03")
    assert told.loc[("X", "2025"), "unit"] == told.loc[("M", "2024"), "unit"] == "USD"
    assert pd.isna(told.loc[("M", "2024"), "value_after"])
    assert pd.isna(told.loc[("M", "2024"), "difference"])


def test_nothing_changed_is_an_empty_frame_with_the_same_columns():
    found = diff(OLD, OLD.assign(published="2025-02"))
    assert found.empty
    assert list(found.columns) == module.DIFF


def test_missing_is_a_value_of_its_own():
    missing = rows(("X", "2024", None), published="2025-03")
    assert diff(missing, missing).empty
    to_number = diff(missing, rows(("X", "2024", 0), published="2025-04"))
    assert to_number["change"].tolist() == ["changed"]
    assert to_number["difference"].isna().all()  # not 0 − 0


def test_a_provisional_figure_confirmed_is_a_change_of_status():
    found = diff(OLD.assign(obs_status="P"), OLD.assign(obs_status="A", published="2025-06"))
    assert set(found["change"]) == {"changed"}
    assert (found["difference"] == 0).all()


def test_refusals_say_what_to_do():
    with pytest.raises(ContractError, match="2 times"):
        diff(pd.concat([OLD, OLD.assign(published="2025-02")]), NEW)
    with pytest.raises(MeasureMismatch, match="contradictions"):
        diff(OLD, NEW.assign(source="wits_kaz_isr"))
    with pytest.raises(UnitMismatch, match="USD and then in KZT"):
        diff(OLD, NEW.assign(unit="KZT"))
    with pytest.raises(KzdataError, match="is after"):
        diff("2026-03-01", "2026-01-28")
    with pytest.raises(ParseError, match="not a date"):
        diff("2026-01", "2026-03-01")
    with pytest.raises(ContractError, match="lacks the column"):
        diff(OLD[["value"]], NEW)


def test_between_two_days_what_became_known(tmp_path):
    header = "DATAFLOW,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\n"
    row = "IMF:IMTS(1.0),A,KAZ,ISR,XG_FOB_USD,{},{}\n"
    for published, cells in (("2025-06", {"2024": 5}), ("2026-06", {"2024": 6, "2025": 7})):
        path = tmp_path / f"{published}.csv"
        path.write_text(header + "".join(row.format(*cell) for cell in cells.items()))
        load.load("imf_sdmx_csv", path, published=published)
    found = diff("2026-01-28", "2026-07-01", reporter="Kazakhstan", source="imf_sdmx_csv")
    assert found[["change", "period", "difference"]].values.tolist()[0] == ["changed", "2024", 1.0]
    assert found["change"].tolist() == ["changed", "new"]
    assert diff("2026-07-01", "2026-07-01").empty
    # the shipped figures of July 2026 became known on its last day
    shipped = diff("2026-07-30", "2026-07-31", partner="ISR")
    assert set(shipped["source"]) == {"bns_partners_2025"}
    every = kz.observations("KAZ", "ISR", source="all", flow="X")
    moved = revisions(every)
    assert moved[["horizon_months", "mean_revision"]].values.tolist() == [[12, 1.0]]


def test_mean_and_mean_absolute_revision_by_horizon():
    first = rows(("X", "2023", 100), ("X", "2024", 200), published="2025-01")
    second = rows(("X", "2023", 110), ("X", "2024", 180), published="2025-04-15")
    third = rows(("X", "2023", 110), ("X", "2024", 230), published="2026-01")
    found = revisions(first, second, third).set_index("horizon_months")
    # after 3 months +10 and −20: mean −5, mean absolute 15, 30 / (110 + 180)
    assert found.loc[3, "mean_revision"] == -5
    assert found.loc[3, "mean_absolute_revision"] == 15
    assert found.loc[3, "relative_mean_absolute_revision"] == pytest.approx(30 / 290, rel=1e-15)
    assert (found.loc[3, "lowest"], found.loc[3, "highest"]) == (-20, 10)
    # after 12 months +10 and +30
    assert found.loc[12, ["count", "mean_revision"]].tolist() == [2, 20]
    together = revisions(pd.concat([third, first, second]))
    pd.testing.assert_frame_equal(together, found.reset_index()[together.columns])


def test_measures_units_and_sources_stay_apart():
    both = [rows(("X", "2024", 1), ("M", "2024", 2), published=day) for day in ("2025", "2026")]
    other = [each.assign(source="wits_kaz_isr") for each in both]
    found = revisions(*both, *other)
    assert found[["source", "flow"]].values.tolist() == [
        ["bns_kaz_isr", "M"], ["bns_kaz_isr", "X"], ["wits_kaz_isr", "M"], ["wits_kaz_isr", "X"],
    ]  # fmt: skip
    assert (found["horizon_months"] == 12).all()


def test_missing_values_and_undated_vintages_are_left_out():
    undated = OLD.assign(published="_U")
    with pytest.raises(NotAvailable, match="two dated vintages"):
        revisions(undated, OLD)
    with pytest.raises(NotAvailable, match="two dated vintages"):
        revisions(OLD, rows(("X", "2024", None), published="2025-03"))
    with pytest.raises(NotAvailable, match="No vintage"):
        revisions()
