"""What both countries of a pair report, what is at hand, and lists of products turned."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import rows

import kzdata as kz
from kzdata.errors import MeasureMismatch, NotAvailable, UnknownCode
from kzdata.model import contract
from kzdata.store import load

HEADER = "DATAFLOW,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "home"))
    return tmp_path


def value(frame: pd.DataFrame, **where) -> float:
    for key, wanted in where.items():
        frame = frame[frame[key] == wanted]
    (found,) = frame["value"]
    return found


def test_the_other_side_comes_from_databases_where_no_series_is_at_hand(store):
    sides = kz.both_sides("KAZ", "ISR")
    contract.check(sides)
    assert not sides.duplicated(["reporter", "partner", "flow", "period"]).any()
    israel = sides[sides["reporter"] == "ISR"]
    assert set(israel["basis"]) == {"claimed"}
    # the data set of the R package penppml: ISR to KAZ, 2016
    assert value(israel, period="2016", flow="X") == 45_960_000
    # 1992 is doubted as an Israeli report, so it takes no part
    assert israel.loc[israel["flow"] == "X", "period"].tolist() == [
        "1996", "2000", "2004", "2008", "2012", "2016",
    ]  # fmt: skip
    assert set(zip(israel["flow"], israel["valuation"], strict=True)) == {
        ("X", "FOB"),
        ("M", "CIF"),
    }
    assert israel["note"].str.contains("convention of the database").all()
    # Kazakhstan's own series wins over what a database has of it: 2,226.5, not 2,225.7 million
    assert value(sides, reporter="KAZ", flow="X", period="2008") == 2_226_504_346


def test_ratios_of_the_two_reports_are_those_of_the_sources(store):
    mirrored = kz.mirror(kz.both_sides("KAZ", "ISR")).query("`class` == 'both'")
    sold = mirrored[mirrored["reporter"] == "ISR"].set_index("period")["ratio"]
    # WITS imports over penppml exports: 16,305,753 / 10,831,000, 15,621,600 / 11,133,000, …
    assert sold.round(2).to_dict() == {
        "1996": 1.51, "2000": 1.40, "2004": 1.76, "2008": 1.41, "2012": 1.48, "2016": 1.44,
    }  # fmt: skip
    bought = mirrored[mirrored["reporter"] == "KAZ"]
    assert bought["period"].tolist() == ["2001"]
    assert bought["ratio"].iloc[0] == pytest.approx(200_000 / 3_598_900)


def test_a_loaded_report_takes_the_place_of_a_quoted_one(store):
    path = store / "imts.csv"
    lines = [
        f"IMF:IMTS(1.0),A,ISR,KAZ,XG_FOB_USD,{year},{amount},A\n"
        for year, amount in ((2016, 50_000_000), (2023, 61_000_000))
    ]
    path.write_text(HEADER + "".join(lines))
    load.load("imf_sdmx_csv", path, published="2025-03")
    sides = kz.both_sides("KAZ", "ISR", start=2016)
    israel = sides[(sides["reporter"] == "ISR") & (sides["flow"] == "X")].set_index("period")
    assert israel["value"].to_dict() == {"2016": 50e6, "2023": 61e6}
    assert set(israel["source"]) == {"imf_sdmx_csv"}
    assert set(kz.mirror(sides).query("`class` == 'both'")["period"]) == {"2016", "2023"}


def test_both_sides_says_what_to_load_where_there_is_nothing(store):
    with pytest.raises(NotAvailable, match=r"Neither FRA nor DEU.*\n.*kzdata load comtrade"):
        kz.both_sides("FRA", "DEU")
    assert kz.both_sides("KAZ", "TUR")["reporter"].unique().tolist() == ["KAZ"]
    assert kz.both_sides("KAZ", "ISR", start=2015, end=2016)["period"].min() == "2015"
    with pytest.raises(UnknownCode):
        kz.both_sides("KAZ", "ISL!")


def test_what_is_not_loaded_is_an_empty_frame_and_a_misspelling_still_an_error(store):
    nothing = kz.observations("KAZ", flow="X", product="270900", freq="A", allow_empty=True)
    assert nothing.empty
    assert list(nothing.columns) == contract.COLUMNS
    assert nothing["value"].dtype == float
    assert kz.observations(source="baci", start=2021, allow_empty=True).empty
    there = kz.observations("KAZ", "ISR", start=2025, allow_empty=True)
    pd.testing.assert_frame_equal(there, kz.observations("KAZ", "ISR", start=2025))
    for wrong in ({"reporter": "KAX"}, {"flow": "Q"}, {"source": "bacy"}, {"dataflow": "oil"}):
        with pytest.raises(UnknownCode):
            kz.observations(**wrong, allow_empty=True)


def test_crude_of_both_suppliers_is_its_arithmetic():
    found = kz.quantities("israel_caspian_crude").set_index("quantity")
    # 70 % of 4.1 million t in 266 days, a year of 365; 1.38 billion USD for 2.24 million t
    tonnes = 0.70 * 4.1e6 * 365 / 266
    assert found.loc["both_volume", "value"] == pytest.approx(tonnes, rel=1e-9)
    assert found.loc["both_value", "value"] == pytest.approx(tonnes * 1.38e9 / 2.24e6, rel=1e-8)
    least = 0.695 * 4.05e6 * 365 / 266
    assert found.loc["both_value", "lower"] == pytest.approx(least * 1.375e9 / 2.245e6, rel=1e-8)
    most = 0.705 * 4.15e6 * 365 / 266
    assert found.loc["both_volume", "upper"] == pytest.approx(most, rel=1e-9)
    assert found["unit"].tolist() == ["t", "USD"]
    assert "alahed_2025_11" in found["source"].iloc[0]
    assert str(kz.number(found.reset_index(), quantity="both_value")) == "US$2.4\N{NBSP}billion"
    with pytest.raises(UnknownCode, match="israel_caspian_crude"):
        kz.quantities("israel_caspian_crud")


def listed(*cells) -> pd.DataFrame:
    made = [
        rows((flow, "2021", amount), reporter=one, partner=other, product=product, valuation="FOB",
             classification="HS2017", source="baci")
        for flow, one, other, product, amount in cells
    ]  # fmt: skip
    return pd.concat(made, ignore_index=True)


SOLD = listed(
    ("X", "KAZ", "ISR", "270900", 30),
    ("X", "KAZ", "ISR", "100199", 10),
    ("X", "ISR", "KAZ", "100199", 4),
)


def test_each_export_is_read_as_the_partners_import_as_well():
    both = kz.both_flows(SOLD)
    assert len(both) == 6
    assert list(both.columns) == list(SOLD.columns)
    bought = both[both["flow"] == "M"].set_index(["reporter", "partner", "product"])["value"]
    assert bought.to_dict() == {
        ("ISR", "KAZ", "270900"): 30, ("ISR", "KAZ", "100199"): 10, ("KAZ", "ISR", "100199"): 4,
    }  # fmt: skip
    # of the pair: 1 − (|30 − 0| + |10 − 4|) / 44
    kaz = both[both["reporter"] == "KAZ"]
    assert kz.grubel_lloyd(kaz)["grubel_lloyd"].iloc[0] == pytest.approx(1 - 36 / 44)
    with pytest.raises(NotAvailable):
        kz.both_flows(SOLD.assign(flow="M"))
    with pytest.raises(MeasureMismatch):
        kz.both_flows(pd.concat([SOLD, SOLD.assign(partner="WLD")]))


def test_totals_over_products_keep_the_contract_and_what_is_missing():
    total = kz.all_products(SOLD)
    contract.check(total)
    found = total.set_index("reporter")
    assert found["value"].to_dict() == {"KAZ": 40, "ISR": 4}
    assert found.loc["KAZ", ["lower", "upper"]].tolist() == [39, 41]  # ± 0.5 of each of two
    assert found.loc["KAZ", "locator"] == "sum of 2 products"
    assert set(total["product"]) == {"TOTAL"}
    gap = SOLD.assign(value=[30, float("nan"), 4], obs_status=["A", "M", "E"])
    with_gap = kz.all_products(gap.assign(lower=gap["value"], upper=gap["value"]))
    by = with_gap.set_index("reporter")
    assert pd.isna(by.loc["KAZ", "value"])
    assert by["obs_status"].to_dict() == {"KAZ": "M", "ISR": "E"}
    with pytest.raises(MeasureMismatch):
        kz.all_products(pd.concat([SOLD, SOLD.assign(product="27")]))
