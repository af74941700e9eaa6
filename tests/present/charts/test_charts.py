"""Charts: what is drawn is what the frame says, and the words around it as well."""

import base64
import itertools
import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from conftest import ROOT, rows
from sight import contrast, difference

import kzdata as kz
from kzdata.errors import (
    ContractError,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    PeriodMismatch,
    UnitMismatch,
    UnknownCode,
)
from kzdata.i18n.catalogue import speaking
from kzdata.present.charts import marks, style, title_check

MILLION = 1e6


def pair(*years, **common) -> pd.DataFrame:
    """(year, exports, imports) in millions, None for missing."""
    cells = []
    for year, x, m in years:
        cells += [("X", str(year), None if x is None else x * MILLION)]
        cells += [("M", str(year), None if m is None else m * MILLION)]
    return rows(*cells, **common)


TRADE = pair((2021, 30, 10), (2022, 60, 20), (2023, None, 15), (2024, 30, 20))


def bars(axes) -> dict[float, list[float]]:
    """Heights of the bars by the middle of their place, from below."""
    found: dict[float, list[float]] = {}
    for each in axes.patches:
        place = round(each.get_x() + each.get_width() / 2, 6)
        found.setdefault(place, []).append(each.get_height())
    return found


def texts(chart) -> list[str]:
    """Every text on the figure, tick labels and keys included."""
    from matplotlib.text import Text

    return [each.get_text() for each in chart.figure.findobj(Text) if each.get_text()]


def test_turnover_draws_each_year_and_leaves_the_gap():
    chart = kz.charts.turnover(TRADE)
    (axes,) = chart.figure.axes
    # in millions; 2023 has no exports, so neither a bar nor a total
    assert bars(axes) == {2021: [30, 10], 2022: [60, 20], 2024: [30, 20]}
    assert "n/a" in texts(chart)
    assert {"40.0", "80.0", "50.0"} <= set(texts(chart))
    assert chart.title == "Trade of Kazakhstan with Israel was US$50.0 million in 2024"
    assert "US$30.0 million" in chart.alt
    assert "US$20.0 million" in chart.alt
    assert "No figure for 2023" in chart.alt
    assert "million US dollars" in chart.subtitle
    assert "Bureau of National Statistics" in chart.caption
    assert "2026-09-25" in chart.caption


def test_turnover_says_the_change_where_both_years_are_known():
    chart = kz.charts.turnover(pair((2023, 60, 20), (2024, 30, 20)))
    # 100 × (50 / 80 − 1) = −37.5
    assert chart.title == "Trade of Kazakhstan with Israel fell 37.5% in 2024, to US$50.0 million"


def test_part_of_a_year_is_hatched_and_named_and_not_compared():
    part = rows(("T", "2025-01-01/P11M", 45 * MILLION))
    chart = kz.charts.turnover(TRADE, partial=part)
    (hatched,) = [p for p in chart.figure.axes[0].patches if p.get_hatch()]
    assert hatched.get_height() == 45
    assert hatched.get_x() > 2024.5
    assert "Jan–Nov\n2025" in texts(chart)
    assert "%" not in chart.title
    assert len(chart.frame) == len(TRADE) + 4 + 1  # the sides, a turnover a year, the part
    with pytest.raises(PeriodMismatch):
        kz.charts.turnover(TRADE, partial=rows(("T", "2025", 45)))


def test_status_and_change_of_publisher_are_marked():
    frame = pd.concat(
        [
            pair(*((year, 10, 5) for year in range(2000, 2020)), source="wits_kaz_isr"),
            pair((2020, 10, 5), (2021, 12, 5), obs_status="P"),
        ]
    )
    chart = kz.charts.turnover(frame)
    assert "new source" in texts(chart)
    assert "P: provisional" in chart.caption
    assert "From 2020 by another publisher" in chart.caption


def test_balance_signs_and_streak():
    chart = kz.charts.balance(pair((2021, 10, 30), (2022, 30, 10), (2023, 40, 10), (2024, 50, 10)))
    assert bars(chart.figure.axes[0]) == {2021: [-20], 2022: [20], 2023: [30], 2024: [40]}
    assert "surplus of US$40.0 million with Israel in 2024, as every year since 2022" in chart.title
    assert "−20.0" in texts(chart)


def test_ranking_finds_the_pair_below_the_top():
    frame = pd.concat(
        pair((2024, value, 0), partner=code)
        for code, value in [("CHN", 90), ("RUS", 80), ("ITA", 70), ("TUR", 60), ("ISR", 10)]
    )
    chart = kz.charts.ranking(frame, "ISR", top=2)
    assert [p.get_width() for p in chart.figure.axes[0].patches] == [90, 80, 10]
    assert chart.frame["rank"].tolist() == [1, 2, 5]
    assert "ranks 5th of 5" in chart.title
    assert "Israel" in chart.alt
    labels = [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]
    assert labels == ["1  China", "2  Russia", "5  Israel"]
    with pytest.raises(UnknownCode, match="DEU"):
        kz.charts.ranking(frame, "DEU")


WORLD = {"partner": "WLD", "source": "bns_monthly_totals"}


@pytest.mark.parametrize("share_source", [True, False])
def test_a_share_whose_part_changes_publisher_is_marked_and_says_so(share_source):
    part = pd.concat(
        [pair((2018, 5, 1), (2019, 4, 1), source="wits_kaz_isr"), pair((2020, 3, 1), (2021, 2, 1))]
    )
    whole = pair(*((year, 10, 1) for year in range(2018, 2022)), **WORLD)
    frame = kz.share(part.query("flow == 'X'"), whole.query("flow == 'X'"))
    chart = kz.charts.share(frame if share_source else frame.drop(columns="share_source"))
    (break_,) = [line for line in chart.figure.axes[0].lines if len(set(line.get_xdata())) == 1]
    assert set(break_.get_xdata()) == {2019.5}
    assert "new source" in texts(chart)
    bureau, bank = (
        "Bureau of National Statistics of the Republic of Kazakhstan",
        "World Bank, World Integrated Trade Solution",
    )
    assert f"from 2020 by {bureau}, before by {bank}." in chart.caption
    assert (f"The total by {bureau}." in chart.caption) is share_source
    assert chart.frame["value_share"].tolist() == frame["value_share"].tolist()
    one = kz.charts.share(frame[frame["period"] >= "2020"])
    assert "new source" not in texts(one)
    assert "before by" not in one.caption


def test_share_breaks_at_the_gap():
    part = pair((2021, 1, 1), (2022, None, 1), (2023, 3, 1)).query("flow == 'X'")
    whole = pair((2021, 10, 1), (2022, 10, 1), (2023, 10, 1), partner="WLD").query("flow == 'X'")
    chart = kz.charts.share(kz.share(part, whole))
    drawn = chart.figure.axes[0].lines[0].get_ydata()
    assert pd.isna(drawn[1])
    assert [drawn[0], drawn[2]] == pytest.approx([10, 30])
    assert "30.00%" in chart.title
    assert "up from 10.00% in 2021" in chart.title


ANSWERS = [
    ("published", "2025-01-01/P11M", 160, 159.5, 160.5),
    ("bounds", "2024-01-01/P11M", None, 200, 220),
    ("estimate", "2025", 180, 165, 210),
    ("naive", "2025", 160 * 12 / 11, 159.5 * 12 / 11, 160.5 * 12 / 11),
    ("outcome", "2025", 190, 189.5, 190.5),
]


def answers(*kept: str) -> pd.DataFrame:
    frames = []
    for answer, period, value, lower, upper in ANSWERS:
        row = rows(("T", period, None if value is None else value * MILLION))
        extra = {
            "answer": answer,
            "lower": lower * MILLION,
            "upper": upper * MILLION,
            "base_period": "2024" if answer == "bounds" else "",
            "level": 0.8 if answer == "estimate" else float("nan"),
            "growth_pct": float("nan"),
            # 100 × (160 / 220 − 1) and 100 × (160 / 200 − 1)
            "growth_lower_pct": -27.27 if answer == "bounds" else float("nan"),
            "growth_upper_pct": -20.0 if answer == "bounds" else float("nan"),
        }
        frames.append(row.assign(**extra))
    frame = pd.concat(frames, ignore_index=True)
    return frame[frame["answer"].isin(kept)] if kept else frame


def test_partial_year_draws_every_answer_where_it_belongs():
    chart = kz.charts.partial_year(answers(), trade=pair((2024, 150, 90)))
    (axes,) = chart.figure.axes
    spans = [(p.get_x(), round(p.get_x() + p.get_width(), 6)) for p in axes.patches]
    # last full year, bounds, the part, the interval, the outcome
    assert spans == [(0, 240), (200, 220), (0, 160), (165, 210), (0, 190)]
    assert [bool(p.get_hatch()) for p in axes.patches] == [False, False, True, False, False]
    points = {line.get_marker(): line for line in axes.lines if line.get_marker() != "None"}
    assert points["D"].get_xdata() == [180]
    naive = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert naive[0].get_xdata()[0] == pytest.approx(160 * 12 / 11)
    assert chart.title == (
        "Jan–Nov 2025 pointed to US$180.0 million for the year; it closed at US$190.0 million, "
        "inside the 80% interval"
    )
    assert "US$165.0 million to US$210.0 million" in chart.alt
    assert "US$174.5 million" in chart.alt  # 160 × 12/11
    assert "growth between −27 and −20%" in " ".join(texts(chart))


def test_partial_year_without_an_outcome_or_a_base_and_outside_its_interval():
    chart = kz.charts.partial_year(answers("published", "estimate"))
    assert chart.title == "Jan–Nov 2025 points to US$180.0 million for the year"
    off = answers()
    off.loc[off["answer"] == "outcome", "value"] = 230 * MILLION
    assert "outside the 80% interval" in kz.charts.partial_year(off).title
    with pytest.raises(ContractError, match="estimate"):
        kz.charts.partial_year(answers("published"))


def test_the_flagship_partial_year_holds():
    trade = kz.observations("KAZ", "ISR", freq="A")
    chart = kz.charts.partial_year(kz.partial_year("2025-01-01/P11M", trade), trade=trade)
    # 119,242,222.86 + 74,045,594.36 = 193,287,817.22
    assert "it closed at US$193.3 million, inside the 80% interval" in chart.title


def test_back_test_draws_both_errors():
    monthly = kz.turnover(kz.observations("KAZ", "WLD", freq="M"))
    tested = kz.back_test(monthly, 11)
    chart = kz.charts.back_test(tested, monthly=monthly)
    drawn = {tuple(line.get_ydata()) for line in chart.figure.axes[0].lines}
    assert tuple(tested["error_pct"]) in drawn
    assert tuple(tested["naive_error_pct"]) in drawn
    assert f"by {tested['error_pct'].abs().mean():.1f}%" in chart.title


def quarters(*values: float | None) -> pd.DataFrame:
    cells = [
        ("T", f"{2020 + n // 4}-Q{n % 4 + 1}", None if v is None else v * MILLION)
        for n, v in enumerate(values)
    ]
    flows = {"dataflow": "fdi_net_inflow", "flow": "_Z", "partner": "WLD", "valuation": "_Z"}
    return rows(*cells, source="nbk_fdi_net", **flows)


def test_net_inflow_sums_only_four_quarters_in_a_row():
    chart = kz.charts.net_inflow(quarters(100, -50, 30, 20, 10, None, 5, 5, 5, 5))
    sums = chart.frame["four_quarters_value"] / MILLION
    # 100 − 50 + 30 + 20 = 100; −50 + 30 + 20 + 10 = 10; then none until four follow the gap
    assert sums.tolist()[3:5] == [100, 10]
    assert sums.isna().tolist() == [True] * 3 + [False] * 2 + [True] * 4 + [False]
    assert "added up to US$20.0 million" in chart.title  # 4 × 5
    assert "1 of 9 quarters were negative" in chart.title
    assert "Q2 2020" in chart.alt
    assert "n/a" in texts(chart)


def said(**changed) -> pd.DataFrame:
    claim = {
        "claim": "one",
        "topic": "trade",
        "concept": "turnover",
        "printed": "US$236 million",
        "qualifier": None,
        "speaker": "A minister",
        "doubt": None,
        "lower": 235.5 * MILLION,
        "upper": 236.5 * MILLION,
        "source": "tca_2026",
        "published": "2026-01",
        "basis": "claimed",
    }
    return rows(("T", "2024", 236 * MILLION)).assign(**(claim | changed))


def test_claims_share_an_axis_only_where_they_can_be_compared():
    claims = pd.concat(
        [
            said(),
            said(claim="two", printed="about 162", period="2025-01-01/P11M", freq="M"),
            said(claim="three", printed="270", unit="count", dataflow="companies", flow="_Z"),
            said(claim="four", printed="over 200", value=200 * MILLION, upper=float("inf")),
            said(claim="day", unit="date", value=None, lower=None, upper=None),
        ],
        ignore_index=True,
    )
    chart = kz.charts.claims(kz.confront(claims, pair((2024, 168, 68.1))))
    assert len(chart.figure.axes) == 3
    assert [len(axes.get_yticks()) for axes in chart.figure.axes] == [2, 1, 1]
    first = chart.figure.axes[0]
    published = [line.get_xdata() for line in first.lines if line.get_color() == style.BLACK]
    assert [list(x) for x in published] == [pytest.approx([236.1, 236.1])] * 2
    assert chart.title.startswith("2 of 2 comparable claims agree with the published figure")
    assert "for want of a figure: 1 claim." in chart.caption
    assert "US$236.1 million" in chart.alt
    many = pd.concat([said(claim=f"c{n}") for n in range(61)], ignore_index=True)
    judged = kz.confront(many, pair((2024, 168, 68.1)))
    with pytest.raises(KzdataError, match="61 claims"):
        kz.charts.claims(judged)


def event(date, title="A visit", **more) -> dict:
    precision = {10: "day", 7: "month", 4: "year", 9: "range"}.get(len(date or ""), "undated")
    return {
        "event": title,
        "date": date,
        "date_precision": precision,
        "kind": "visit",
        "title": title,
        "status": "happened",
        "source": "tca_2026",
    } | more


def test_timeline_shows_how_precisely_an_event_is_dated():
    events = pd.DataFrame(
        [
            event("1992-04-10", "Relations", kind="diplomacy"),
            event("2016", "Some time that year"),
            event("1992/1995", "Agreements"),
            event("2026", "A visit to come", status="planned"),
            event(None, "Undated"),
        ]
    )
    chart = kz.charts.timeline(events)
    line = chart.figure.axes[0]
    drawn = sorted(tuple(float(x) for x in each.get_xdata()) for each in line.lines)
    # 10 April 1992 is day 100 of 366: a mark; the years are bars of their length
    assert drawn == [(1992, 1996), (pytest.approx(1992 + 100.5 / 366, abs=0.002),), *drawn[2:]]
    assert drawn[2:] == [(2016, 2017), (2026, 2027)]
    assert "10 Apr 1992" in texts(chart)
    assert "A visit to come (planned)" in texts(chart)
    assert "Undated" not in texts(chart)
    assert "for want of a date: 1 event." in chart.caption


def test_no_label_of_the_long_timeline_lies_on_another():
    chart = kz.charts.timeline(kz.events())
    renderer = chart.figure.canvas.get_renderer()
    boxes = [t.get_window_extent(renderer) for t in chart.figure.axes[1].texts]
    for a, b in itertools.combinations(boxes, 2):
        assert not (a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1)


def test_what_is_planned_or_only_stated_is_no_visit_and_no_agreement():
    events = pd.DataFrame(
        [
            event("2010", "A visit", event="a"),
            event("2012", "A visit, as printed", event="b", doubt="Another source denies it."),
            event("2013-05", "A visit that a sound source denies", event="c"),
            event("2013-06", "What it says", event="d", kind="diplomacy", contradicts="x, c"),
            event("2014-05", "A signature", event="e", kind="agreement"),
            event("2015-06", "A visit to come", event="f", status="planned"),
            event("2016-02-17", "Not signed yet", event="g", kind="agreement", status="status"),
        ],
        columns=[*event("2010"), "doubt", "contradicts"],
    )
    chart = kz.charts.timeline(events)
    assert chart.title == (
        "5 dated events since 2010: 1 of them an undisputed visit, 3 in 2013 or later"
    )
    assert "as visits, 2 that a source disputes; as events, 2 planned or only st" in chart.caption
    looks = {
        tuple(line.get_xdata()): (line.get_marker(), line.get_markerfacecolor(), line.get_color())
        for line in chart.figure.axes[0].lines
    }
    last = looks[max(looks)]  # 17 February 2016
    assert last == ("o", "white", style.CONTEXT)
    assert [each[0] for each in looks.values()].count("D") == 1
    assert "Planned, or only stated" in texts(chart)
    assert "A visit, as printed (disputed)" in texts(chart)
    happened = kz.charts.timeline(events[events["status"] == "happened"])
    assert "Planned, or only stated" not in texts(happened)
    (only,) = kz.charts.timeline(events.tail(1)).title.splitlines()
    assert only == "1 event planned or stated, none that happened"


def test_ladder_stands_at_the_stage_with_its_date():
    promises = kz.commitments("2026-03-01")
    assert set(promises["stage"]) == {"memorandum", "agreement"}
    assert set(promises["stage_since"]) == {"2026-01-27"}
    chart = kz.charts.ladder(promises)
    # no day in the title: that nothing is on record by a day is not that nothing happened by it
    low = (promises["stage"] == "memorandum").sum()
    assert chart.title == (
        f"On the evidence at hand, none of {len(promises)} promises has reached a contract: "
        f"{low} at memorandum and {len(promises) - low} at agreement"
    )
    assert "1 Mar 2026" in chart.subtitle
    assert texts(chart).count("27 Jan 2026") == len(promises)
    valued = promises["value"].notna().sum()
    assert (
        f"No value was published for {len(promises) - valued} of {len(promises)}" in chart.caption
    )
    with pytest.raises(UnknownCode, match="halfway"):
        kz.charts.ladder(kz.commitments("2026-03-01").assign(stage="halfway"))


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        (["contract", "announced", "announced"], "1 of 3 promises has reached a contract: 2 ann"),
        (["operating", "financed", "lapsed"], "2 of 3 promises have reached a contract: 1 finan"),
        (["announced"] * 3, "none of 3 promises has reached a contract: 3 announced"),
    ],
)
def test_the_title_of_the_ladder_counts_contracts(stages, said):
    chart = kz.charts.ladder(kz.commitments("2026-03-01").head(3).assign(stage=stages))
    assert chart.title.startswith(f"On the evidence at hand, {said}")


def test_peers_mark_where_a_series_passes_to_another_publisher():
    frame = pd.concat(
        [
            pair((2018, 5, 5), (2019, 6, 6), source="wits_kaz_isr"),
            pair((2020, 7, 7), (2021, 8, 8)),
            pair((2018, 5, 5), (2020, 6, 6), (2021, 6, 6), partner="ITA"),
        ]
    )
    chart = kz.charts.peers(frame)
    (axes,) = chart.figure.axes
    assert [2019.5, 2019.5] in [list(line.get_xdata()) for line in axes.lines]
    assert "Broken line across: from 2020 by Bureau of National Statistics" in chart.caption
    assert "before by World Bank, World Integrated Trade Solution (Israel)." in chart.caption
    assert (
        "Broken line"
        not in kz.charts.peers(frame[frame["period"] >= "2020"], base=2021 - 1).caption
    )


def test_peers_of_a_single_year_say_what_to_type():
    frame = pd.concat([pair((2025, 5, 5)), pair((2025, 5, 5), partner="ITA")])
    with pytest.raises(NotAvailable, match=r"Israel has no .* after 2025.*\n.*start=2020"):
        kz.charts.peers(frame)


def test_peers_index_every_partner_on_the_same_year():
    frame = pd.concat(
        [
            pair((2020, 50, 50), (2021, 60, 60), (2022, 25, 25)),
            pair((2020, 10, 10), (2021, None, 10), (2022, 20, 20), partner="TUR"),
            pair((2021, 10, 10), (2022, 20, 20), partner="ITA"),
        ]
    )
    chart = kz.charts.peers(frame)
    assert len(chart.figure.axes) == 1  # Italy has no figure in 2020
    level, turkey, own = (line.get_ydata() for line in chart.figure.axes[0].lines)
    assert list(level) == [100, 100]
    assert list(own) == pytest.approx([100, 120, 50])
    assert [turkey[0], turkey[2]] == pytest.approx([100, 200])
    assert pd.isna(turkey[1])
    assert "fell 50.0% from 2020 to 2022; with 1 of 1 other partners it did better" in chart.title
    assert "Türkiye 2021" in chart.caption
    with pytest.raises(NotAvailable):
        kz.charts.peers(frame, base=1999)


@pytest.mark.parametrize(
    "title",
    [
        "Trade fell 37.5% in 2024",
        "Trade reached US$50 million in 2024, after 80.0 million USD",
        "From US$80.0 million in 2023 down to US$50.0 million",
        "More than US$49 million",
    ],
)
def test_a_title_that_the_data_bear_out_stands(title):
    frame = pair((2023, 60, 20), (2024, 30, 20))
    assert kz.charts.turnover(frame, title=title).title == title


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Trade fell 31 % in 2024", "31 %"),
        ("Trade rose 37.5% in 2024", "37.5%"),
        ("Trade was US$51 million", "US$51 million"),
        ("Trade was €50 million", "€50 million"),
        ("Trade was US$50.0 million in 2019", "2019"),
        ("More than US$80.1 million", "US$80.1 million"),
        ("Trade was 50 in 2024", "50"),
    ],
)
def test_a_title_that_the_data_contradict_raises_naming_the_number(title, named):
    with pytest.raises(KzdataError, match="The data say") as caught:
        kz.charts.turnover(pair((2023, 60, 20), (2024, 30, 20)), title=title)
    assert named in str(caught.value)


def test_a_level_after_a_verb_is_no_change():
    facts = [
        title_check.Fact(-40.0, "pp"),
        title_check.Fact(13.0, "percent"),
        title_check.Fact(53, "percent"),
    ]
    title = "The share is 13%, down from 53%"
    assert title_check.checked(title, "", facts) == title
    with pytest.raises(KzdataError):
        title_check.checked("The share fell to 14%", "", facts)
    with pytest.raises(KzdataError, match="empty"):
        title_check.checked(" ", "The finding", facts)


def test_a_title_in_the_words_of_the_finding_is_held_to_each_number_in_its_place():
    """5 and 9 are both figures of the chart, but "9 of 5" is not what it shows."""
    facts = [title_check.Fact(float(n), "count") for n in (4, 5, 9, 37)]
    facts += [title_check.Fact(50.4e6, "USD"), title_check.Fact(61e6, "USD")]
    found = "5 of 9 agree; 37 do not; the most is US$50.4 million"
    for title in (found, found.replace("US$50.4", "US$50")):
        assert title_check.checked(title, found, facts) == title
    for title in ("9 of 5 agree; 37", "4 of 9 agree; 37", "5 of 9 agree; 4"):
        with pytest.raises(KzdataError, match="The data say"):
            title_check.checked(f"{title} do not; the most is US$50.4 million", found, facts)
    with pytest.raises(KzdataError, match="61"):
        title_check.checked(found.replace("50.4", "61"), found, facts)


@pytest.mark.parametrize("draw", [kz.charts.turnover, kz.charts.series])
def test_growth_across_publishers_or_a_flagged_break_is_no_finding(draw):
    two = pair((2019, 20, 10), (2020, 50, 10))
    two = two if draw is kz.charts.turnover else two[two["flow"] == "X"]
    assert "rose" in draw(two).title
    other = two.assign(
        source=["wits_kaz_isr" if p == "2019" else "bns_kaz_isr" for p in two["period"]]
    )
    broken = two.assign(obs_status=["B" if p == "2020" else "A" for p in two["period"]])
    for frame in (other, broken):
        assert "rose" not in draw(frame).title
        assert "2020" in draw(frame).title


def test_the_status_of_a_figure_stands_beside_its_bar():
    frame = pair((2022, 30, 10), (2023, 31, 12), (2024, 36, 20))
    frame["obs_status"] = ["A", "A", "E", "E", "P", "P"]
    # 31 + 12 = 43, estimated; 36 + 20 = 56, provisional
    assert {"40.0", "43.0 E", "56.0 P"} <= set(texts(kz.charts.turnover(frame)))
    # 31 − 12 = 19 and 36 − 20 = 16
    assert {"20.0", "19.0 E", "16.0 P"} <= set(texts(kz.charts.balance(frame)))
    assert {"31.0 E", "36.0 P"} <= set(texts(kz.charts.series(frame[frame["flow"] == "X"])))


def test_what_is_not_zero_is_not_printed_as_zero():
    chart = kz.charts.turnover(pair((2023, 0.001, 0.001), (2024, 5000, 0)))
    assert "<1" in texts(chart)  # 2,000 dollars, in millions without a decimal
    zero = kz.charts.turnover(pair((2023, 0, 0), (2024, 1, 1)))
    assert "0" in texts(zero)
    assert kz.charts.series(rows(("X", "2024", 0.0043))).title.endswith("US$0.0043 in 2024")


EVERY = ["turnover", "balance", "ranking", "share", "partial_year", "back_test", "net_inflow"]
EVERY += ["claims", "timeline", "ladder", "peers"]


@pytest.mark.parametrize("name", EVERY)
def test_empty_and_foreign_input_is_refused_with_a_line_to_type(name):
    draw = getattr(kz.charts, name)
    with pytest.raises(ContractError, match=r"(?s)no column.*kz\.charts"):
        draw(pd.DataFrame({"a": [1]}))
    with pytest.raises(ContractError, match="list"):
        draw([1, 2])


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (TRADE.head(0), NotAvailable),
        (pair((2023, None, None)), NotAvailable),
        (pair((2023, 1, 1)).assign(unit=["USD", "EUR"]), UnitMismatch),
        (pd.concat([TRADE, TRADE.assign(partner="TUR")]), MeasureMismatch),
        (pd.concat([TRADE, TRADE.assign(source="wits_kaz_isr")]), MeasureMismatch),
        (rows(("X", "2025-11", 1), ("M", "2025-11", 1)), NotAvailable),
        (TRADE.assign(source="a blog"), UnknownCode),
    ],
)
def test_a_frame_that_is_no_annual_pair_is_refused(frame, error):
    for draw in (kz.charts.turnover, kz.charts.balance):
        with pytest.raises(error):
            draw(frame)


def test_hostile_text_stays_text():
    nasty = "<script>alert(1)</script> $x^2$ \u202etxt\u2066 &amp; 数\n=1+1 " + "w" * 200
    chart = kz.charts.timeline(pd.DataFrame([event("1992-04-10", nasty), event("2016", "$ and $")]))
    svg = chart.svg()
    ET.fromstring(svg)
    assert "<script" not in svg
    drawn = " ".join(texts(chart))
    assert "$x^2$" in drawn
    assert "$ and $" in drawn
    assert "\u202e" not in drawn + chart.alt
    assert "�" in drawn  # a letter that the font lacks is shown as such
    assert chart.frame["title"].tolist() == [nasty, "$ and $"]


def test_the_bundle_has_every_form_and_all_rows():
    chart = kz.charts.turnover(TRADE)
    data, metadata = chart._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]) == chart.png()
    assert chart.png().startswith(b"\x89PNG")
    ET.fromstring(data["image/svg+xml"])
    resource = data["application/vnd.dataresource+json"]
    assert resource["kind"] == "chart"
    assert {"name", "title", "subtitle", "alt", "caption", "schema", "data"} <= set(resource)
    assert len(resource["data"]) == len(chart.frame)
    assert [f["name"] for f in resource["schema"]["fields"]][:3] == ["dataflow", "freq", "reporter"]
    json.dumps(resource, allow_nan=False)
    assert {"value", "source", "published", "locator"} <= set(resource["data"][0])
    assert data["text/plain"].splitlines() == [chart.title, chart.subtitle, chart.alt]
    assert metadata["image/png"]["alt"] == chart.alt


def test_a_chart_is_saved_by_its_suffix(tmp_path):
    chart = kz.charts.balance(TRADE)
    assert chart.save(tmp_path / "a.svg").read_text(encoding="utf-8") == chart.svg()
    assert chart.save(tmp_path / "a.png").read_bytes() == chart.png()
    again = pd.read_csv(chart.save(tmp_path / "a.csv"))
    assert again["value"].tolist()[0] == 20 * MILLION
    with pytest.raises(KzdataError, match=r"a\.svg"):
        chart.save(tmp_path / "a.jpeg")


_DRAW = """
import hashlib, warnings
warnings.simplefilter("error")
import matplotlib
matplotlib.rcParams.update({"font.size": 30, "axes.grid": False, "text.usetex": False,
                            "svg.hashsalt": None, "lines.linewidth": 9, "axes.facecolor": "red"})
import kzdata as kz
trade = kz.observations("KAZ", "ISR", freq="A", start=2015)
for chart in (kz.charts.turnover(trade), kz.charts.timeline(kz.events(kind="visit"))):
    for form in (chart.svg_bytes(), chart.svg_bytes(), chart.png()):
        print(hashlib.sha256(form).hexdigest())
assert matplotlib.rcParams["font.size"] == 30
"""


@pytest.mark.slow
def test_the_same_bytes_in_a_fresh_process_with_another_matplotlibrc():
    import hashlib

    done = subprocess.run(
        [sys.executable, "-c", _DRAW], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    trade = kz.observations("KAZ", "ISR", freq="A", start=2015)
    here = []
    for chart in (kz.charts.turnover(trade), kz.charts.timeline(kz.events(kind="visit"))):
        forms = (chart.svg_bytes(), chart.svg_bytes(), chart.png())
        here += [hashlib.sha256(form).hexdigest() for form in forms]
    assert done.stdout.split() == here


def test_importing_the_charts_does_not_import_matplotlib():
    code = "import sys, kzdata.present.charts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_nothing_is_cut_off_or_written_over_the_words():
    """Everything stays on the page; axes keep clear of title, subtitle and caption."""
    trade = kz.observations("KAZ", "RUS", freq="A")
    frames = [
        kz.charts.turnover(trade),
        kz.charts.balance(trade),
        kz.charts.peers(kz.observations("KAZ", freq="A", start=2000)),
    ]
    for chart in frames:
        renderer = chart.figure.canvas.get_renderer()
        page = chart.figure.bbox
        words = [t.get_window_extent(renderer) for t in chart.figure.texts]
        for axes in chart.figure.axes:
            box = axes.get_tightbbox(renderer)
            assert box is None or (box.x0 >= page.x0 and box.x1 <= page.x1)
            assert box is None or not any(box.overlaps(word) for word in words)
        assert all(w.x0 >= page.x0 and w.x1 <= page.x1 and w.y0 >= page.y0 for w in words)
        assert page.width == 640
        smallest = min(t.get_size() for t in chart.figure.findobj(type(chart.figure.texts[0])))
        assert smallest >= style.SMALL


def test_labels_are_spread_by_the_least_movement():
    assert marks.spread([1, 1, 1], [1, 1, 1]) == pytest.approx([0, 1, 2])
    assert marks.spread([0, 5, 9], [1, 1, 1]) == pytest.approx([0, 5, 9])
    # two labels two high that both want 9, on a page that ends at 10
    assert marks.spread([9, 9], [2, 2], 0, 10) == pytest.approx([7, 9])


@pytest.mark.parametrize("color", [*style.PALETTE, style.CONTEXT, style.SOFT, style.INK])
def test_every_colour_has_a_contrast_of_three_to_one_on_white(color):
    # WCAG 2.2: 4.5 for the two colours that text is set in
    least = 4.5 if color in (style.SOFT, style.INK) else 3
    assert contrast(color, "#ffffff") >= least


@pytest.mark.parametrize("sight", ["everyone", "protanopia", "deuteranopia"])
def test_no_two_colours_look_alike_to_anybody(sight):
    for one, other in itertools.combinations(style.PALETTE, 2):
        assert difference(one, other, sight) >= 20, (one, other)


def test_without_an_estimate_there_is_no_chart_of_a_partial_year():
    answers = kz.partial_year("2025-01-01/P11M", kz.observations("KAZ", "ISR", start=2023))
    with pytest.raises(NotAvailable, match="how lumpy"):
        kz.charts.partial_year(answers)


@pytest.mark.parametrize("name", ["turnover", "balance"])
def test_the_trade_in_one_product_is_named_so(name):
    trade = kz.observations("KAZ", "ISR", start=2023).assign(product="2709")
    drawn = getattr(kz.charts, name)(trade)
    assert drawn.title.startswith("Product HS2709: ")
    assert "in product HS2709, exports" in drawn.subtitle
    assert "Product HS2709: " in drawn.alt
    assert drawn.name == f"{name}-kaz-isr-hs2709"
    with pytest.raises(MeasureMismatch, match="2 values of product"):
        getattr(kz.charts, name)(pd.concat([trade, trade.assign(product="10")]))


def test_the_rank_in_one_product_is_named_so():
    listed = kz.observations("KAZ", start=2025, end=2025, freq="A").assign(product="2709")
    drawn = kz.charts.ranking(listed)
    assert drawn.title.startswith("Product HS2709: Israel ranks 48th of 197 ")
    assert drawn.subtitle.startswith("Turnover of Kazakhstan by partner in product HS2709, 2025")
    with speaking("ru"):
        said = kz.charts.ranking(listed)
    assert said.title.startswith("Товар HS2709: ")
