import pandas as pd
import pytest
from conftest import rows

from kzdata.errors import KzdataError, MeasureMismatch, UnknownCode
from kzdata.files import yaml_of
from kzdata.model import contract, nomenclature
from kzdata.settings import HOME


def products(*cells, classification="HS2022"):
    made = [rows(("X", "2024", value), product=code) for code, value in cells]
    return pd.concat(made, ignore_index=True).assign(classification=classification)


def table(tmp_path, text, **columns):
    path = tmp_path / "table.csv"
    path.write_text(text)
    return nomenclature.correlation(path, **columns)


def test_chapters_and_sections():
    assert nomenclature.chapter("270900") == "27"
    assert nomenclature.chapter_name("2709") == "Mineral fuels and oils"
    assert nomenclature.section("270900") == "V"
    for bad in ("770000", "98", "1", "TOTAL"):
        with pytest.raises(UnknownCode, match="no chapter"):
            nomenclature.section(bad)


def test_every_chapter_is_in_one_section():
    listed = yaml_of(HOME / "seeds" / "hs_chapters.yml")
    chapters = listed["chapters"]
    assert len(chapters) == 96  # 1 to 97 without the reserved 77
    assert {nomenclature.section(c) for c in chapters} == set(listed["sections"])


def test_whole_moves_merges_and_splits_conserve_value(tmp_path):
    known = table(tmp_path, "from,to\n010121,010121\n010129,010121\n020110,020111\n020110,020112\n")
    frame = products(("010121", 10), ("010129", 5), ("020110", 8), ("TOTAL", 23))
    found = nomenclature.convert(frame, known, old="HS2022", new="HS2017").set_index("product")
    assert found["value"].to_dict() == {"010121": 15, "020111": 4, "020112": 4, "TOTAL": 23}
    assert found["obs_status"].to_dict() == {
        "010121": "A", "020111": "E", "020112": "E", "TOTAL": "A"
    }  # fmt: skip
    assert found["classification"].unique() == ["HS2017"]
    assert found.loc["010121", "note"] == "HS2022 010121 × 1, 010129 × 1 in HS2017"
    assert (found.loc["010121", "lower"], found.loc["010121", "upper"]) == (14, 16)
    contract.check(found.reset_index().drop(columns="fan_out"))


def test_quantities_beside_the_contract_are_left_out(tmp_path):
    known = table(tmp_path, "from,to\n010121,010121\n")
    frame = products(("010121", 10)).assign(quantity_t=3.5, partner_code="376")
    found = nomenclature.convert(frame, known, old="HS2022", new="HS2017")
    assert "quantity_t" not in found
    assert found["partner_code"].item() == "376"


def test_weights_split_and_are_brought_to_one(tmp_path):
    known = table(
        tmp_path, "H4,H5,w\n020110,020111,3\n020110,020112,1\n", old="H4", new="H5", weight="w"
    )
    frame = products(("020110", 8), classification="HS2012")
    found = nomenclature.convert(frame, known, old="HS2012", new="HS2017")
    assert found.set_index("product")["value"].to_dict() == {"020111": 6, "020112": 2}


def test_a_wide_fan_out_is_flagged(tmp_path):
    text = "from,to\n" + "".join(f"854911,85{n:04d}\n" for n in range(21))
    found = nomenclature.convert(
        products(("854911", 21)), table(tmp_path, text), old="HS2022", new="HS2017"
    )
    assert found["obs_status"].unique() == ["U"]
    assert found["fan_out"].unique() == [21]
    assert found["note"].str.contains("21 successors").all()
    assert found["value"].sum() == pytest.approx(21, rel=1e-9)


def test_twenty_successors_are_a_split_as_any_other(tmp_path):
    text = "from,to\n" + "".join(f"854911,85{n:04d}\n" for n in range(20))
    found = nomenclature.convert(
        products(("854911", 20)), table(tmp_path, text), old="HS2022", new="HS2017"
    )
    assert found["obs_status"].unique() == ["E"]
    assert not found["note"].str.contains("successors").any()


def test_a_missing_part_makes_a_sum_missing(tmp_path):
    known = table(tmp_path, "from,to\n010121,010121\n010129,010121\n")
    found = nomenclature.convert(
        products(("010121", 10), ("010129", None)), known, old="HS2022", new="HS2017"
    )
    assert found["value"].isna().all()
    assert found["obs_status"].item() == "M"


def test_other_editions_codes_and_columns_are_refused(tmp_path):
    known = table(tmp_path, "from,to\n010121,010121\n")
    with pytest.raises(MeasureMismatch, match="HS2017, not only of HS2022"):
        nomenclature.convert(
            products(("010121", 1), classification="HS2017"), known, old="HS2022", new="HS2012"
        )
    with pytest.raises(UnknownCode, match="1 products are not in the table: 990000"):
        nomenclature.convert(products(("990000", 1)), known, old="HS2022", new="HS2017")
    with pytest.raises(KzdataError, match="no column 'H4'"):
        table(tmp_path, "from,to\n", old="H4")
    with pytest.raises(KzdataError, match="classification"):
        nomenclature.convert(rows(("X", "2024", 1)), known, old="HS2022", new="HS2017")
