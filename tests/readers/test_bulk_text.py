"""Delimited text of any bulk format: numbers, cut rows, quotes, and what a store has of them."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

import kzdata as kz
from kzdata.errors import ContractError
from kzdata.model import contract
from kzdata.readers import bulk_text
from kzdata.readers.payload import WrongFormat
from kzdata.store import bulk, query
from kzdata.store.load import load

SDMX = (
    "DATAFLOW,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MULT,OBS_STATUS\n"
)
IMTS = "IMF:IMTS(1.0),A,KAZ,{},XG_FOB_USD,2024,{},{},A\n"
COMTRADE = (
    "typeCode,freqCode,period,reporterCode,flowCode,partnerCode,partner2Code,classificationCode,"
    "cmdCode,customsCode,mosCode,motCode,netWgt,cifvalue,fobvalue,primaryValue,isAggregate\n"
)
CELL = "C,A,2024,{},{},{},0,H6,{},C00,0,{},{},{},{},{},1\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def sdmx(*cells, head=SDMX):
    return (head + "".join(IMTS.format(*cell) for cell in cells)).encode()


def comtrade():
    """Two reporters, parts of a total, both valuations, a lost decimal, a missing weight."""
    return (
        COMTRADE.encode()
        + "".join(
            CELL.format(*cell)
            for cell in [
                (398, "X", 376, "270900", 0, "12.5", "", "100.5", "100.5"),
                (398, "X", 376, "270900", 2100, "12.5", "", "60", "60"),
                (398, "M", 842, "0101", 0, "", "7", "", "7"),
                (376, "X", 398, "854231", 0, "NA", "9", "8.25", "8.25"),
                (376, "M", 490, "010121", 0, "3", "1e3", "", "1e3"),
                (398, "M", 251, "0101", 0, "1", "", "", "NA"),
            ]
        ).encode()
    )


FILES = {
    "comtrade_bulk": comtrade,
    "imf_sdmx_csv": lambda: sdmx(
        ("ISR", "1.5", "6"), ("USA", "2", ""), ("ISR", "", "0"), ("FRA", "7e-05", "6")
    ).replace(b"KAZ,ISR,XG_FOB_USD,2024,,", b"KAZ,ISR,XG_FOB_USD,2023,,"),
}  # fmt: skip


@pytest.mark.parametrize("most", [1, 10_000])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("source", FILES)
def test_the_store_has_what_the_reader_reads(tmp_path, monkeypatch, source, packed, most):
    monkeypatch.setattr(bulk, "PART", most)
    monkeypatch.setattr(bulk_text, "IN_MEMORY", 0)
    path = tmp_path / "file.csv"
    path.write_bytes(gzip.compress(FILES[source]()) if packed else FILES[source]())
    load(source, path)
    expected = kz.read(source, path)
    found = contract.order(query.known({"source": source}, None, newest=True))[expected.columns]
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert not load(source, path).added


@pytest.mark.parametrize(
    ("printed", "power", "value", "half"),
    [
        ("1.5", "6", 1.5e6, 5e4),
        ("120", "-3", 0.12, 5e-4),
        ("7e-05", "6", 70.0, 5.0),
        ("+2.50", "", 2.5, 5e-3),
        (".5", "0", 0.5, 5e-2),
        ("5.", "1", 50.0, 5.0),
        ("0.1", "1", 1.0, 0.5),
        ("1.005", "2", 100.5, 0.05),
        ("14.42846015946152", "3", 14428.46015946152, 5e-12),
        ("123456789012345678", "0", 123456789012345678.0, 0.5),
    ],
)
def test_printed_digits_give_the_value_and_its_interval(printed, power, value, half):
    row = kz.read("imf_sdmx_csv", sdmx(("ISR", printed, power))).iloc[0]
    assert row["value"] == value
    assert row["upper"] == value + half
    assert row["lower"] == value - half


@pytest.mark.parametrize("printed", ["1,5", "--1", "1.5.2", "0x1", "1_000", "inf", "1e400", "5e"])
def test_what_is_no_number_is_named_with_its_line(printed):
    body = sdmx(("USA", "1", "0"), ("ISR", f'"{printed}"', "0"))
    with pytest.raises(WrongFormat) as refused:
        kz.read("imf_sdmx_csv", body)
    assert f"{printed!r}" in refused.value.fact
    assert "row 3" in refused.value.fact


def test_a_power_that_is_none_is_refused():
    with pytest.raises(WrongFormat, match="UNIT_MULT 'six'"):
        kz.read("imf_sdmx_csv", sdmx(("ISR", "1", "six")))


NOTED = SDMX.replace("\n", ",COMMENT\n")


def noted(*notes):
    areas = ["ISR", "USA", "FRA", "DEU"]
    rows = [IMTS.format(a, 1, 0).strip() + n for a, n in zip(areas, notes, strict=False)]
    return (NOTED + "\n".join(rows) + "\n").encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_empty_last_cells_blank_lines_and_quotes_are_whole(end):
    body = noted(",", ",a", ',"b, c"', ',"d\ne"').replace(b"\n", end.encode())
    assert len(kz.read("imf_sdmx_csv", body)) == 4
    assert len(kz.read("imf_sdmx_csv", body + end.encode() * 2)) == 4


@pytest.mark.parametrize("notes", [("", ",a"), (",", ""), (',"b, c"', ""), (',"d\ne"', "")])
def test_a_row_that_is_short_is_refused(notes):
    with pytest.raises(WrongFormat, match="columns"):
        kz.read("imf_sdmx_csv", noted(*notes))


def test_a_row_that_is_long_and_a_quote_that_does_not_end_are_refused():
    with pytest.raises(WrongFormat, match="columns"):
        kz.read("imf_sdmx_csv", noted(",a", ",b,c"))
    with pytest.raises(WrongFormat):
        kz.read("imf_sdmx_csv", noted(",a", ',"b'))


def test_parts_without_a_total_and_unknown_products_are_not_loaded(tmp_path, home):
    orphan = CELL.format(398, "X", 12, "0101", 2100, "", "", "1", "1")
    odd = CELL.format(398, "X", 12, "01-01", 0, "", "", "1", "1")
    for number, (row, error) in enumerate([(orphan, WrongFormat), (odd, ContractError)]):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(comtrade() + row.encode())
        with pytest.raises(error):
            load("comtrade_bulk", path)
        with pytest.raises(error):
            kz.read("comtrade_bulk", path)
    assert not list((home / "store").glob("batches/*"))


@pytest.mark.parametrize(
    "row",
    [
        "C,A,2024,398,X,12,0,H6,0101,C00,0 ,0,,,1,1,1\n",  # as the web page pads
        "C,A,2024,398.0,X,12.0,0.0,H6,0101,C00,0,0.0,,,1,1,1\n",  # as pandas writes
        "C,A,2024,398,X,12,NA,H6,0101,C00,0,0,,,1,1,1\n",  # as R writes
    ],
)
def test_totals_are_recognised_however_a_copy_spells_their_codes(row):
    (found,) = kz.read("comtrade_bulk", (COMTRADE + row).encode()).to_dict("records")
    assert (found["reporter"], found["partner"], found["value"]) == ("KAZ", "DZA", 1.0)


def test_a_message_whose_key_is_all_that_it_has():
    body = b"KEY,TIME_PERIOD,OBS_VALUE\nEXR.D.ILS.EUR.SP00.A,2024-01-02,4.01\n"
    (found,) = kz.read("imf_sdmx_csv", body).to_dict("records")
    assert (found["dataflow"], found["series"]) == ("EXR", "D.ILS.EUR.SP00.A")
