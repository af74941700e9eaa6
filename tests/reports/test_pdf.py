"""The layout of the PDF: nothing is cut, nothing covers another, nothing stands alone."""

from __future__ import annotations

import base64
import io
from itertools import pairwise

import numpy as np
import pypdf
import pytest
import reports_sample as sample
from matplotlib.image import imsave

from kzdata.reports import pdf
from kzdata.reports.blocks import ChartBlock, Column, Document, Heading, Prose, Section, TableBlock
from kzdata.reports.document import section
from kzdata.reports.pdf import breakable, cuts

DAY = 1_769_472_000  # 2026-01-27


def placed(titles, rows):
    """The pages of a table of text and numbers, each as its width and the texts with their places.

    A place is where a text begins and where it ends at the least: no character of the face that
    tables are set in is narrower than a quarter of the size of type, no digit than 0.46 of it.
    """
    columns = [Column(each, "right" if each.startswith("V") else "left") for each in titles]
    made = Document("D", [Section("s", "S", [TableBlock("t", "T", columns, rows, [], [])])])
    found = []
    for page in pypdf.PdfReader(io.BytesIO(pdf.render(made, epoch=DAY))).pages[1:-1]:
        texts = []

        def visit(text, cm, tm, font, size, texts=texts):
            x, y = cm[0] * tm[4] + cm[2] * tm[5] + cm[4], cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
            for piece in filter(None, text.split("\n")):
                wide = sum(0.46 if sign.isdigit() else 0.25 for sign in piece.strip())
                texts.append((piece.strip(), x, x + wide * size * abs(tm[0] * cm[0]), y))

        page.extract_text(visitor_text=visit)
        found.append((float(page.mediabox.width), texts))
    return found


def cells(page, word):
    return [each for each in page[1] if word in each[0]]


def test_a_table_is_turned_and_made_small_only_where_its_columns_need_it():
    text = "a claim of some length that has to be set on several lines of a narrow column " * 2
    (upright,) = placed(["Claim", "Why", "V"], [[text, text, "1.0"]])
    assert upright[0] == pytest.approx(595, abs=1)  # A4
    (turned,) = placed([f"V{n}" for n in range(10)], [["162,400,000.0"] * 10])
    assert turned[0] == pytest.approx(842, abs=1)


@pytest.mark.parametrize(
    ("count", "text"), [(12, "98,765,432,109.87"), (30, "word word"), (60, "12,345.67")]
)
def test_no_column_runs_into_the_next_nor_off_the_page(count, text):
    (page,) = placed([f"V{n}" for n in range(count)], [[text] * count] * 2)
    lines = {}
    for piece, begin, end, y in cells(page, text.split()[0]):
        assert piece in text
        lines.setdefault(round(y), []).append((begin, end))
    first = sorted(next(iter(lines.values())))
    assert len(first) == count
    assert all(end < begin for (_, end), (begin, _) in pairwise(first))
    assert first[-1][1] < page[0]


def test_a_long_narrow_table_stands_in_two_columns():
    (page,) = placed(["Year", "V"], [[f"y{n}", "1"] for n in range(60)])
    assert len({round(begin) for _, begin, _, _ in cells(page, "y")}) == 2


def test_a_word_longer_than_a_column_has_places_to_break():
    assert breakable("short words only") == "short words only"
    cut = breakable("kaz_isr_1995_2023_with_a_long_name.csv")
    assert cut.replace("\u200b", "") == "kaz_isr_1995_2023_with_a_long_name.csv"
    assert max(map(len, breakable("x" * 70 + " " + cut).split("\u200b"))) <= 22
    assert breakable("US$162.4\N{NO-BREAK SPACE}million") == "US$162.4\N{NO-BREAK SPACE}million"


def drawn(*heights):
    """A picture 100 wide: stripes of drawn rows (negative) and blank rows (positive)."""
    rows = [
        [n % 2 if height < 0 else 1.0 for n in range(100)]
        for height in heights
        for _ in range(abs(height))
    ]
    image = io.BytesIO()
    imsave(image, np.array(rows), cmap="gray", vmin=0, vmax=1, format="png")
    return image.getvalue()


def test_a_figure_taller_than_a_page_is_cut_where_nothing_is_drawn():
    assert cuts(drawn(-130)) == []
    assert cuts(drawn(-150)) == []  # a little too tall: made smaller
    (cut,) = cuts(drawn(-100, 20, -120))  # 240 is more than 136 × 1.25
    assert 100 < cut * 240 < 120
    everywhere = np.diff([0, *cuts(drawn(-400)), 1]) * 400  # no place is better than another
    assert everywhere.max() <= 136


def test_between_blocks_of_text_a_figure_is_cut_into_short_pieces():
    blocks = cuts(drawn(*[-16, 12] * 12))  # 336 high, a block every 28
    assert len(blocks) > 4
    for each in blocks:
        assert 16 < each * 336 % 28 < 28  # in the blank between two of them
    assert max(np.diff([0, *blocks])) * 336 <= 0.4 * 136
    lines = cuts(drawn(*[-16, 4] * 16))  # 320 high; blanks no higher than those between lines
    assert min(np.diff([0, *lines])) * 320 >= 0.7 * 136 - 1


def test_a_tall_figure_goes_on_over_pages():
    tall = sample.picture(size=(4.0, 16.0))
    chart = sample.chart()
    chart.data["image/svg+xml"] = tall[0]
    chart.data["image/png"] = base64.b64encode(tall[1]).decode()

    def pages(shown):
        made = Document("D", [section(sample.book(sample.shows(shown)), "s")])
        return len(pypdf.PdfReader(io.BytesIO(pdf.render(made, epoch=DAY))).pages)

    assert pages(chart) >= pages(sample.chart()) + 2


def pages(*blocks):
    made = Document("D", [Section("s", "S", list(blocks))])
    printed = pypdf.PdfReader(io.BytesIO(pdf.render(made, epoch=DAY)))
    return [page.extract_text() for page in printed.pages]


@pytest.mark.parametrize("lines", [8, 9, 10])
def test_a_table_leaves_no_row_alone_on_the_next_page(lines):
    rows = [[f"row{n}", "1"] for n in range(39)]
    table = TableBlock("t", "T", [Column("Year"), Column("Value", "right")], rows, [], [])
    counts = [text.count("row") for text in pages(Prose("\n\n".join("x" * lines)), table)]
    assert sum(counts) == 39
    assert 1 not in counts


@pytest.mark.parametrize(("paragraphs", "beside"), [(5, True), (10, True), (16, True), (20, False)])
def test_a_chart_is_a_little_smaller_where_that_keeps_it_on_the_page(paragraphs, beside):
    svg, png = sample.picture(size=(6.0, 6.0))
    words = ["Chart title", "", "Bars", "", [], [], svg, png]
    before = Prose("\n\n".join(["before"] * paragraphs))
    shown = pages(before, Heading(3, "Lead"), Prose("To the chart."), ChartBlock("c", *words))
    chart = next(page for page in shown if "Figure 1" in page)
    assert ("before" in chart) is beside
    assert "Lead" in chart  # with what leads to it, wherever it stands
    assert "To the chart." in chart


def test_each_of_many_charts_stands_with_what_leads_to_it():
    svg, png = sample.picture(size=(6.0, 4.0))
    blocks = []
    for n in range(1, 13):
        blocks += [Prose("\n\n".join(["text"] * (n * 5 % 9))), Heading(3, f"Head {n}.")]
        blocks += [
            Prose(f"Lead {n}."),
            ChartBlock("c", f"Title {n}.", "", "Bars", "", [], [], svg, png),
        ]
    shown = pages(*blocks)
    for n in range(1, 13):
        (chart,) = [page for page in shown if f"Title {n}." in page]
        assert f"Lead {n}." in chart
        assert f"Head {n}." in chart
