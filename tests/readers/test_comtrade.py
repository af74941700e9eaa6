import gzip
import json

import pytest

from kzdata.errors import ContractError, KzdataError, UnknownCode
from kzdata.model import contract
from kzdata.readers import comtrade, comtrade_bulk
from kzdata.readers.payload import WrongFormat


def row(**changed):
    """One row of the API's answer; only the fields that the reader needs."""
    return {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": 2024,
        "refMonth": 52,
        "period": "2024",
        "reporterCode": 398,
        "flowCode": "X",
        "partnerCode": 376,
        "partner2Code": 0,
        "classificationCode": "H6",
        "cmdCode": "TOTAL",
        "customsCode": "C00",
        "mosCode": "0",
        "motCode": 0,
        "netWgt": None,
        "cifvalue": None,
        "fobvalue": 100.5,
        "primaryValue": 100.5,
        "isAggregate": True,
    } | changed


def answer(*rows, **changed):
    body = {"elapsedTime": "0.1 secs", "count": len(rows), "data": list(rows), "error": ""}
    return json.dumps(body | changed).encode()


def read(*rows, **changed):
    return comtrade.read(answer(*rows, **changed), published="2026-09-25")


def test_a_row_of_the_answer_is_an_observation():
    (found,) = read(row()).to_dict("records")
    wanted = {
        "dataflow": "trade_goods",
        "freq": "A",
        "reporter": "KAZ",
        "partner": "ISR",
        "flow": "X",
        "product": "TOTAL",
        "valuation": "FOB",
        "period": "2024",
        "value": 100.5,
        "lower": 100.45,
        "upper": 100.55,
        "unit": "USD",
        "obs_status": "A",
        "basis": "reported",
        "source": "comtrade",
        "published": "2026-09-25",
        "locator": "the bytes given, data[0]",
        "classification": "HS2022",
        "partner_code": "376",
    }
    assert {key: found[key] for key in wanted} == pytest.approx(wanted)


def test_months_leading_zeros_and_missing_weights():
    frame = read(
        row(freqCode="M", period="202407", cmdCode="0101", flowCode="M", netWgt=12.5),
        row(freqCode="M", period="202408", cmdCode="0101", flowCode="M", primaryValue=None),
    )
    assert frame["period"].tolist() == ["2024-07", "2024-08"]
    assert frame["freq"].tolist() == ["M", "M"]
    assert frame["product"].tolist() == ["0101", "0101"]
    assert frame["obs_status"].tolist() == ["A", "M"]
    assert frame["net_weight_kg"].iloc[0] == 12.5
    assert frame["net_weight_kg"].isna().iloc[1]


@pytest.mark.parametrize(
    ("flow", "cif", "fob", "valuation"),
    [
        ("M", 100.5, None, "CIF"),
        ("M", 100.5, 90, "CIF"),
        ("M", 120, 100.5, "FOB"),  # a reporter that values its imports FOB
        ("M", 100.5, 100.5, "CIF"),
        ("X", 100.5, 100.5, "FOB"),
        ("X", None, None, "unknown"),
    ],
)
def test_valuation_is_that_of_the_primary_value(flow, cif, fob, valuation):
    assert read(row(flowCode=flow, cifvalue=cif, fobvalue=fob))["valuation"].item() == valuation


@pytest.mark.parametrize(
    "part",
    [
        {"partner2Code": 156},
        {"motCode": 2100},
        {"customsCode": "C06"},
        {"mosCode": "1"},
    ],
)
def test_parts_by_second_partner_transport_customs_or_supply_are_not_counted_twice(part):
    # isAggregate is true on all of them, as in real answers: it tells nothing
    frame = read(row(), row(primaryValue=60.5) | part, row(primaryValue=40.0) | part)
    assert frame["value"].tolist() == [100.5]


def test_a_total_that_is_not_flagged_as_aggregate_is_a_total_all_the_same():
    for flag in (False, None, "0"):
        assert read(row(isAggregate=flag, isReported=True))["value"].tolist() == [100.5]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is an HTML page"),
        (b"", "is empty"),
        (b'{"elapsedTime":"0.1 secs","count":1,"data":[{"typeCo', "not complete JSON"),
        (b"[]", "has no field 'data'"),
        (answer(row(), count=3), "announces 3 rows and holds 1"),
        (
            answer(row(), row(motCode=2100, period="2023")),
            r"no total.*partner 376.*motcode 2100",
        ),
    ],
)
def test_what_is_no_whole_answer_is_told_by_name(body, said):
    with pytest.raises(WrongFormat, match=said):
        comtrade.read(body)


@pytest.mark.parametrize(
    ("number", "code"),
    [(842, "USA"), (251, "FRA"), (757, "CHE"), (699, "IND"), (579, "NOR"), (490, "S19")],
)
def test_partner_numbers_are_comtrades_own(number, code):
    found = read(row(partnerCode=number))
    assert found["partner"].item() == code
    assert found["partner_code"].item() == str(number)


def test_two_numbers_of_one_country_in_one_cell_are_refused():
    with pytest.raises(ContractError, match=r"repeat a key.*data\[0\].*data\[1\]"):
        read(row(partnerCode=842), row(partnerCode=840))


def test_areas_that_are_no_country_stay_apart():
    frame = read(row(partnerCode=490), row(partnerCode=899), row(partnerCode=837), row())
    assert sorted(frame["partner"]) == ["ISR", "S19", "X1", "_X"]


def test_unknown_codes_are_named():
    with pytest.raises(UnknownCode, match="'998'"):
        read(row(partnerCode=998))
    with pytest.raises(UnknownCode, match="typecode 'Z'"):
        read(row(typeCode="Z"))


@pytest.mark.parametrize("cap", [500, 100_000])
def test_a_number_of_rows_equal_to_the_cap_is_a_cut_answer(cap):
    with pytest.raises(WrongFormat, match="cut off"):
        comtrade.refuse_if_cut(cap, comtrade.CAPS, "the answer")


def test_five_hundred_rows_are_refused_unless_said_to_be_whole():
    rows = [row(period=str(1950 + n % 50), cmdCode=f"{n:04d}") for n in range(500)]
    with pytest.raises(WrongFormat, match="exactly 500 rows"):
        read(*rows)
    assert len(comtrade.read(answer(*rows), caps=())) == 500


def test_an_empty_answer_has_no_rows_and_all_columns():
    frame = comtrade.read(answer())
    assert len(frame) == 0
    assert list(frame.columns[:18]) == contract.COLUMNS


def test_a_renamed_field_is_named():
    changed = row()
    changed["tradeValue"] = changed.pop("primaryValue")
    with pytest.raises(WrongFormat, match="lacks UN Comtrade's field primaryvalue"):
        read(changed)


def test_a_value_that_is_no_number_is_named_with_its_place():
    with pytest.raises(WrongFormat, match="primaryvalue '12,5'"):
        read(row(primaryValue="12,5"))


def test_the_services_own_error_is_repeated():
    body = b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 1 seconds."}'
    with pytest.raises(KzdataError, match="Rate limit is exceeded"):
        comtrade.read(body)
    with pytest.raises(KzdataError, match="period is wrong"):
        comtrade.read(answer(error="period is wrong"))


def bulk(separator, *rows):
    names = list(row())
    lines = [separator.join(names)]
    lines += [separator.join("" if r[n] is None else str(r[n]) for n in names) for r in rows]
    return ("\n".join(lines) + "\n").encode()


def test_bulk_text_reads_as_the_answer_does_with_tabs_or_commas_and_in_gz():
    rows = [row(), row(period=2023, isAggregate=0, motCode=2100), row(period=2023, isAggregate=1)]
    wanted = read(*rows).drop(columns=["locator", "source", "published"])
    for body in (bulk("\t", *rows), bulk(",", *rows), gzip.compress(bulk("\t", *rows))):
        found = comtrade_bulk.read(body)
        assert found["source"].unique().tolist() == ["comtrade_bulk"]
        assert found.drop(columns=["locator", "source", "published"]).equals(wanted)


def test_the_release_date_is_in_the_downloaded_name(tmp_path):
    path = tmp_path / "COMTRADE-FINAL-CA3982024H6[2025-05-31].txt"
    path.write_bytes(bulk("\t", row()))
    assert comtrade_bulk.read(path)["published"].item() == "2025-05-31"
    assert comtrade_bulk.read(path, published="2025-06")["published"].item() == "2025-06"


def test_a_cut_line_of_bulk_text_is_refused():
    with pytest.raises(WrongFormat, match="line 3 is shorter"):
        comtrade_bulk.read(bulk("\t", row(), row(period="2023"))[:-40])


def test_an_extract_without_the_breakdown_columns_is_refused():
    body = b"reporter_iso,partner_iso,cmd_code,primary_value,ref_year\nAUT,ALB,4401,7.087,2018\n"
    with pytest.raises(WrongFormat, match=r"partner2code, motcode, customscode, moscode"):
        comtrade_bulk.read(body)


def test_recorded_answers(shared):
    folder = shared / "samples/comtrade/json"
    frame = comtrade.read(folder / "get_C_A_HS_reporter156_partners32-276-280_2010.json")
    cells = frame.set_index(["partner", "flow"])["value"].to_dict()
    assert len(frame) == 4
    assert cells["ARG", "M"] == 6_804_128_143
    assert cells["DEU", "M"] == 74_251_272_075
    assert frame["classification"].unique().tolist() == ["HS2007"]
    pretty = comtrade.read(folder / "get_C_A_HS_reporter156_2010_pretty.json")
    assert pretty["value"].tolist() == frame["value"].tolist()
    assert comtrade.read(folder / "get_S_A_EB_empty.json").empty
    with pytest.raises(WrongFormat, match="list of bulk files"):
        comtrade.read(folder / "bulk_get_C_A_list.json")


def test_a_recorded_bulk_file(shared):
    path = shared / "samples/comtrade/comtrade_bulk_file_head100_34cols.csv"
    frame = comtrade_bulk.read(path)
    assert len(frame) == 100
    cells = frame.set_index("partner")["value"]
    assert cells["WLD"] == 26_341_029_193
    assert cells["DZA"] == 69_888_036
    assert frame["valuation"].unique().tolist() == ["FOB"]
    assert {"KAZ", "ISR"} <= set(frame["partner"])


PAGE = ",".join([*row(), "reporterDesc"])  # what the web page saves; the real one has 47 columns


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("after", ["", ","])
def test_a_file_saved_from_the_web_page(encoding, after):
    """Its rows end with a comma that the header lacks, which shifts the columns of who reads by
    position, and its Latin letters are not UTF-8."""
    cells = ["" if value is None else str(value) for value in row(cmdCode="0101").values()]
    body = f"{PAGE}\n{','.join([*cells, 'Türkiye'])}{after}\n".encode(encoding)
    (found,) = comtrade_bulk.read(body).to_dict("records")
    assert (found["partner"], found["product"], found["value"]) == ("ISR", "0101", 100.5)


def test_a_row_with_more_cells_than_the_header_is_refused():
    body = bulk(",", row()).decode()
    for shifted in (",7\n", ",,\n"):
        with pytest.raises(WrongFormat, match=r"a cell more than the header|header's 19 columns"):
            comtrade_bulk.read(body.rstrip("\n").encode() + shifted.encode())
    text = bulk(",", row(), row(period="2023")).decode().splitlines()
    with pytest.raises(WrongFormat, match="a cell more than the header, and it is not empty"):
        comtrade_bulk.read("\n".join([text[0], text[1] + ",", text[2] + ",7"]).encode())


@pytest.mark.parametrize(
    ("kind", "nomenclature", "code", "valuation"),
    [
        ("C", "H6", "9999AA", "FOB"),  # commodities not specified according to kind
        ("C", "S2", "I", "FOB"),
        ("C", "S3", "0", "FOB"),
        ("C", "B5", "1", "FOB"),
        ("S", "EB10", "SPX1", "_Z"),
    ],
)
def test_codes_that_are_no_two_digits_are_under_the_contract(kind, nomenclature, code, valuation):
    frame = read(row(typeCode=kind, classificationCode=nomenclature, cmdCode=code))
    assert contract.check(frame)["product"].item() == code
    assert frame["valuation"].item() == valuation


def test_an_unknown_flow_is_named():
    with pytest.raises(UnknownCode, match="flowcode 'XX'"):
        read(row(flowCode="XX"))
