import pytest

import kzdata as kz
from kzdata.errors import KzdataError, NotAvailable, UnknownCode
from kzdata.model import contract
from kzdata.store import load


def test_observations_of_the_pair_are_one_row_per_cell():
    trade = kz.observations("KAZ", "ISR", start=2015)
    assert list(trade.columns) == contract.COLUMNS
    assert not trade.duplicated(contract.CELL).any()
    contract.check(trade)
    assert len(trade) == 2 * 11


def test_the_bureau_answers_from_2020_and_wits_before():
    trade = kz.observations("KAZ", "ISR", flow="M")
    by_year = trade.set_index("period")["source"]
    assert by_year["2019"] == "wits_kaz_isr"
    assert by_year["2020"] == by_year["2022"] == "bns_kaz_isr"
    assert by_year["2025"] == "bns_partners_2025"
    assert by_year.index.tolist() == [str(year) for year in range(1995, 2026)]


def test_every_publication_stays_reachable():
    every = kz.observations("KAZ", "ISR", flow="M", start=2021, end=2021, source="all")
    # 40.684 million at the Bureau, 15.641778 in WITS: 38 %, both kept
    assert dict(zip(every["source"], every["value"], strict=True)) == {
        "bns_kaz_isr": 40_684_000.0,
        "bns_panel": 40_684_000.0,
        "wits_kaz_isr": 15_641_778.47,
    }
    one = kz.observations("KAZ", "ISR", flow="M", start=2021, end=2021, source="wits_kaz_isr")
    assert one["value"].item() == 15_641_778.47


def test_names_in_four_languages_and_either_case_are_codes():
    for partner in ("ISR", "israel", "Израиль", "ישראל"):
        assert set(kz.observations("Казахстан", partner, start=2025)["partner"]) == {"ISR"}


def test_a_misspelt_country_suggests_the_right_one():
    with pytest.raises(UnknownCode, match="Israel"):
        kz.observations("KAZ", "Isreal")


def test_nothing_loaded_says_what_is():
    with pytest.raises(NotAvailable, match=r"Loaded for trade_goods: reporter KAZ.*2025 to 2025"):
        kz.observations("KAZ", "FRA", start=1990, end=1999)
    with pytest.raises(NotAvailable, match="reporter ISR"):
        kz.observations("ISR", "KAZ")


def test_wrong_dataflow_flow_source_and_reversed_years():
    with pytest.raises(UnknownCode, match="trade_goods"):
        kz.observations("KAZ", "ISR", dataflow="trade_good")
    with pytest.raises(UnknownCode, match="flow 'exports'"):
        kz.observations("KAZ", "ISR", flow="exports")
    with pytest.raises(UnknownCode, match="bns_panel"):
        kz.observations("KAZ", "ISR", source="bns_pannel")
    with pytest.raises(KzdataError, match="after"):
        kz.observations("KAZ", "ISR", start=2020, end=2010)


def test_what_comes_back_is_the_callers_own():
    mine = kz.observations("KAZ", "ISR", start=2025)
    mine["value"] = 0.0
    assert (kz.observations("KAZ", "ISR", start=2025)["value"] > 0).all()


def test_both_sides_of_a_pair_are_what_each_reports_of_the_other(monkeypatch, tmp_path):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path))
    header = "DATAFLOW,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    line = "IMF:IMTS(1.0),A,ISR,KAZ,XG_FOB_USD,2016,45960000,A\n"
    path = tmp_path / "imts.csv"
    path.write_text(header + line)
    load.load("imf_sdmx_csv", path, published="2025-03")
    both = kz.observations("KAZ", "ISR", start=2016, end=2016, sides="both")
    assert set(zip(both["reporter"], both["flow"], strict=True)) == {
        ("KAZ", "X"), ("KAZ", "M"), ("ISR", "X"),
    }  # fmt: skip
    (of_israel,) = kz.mirror(both).query("reporter == 'ISR'").to_dict("records")
    assert of_israel["reported"] == 45_960_000  # as Israel reports it, and as Kazakhstan does:
    assert of_israel["mirrored"] == pytest.approx(66_148_365, rel=1e-6)
    imports = kz.observations("KAZ", "ISR", flow="M", start=2016, end=2016, sides="both")
    assert list(zip(imports["reporter"], imports["flow"], strict=True)) == [
        ("ISR", "X"), ("KAZ", "M"),
    ]  # fmt: skip


def test_a_side_that_is_not_loaded_is_no_row_and_a_wrong_word_is_refused():
    alone = kz.observations("KAZ", "ISR", start=2016, end=2016, sides="both")
    assert set(alone["reporter"]) == {"KAZ"}
    with pytest.raises(KzdataError, match="both"):
        kz.observations("KAZ", "ISR", sides="bot")
