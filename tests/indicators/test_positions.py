"""Positions and flows: reconciled where both are given, broken where the method changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kzdata.errors import ContractError, MeasureMismatch, NotAvailable, PeriodMismatch, UnitMismatch
from kzdata.indicators.positions import stock_flow
from kzdata.seeds import frames


def investment(text, **common):
    """Lines of ``dataflow period value``, for Kazakhstan and Israel unless told otherwise."""
    lines = [line.split() for line in text.strip().splitlines()]
    made = pd.DataFrame(lines, columns=["dataflow", "period", "value"])
    made["value"] = made["value"].replace("-", "nan").astype(float)
    return made.assign(**({"reporter": "KAZ", "partner": "ISR", "unit": "EUR"} | common))


SERIES = investment("""
fdi_position   2017  10
fdi_net_inflow 2018   4
fdi_position   2018  -5
fdi_net_inflow 2019  -2
fdi_position   2019   1
fdi_net_inflow 2020   3
""")


def test_the_change_of_a_position_is_flow_and_other_changes():
    found = stock_flow(SERIES).set_index("period")
    parts = found[["opening", "closing", "change", "flow", "other_changes"]]
    # −5 − 10 = −15 = 4 + (−19); 1 − (−5) = 6 = −2 + 8
    assert parts.loc["2018"].tolist() == [10, -5, -15, 4, -19]
    assert parts.loc["2019"].tolist() == [-5, 1, 6, -2, 8]
    whole = found[found["note"] == ""]
    assert (whole["opening"] + whole["flow"] + whole["other_changes"] == whole["closing"]).all()


def test_missing_is_missing_and_said():
    found = stock_flow(SERIES).set_index("period")
    assert found.loc["2017", "note"] == "no position at the end of the period before"
    assert found.loc["2020", "note"] == "no position at the end of the period"
    assert found.loc[["2017", "2020"], "other_changes"].isna().all()
    no_flow = stock_flow(SERIES[SERIES["dataflow"] == "fdi_position"]).set_index("period")
    assert no_flow.loc["2018", "note"] == "no flow of the period"
    assert no_flow.loc["2018", "change"] == -15
    assert np.isnan(no_flow.loc["2018", "other_changes"])


def test_a_gap_of_years_is_not_bridged():
    found = stock_flow(SERIES[SERIES["period"] != "2018"]).set_index("period")
    assert np.isnan(found.loc["2019", "opening"])
    assert np.isnan(found.loc["2019", "change"])


def test_the_published_facts_of_the_pair():
    claims = frames.claims("investment", reporter="KAZ", partner="ISR")
    rows = claims[(claims["source"] == "wiiw_2023") & (claims["freq"] == "A")]
    rows = rows[rows["dataflow"].isin(["fdi_position", "fdi_net_inflow"])]
    rows = rows[rows["concept"].isin(["position", "net_inflow"]) & (rows["period"].str.len() == 4)]
    found = stock_flow(rows).set_index("period")
    # positions at the end of 2020 and 2021, million EUR: 7.9316139 and 161.3819344
    assert found.loc["2021", "opening"] == 7_931_613.9
    assert found.loc["2021", "change"] == pytest.approx(161_381_934.4 - 7_931_613.9)
    assert found.loc["2018", "closing"] == -5_034_990.1
    row = found.loc["2021"]
    assert row["flow"] + row["other_changes"] == pytest.approx(row["change"])
    assert row["lower"] <= row["other_changes"] <= row["upper"]
    assert found.loc["2020", "note"] == "no position at the end of the period before"


BROKEN = investment("""
fdi_position   2011 100
fdi_position   2012 110
fdi_net_inflow 2012   7
fdi_position   2013 300
fdi_net_inflow 2013   9
fdi_position   2014 310
fdi_net_inflow 2014  12
""")


def test_the_break_of_2013_is_drawn_and_never_bridged():
    found = stock_flow(BROKEN.assign(source="nbk_fdi_net")).set_index("period")
    assert found["break"].to_dict() == {"2011": False, "2012": False, "2013": True, "2014": False}
    assert found["segment"].tolist() == [0, 0, 1, 1]
    assert found.loc["2013", ["opening", "change", "other_changes"]].isna().all()
    assert (found.loc["2013", "closing"], found.loc["2013", "flow"]) == (300, 9)
    assert found.loc["2013", "note"].startswith("break: directional principle of BPM6")
    assert found.loc["2013", "source"] == "nbk_fdi_net + wiiw_2023"
    assert found.loc["2014", "other_changes"] == -2
    assert found.loc["2012", "other_changes"] == 3


def test_breaks_come_from_the_source_or_the_caller():
    by_status = BROKEN.assign(obs_status=["A", "B", "A", "A", "A", "A", "A"])
    assert stock_flow(by_status, breaks={})["break"].tolist() == [False, True, False, False]
    told = stock_flow(BROKEN, breaks={"2014": "new survey"}).set_index("period")
    assert told["break"].tolist() == [False, False, False, True]
    assert told.loc["2014", "note"] == "break: new survey; nothing is joined across it"
    other = stock_flow(BROKEN.assign(reporter="UZB"))
    assert not other["break"].any()


def test_quarters_and_pairs_stand_on_their_own():
    quarters = investment("""
fdi_position   2023-Q4 5
fdi_position   2024-Q1 8
fdi_net_inflow 2024-Q1 2
""")
    both = pd.concat([quarters, quarters.assign(partner="DEU", value=[1.0, 1, 1], unit="USD")])
    found = stock_flow(both).set_index(["partner", "period"])
    assert found.loc[("ISR", "2024-Q1"), "other_changes"] == 1
    assert found.loc[("DEU", "2024-Q1"), "other_changes"] == -1
    assert found.loc[("DEU", "2024-Q1"), "unit"] == "USD"


def test_outward_goes_with_outward():
    outward = SERIES.assign(
        dataflow=SERIES["dataflow"].map(
            {"fdi_position": "fdi_position_outward", "fdi_net_inflow": "fdi_net_outflow"}
        )
    )
    found = stock_flow(pd.concat([SERIES, outward.assign(value=outward["value"] * 2)]))
    assert found.groupby("dataflow")["other_changes"].sum().to_dict() == {
        "fdi_position": -11.0,
        "fdi_position_outward": -22.0,
    }


@pytest.mark.parametrize(
    ("frame", "error", "said"),
    [
        (SERIES.replace("fdi_net_inflow", "fdi_gross_inflow"), MeasureMismatch, "gross inflow"),
        (SERIES.replace("fdi_net_inflow", "fdi_as_reported"), MeasureMismatch, "as_reported"),
        (SERIES[SERIES["dataflow"] == "fdi_net_inflow"], NotAvailable, "none is made of flows"),
        (SERIES.assign(unit=["EUR"] * 5 + ["USD"]), UnitMismatch, "EUR and in USD"),
        (pd.concat([SERIES, SERIES]), MeasureMismatch, "more than once"),
        (SERIES.replace("2020", "2020-Q4"), PeriodMismatch, "covers"),
        (SERIES.assign(value=np.inf), ContractError, "infinite"),
        (SERIES.drop(columns="unit"), ContractError, "unit"),
    ],
)
def test_what_explains_no_position_is_refused(frame, error, said):
    with pytest.raises(error, match=said):
        stock_flow(frame)
