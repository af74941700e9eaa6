import pytest

from kzdata.readers import boi
from kzdata.readers.payload import WrongFormat

TEXT = (
    "\ufeffSERIES_CODE,FREQ,BASE_CURRENCY,COUNTER_CURRENCY,UNIT_MEASURE,DATA_TYPE,UNIT_MULT,"
    "TIME_PERIOD,OBS_VALUE,RELEASE_STATUS\n"
    "RER_USD_ILS,D,USD,ILS,ILS,OF00,0,2026-03-02,3.073,YP\n"
    "RER_USD_ILS,D,USD,ILS,ILS,OF00,0,2026-03-05,3.072,YP\n"
    "RER_JPY_ILS,D,JPY,ILS,ILS,OF00,2,2026-03-02,1.971,YP\n"
    "RER_LBP_ILS,D,LBP,ILS,ILS,OF00,1,2026-03-02,,YP\n"
).encode()


def test_unit_mult_divides_because_it_counts_foreign_units():
    frame = boi.read(TEXT).set_index("series")
    yen = frame.loc["JPY.OF00.RER_JPY_ILS"]
    # 1.971 shekels per 100 yen, printed to 0.001
    assert [yen["value"], yen["lower"], yen["upper"]] == pytest.approx(
        [0.01971, 0.019705, 0.019715]
    )
    assert yen["note"] == "1.971 ILS per 100 JPY"
    assert (yen["unit"], yen["reporter"], yen["period"]) == ("ILS", "ISR", "2026-03-02")


def test_days_without_a_publication_have_no_row_and_a_blank_is_missing():
    frame = boi.read(TEXT)
    dollars = frame[frame["series"].str.startswith("USD")]
    assert dollars["period"].tolist() == ["2026-03-02", "2026-03-05"]
    assert frame.set_index("series").loc["LBP.OF00.RER_LBP_ILS", "obs_status"] == "M"


def test_a_changed_header_and_multiplier_are_named():
    with pytest.raises(WrongFormat, match="lacks the column OBS_VALUE"):
        boi.read(TEXT.replace(b"OBS_VALUE", b"RATE"))
    with pytest.raises(WrongFormat, match="UNIT_MULT 'x' on line 4"):
        boi.read(TEXT.replace(b"OF00,2,", b"OF00,x,"))


def test_a_recorded_answer(shared):
    frame = boi.read(shared / "samples/boi/boi_00.csv")
    assert len(frame) == 28
    cells = frame.set_index(["series", "period"])["value"]
    assert cells["USD.OF00.RER_USD_ILS", "2026-03-02"] == 3.073
    assert cells["LBP.OF00.RER_LBP_ILS", "2026-03-02"] == pytest.approx(0.00003)
