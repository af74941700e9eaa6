import csv

import pytest

from kzdata.errors import UnknownCode
from kzdata.files import yaml_of
from kzdata.model import codes
from kzdata.settings import HOME


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (842, "USA"),
        (840, "USA"),
        (251, "FRA"),
        (250, "FRA"),
        (757, "CHE"),
        (756, "CHE"),
        (699, "IND"),
        (579, "NOR"),
        (490, "S19"),
        (899, "_X"),
        (398, "KAZ"),
        (376, "ISR"),
        (0, "WLD"),
        (58, "BLX"),
        (280, "DEU"),
        (516, "NAM"),
        ("004", "AFG"),
    ],
)
def test_numbers_of_comtrade_and_baci_are_not_iso_numbers(number, code):
    assert codes.from_number(number) == code


def test_a_number_that_covers_another_territory_says_so():
    assert codes.covers(842) == "United States with Puerto Rico and the US Virgin Islands"
    assert codes.covers(398) == ""


@pytest.mark.parametrize("number", ["999", "USA", "", "8.42"])
def test_an_unlisted_number_is_refused(number):
    with pytest.raises(UnknownCode, match=r"seeds/area_codes\.yml"):
        codes.from_number(number)


@pytest.mark.parametrize(
    ("letters", "code"),
    [
        ("ROM", "ROU"),
        ("ZAR", "COD"),
        ("SUD", "SDN"),
        ("SER", "SRB"),
        ("MNT", "MNE"),
        ("TMP", "TLS"),
        ("UNS", "_X"),
        ("OAS", "S19"),
        ("G001", "WLD"),
        ("W00", "WLD"),
        ("KZ", "KAZ"),
        ("NA", "NAM"),
        ("KAZ", "KAZ"),
        ("842", "USA"),
        ("EAS", None),
        ("ECS", None),
        ("GX1213", None),
        ("1A", None),
    ],
)
def test_letters_of_agencies_and_no_code_for_a_group(letters, code):
    assert codes.from_letters(letters) == code


def test_every_code_of_the_tables_is_iso_or_in_our_own_list():
    listed = yaml_of(HOME / "seeds" / "area_codes.yml")
    known = codes.alpha3_codes() | set(codes.extensions())
    used = {row["code"] for row in listed["numeric"].values()}
    used |= set(listed["letters"].values()) | set(listed["names_ru"].values())
    assert used <= known
    assert all(str(name) == name for name in codes.extensions())


def test_all_partners_that_the_bureau_printed_for_2025_are_found_by_name():
    path = HOME / "data/raw/bns_partners_2025/kaz_partners_2025.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 197
    assert {r["name_ru"]: codes.from_russian(r["name_ru"]) for r in rows} == {
        r["name_ru"]: r["iso3"] for r in rows
    }


def test_latin_look_alikes_case_spaces_and_footnotes_do_not_matter():
    # K and a in «Kитaй» are Latin letters
    assert codes.from_russian("Kитaй") == "CHN"
    assert codes.from_russian("  БОСНИЯ   И  герцеговина ") == "BIH"
    assert codes.from_russian("Россия1)") == "RUS"
    assert codes.from_russian("Армения*") == "ARM"
    assert codes.fold("Гибралтар (Брит.)") == "гибралтар (брит.)"


def test_kongo_is_the_republic_in_the_bureaus_list():
    assert codes.from_russian("Конго") == "COG"
    assert codes.from_russian("Демократическая Республика Конго") == "COD"


def test_a_near_name_is_suggested_and_not_taken():
    with pytest.raises(UnknownCode, match="Did you mean"):
        codes.from_russian("Чешская Республик")
    with pytest.raises(UnknownCode, match="names_ru"):
        codes.from_russian("Атлантида")


def test_comtrades_and_cepiis_own_tables_have_no_number_unknown_here(shared):
    for path, column in (
        ("samples/comtrade/reference_csv/partner.csv", "id"),
        ("samples/comtrade/reference_csv/reporter.csv", "id"),
        ("samples/baci/country_codes_V202501.csv", "country_code"),
    ):
        with (shared / path).open(encoding="utf-8-sig") as stream:
            for row in csv.DictReader(stream):
                assert codes.from_number(row[column])
