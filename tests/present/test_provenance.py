import json

import pytest

import kzdata as kz
from kzdata.errors import NotAvailable, ParseError

TURNOVER = kz.observations("KAZ", "ISR", start=2024).pipe(kz.turnover).pipe(kz.growth)


@pytest.fixture
def report(tmp_path):
    """The part of a report that holds its figures: an executed notebook of display bundles."""
    shown = [
        kz.say("Trade came to {now}.", now=kz.number(TURNOVER, period="2025")),
        kz.table(
            TURNOVER, "Turnover", {"period": "Year", "value": "Turnover", "growth_pct": "Growth"}
        ),
    ]
    cells = [{"outputs": [{"data": each._repr_mimebundle_()} for each in shown]}, {"source": "x"}]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_bilateral.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def test_a_row_is_walked_back_to_document_place_publisher_and_date():
    told = str(kz.why(TURNOVER.iloc[-1]))
    for part in (
        "193287817.22",
        "X 119242222.86 + M 74045594.36",
        "row «Израиль»",
        "Bureau of National Statistics",
        "2026-07",
        "kaz_partners_2025.csv",
    ):
        assert part.replace(",", "") in told.replace(",", ""), part


@pytest.mark.parametrize("printed", ["US$193.3 million", "193.3", "US$193.3\u00a0million"])
def test_a_printed_figure_of_a_report_is_walked_back(report, printed):
    told = kz.why(printed, report=report)
    assert (told.frame["value"].round(2) == 193_287_817.22).all()
    assert told.frame["shown_in"].str.contains("01_bilateral").all()


@pytest.mark.parametrize("printed", ["−18.1", "-18.1%", "−18.1 %"])
def test_a_derived_percentage_shows_its_arithmetic(report, printed):
    told = kz.why(printed, report=report)
    assert "193287817.22 / 236132656.94" in str(told)


def test_without_a_report_the_shipped_figures_and_claims_answer(tmp_path):
    told = kz.why("US$162.4 million", report=tmp_path)
    assert "tca_2026" in set(told.frame["source"])
    assert "paragraph 3" in str(told)
    published = kz.why("236.1 million dollars", report=tmp_path)
    assert "X 167590256.94 + M 68542400" in str(published)


def test_what_is_nowhere_says_so(tmp_path):
    with pytest.raises(NotAvailable, match="not found in any report, observation or claim"):
        kz.why("US$987654.321 billion", report=tmp_path)
    with pytest.raises(ParseError):
        kz.why("a lot", report=tmp_path)


def built(tmp_path, *shown):
    cells = [{"outputs": [{"data": each} for each in shown]}]
    (tmp_path / "notebooks").mkdir(exist_ok=True)
    (tmp_path / "notebooks" / "01_x.ipynb").write_text(json.dumps({"cells": cells}))
    return tmp_path


def test_every_number_in_a_chart_is_walked_back(tmp_path):
    trade = kz.observations("KAZ", "ISR")
    data, _ = kz.charts.turnover(trade)._repr_mimebundle_()
    report = built(tmp_path, data)
    # a label (2,375 in the chart: million USD of 2008), a figure of the title, one of the data
    label = kz.why("2,375", report=report)
    assert label.frame["shown_in"].str.contains("figure").all()
    assert "2008" in str(label)
    assert "18.1" in str(kz.why("18.1 %", report=report))
    exact = kz.why("US$119.2 million", report=report)
    assert set(exact.frame["value"].round(2)) == {119_242_222.86}


def test_a_unit_finds_only_its_own(report):
    for wrong in ("US$193.3 billion", "€193.3 million", "193.3%"):
        with pytest.raises(NotAvailable):
            kz.why(wrong, report=report)


def test_numbers_inside_arithmetic_are_walked_back_to_their_row(tmp_path):
    answers = kz.partial_year("2025-01-01/P11M", kz.observations("KAZ", "ISR"))
    shown = kz.table(answers, "What it allows", {"answer": "Answer", "note": "How"})
    report = built(tmp_path, shown._repr_mimebundle_())
    told = kz.why("200,600,000", report=report)
    assert "236,000,000" in str(told)
    assert {"tca_2026", "unnamed_2025"} == set(told.frame["source"].iloc[0].split(" + "))
    assert "lumpiness" in str(kz.why("94 %", report=report))


def test_derived_columns_have_their_own_account(tmp_path):
    months = kz.observations("KAZ", "WLD", freq="M").pipe(kz.turnover)
    columns = {"year": "Year", "actual_value": "Published", "naive_error_pct": "Naive"}
    shown = kz.table(kz.back_test(months, 11), "Past", columns, scale="billion")
    report = built(tmp_path, shown._repr_mimebundle_())
    actual = kz.why("135.5", report=report)
    assert set(actual.frame["note"]) == {"sum of twelve months"}
    assert "× 12/11" in str(kz.why("−0.8", report=report))


def test_a_claim_is_found_by_its_print_before_any_value(tmp_path):
    told = kz.why("US$126 million", report=tmp_path)
    assert set(told.frame["source"]) == {"trend_2013_04"}
