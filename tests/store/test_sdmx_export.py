"""SDMX-CSV 2.0 as others read it: nothing is lost."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from conftest import rows
from hypothesis import given
from hypothesis import strategies as st

import kzdata as kz
from kzdata.errors import ContractError
from kzdata.model import contract
from kzdata.store import query, sdmx_export

BACK = (
    sdmx_export.DIMENSIONS
    | sdmx_export.MEASURE
    | sdmx_export.ATTRIBUTES
    | {"quantity_t": "QUANTITY_T"}
)


def tidied(rows_read: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Text by concept, back to the tidy columns and types."""
    frame = rows_read.rename(columns={concept: column for column, concept in BACK.items()})
    for column in columns:
        if column in {*contract.NUMERIC, "quantity_t"}:
            frame[column] = [float(v) if v not in ("", None) else math.nan for v in frame[column]]
        else:
            frame[column] = frame[column].astype("str")
    return frame[columns].reset_index(drop=True)


def by_sdmx1(frame: pd.DataFrame, folder) -> pd.DataFrame:
    sdmx = pytest.importorskip("sdmx", reason="sdmx1 is not installed")
    path = folder / "observations.csv"
    path.write_text(sdmx_export.to_sdmx_csv(frame), encoding="utf-8")
    with path.open("rb") as file:
        message = sdmx.read_sdmx(file, format="csv", structure=sdmx_export.sdmx_dataflow(frame))
    records = [
        {
            **{name: key.value for name, key in obs.dimension.values.items()},
            "OBS_VALUE": obs.value,
            **{name: each.value for name, each in obs.attached_attribute.items()},
        }
        for dataset in message.data
        for obs in dataset.obs
    ]
    return tidied(pd.DataFrame(records), list(frame.columns))


def by_pysdmx(frame: pd.DataFrame, folder) -> pd.DataFrame:
    read_sdmx = pytest.importorskip("pysdmx.io", reason="pysdmx is not installed").read_sdmx
    path = folder / "observations.csv"
    path.write_text(sdmx_export.to_sdmx_csv(frame), encoding="utf-8")
    read = [dataset.data for dataset in read_sdmx(path).data]
    return tidied(pd.concat(read).fillna(""), list(frame.columns))


@pytest.mark.parametrize("read", [by_sdmx1, by_pysdmx])
def test_every_shipped_observation_comes_back_to_the_last_bit(tmp_path, read):
    shipped = query.everything()
    back = read(shipped, tmp_path)
    assert len(set(shipped["dataflow"])) > 1
    pd.testing.assert_frame_equal(contract.order(back), shipped, check_exact=True)


def test_codes_open_intervals_and_columns_beyond_the_contract_come_back(tmp_path):
    frame = rows(("X", "2024", 5), ("X", "2025", None), classification="HS2022", quantity_t=0.1)
    frame["product"] = ["010121", "270900"]
    frame.loc[0, ["lower", "upper"]] = [-np.inf, np.inf]
    frame["note"] = ['a "quoted", note', "по-русски; NA"]
    frame["locator"] = ["NA", "null"]
    pd.testing.assert_frame_equal(by_sdmx1(frame, tmp_path), frame)
    assert ",-INF,INF," in sdmx_export.to_sdmx_csv(frame)


def test_a_line_break_in_a_text_becomes_a_space(tmp_path):
    frame = rows(("X", "2024", 5), note="one\ntwo\u2028three")
    assert by_sdmx1(frame, tmp_path)["note"].tolist() == ["one two three"]


def test_the_header_keeps_the_order_of_the_standard():
    header = sdmx_export.to_sdmx_csv(rows(("X", "2024", 5))).splitlines()[0].split(",")
    assert header[:4] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ"]
    value = header.index("OBS_VALUE")
    assert header[value - 1] == "TIME_PERIOD"
    assert set(header[3:value]) == set(sdmx_export.DIMENSIONS.values()) - {
        "CLASSIFICATION",
        "SERIES",
    }


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_printed_so_that_they_read_back_equal(value):
    frame = rows(("X", "2024", 1)).assign(value=value, lower=value, upper=value)
    header, row = (line.split(",") for line in sdmx_export.to_sdmx_csv(frame).splitlines())
    assert float(row[header.index("OBS_VALUE")]) == value


def test_an_agencys_dataflow_keeps_its_name_and_a_strange_one_is_kept_beside(tmp_path):
    assert sdmx_export.structure_id("IMF.STA:FSIC(13.0.1)") == "IMF.STA:FSIC(13.0.1)"
    assert sdmx_export.structure_id("trade_goods") == "KZDATA:trade_goods(1.0)"
    frame = rows(("X", "2024", 5), dataflow="WITS:MFN-SMPL-AVRG")
    assert by_sdmx1(frame, tmp_path)["dataflow"].tolist() == ["WITS:MFN-SMPL-AVRG"]


def test_our_own_reader_understands_it(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text(sdmx_export.to_sdmx_csv(rows(("X", "2024", 5))), encoding="utf-8")
    (again,) = kz.read("imf_sdmx_csv", path).to_dict("records")
    assert (again["value"], again["reporter"], again["partner"]) == (5, "KAZ", "ISR")


def test_a_frame_that_breaks_the_contract_is_refused():
    with pytest.raises(ContractError):
        sdmx_export.to_sdmx_csv(rows(("X", "2024", 5)).assign(unit=""))
    with pytest.raises(ContractError, match="lacks"):
        sdmx_export.to_sdmx_csv(pd.DataFrame({"value": [1.0]}))


HOSTILE = [
    '"', '""', ",", ";", "'", "=1+1", "@x", "NA", "nan", "None", "null", "N/A", "#N/A", "", "-",
    " before", "after ", "two  spaces", "\ta tab\t", "1e5", "010121", "true", "2024-01-01", "inf",
    "back\\slash\\", "\\n", "\\,", "{field}", "%s", "<b>&amp;", "\x00", "\x1f", "e\u0301", "é",
    "no\u00a0break", "\ufeffmark", "בדיקה \u2068ISR\u2069", "тенге «₸»", "🐪", "KAZ: Kazakhstan",
    "# comment", "dataflow,X:Y(1.0),D,",
]  # fmt: skip


def test_hostile_texts_come_back_as_they_are(tmp_path):
    frame = pd.concat([rows(("X", str(1900 + n), n)) for n in range(len(HOSTILE))])
    frame = frame.reset_index(drop=True).assign(note=HOSTILE)
    frame["locator"] = [text or "page 1" for text in HOSTILE]
    pd.testing.assert_frame_equal(by_sdmx1(frame, tmp_path), frame)
    # pysdmx reads "nan" as no text and drops a byte order mark; all else is the same
    same = frame[~frame["note"].isin(["nan", "\ufeffmark"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(by_pysdmx(same, tmp_path), same)
