import gzip
import io
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from conftest import ROOT

from kzdata.errors import NotAvailable, ParameterError, UnknownCode
from kzdata.model import contract
from kzdata.readers import columns, payload, registry, workbook
from kzdata.readers.payload import Received, WrongFormat, receive


@pytest.fixture
def specimens() -> Path:
    return ROOT / "tests" / "specimens"


SPECIMENS = {
    "bns_partners": "bns_partners.xls",
    "imf_sdmx_csv": "imts_20.csv",
    "sdmx_ml": "exr_21.xml",
    "sdmx_json": "imts_20.json",
    "wits": "wits_trade.json",
}


def test_every_source_has_a_reader_that_says_what_it_was_tried_on():
    untried = {name for name in registry.SOURCES if not registry.tested_on_original(name)}
    assert untried == {"bns_partners", "nbk_fdi", "worldbank", "wits"}
    for name in untried:
        said = registry.module(name).__doc__
        assert "original" in said or "at hand" in said


@pytest.mark.parametrize("source", SPECIMENS)
def test_any_file_by_the_name_of_its_source(source, specimens):
    path = specimens / SPECIMENS[source]
    frame = registry.read(source, path, published="2026-09")
    assert list(frame.columns[:18]) == contract.COLUMNS
    assert frame["source"].unique() == [source]
    assert frame["published"].unique() == ["2026-09"]
    assert registry.read(source, str(path), published="2026-09").equals(frame)


@pytest.mark.parametrize("source", ["imf_sdmx_csv", "sdmx_ml", "sdmx_json", "wits"])
def test_gz_and_zip_are_read_as_they_are(source, specimens, tmp_path):
    plain = specimens / SPECIMENS[source]
    wanted = registry.read(source, plain)["value"].tolist()
    packed = tmp_path / "no_suffix"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert registry.read(source, packed)["value"].tolist() == pytest.approx(wanted, nan_ok=True)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(plain, "inside.txt")
    assert registry.read(source, packed)["value"].tolist() == pytest.approx(wanted, nan_ok=True)


def test_unknown_sources_options_and_paths_are_named(tmp_path):
    with pytest.raises(UnknownCode, match="'comtrade'"):
        registry.read("comtrad", b"{}")
    with pytest.raises(ParameterError, match="no option 'publishd'"):
        registry.read("comtrade", b"{}", publishd="2026")
    with pytest.raises(NotAvailable, match="is not a file"):
        registry.read("comtrade", tmp_path / "absent.json")


@pytest.mark.parametrize("source", sorted(registry.SOURCES))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf \n",
        b"<html><h1>403 Forbidden</h1></html>",
        b"a,b\n1,2\n",
        b"{}",
        b"\x00",
    ],
)
def test_what_is_not_of_the_source_is_refused_by_name(source, body):
    with pytest.raises((WrongFormat, UnknownCode)) as caught:
        registry.read(source, body)
    assert "\n  " in str(caught.value)  # the next thing to do


def test_a_body_larger_than_the_limit_is_refused_packed_or_not(tmp_path):
    zeros = b"0" * 2_000_000
    with pytest.raises(WrongFormat, match="larger than 1,000,000 bytes"):
        receive(zeros, limit=1_000_000)
    with pytest.raises(WrongFormat, match="larger than 1,000,000 bytes"):
        receive(gzip.compress(zeros), limit=1_000_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", zeros)
    with pytest.raises(WrongFormat, match="larger than 1,000,000 bytes"):
        receive(path, limit=1_000_000)
    with pytest.raises(WrongFormat, match="larger than 1,000,000 bytes"):
        registry.read("comtrade", gzip.compress(zeros), limit=1_000_000)


def test_damaged_archives_are_refused():
    whole = gzip.compress(b"text " * 1000)
    with pytest.raises(WrongFormat, match="damaged gzip"):
        receive(whole[:-20])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.csv", "x" * 1000)
    with pytest.raises(WrongFormat, match="damaged zip"):
        receive(data.getvalue()[:500])


def test_text_in_another_encoding_is_refused():
    with pytest.raises(WrongFormat, match="not UTF-8 text"):
        _ = receive("курс".encode("cp1251")).text


def a_workbook(fill):
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    fill(book.add_worksheet("2025"))
    book.close()
    return Received(data.getvalue(), "made.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    made = a_workbook(lambda sheet: [sheet.write(row, 0, 1.5) for row in range(20_000)])
    assert len(workbook.sheets(made)["2025"]) == 20_000
    with pytest.raises(WrongFormat, match="unpacks to more than 100,000 bytes"):
        workbook.sheets(made, parts_limit=100_000)


def test_a_stray_cell_at_the_end_of_the_sheet_is_refused_before_it_is_opened():
    made = a_workbook(lambda sheet: sheet.write(1_048_575, 16_383, "x"))  # XFD1048576
    with pytest.raises(WrongFormat, match="1,048,576 rows and 16,384 columns"):
        workbook.sheets(made)


def test_a_damaged_workbook_and_an_absent_library(monkeypatch):
    with pytest.raises(WrongFormat, match="damaged workbook"):
        workbook.sheets(Received(payload.OLE2 + b"\x00" * 600, "a.xls"))
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(NotAvailable, match=r"kzdata\[excel\]"):
        workbook.sheets(a_workbook(lambda sheet: sheet.write(0, 0, 1)))


@pytest.mark.parametrize(
    ("printed", "power", "value", "lower", "upper"),
    [
        ("52.051", 3, 52_051, 52_050.5, 52_051.5),
        ("  13 ".strip(), 0, 13, 12.5, 13.5),
        ("        0.022", 0, 0.022, 0.0215, 0.0225),
        ("-0.50", 6, -500_000, -505_000, -495_000),
        ("1.25E+3", 0, 1250, 1245, 1255),
        ("5e-3", 0, 0.005, 0.0045, 0.0055),
        (".5", 0, 0.5, 0.45, 0.55),
        ("0.29", 3, 290, 285, 295),  # 0.29 * 1000 is 290.00000000000006 or so in binary floats
    ],
)
def test_printed_digits_give_value_and_interval(printed, power, value, lower, upper):
    found = columns.scaled(pd.Series([printed], name="v"), power).iloc[0]
    assert found["value"] == value
    assert found.tolist() == pytest.approx([value, lower, upper])


def test_missing_marks_and_other_text():
    found = columns.scaled(pd.Series(["", "       NA", None, "nan", "1"], name="q"))
    assert found["value"].isna().tolist() == [True, True, True, True, False]
    with pytest.raises(WrongFormat, match=r"q '1,5' .*\(row 1; 2 such\)"):
        columns.scaled(pd.Series(["1", "1,5", "x"], name="q"))
