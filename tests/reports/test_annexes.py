"""What a report says of itself: key figures, methods, reliability, and what is new."""

from __future__ import annotations

import io

import openpyxl
import pypdf
import reports_sample as sample

from kzdata.i18n.catalogue import LANGUAGES, speaking
from kzdata.reports import annexes, html, pdf, xlsx
from kzdata.reports.annexes import key_figures
from kzdata.reports.blocks import Document, Heading, Section, Sources, StatementBlock
from kzdata.reports.build import Closing, with_changes

DAY = 1_769_472_000  # 2026-01-27


def finding(*numbers):
    return Document(
        "D", [Section("s", "Trade?", [StatementBlock("x", list(numbers), finding=True)])]
    )


def number(what, text, value, lower, upper, unit="USD"):
    return sample.number(text, value, unit, what=what, lower=lower, upper=upper)


def test_a_key_figure_has_its_interval():
    table = key_figures(
        finding(
            number("trade_goods KAZ ISR T 2025", "178.1", 178.1e6, 164.66e6, 203.03e6),
            number("lower of trade_goods KAZ ISR T 2025", "164.7", 164.66e6, 164.66e6, 164.66e6),
            number("growth lower pct of trade_goods KAZ ISR X 2024", "−27.6%", -27.6, None, None,
                   "percent"),
            number("growth upper pct of trade_goods KAZ ISR X 2024", "−19.0%", -19.0, None, None,
                   "percent"),
            number("trade_goods KAZ ISR M 2025", "74.0", 74.0456e6, 74.0456e6, 74.0456e6),
            number("trade_goods KAZ ISR B 2025", "45.2", 45.2e6, None, None),
            number("number of statements", "35", 35.0, 35.0, 35.0, "count"),
        )
    )  # fmt: skip
    assert [row[:3] for row in table.rows] == [
        ["Turnover: Kazakhstan – Israel, 2025", "178.1",
         "US$164.7\N{NO-BREAK SPACE}million to US$203.0\N{NO-BREAK SPACE}million"],
        ["Growth from 2024, exports: Kazakhstan – Israel", "", "−27.6% to −19.0%"],
        ["Imports: Kazakhstan – Israel, 2025", "74.0", "exact to the digits shown"],
        ["Balance: Kazakhstan – Israel, 2025", "45.2", "not known"],
    ]  # fmt: skip
    assert table.data[0]["lower"] == 164.66e6


def test_a_key_figure_says_what_it_is_and_who_publishes_it():
    made = number("trade_goods KAZ ISR T 2025", "178.1", 178.1e6, 164.7e6, 203.0e6)
    told = number("trade_goods KAZ ISR T 2025-01-01/P11M", "162.4", 162.4e6, 162.35e6, 162.45e6)
    printed = number("trade_goods KAZ ISR X 2025", "119.2", 119.2e6, 119.2e6, 119.2e6)
    table = key_figures(
        finding(
            made
            | {"obs_status": "E", "basis": "derived", "source": "bns_monthly_totals + tca_2026"},
            told | {"obs_status": "A", "basis": "claimed", "source": "tca_2026"},
            printed | {"obs_status": "A", "basis": "reported", "source": "bns_kaz_isr"},
        )
    )
    office = "Bureau of National Statistics of the Republic of Kazakhstan"
    assert [(row[0], row[3]) for row in table.rows] == [
        ("Turnover: Kazakhstan – Israel, 2025 (estimated)", f"{office}; The Times of Central Asia"),
        ("Turnover: Kazakhstan – Israel, January–November 2025 (as stated)",
         "The Times of Central Asia"),
        ("Exports: Kazakhstan – Israel, 2025", office),
    ]  # fmt: skip


def test_the_workbook_names_its_language():
    made = Document(
        "D", [Section("s", "S", [StatementBlock("x", [], finding=True)])], language="he"
    )
    with speaking("he"):
        book = openpyxl.load_workbook(io.BytesIO(xlsx.render(made, epoch=DAY)))
    assert {each.name: each.value for each in book.custom_doc_props.props} == {"Language": "he"}


def test_what_is_new_is_marked_in_its_own_line():
    made = Document("D", [Section("s", "S", [StatementBlock("It was **236**.", [], finding=True)])],
                    fresh=frozenset(["It was 236."]))  # fmt: skip
    page = pypdf.PdfReader(io.BytesIO(pdf.render(made, epoch=DAY))).pages[0].extract_text()
    assert any("New" in line and "It was" in line for line in page.splitlines())


def test_a_report_without_such_figures_has_no_table_of_them():
    assert key_figures(finding(sample.number("35", 35.0, "count", what="rank"))) is None
    assert key_figures(Document("D", [])) is None


def test_the_indicators_that_a_notebook_calls_have_their_cards():
    book = sample.book(
        sample.code("kz.hhi(frame).pipe(kz.growth); kz.hhi(frame); kz.observations()"),
        sample.code("%magic is no Python"),
        sample.markdown("kz.rca"),
    )
    assert sorted(annexes.called([book])) == ["growth", "hhi"]
    part = annexes.methods(["hhi"])
    assert [b.markdown for b in part.blocks if isinstance(b, Heading)] == [
        "Herfindahl–Hirschman index"
    ]
    text = html.render(Document("D", [part]))
    assert "H = Σ s²; normalised (H − 1/n) / (1 − 1/n)" in text
    assert "x_ijk exports of i to j" in text
    assert annexes.methods([]) is None


def test_every_source_says_how_far_it_carries():
    cited = Sources("", [{"source": "tca_2026"}, {"source": "bns_kaz_isr"}, {"source": "own"}])
    (table,) = annexes.reliability(Document("D", [Section("s", "S", [cited])])).blocks
    rows = {each["source"]: each for each in table.data}
    assert rows["bns_kaz_isr"]["grade"].startswith("Series:")
    assert "6 significant digits" in rows["bns_kaz_isr"]["note"]
    assert rows["tca_2026"]["grade"].startswith("Article:")
    assert rows["own"]["grade"] == "Kind of source not stated."
    assert annexes.reliability(Document("D", [])) is None


def test_what_is_new_stands_at_the_head_in_every_format():
    made = finding(number("trade_goods KAZ ISR T 2025", "178.1", 178.1e6, 164.66e6, 203.03e6))
    changes = Section("changes", "What changed", [StatementBlock("Changed: 3.", [])])
    made = with_changes(made, Closing(changes, {}, {}, frozenset(["x"])), first=True)
    made = annexes.completed(made, ["hhi"])
    page = html.render(made)
    assert (
        page.index('id="news"') < page.index('id="key-findings"') < page.index('id="key-figures"')
    )
    assert '<a href="#changes">' in page
    assert '<span class="new">New</span>' in page
    printed = pypdf.PdfReader(io.BytesIO(pdf.render(made, epoch=DAY)))
    assert "Changed: 3." in printed.pages[0].extract_text()
    text = "".join(each.extract_text() for each in printed.pages)
    assert "164.7" in text
    assert "Table 1 The numbers in the text" in " ".join(text.split())  # key figures have no number
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(made, epoch=DAY)))
    assert "Changed: 3." in [row[0].value for row in book["Cover"].iter_rows()]
    assert "Key figures" in book.sheetnames


def test_a_first_edition_says_so_and_one_notebook_does_not():
    nothing = Closing(None, {}, {})
    assert "first edition" in with_changes(Document("D", []), nothing, first=True).news[0]
    assert with_changes(Document("D", []), nothing, first=False).news == []


def test_every_card_of_the_shipped_notebooks_speaks_every_language():
    for language in LANGUAGES:
        with speaking(language):
            assert annexes.methods(["hhi", "growth", "mirror"])
