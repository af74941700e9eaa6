import io
import zipfile

import pytest

from kzdata.errors import UnknownCode
from kzdata.readers import baci
from kzdata.readers.payload import WrongFormat

TEXT = b""""t","i","j","k","v","q"
2021,398,376,10129,52.051,"       13.235"
2021,398,842,270900,0.041,"           NA"
2021,251,398,382390,3.403,"        1.854"
2021,490,398,854231,9,"           NA"
"""


def named(tmp_path, text=TEXT, name="BACI_HS92_Y2021_V202201.csv"):
    path = tmp_path / name
    path.write_bytes(text)
    return path


def test_thousand_dollars_tonnes_and_the_version_in_the_name(tmp_path):
    frame = baci.read(named(tmp_path)).set_index(["reporter", "partner"])
    cell = frame.loc[("KAZ", "ISR")]
    assert (cell["value"], cell["lower"], cell["upper"]) == (52_051, 52_050.5, 52_051.5)
    assert (cell["flow"], cell["valuation"], cell["unit"]) == ("X", "FOB", "USD")
    assert (cell["classification"], cell["published"]) == ("HS1992", "2022-01")
    assert cell["quantity_t"] == 13.235
    assert cell["obs_status"] == "E"
    # printed without decimals: half a thousand either way
    assert frame.loc[("S19", "KAZ"), "upper"] == 9_500


def test_a_lost_leading_zero_is_put_back(tmp_path):
    frame = baci.read(named(tmp_path))
    assert sorted(frame["product"]) == ["010129", "270900", "382390", "854231"]


def test_a_padded_na_is_a_missing_quantity_and_nothing_else(tmp_path):
    frame = baci.read(named(tmp_path))
    assert frame["quantity_t"].isna().sum() == 2
    assert frame["value"].notna().all()


def test_numbers_are_comtrades_family(tmp_path):
    frame = baci.read(named(tmp_path))
    assert set(frame["reporter"]) == {"KAZ", "FRA", "S19"}
    assert "USA" in set(frame["partner"])
    note = frame.set_index("partner").loc["USA", "note"]
    assert note == "United States with Puerto Rico and the US Virgin Islands"


def test_without_cepiis_name_the_nomenclature_must_be_said(tmp_path):
    with pytest.raises(WrongFormat, match="classification='HS1992'"):
        baci.read(named(tmp_path, name="trade.csv"))
    assert baci.read(TEXT, classification="HS2017")["classification"].unique() == ["HS2017"]


def test_one_year_out_of_the_zip_as_it_is(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("BACI_HS17_Y2020_V202301.csv", TEXT)
        archive.writestr("BACI_HS17_Y2021_V202301.csv", TEXT)
    path = named(tmp_path, packed.getvalue(), "BACI_HS17_V202301.zip")
    with pytest.raises(WrongFormat, match="holds 2 files"):
        baci.read(path)
    frame = baci.read(path, member="BACI_HS17_Y2021_V202301.csv")
    assert (frame["classification"].unique(), frame["published"].unique()) == (
        ["HS2017"],
        ["2023-01"],
    )


def test_changed_headers_values_and_codes_are_named():
    with pytest.raises(WrongFormat, match="lacks the column v"):
        baci.read(TEXT.replace(b'"v"', b'"value"'), classification="HS1992")
    with pytest.raises(WrongFormat, match="v '52,051'"):
        baci.read(TEXT.replace(b"52.051", b'"52,051"'), classification="HS1992")
    with pytest.raises(WrongFormat, match="line 2 "):
        baci.read(TEXT.replace(b"10129", b"0101.29"), classification="HS1992")
    with pytest.raises(UnknownCode, match="'999'"):
        baci.read(TEXT.replace(b"251", b"999"), classification="HS1992")


OLD = """country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha
384,"Côte d'Ivoire","Côte d'Ivoire","CI","CIV"
516,"Namibia","Namibia","NA","NAM"
58,"Belgium-Luxembourg","Belgium-Luxembourg","BE","BEL"
"""
NEW = """country_code,country_name,country_iso2,country_iso3
384,Côte d'Ivoire,CI,CIV
516,Namibia,,NAM
58,Belgium-Luxembourg (...1998),BE,BEL
"""


@pytest.mark.parametrize("text", [OLD.encode("cp1252"), OLD.encode(), NEW.encode()])
def test_country_tables_of_every_vintage_and_namibia(text):
    table = baci.countries(text).set_index("code")
    assert table.loc["516", ["iso2", "iso3", "area"]].tolist() == ["NA", "NAM", "NAM"]
    assert table.loc["384", "name"] == "Côte d'Ivoire"
    assert table.loc["58", ["iso3", "area"]].tolist() == ["BEL", "BLX"]


def test_a_quotation_mark_of_windows_is_no_control_character():
    # 0x92 is an apostrophe in Windows-1252 and nothing in Latin-1
    table = baci.countries(OLD.replace("d'I", "d\u2019I").encode("cp1252")).set_index("code")
    assert table.loc["384", "name"] == "Côte d\u2019Ivoire"


def test_a_country_table_with_a_new_header_is_refused():
    with pytest.raises(WrongFormat, match="no column for iso3"):
        baci.countries(NEW.replace("country_iso3", "alpha3").encode())


def test_product_codes_keep_their_zeros():
    table = baci.products(b"code,description\n10121,Horses\n270900,Oils\n")
    assert table["code"].tolist() == ["010121", "270900"]


def test_a_real_extract(shared):
    frame = baci.read(
        shared / "samples/baci/ExampleTradeData.csv.gz", classification="HS1992", published="2022"
    )
    assert len(frame) == 71_192
    assert frame["quantity_t"].isna().sum() == 2_306
    assert (frame["product"].str.len() == 6).all()
    assert (frame["partner"] == "KAZ").sum() == 97
    assert (frame["partner"] == "ISR").sum() == 392
    first = frame[(frame["partner"] == "AGO") & (frame["product"] == "382390")]
    assert first.set_index("reporter").loc["AFG", "value"] == 52_051


def test_real_country_tables_of_two_vintages(shared):
    for version in ("V202201", "V202501"):
        table = baci.countries(shared / f"samples/baci/country_codes_{version}.csv")
        assert len(table) == 238
        assert table.set_index("code").loc["516", "iso2"] == "NA"
        ours = table[table["area"] != table["iso3"]]
        assert set(ours["code"]) <= {"58", "490", "697", "711", "849"}
