"""What a report opens with: its lead, its findings by question, and whether they say the tables."""

import math
import re

import nbformat
import pytest

import kzdata as kz
from kzdata.errors import UnknownCode
from kzdata.i18n import formats
from kzdata.i18n.catalogue import LANGUAGES, read_catalogue
from kzdata.i18n.sentences import filled
from kzdata.model.vocabulary import QUESTIONS
from kzdata.reports.blocks import ChartBlock, Document, Section, StatementBlock, TableBlock
from kzdata.reports.document import section
from kzdata.reports.editions import read_editions
from kzdata.reports.html import render
from kzdata.settings import HOME


def _finding(text: str, question: str = "", lead: bool = False) -> StatementBlock:
    return StatementBlock(text, [], finding=True, question=question, lead=lead)


def _document(*findings: StatementBlock, paged: bool = True) -> Document:
    return Document("Title", [Section("one", "Prices?", list(findings))], paged=paged)


def test_lead_first_then_questions_in_their_order_then_sections():
    document = _document(
        _finding("Own."), _finding("Unsure.", "limits"), _finding("Much.", "level"),
        _finding("New.", "change", lead=True),
    )  # fmt: skip
    assert [each.markdown for each in document.lead] == ["New."]
    asked = [(question, [e.markdown for e in found]) for question, found in document.questions]
    assert asked == [
        ("How much trade is there?", ["Much."]),
        ("What is uncertain?", ["Unsure."]),
        ("Prices?", ["Own."]),
    ]
    assert [each.markdown for each in document.findings] == ["New.", "Much.", "Unsure.", "Own."]


def test_of_more_than_three_leads_the_others_stand_among_the_findings():
    document = _document(*(_finding(f"{n}.", "level", lead=True) for n in range(5)))
    assert [each.markdown for each in document.lead] == ["0.", "1.", "2."]
    assert [each.markdown for each in document.questions[0][1]] == ["3.", "4."]


def test_chapters_of_one_notebook_are_no_questions():
    assert _document(_finding("Own."), paged=False).questions[0][0] == ""


def test_page_says_the_lead_once_in_its_summary_and_before_all_else():
    page = render(_document(_finding("Much.", "level"), _finding("New here.", lead=True)))
    assert page.index('id="in-short"') < page.index('id="key-findings"')
    assert page.count("New here.") == 2  # in the lead and in its section
    assert "<h3>How much trade is there?</h3>" in page


def test_question_of_no_summary_is_refused():
    with pytest.raises(UnknownCode, match="level"):
        kz.finding("Text.", question="levle")


@pytest.fixture(scope="module")
def flagship():
    names = read_editions()["kaz-isr"].notebooks
    places = [next((HOME / "notebooks").glob(f"*{name}.ipynb")) for name in names]
    parts = [section(nbformat.read(each, as_version=4), each.stem) for each in places]
    return Document("Flagship", parts)


def test_flagship_opens_with_three_sentences_and_answers_every_question(flagship):
    assert len(flagship.lead) == 3
    assert [question for question, _ in flagship.questions] == list(QUESTIONS.values())
    assert max(len(found) for _, found in flagship.questions) <= 3
    assert sum(len(found) for _, found in flagship.questions) <= 12


def test_every_number_of_the_summary_stands_in_a_table_of_its_section(flagship):
    for part in flagship.sections:
        held = {
            float(value)
            for block in part.blocks
            if isinstance(block, (TableBlock, ChartBlock))
            for row in block.data
            for value in row.values()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        }
        for block in part.blocks:
            for number in (
                block.numbers if isinstance(block, StatementBlock) and block.finding else ()
            ):
                if number["note"] != "counted":
                    close = [math.isclose(number["value"], each, rel_tol=1e-9) for each in held]
                    assert any(close), (part.name, block.markdown, number["text"])


@pytest.mark.parametrize(
    ("language", "printed"),
    [("en", "18.1%"), ("ru", "18,1\u00a0%"), ("kk", "18,1%"), ("he", "18.1%")],
)
def test_percent_sign_stands_as_cldr_sets_it(language, printed):
    from babel.numbers import format_percent

    assert formats.format_amount(18.1, "percent", language) == printed
    pattern = "#,##0.0" + format_percent(1, locale=language).removeprefix("100")
    assert format_percent(0.181, format=pattern, locale=language) == printed


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_templates_set_the_percent_sign_as_numbers_do(language):
    wrong = re.compile(r"[0-9}] ?%" if language == "ru" else r"[0-9}][ \u00a0\u202f]%")
    for message in read_catalogue(language):
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not any(map(wrong.search, said)), message.string


def test_one_full_stop_ends_an_abbreviation_and_a_sentence():
    day = {"day": "28 февраля 2026 г."}
    assert filled("До {day}. Дальше", day) == "До 28 февраля 2026 г. Дальше"
    assert filled("До {day}...", day) == "До 28 февраля 2026 г...."
    assert str(kz.say("As of {day}.", day="2026 г.")) == "As of 2026 г."
