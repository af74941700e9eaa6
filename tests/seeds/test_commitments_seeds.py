"""Commitments and follow-through: the stage that dated evidence shows, and nothing beyond it."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from kzdata.errors import KzdataError, ParseError, SeedError, UnknownCode
from kzdata.present import citations
from kzdata.seeds import commitments, load
from kzdata.seeds.schemas import LADDER, problems
from kzdata.settings import HOME

VISIT = "2026-01-27"


def test_three_signed_items_at_three_stages_of_their_own():
    found = commitments.commitments("2026-03-01").set_index("commitment")
    signed = {
        "mekorot-water": "memorandum",
        "atyrau-bitumen": "agreement",
        "east-kazakhstan-renewables": "memorandum",
    }
    assert found.loc[list(signed), "stage"].to_dict() == signed
    row = found.loc["atyrau-bitumen"]
    assert row["instrument"] == "investment agreement"
    assert row["place"] == "Atyrau Region"
    assert row["evidence"] == "tca_2026, paragraph 10"
    assert row["stage_since"] == VISIT
    # from 27 January to 1 March 2026: 4 days of January, 28 of February and 1 of March
    assert set(found.loc[list(signed), "days_since"]) == {4 + 28 + 1}


def test_unknown_value_stays_unknown():
    found = commitments.commitments("2026-03-01", kind=None)
    assert found["value"].isna().all()
    assert set(found["unit"]) == {"unknown"}
    assert found["value"].sum(min_count=1) != found["value"].sum(min_count=1)  # NaN, not 0
    assert "total" not in " ".join(found["commitment"])


def test_states_have_commitments_too():
    states = commitments.commitments("2026-03-01", kind="state").set_index("commitment")
    assert states.loc["visa-exemption", "stage"] == "intent"
    assert states.loc["joint-economic-commission", "stage"] == "announced"
    assert states.loc["abraham-accords", "stage_since"] == "2025-11-06"
    assert states.loc["abraham-accords", "evidence_date"] == "2026-02-17"
    both = commitments.commitments("2026-03-01", kind=None)
    assert len(both) == len(states) + len(commitments.commitments("2026-03-01"))


def test_as_of_decides_what_is_known():
    assert commitments.commitments("2026-01-26").empty
    assert commitments.commitments("2026-01-26", kind="state")["commitment"].tolist() == [
        "abraham-accords"
    ]
    same_day = commitments.commitments(VISIT)
    assert set(same_day["days_since"]) == {0}
    early = commitments.commitments("2026-02-01", kind="state").set_index("commitment")
    assert early.loc["abraham-accords", "source"] == "caspianpolicy_2025"


def test_as_of_may_be_a_date_and_is_today_by_default():
    as_text = commitments.commitments("2026-03-01")
    assert commitments.commitments(date(2026, 3, 1)).equals(as_text)
    assert commitments.commitments(datetime(2026, 3, 1, 12, 30)).equals(as_text)
    assert set(commitments.commitments()["as_of"]) == {date.today().isoformat()}


@pytest.mark.parametrize("bad", ["2026-02-30", "1 March 2026", "20260301", "2026-03", "", 2026])
def test_a_bad_date_is_refused(bad):
    for question in (commitments.commitments, commitments.follow_through):
        with pytest.raises(ParseError, match="not a date in the calendar"):
            question(bad)


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownCode, match="Did you mean 'project'"):
        commitments.commitments(VISIT, kind="projects")


def test_follow_through_is_open_and_says_what_was_looked_for():
    found = commitments.follow_through("2026-03-01").set_index("indicator")
    assert {
        name: found.loc[name, ["status", "stage", "fulfilled_at"]].tolist()
        for name in ("commission-convened", "visa-agreement-signed", "projects-contracted")
    } == {
        "commission-convened": ["no evidence yet", "announced", "operating"],
        "visa-agreement-signed": ["no evidence yet", "intent", "agreement"],
        "projects-contracted": ["no evidence yet", "memorandum", "contract"],
    }
    assert set(found["days_since"]) == {33}
    assert set(found["checked"]) == {"2026-02-28"}
    assert found["note"].str.startswith("No public record found by 2026-02-28").all()


def test_nothing_is_checked_after_the_day_asked_for():
    assert set(commitments.follow_through("2026-02-01")["checked"]) == {"2026-02-01"}
    assert commitments.follow_through("2026-01-26").empty


def test_every_row_can_be_cited():
    text = str(citations.cite(commitments.commitments("2026-03-01", kind=None)))
    assert "The Times of Central Asia" in text
    assert "Trend News Agency" in text
    assert "Times of Central Asia" in str(citations.cite(commitments.follow_through("2026-03-01")))


# --- a history of our own, to see stages move ------------------------------------------------


def evidence(day, stage, **more):
    return {"date": day, "stage": stage, "instrument": stage, "source": "s", "note": "n", **more}


def test_another_pair_has_no_commitments_and_a_misspelt_one_is_named():
    assert commitments.commitments("2026-03-01", partner="TUR").empty
    assert commitments.follow_through("2026-03-01", partner="TUR").empty
    whole = commitments.commitments("2026-03-01")
    named = commitments.commitments("2026-03-01", reporter="KAZ", partner="Israel")
    assert named["commitment"].tolist() == whole["commitment"].tolist()
    with pytest.raises(UnknownCode, match="Israel"):
        commitments.commitments("2026-03-01", partner="Isreal")


def commitment(*history, name="plant"):
    return {
        "id": name,
        "title": "A plant",
        "reporter": "KAZ",
        "partner": "ISR",
        "kind": "project",
        "sector": "industry",
        "parties": ["one", "another"],
        "place": None,
        "value": None,
        "unit": None,
        "history": list(history),
        "_file": "commitments.yml",
    }


def indicator(*items, at="contract"):
    return {"id": "watch", "items": list(items), "fulfilled_at": at}


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        ("2026-01-01", ("unknown", "no evidence yet")),
        ("2026-02-01", ("memorandum", "no evidence yet")),
        ("2026-03-01", ("contract", "met")),
        ("2026-04-01", ("lapsed", "lapsed")),
    ],
)
def test_an_indicator_stands_where_its_least_advanced_item_stands(day, standing):
    slow = commitment(
        evidence("2026-02-01", "memorandum"),
        evidence("2026-03-01", "contract"),
        evidence("2026-04-01", "lapsed"),
    )
    fast = commitment(evidence("2026-01-01", "operating"), name="fast")
    found = commitments.progress(indicator("plant", "fast"), [slow, fast], date.fromisoformat(day))
    assert found == standing


def check(record):
    source = {
        "id": "s",
        "publisher": "p",
        "title": "t",
        "kind": "press",
        "published": None,
        "url": None,
        "accessed": None,
        "accessed_via": None,
        "licence": "not stated",
        "language": "en",
        "reliability": "none",
        "_file": "sources.yml",
    }
    kinds = ("claims", "events", "indicators", "assumptions")
    return list(problems({"sources": [source], "commitments": [record], **{k: [] for k in kinds}}))


def test_the_whole_ladder_may_be_climbed_and_steps_skipped():
    days = [f"2026-0{n}-01" for n in range(1, 9)]
    assert not check(commitment(*map(evidence, days, LADDER)))
    assert not check(commitment(evidence("2026-01-01", "intent"), evidence("2026-01-02", "lapsed")))
    again = commitment(evidence("2026-01-01", "contract"), evidence("2026-01-01", "contract"))
    assert not check(again)


def test_a_step_back_and_a_history_out_of_order_are_refused():
    (said,) = check(
        commitment(evidence("2026-01-01", "contract"), evidence("2026-02-01", "memorandum"))
    )
    assert said.startswith("commitments.yml: plant: history 2: stage: a step back from contract")
    (said,) = check(
        commitment(evidence("2026-01-01", "lapsed"), evidence("2026-02-01", "operating"))
    )
    assert "a step back from lapsed" in said
    (said,) = check(
        commitment(evidence("2026-02-01", "intent"), evidence("2026-01-01", "contract"))
    )
    assert "2026-01-01 is before 2026-02-01" in said


def test_a_step_back_typed_into_the_seeds_stops_the_loading(tmp_path):
    folder = Path(shutil.copytree(HOME / "seeds", tmp_path / "seeds"))
    path = folder / "commitments.yml"
    text = path.read_text(encoding="utf-8")
    later = '      - date: "2026-02-17"\n        stage: announced'
    assert later in text
    earlier = '      - date: "2025-11-06"\n        stage: announced'
    text = text.replace(earlier, earlier.replace("announced", "intent"))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SeedError, match="abraham-accords: history 2: stage: a step back") as wrong:
        load.load(folder)
    assert isinstance(wrong.value, KzdataError)
