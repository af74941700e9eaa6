import json
from pathlib import Path

import pytest
from conftest import ROOT

from kzdata.errors import KzdataError
from kzdata.readers import wits, worldbank
from kzdata.readers.payload import WrongFormat


@pytest.fixture
def specimens() -> Path:
    return ROOT / "tests" / "specimens"


def row(country="KZ", iso3="KAZ", date="2025", value=-916000000.5, code="BX.KLT.DINV.CD.WD"):
    return {
        "indicator": {"id": code, "value": "printed name"},
        "country": {"id": country, "value": "printed name"},
        "countryiso3code": iso3,
        "date": date,
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }


def answer(*rows, **about):
    size = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows)}
    return json.dumps([size | {"lastupdated": "2026-07-01"} | about, list(rows)]).encode()


def test_investment_is_net_in_dollars_and_may_be_negative():
    (found,) = worldbank.read(answer(row())).to_dict("records")
    wanted = {
        "dataflow": "fdi_net_inflow",
        "reporter": "KAZ",
        "partner": "WLD",
        "period": "2025",
        "value": -916_000_000.5,
        "unit": "USD",
        "published": "2026-07-01",
        "series": "BX.KLT.DINV.CD.WD.KZ",
    }
    assert {key: found[key] for key in wanted} == wanted


def test_trade_other_indicators_missing_years_and_quarters():
    frame = worldbank.read(
        answer(
            row(code="TX.VAL.MRCH.CD.WT", value=81000000000),
            row(code="NY.GDP.MKTP.KD.ZG", value=4.8),
            row(date="2024", value=None),
            row(code="DP.DOD", date="2025Q3", value=1),
        )
    ).set_index("series")
    exports = frame.loc["TX.VAL.MRCH.CD.WT.KZ"]
    assert exports[["dataflow", "flow", "valuation", "product"]].tolist() == [
        "trade_goods", "X", "FOB", "TOTAL"
    ]  # fmt: skip
    growth = frame.loc["NY.GDP.MKTP.KD.ZG.KZ"]
    assert growth[["dataflow", "partner", "unit"]].tolist() == ["WB:NY.GDP.MKTP.KD.ZG", "_Z", "_U"]
    assert frame.loc["BX.KLT.DINV.CD.WD.KZ", "obs_status"] == "M"
    assert frame.loc["DP.DOD.KZ", "period"] == "2025-Q3"


def test_groups_of_countries_are_no_reporters():
    frame = worldbank.read(answer(row(), row("Z7", "ECS"), row("1W", "WLD"), row("XK", "XKX")))
    found = frame.set_index("series")["reporter"]
    assert found["BX.KLT.DINV.CD.WD.Z7"] == "_Z"
    assert found["BX.KLT.DINV.CD.WD.1W"] == "WLD"
    assert found["BX.KLT.DINV.CD.WD.XK"] == "XKX"


def test_one_page_of_several_is_refused():
    with pytest.raises(WrongFormat, match="page 1 of 3"):
        worldbank.read(answer(row(), pages=3, total=120))
    with pytest.raises(WrongFormat, match="1 of 2 rows"):
        worldbank.read(answer(row(), total=2))


def test_the_banks_error_is_a_list_of_one():
    body = b'[{"message":[{"id":"120","key":"Invalid value","value":"not valid"}]}]'
    with pytest.raises(KzdataError, match="120 Invalid value: not valid"):
        worldbank.read(body)


def test_an_empty_answer_and_a_renamed_field():
    assert worldbank.read(b'[{"page":0,"pages":0,"total":0},null]').empty
    changed = row()
    changed["year"] = changed.pop("date")
    with pytest.raises(WrongFormat, match=r"'date' in rows\[0\]"):
        worldbank.read(answer(changed))
    with pytest.raises(WrongFormat, match="format=json"):
        worldbank.read(b'{"a": 1}')


def test_wits_thousands_legacy_letters_groups_and_years_in_no_order(specimens):
    frame = wits.read(specimens / "wits_trade.json", published="2026-09-25")
    cells = frame.set_index(["partner", "flow", "period"])["value"].to_dict()
    assert cells == {
        ("ISR", "X", "2010"): 7_030_500,  # index 0 of the years is 2010
        ("ISR", "X", "1995"): 0,  # a printed zero is a zero
        ("ISR", "M", "1995"): 17_500,
        ("ROU", "X", "2010"): 12_250,  # ROM
        ("_Z", "X", "2010"): 99_000,  # ECS, a group
        ("_X", "X", "2010"): 1_500,  # UNS
        ("WLD", "X", "2010"): 8_810_000_125,
    }
    assert frame["unit"].unique() == ["USD"]
    assert "A.KAZ.ROM.Total.XPRT-TRD-VL" in set(frame["series"])
    imports = frame[frame["flow"] == "M"].iloc[0]
    assert (imports["valuation"], imports["lower"], imports["upper"]) == ("CIF", 17_450, 17_550)


def test_wits_tariffs_are_percent_and_not_scaled(specimens):
    text = (specimens / "wits_trade.json").read_bytes().replace(b"XPRT-TRD-VL", b"MFN-SMPL-AVRG")
    tariffs = wits.read(text)
    tariffs = tariffs[tariffs["dataflow"] == "WITS:MFN-SMPL-AVRG"].set_index("partner")
    assert tariffs.loc["ROU", ["value", "unit"]].tolist() == [12.25, "percent"]


def test_wits_without_a_concept_is_refused(specimens):
    text = (specimens / "wits_trade.json").read_bytes().replace(b'"PARTNER"', b'"COUNTERPART"')
    with pytest.raises(WrongFormat, match="lacks WITS's PARTNER"):
        wits.read(text)


def wits_row(partner="ISR", product="Total", indicator="XPRT-TRD-VL", fixed=()):
    """One observation, 7 in 2020; concepts named in ``fixed`` stand at the level of the data set,
    which the service spells in lower case."""
    values = {"FREQ": "A", "REPORTER": "KAZ", "PARTNER": partner}
    values |= {"PRODUCTCODE": product, "INDICATOR": indicator}
    listed = {c: {"id": c, "keyPosition": 3, "values": [{"id": v}]} for c, v in values.items()}
    series = [c for c in values if c not in fixed]
    key = ":".join("0" for _ in series)
    return json.dumps(
        {
            "header": {},
            "dataSets": [{"series": {key: {"attributes": [], "observations": {"0": [7, 0]}}}}],
            "structure": {
                "dimensions": {
                    "dataset": [listed[c] for c in fixed],
                    "series": [listed[c] for c in series],
                    # the service gives time the position of another dimension
                    "observation": [
                        {"id": "TIME_PERIOD", "keyPosition": 3, "values": [{"id": "2020"}]}
                    ],
                },
                "attributes": {
                    "dataset": [],
                    "series": [],
                    "observation": [{"id": "DATASOURCE", "values": [{"id": "WITS-CMT"}]}],
                },
            },
        }
    ).encode()


@pytest.mark.parametrize(
    ("partner", "area"),
    [
        ("BAT", "ATB"),
        ("SVU", "SUN"),
        ("PMY", "_PM"),
        ("GAZ", "PSE"),
        ("EUN", "_Z"),  # a group, although the Union has a code as a reporter
        ("999", "_Z"),
    ],
)
def test_wits_letters_of_former_and_other_areas(partner, area):
    (found,) = wits.read(wits_row(partner)).to_dict("records")
    assert (found["partner"], found["value"], found["unit"]) == (area, 7_000, "USD")
    assert found["series"] == f"A.KAZ.{partner}.Total.XPRT-TRD-VL"


@pytest.mark.parametrize(
    ("product", "indicator", "unit"),
    [
        ("999999", "NMBR-XPRT-PRTNR", "_U"),  # a number of partners is no percent
        ("999999", "HH-MKT-CNCNTRTN-NDX", "_U"),
        ("999999", "XPRT-PRTNR-SHR", "percent"),
        ("50-63_TextCloth", "CNTRY-GRWTH", "percent"),
    ],
)
def test_wits_indicators_without_product_are_in_their_own_unit(product, indicator, unit):
    (found,) = wits.read(wits_row("999", product, indicator)).to_dict("records")
    assert (found["product"], found["unit"], found["value"]) == ("_Z", unit, 7)
    assert "classification" not in found


def test_wits_concepts_of_the_whole_data_set_are_read():
    (found,) = wits.read(wits_row(fixed=("REPORTER", "INDICATOR"))).to_dict("records")
    assert (found["reporter"], found["flow"], found["value"]) == ("KAZ", "X", 7_000)


def test_the_banks_unclassified_are_no_special_categories():
    # UN Comtrade's XX is an area of its own; the bank's has no letters of three
    (found,) = worldbank.read(answer(row("XX", ""))).to_dict("records")
    assert (found["reporter"], found["series"]) == ("_Z", "BX.KLT.DINV.CD.WD.XX")
