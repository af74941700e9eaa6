import json
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from kzdata.errors import ContractError, NotAvailable
from kzdata.readers import sdmx_csv, sdmx_json, sdmx_ml
from kzdata.readers.payload import WrongFormat


@pytest.fixture
def specimens() -> Path:
    return ROOT / "tests" / "specimens"


def test_imf_csv_with_its_odd_first_cell(specimens):
    frame = sdmx_csv.read(specimens / "imts_20.csv").set_index("series")
    exports = frame.loc["KAZ.XG_FOB_USD.ISR.M"]
    # whole dollars: SCALE is for display
    assert exports[["value", "lower", "upper"]].tolist() == [
        1_250_000.5,
        1_250_000.45,
        1_250_000.55,
    ]
    named = ["dataflow", "reporter", "partner", "flow", "valuation", "period"]
    assert exports[named].tolist() == ["trade_goods", "KAZ", "ISR", "X", "FOB", "2025-10"]
    imports = frame.loc["KAZ.MG_CIF_USD.G001.S"]
    assert imports[["partner", "flow", "valuation", "period", "obs_status"]].tolist() == [
        "WLD", "M", "CIF", "2025-S1", "M"
    ]  # fmt: skip
    # a group of countries is never a partner
    assert frame.loc["KAZ.MG_FOB_USD.GX1213.Q", "partner"] == "_Z"


def test_csv_1_with_labels_and_a_multiplier(specimens):
    frame = sdmx_csv.read(specimens / "fdi_10.csv").set_index("series")
    flow = frame.loc["NLD.KAZ.T_FA_F"]
    assert flow[["value", "lower", "upper"]].tolist() == [-12_500_000, -12_550_000, -12_450_000]
    assert flow[["dataflow", "reporter", "partner", "unit"]].tolist() == [
        "XX:DF_FDI(1.0)", "NLD", "KAZ", "USD"
    ]  # fmt: skip
    assert frame.loc["NLD.KAZ.LE_FA_F", "obs_status"] == "M"


def test_csv_of_another_kind_is_told_by_name(specimens):
    text = (specimens / "imts_20.csv").read_bytes()
    with pytest.raises(WrongFormat, match="lacks the column OBS_VALUE"):
        sdmx_csv.read(text.replace(b"OBS_VALUE", b"OBS"))
    with pytest.raises(WrongFormat, match="first column is 'KIND'"):
        sdmx_csv.read(text.replace(b"STRUCTURE[;]", b"KIND"))
    with pytest.raises(WrongFormat, match="ACTION D"):
        sdmx_csv.read(text.replace(b",R,KAZ,XG", b",D,KAZ,XG"))
    with pytest.raises(WrongFormat, match="OBS_VALUE 'x'"):
        sdmx_csv.read(text.replace(b",3,6", b",x,6"))
    with pytest.raises(WrongFormat, match="the period '2025-M13' cannot be read"):
        sdmx_csv.read(text.replace(b"2025-M10", b"2025-M13"))


def test_an_empty_answer_of_an_sdmx_service_is_an_unknown_flow():
    for read in (sdmx_csv.read, sdmx_json.read, sdmx_ml.read):
        with pytest.raises(WrongFormat, match="204"):
            read(b"")


def test_json_2_has_values_as_text_and_time_under_value(specimens):
    frame = sdmx_json.read(specimens / "imts_20.json")
    cells = frame.set_index(["partner", "flow", "period"])
    assert cells.loc[("ISR", "X", "2025"), "value"] == 167_590_256.94
    assert cells.loc[("ISR", "X", "2024"), "value"] == 119_242_222.86  # time is in no order
    assert cells.loc[("WLD", "M", "2024"), "obs_status"] == "M"
    assert frame["unit"].unique() == ["USD"]  # from the attributes of a dimension group
    assert cells.loc[("ISR", "X", "2025"), "upper"] == pytest.approx(167_590_256.945, abs=1e-6)


def test_json_damage_is_told(specimens):
    message = json.loads((specimens / "imts_20.json").read_text())
    data = message["data"]
    data["dataSets"][0]["series"]["0:9:0:0"] = {"observations": {"0": ["1"]}}
    with pytest.raises(WrongFormat, match="does not fit the message's own lists"):
        sdmx_json.read(json.dumps(message).encode())
    data["dataSets"][0]["action"] = "Delete"
    with pytest.raises(WrongFormat, match="deletes observations"):
        sdmx_json.read(json.dumps(message).encode())
    del data["dataSets"]
    with pytest.raises(WrongFormat, match="no field 'dataSets'"):
        sdmx_json.read(json.dumps(message).encode())


def test_a_recorded_answer_is_unwrapped(specimens):
    text = (specimens / "imts_20.json").read_text()
    record = {"url": "u", "status_code": 200, "headers": {}, "text": text}
    plain = sdmx_json.read(text.encode())
    assert sdmx_json.read(json.dumps(record).encode()).equals(plain)
    with pytest.raises(WrongFormat, match="records the answer 204 with no body"):
        sdmx_json.read(json.dumps(record | {"status_code": 204, "text": ""}).encode())


def test_ml_21_generic(specimens):
    frame = sdmx_ml.read(specimens / "exr_21.xml")
    assert frame["series"].unique() == ["M.KZT.EUR"]
    assert frame["dataflow"].unique() == ["XX:EXR(1.0)"]
    assert frame["value"].iloc[0] == 561.2
    assert frame["upper"].iloc[0] == pytest.approx(561.205)  # 561.20 is printed to the hundredth
    assert frame["obs_status"].tolist() == ["A", "M"]  # H: no fixing on a holiday
    assert frame["unit"].unique() == ["KZT"]


def test_ml_30_structure_specific(specimens):
    frame = sdmx_ml.read(specimens / "exr_30.xml")
    assert frame["series"].unique() == ["Q.KZ.IL"]
    assert frame["dataflow"].unique() == ["XX:TRADE(1.0)"]
    first = frame.iloc[0]
    # 12.5 million
    assert first[["value", "lower", "upper"]].tolist() == [12_500_000, 12_450_000, 12_550_000]
    assert first[["reporter", "partner", "period", "unit"]].tolist() == [
        "KAZ", "ISR", "2025-Q1", "USD"
    ]  # fmt: skip
    assert frame["obs_status"].tolist() == ["A", "M"]


def test_ml_that_is_no_data_is_told(specimens):
    text = (specimens / "exr_21.xml").read_bytes()
    with pytest.raises(WrongFormat, match="not XML"):
        sdmx_ml.read(b'{"data": 1}')
    with pytest.raises(WrongFormat, match="entities"):
        sdmx_ml.read(text.replace(b"<message:GenericData", b"<!DOCTYPE x><message:GenericData", 1))
    with pytest.raises(WrongFormat, match="sdmx1 can read"):
        sdmx_ml.read(text[:-200])
    with pytest.raises(WrongFormat, match="sdmx1 can read"):
        sdmx_ml.read(b"<rates/>")


def test_without_the_library_the_extra_is_named(specimens, monkeypatch):
    monkeypatch.setitem(sys.modules, "sdmx", None)
    with pytest.raises(NotAvailable, match=r"kzdata\[sdmx\]"):
        sdmx_ml.read(specimens / "exr_21.xml")


def test_a_recorded_csv_of_the_imf(shared):
    frame = sdmx_csv.read(shared / "samples/imf/imf_sdmxcsv2_FSIC_KAZ_2026-09-26.csv")
    assert len(frame) == 72
    assert frame["dataflow"].unique() == ["IMF.STA:FSIC(13.0.1)"]
    first = frame[frame["period"] == "2008-Q1"].iloc[0]
    assert first["value"] == 14.42846015946752
    assert first["series"] == "KAZ.S12CFSI.FSI688_CFSI_PT.Q"
    assert (first["reporter"], first["unit"]) == ("KAZ", "percent")


def test_recorded_json_of_the_imf(shared):
    folder = shared / "samples/imf"
    frame = sdmx_json.read(folder / "data_WHDREO_one_series.json")
    assert len(frame) == 55
    assert frame["period"].iloc[[0, -1]].tolist() == ["1976", "2030"]
    assert frame["value"].iloc[[0, -1]].tolist() == [-7.436, -1.802]
    assert frame["series"].unique() == ["GX1213.BCA_GDP_BP6.A"]
    assert sdmx_json.read(folder / "data_WHDREO_monthly.json").empty
    with pytest.raises(WrongFormat, match="204"):
        sdmx_json.read(folder / "error_204_unknown_dataflow.json")
    with pytest.raises(WrongFormat, match="no field 'dataSets'"):
        sdmx_json.read(folder / "structure_CL_FREQ.json")


@pytest.mark.parametrize("name", ["flat.json", "ts.json", "xs.json"])
def test_recorded_json_1_as_sdmx1_reads_it(shared, name):
    sdmx = pytest.importorskip("sdmx")
    path = shared / "samples/sdmx/ECB_EXR" / name
    with path.open("rb") as stream:
        message = sdmx.read_sdmx(stream, format="JSON")
    expected = {
        (str(o.key["CURRENCY"].value), str(o.key["TIME_PERIOD"].value)): o.value
        for dataset in message.data
        for o in dataset.obs
    }
    frame = sdmx_json.read(path)
    found = {
        (row.series.split(".")[1], row.period): row.value for row in frame.itertuples(index=False)
    }
    assert found == expected
    assert frame["dataflow"].unique() == ["ECB:EXR(1.0)"]


GENERIC = [
    "ng-flat",
    "ng-ts",
    "ng-ts-gf",
    "ng-xs",
    "rg-flat",
    "rg-ts",
    "rg-ts-gf",
    "sg-flat",
    "sg-ts",
]


@pytest.mark.parametrize("name", GENERIC + [f"{each}-ss" for each in GENERIC if each != "sg-flat"])
def test_recorded_ml_messages_of_every_layout_hold_the_same_rates(shared, name):
    frame = sdmx_ml.read(shared / f"samples/sdmx/ECB_EXR/{name}.xml")
    assert len(frame) == 12
    august = frame[frame["period"] == "2010-08"].set_index("unit")["value"]
    # ECB reference rates of August 2010, per euro
    assert august.to_dict() == {"CHF": 1.3413, "GBP": 0.82363, "JPY": 110.04, "USD": 1.2894}


@pytest.mark.parametrize("name", ["rg-xs", "sg-xs"])
def test_a_recorded_message_that_gives_august_twice_is_refused(shared, name):
    # Its third section repeats 2010-08 with October's rates.
    with pytest.raises(ContractError, match="8 rows repeat a key"):
        sdmx_ml.read(shared / f"samples/sdmx/ECB_EXR/{name}.xml")


def test_a_recorded_series_of_the_ecb(shared):
    frame = sdmx_ml.read(shared / "samples/sdmx/ECB_EXR/1/M.USD.EUR.SP00.A.xml")
    assert len(frame) == 252
    assert frame.set_index("period").loc["1999-01", "value"] == 1.16078


def test_imf_scale_is_for_display_and_a_structure_orders_the_key(shared):
    folder = shared / "samples/sdmx/IMF_RES"
    bare = sdmx_ml.read(folder / "WEO-data.xml")
    # SCALE 9 stands beside a value already in whole units of national currency
    assert bare["value"].item() == 94_669_000_000
    described = sdmx_ml.read(folder / "WEO-data.xml", structure=folder / "WEO-structure.xml")
    assert described["series"].item() == "SVK.NGDP_R.A"
    assert described["dataflow"].item() == bare["dataflow"].item() == "IMF.RES:WEO(9.0.0)"
    with pytest.raises(WrongFormat, match="StructureMessage"):
        sdmx_ml.read(folder / "WEO-structure.xml")


CSV = {
    # Eurostat: concepts in lower case, a time stamp between, its own flags
    "ESTAT:MIGR(1.0)": (
        "DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n"
        "ESTAT:MIGR(1.0),22/05/26 11:00:00,A,PER,FR,2021,287179,,\n"
        "ESTAT:MIGR(1.0),22/05/26 11:00:00,A,PER,EL,2021,12,bd,\n"
        "ESTAT:MIGR(1.0),22/05/26 11:00:00,A,PER,EU27_2020,2021,,c,\n"
        "ESTAT:MIGR(1.0),22/05/26 11:00:00,A,PER,UK,2021,7,s,\n"
    ),
    # the ECB: the key first, a quoted title, a holiday
    "EXR": (
        "KEY,FREQ,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE,UNIT_MULT\n"
        'EXR.D.ILS.EUR,D,ILS,EUR,2026-09-01,3.52,A,"Shekel, 2:15 pm",0\n'
        'EXR.D.ILS.EUR,D,ILS,EUR,2026-09-02,NaN,H,"Shekel, 2:15 pm",0\n'
    ),
    # labels after a colon without a space
    "UNICEF:CME(1.0)": (
        "DATAFLOW,REF_AREA:Geographic area,SEX:Sex,TIME_PERIOD:Time period,OBS_VALUE:Value\n"
        "UNICEF:CME(1.0): Child mortality,KAZ: Kazakhstan,_T: Total,2021: 2021,4.98\n"
    ),
    # SDMX-CSV 2.0 with the keys of series and observation written out
    "MD:TEST(1.0)": (
        "STRUCTURE,STRUCTURE_ID,ACTION,SERIES_KEY,OBS_KEY,DIM1,DIM2,TIME_PERIOD,OBS_VALUE,ATT1\n"
        "dataflow,MD:TEST(1.0),I,A.B,A.B.2020,A,B,2020,1,x\n"
    ),
    # a name that is an attribute for some agencies is a dimension of this one
    "OECD:G20(1.0)": (
        "DATAFLOW,REF_AREA,METHODOLOGY,TIME_PERIOD,OBS_VALUE,UNIT_MULT\n"
        "OECD:G20(1.0),CHN,N,2025,0,0\nOECD:G20(1.0),CHN,HICP,2025,0.2,0\n"
    ),
}


@pytest.mark.parametrize(
    ("flow", "series", "reporters", "values"),
    [
        ("ESTAT:MIGR(1.0)", ["A.PER.EL", "A.PER.EU27_2020", "A.PER.FR", "A.PER.UK"],
         ["GRC", "_Z", "FRA", "GBR"], [12, None, 287179, 7]),
        ("EXR", ["D.ILS.EUR"] * 2, ["_Z"] * 2, [3.52, None]),
        ("UNICEF:CME(1.0)", ["KAZ._T"], ["KAZ"], [4.98]),
        ("MD:TEST(1.0)", ["A.B"], ["_Z"], [1]),
        ("OECD:G20(1.0)", ["CHN.HICP", "CHN.N"], ["CHN"] * 2, [0.2, 0]),
    ],
)  # fmt: skip
def test_spellings_of_sdmx_csv(flow, series, reporters, values):
    frame = sdmx_csv.read(CSV[flow].encode()).sort_values(["series", "period"])
    assert frame["dataflow"].unique().tolist() == [flow]
    assert frame["series"].tolist() == series
    assert frame["reporter"].tolist() == reporters
    assert [None if v != v else v for v in frame["value"]] == values


def test_a_key_without_its_dimensions_stays_the_key():
    text = (
        "KEY,TIME_PERIOD,OBS_VALUE,UNIT_MULT\nBSI.M.U2.M30,2025-12,16,6\nBSI.M.U2.M10,2025-12,5,6\n"
    )
    frame = sdmx_csv.read(text.encode()).set_index("series")
    assert frame["value"].to_dict() == {"M.U2.M30": 16_000_000, "M.U2.M10": 5_000_000}


def test_published_statuses_that_are_folded_are_told():
    frame = sdmx_csv.read(CSV["ESTAT:MIGR(1.0)"].encode()).set_index("reporter")
    told = frame[["obs_status", "note"]].agg(tuple, axis=1).to_dict()
    assert told == {
        "FRA": ("A", ""),
        "GRC": ("B", "published status: bd"),
        "_Z": ("Q", "published status: c"),  # confidential
        "GBR": ("E", "published status: s"),  # an estimate of Eurostat's; a strike in SDMX
    }
    text = CSV["EXR"].replace(",3.52,A,", ",3.52,J,")
    assert sdmx_csv.read(text.encode())["note"].tolist() == [
        "published status: J",
        "published status: H",
    ]


SPECIFIC = """<?xml version="1.0"?>
<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v{version}/message"
 xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v{version}/common"
 xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v{version}/data/structurespecific"
 xmlns:x="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:n="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=XX:T(1.0):ObsLevelDim:TIME_PERIOD">
<m:Header><m:ID>t</m:ID><m:Test>true</m:Test><m:Prepared>2026-01-01T00:00:00</m:Prepared>
<m:Sender id="XX"/><m:Structure structureID="T" dimensionAtObservation="{at}"
 namespace="urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=XX:T(1.0)">{reference}
</m:Structure></m:Header>
<m:DataSet s:structureRef="T" x:type="n:DataSetType" {whole}>{inside}</m:DataSet>
</m:StructureSpecificData>"""
REFERENCE = {
    "2_1": '<c:Structure><Ref agencyID="XX" id="T" version="1.0"/></c:Structure>',
    "3_0": "<c:Structure>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=XX:T(1.0)"
    "</c:Structure>",
}


def specific(inside, *, whole="", version="2_1", at="TIME_PERIOD"):
    text = SPECIFIC.format(
        inside=inside, whole=whole, version=version, at=at, reference=REFERENCE[version]
    )
    return sdmx_ml.read(text.encode())


@pytest.mark.parametrize("version", ["2_1", "3_0"])
def test_ml_a_multiplier_of_the_whole_data_set_counts(version):
    """Banks for statistics write UNIT_MULT once, on the data set: without it all are millionths."""
    series = '<Series FREQ="Q" REF_AREA="KZ"><Obs TIME_PERIOD="2025-Q1" OBS_VALUE="12.5"/></Series>'
    (found,) = specific(
        series, whole='UNIT_MULT="6" UNIT_MEASURE="USD" action="Replace"', version=version
    ).to_dict("records")
    assert (found["value"], found["unit"], found["series"]) == (12_500_000, "USD", "Q.KZ")
    flat = '<Obs FREQ="Q" REF_AREA="KZ" TIME_PERIOD="2025-Q1" OBS_VALUE="12.5" UNIT_MULT="3"/>'
    (own,) = specific(
        flat, whole='UNIT_MULT="6" UNIT_MEASURE="USD"', version=version, at="AllDimensions"
    ).to_dict("records")
    assert own["value"] == 12_500  # the observation's own goes before the data set's


def test_ml_a_multiplier_of_a_group_counts_for_its_series_alone():
    def series(area, freq):
        inside = '<Obs TIME_PERIOD="2025" OBS_VALUE="2"/>'
        return f'<Series FREQ="{freq}" REF_AREA="{area}" KIND="X">{inside}</Series>'

    group = '<Group x:type="n:Sibling" REF_AREA="KZ" KIND="X" UNIT_MULT="6" UNIT_MEASURE="USD"/>'
    frame = specific(series("KZ", "A") + series("KZ", "B") + series("IL", "A") + group)
    values = frame.set_index("series")["value"].to_dict()
    assert values == {"A.KZ.X": 2_000_000, "B.KZ.X": 2_000_000, "A.IL.X": 2}


def test_ml_a_printed_gap_is_missing():
    frame = specific('<Series REF_AREA="KZ"><Obs TIME_PERIOD="2025" OBS_VALUE="#N/A"/></Series>')
    assert frame["obs_status"].tolist() == ["M"]


def test_ml_the_services_own_error_is_repeated():
    body = (
        b'<m:Error xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
        b'xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">'
        b'<m:ErrorMessage code="100"><c:Text>No results\n found</c:Text></m:ErrorMessage></m:Error>'
    )
    with pytest.raises(WrongFormat, match="the service's refusal: 100 No results found"):
        sdmx_ml.read(body)


@pytest.mark.parametrize(
    ("flow", "indicator", "dataflow", "trade"),
    [
        ("IMF.STA:IMTS(1.0.0)", "XG_FOB_USD", "trade_goods", ("X", "FOB")),
        ("IMF.STA:DOT(1.0)", "TXG_FOB_USD", "trade_goods", ("X", "FOB")),  # names until 2025
        ("IMF.STA:DOT(1.0)", "TMG_CIF_USD", "trade_goods", ("M", "CIF")),
        ("IMF.STA:IMTS(1.0.0)", "TBG_USD", "trade_goods", ("B", "FOB/CIF")),
        ("IMF.STA:DIP(1.0.0)", "INWD_D_NETLA_FALL_ALL", "fdi_position", ("_Z", "_Z")),
        ("IMF.STA:DIP(1.0.0)", "OTWD_D_NETAL_FALL_ALL", "fdi_position_outward", ("_Z", "_Z")),
        # FDI is the IMF's Financial Development Index: no investment, whatever its indicator
        ("IMF.RES:FDI(1.0.0)", "INWD_D_NETLA_FALL_ALL", "IMF.RES:FDI(1.0.0)", ("_Z", "_Z")),
        ("IMF.STA:BOP(1.0.0)", "XG_FOB_USD", "IMF.STA:BOP(1.0.0)", ("_Z", "_Z")),
    ],
)
def test_names_of_the_imf_and_what_they_are(flow, indicator, dataflow, trade):
    text = (
        "STRUCTURE[;],STRUCTURE_ID,ACTION,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,"
        f"TIME_PERIOD,OBS_VALUE\ndataflow,{flow},R,KAZ,{indicator},ISR,A,2024,5\n"
    )
    (found,) = sdmx_csv.read(text.encode()).to_dict("records")
    assert found["dataflow"] == dataflow
    assert (found["flow"], found["valuation"]) == trade


def json_2(observations=None, series=None, groups=None, whole=None):
    """SDMX-JSON 2.0 of two areas and two years; units stand at the level where a test puts them."""
    dimensions = [
        {"id": "FREQ", "values": [{"id": "A"}]},
        {"id": "REF_AREA", "values": [{"id": "KAZ"}, {"id": "ISR"}]},
    ]
    time = {"id": "TIME_PERIOD", "values": [{"value": "2024"}, {"value": "2025"}]}
    listed = [
        {"id": "UNIT_MULT", "values": [{"id": "6"}, {"id": "0"}]},
        {"id": "UNIT_MEASURE", "values": [{"id": "USD"}]},
    ]
    flat = series is None
    dataset = {"structure": 0, "action": "Information"}
    dataset |= {"observations": observations} if flat else {"series": series}
    if groups:
        dataset["dimensionGroupAttributes"] = groups
    if whole:
        dataset["attributes"] = whole
    structure = {
        "dimensions": {
            "dataSet": [],
            "series": [] if flat else dimensions,
            "observation": [*dimensions, time] if flat else [time],
        },
        "attributes": {
            "dataSet": listed if whole else [],
            "dimensionGroup": listed if groups else [],
            "series": [],
            "observation": [],
        },
    }
    message = {"data": {"dataSets": [dataset], "structures": [structure]}}
    return sdmx_json.read(json.dumps(message).encode())


def test_json_attributes_of_groups_count_in_both_layouts():
    groups = {":0:": [0, 0], ":1:": [1, 0]}  # KAZ in millions, ISR in units
    flat = json_2({"0:0:0": ["1.5"], "0:0:1": ["2"], "0:1:1": ["3"]}, groups=groups)
    series = json_2(
        series={
            "0:0": {"observations": {"0": ["1.5"], "1": ["2"]}},
            "0:1": {"observations": {"1": ["3"]}},
        },
        groups=groups,
    )
    for frame in (flat, series):
        values = frame.set_index(["reporter", "period"])["value"].to_dict()
        assert values == {("KAZ", "2024"): 1.5e6, ("KAZ", "2025"): 2e6, ("ISR", "2025"): 3}
        assert frame["unit"].unique() == ["USD"]


def test_json_attributes_of_a_group_that_names_time_and_of_the_whole():
    frame = json_2({"0:0:0": [1], "0:0:1": [1]}, groups={"0:0:1": [0, 0], "0::": [1, 0]})
    # the narrower group speaks last
    assert frame.set_index("period")["value"].to_dict() == {"2024": 1, "2025": 1e6}
    (whole,) = json_2({"0:0:0": [1]}, whole=[0, 0]).to_dict("records")
    assert (whole["value"], whole["unit"]) == (1e6, "USD")
