"""From the outputs of a notebook to the blocks of a report."""

from __future__ import annotations

import pandas as pd
import pytest
import reports_sample as sample

import kzdata as kz
from kzdata.errors import KzdataError
from kzdata.present import frame_display
from kzdata.reports.blocks import (
    ChartBlock,
    Column,
    Heading,
    Image,
    Preformatted,
    Prose,
    Section,
    Sources,
    StatementBlock,
    TableBlock,
    slug,
)
from kzdata.reports.document import ORIGIN, read_html_table, section, spread


def read(*cells):
    return section(sample.book(*cells), "bilateral")


def test_markdown_becomes_title_headings_and_prose():
    found = read(
        sample.markdown("# Title *here*\nlead\n\n## A\n```\n# no heading\n```\n#### Deep\nx"),
        sample.markdown("Setext\n---\ny"),
    )
    assert found.title == "Title *here*"
    assert found.blocks == [
        Prose("lead"),
        Heading(3, "A"),
        Prose("```\n# no heading\n```"),
        Heading(4, "Deep"),  # not 5: no level is skipped
        Prose("x"),
        Heading(3, "Setext"),
        Prose("y"),
    ]


def test_a_notebook_without_a_title_has_its_name():
    assert read(sample.markdown("text")).title == "Bilateral"


def test_own_results_are_read_from_their_data():
    number = sample.number("236", 236.0)
    columns = [("p", "Period", "string"), ("v", "Value", "number")]
    found = read(
        sample.shows(
            sample.statement("It was **236**.", True, [number]),
            sample.table("T", columns, [["2023", None], ["2024", 236.0]], notes=["n"]),
            sample.chart(),
            sample.sources(),
        )
    ).blocks
    assert [type(each) for each in found] == [StatementBlock, TableBlock, ChartBlock, Sources]
    said, table, chart, sources = found
    assert said == StatementBlock("It was **236**.", [number], True)
    assert table.columns == [Column("Period", "left"), Column("Value", "right")]
    assert table.rows == [["2023", ""], ["2024", "236.0"]]
    assert table.data == [{"p": "2023", "v": None}, {"p": "2024", "v": 236.0}]
    assert chart.png.startswith(b"\x89PNG")
    assert "<svg" in chart.svg
    assert sources.data[0]["publisher"] == "Bureau of National Statistics"


def test_what_else_a_notebook_shows():
    stream = sample.V4.new_output
    found = read(
        sample.shows(
            stream("stream", name="stdout", text="said\n"),
            stream("stream", name="stderr", text="a warning\n"),
            sample.output({"text/markdown": "## H\nprose"}),
            sample.output({"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 1x1>"}),
            sample.output({"text/plain": "'plain'"}),
            source="secret_code()",
        )
    ).blocks
    assert found == [
        Preformatted("said"),
        Heading(3, "H"),
        Prose("prose"),
        Image("image/png", b"\x89PNG\r\n\x1a\n", ""),
        Preformatted("'plain'"),
    ]


def test_an_incomplete_result_is_refused_by_name():
    with pytest.raises(KzdataError, match="bilateral, cell 1 shows a table"):
        read(sample.shows(sample.output({sample.RESOURCE: {"kind": "table"}})))


def test_a_plain_data_frame_is_a_table_of_text():
    frame = pd.DataFrame({"hs": ["010121", "27"], "usd": [1234.5, None]})
    table = read_html_table(frame.to_html())
    assert table.rows == [["0", "010121", "1234.5"], ["1", "27", "NaN"]]
    assert [each.align for each in table.columns] == ["right", "left", "right"]
    assert table.data == [
        {"c0": 0.0, "c1": "010121", "c2": 1234.5},
        {"c0": 1.0, "c1": "27", "c2": None},  # the frame's missing is missing, not text
    ]


def test_a_header_of_two_rows_becomes_one():
    index = pd.MultiIndex.from_tuples([("USD", "X"), ("USD", "M")])
    table = read_html_table(pd.DataFrame([[1, 2]], columns=index).to_html())
    assert [each.title for each in table.columns] == ["", "USD · X", "USD · M"]


def test_a_cell_over_several_rows_stands_in_each_of_them():
    index = pd.MultiIndex.from_tuples([("X", "2023"), ("X", "2024"), ("M", "2024")])
    table = read_html_table(pd.DataFrame({"usd": [1, 2, 3]}, index=index).to_html())
    assert table.rows == [["X", "2023", "1"], ["X", "2024", "2"], ["M", "2024", "3"]]


def test_what_a_long_frame_leaves_out_is_told_and_makes_no_text_of_numbers():
    frame = pd.DataFrame({"usd": range(1, 8)})
    table = read_html_table(frame.to_html(max_rows=2, show_dimensions=True))
    assert table.rows == [["0", "1"], ["...", "..."], ["6", "7"]]
    assert table.data == [{"c0": 0.0, "c1": 1.0}, {"c0": 6.0, "c1": 7.0}]
    assert table.notes == ["7 rows × 1 columns"]


def test_a_frame_of_kzdata_keeps_what_all_its_rows_share():
    shown = frame_display.shown(kz.observations("KAZ", "ISR").head(3))
    table = read_html_table(shown)
    assert "reporter KAZ" in table.title
    assert table.notes[0].startswith("3 rows; rounded here")


@pytest.mark.parametrize("text", ["007", "1,5", "1_000", "inf", "1.2.3", "2024-01"])
def test_what_only_looks_like_a_number_stays_text(text):
    table = read_html_table(pd.DataFrame({"x": [text]}).to_html())
    assert table.data == [{"c0": 0.0, "c1": text}]


def test_html_without_a_table_is_none():
    assert read_html_table("<p>no</p>") is None
    assert read_html_table("<table></table>") is None
    assert read_html_table("") is None


def test_a_data_resource_of_pandas_is_not_taken_for_one_of_ours():
    frame = pd.DataFrame({"usd": [1234.5]})
    with pd.option_context("display.html.table_schema", True):
        data = {sample.RESOURCE: frame._repr_data_resource_(), "text/html": frame.to_html()}
    (table,) = read(sample.shows(sample.output(data))).blocks
    assert table.rows == [["0", "1234.5"]]


def test_one_notebook_spreads_into_its_chapters():
    whole = Section(
        "b", "T", [Prose("lead"), Heading(3, "A"), Heading(4, "deep"), Heading(3, "B"), Prose("x")]
    )
    assert spread(whole) == [
        Section("b", "Overview", [Prose("lead")]),
        Section("b", "A", [Heading(3, "deep")]),
        Section("b", "B", [Prose("x")]),
    ]


def test_slugs_are_file_names():
    assert slug("Türkiye: ../../etc — 2024!") == "turkiye-etc-2024"
    assert slug("Қазақ") == ""


@pytest.mark.parametrize("packed", ["!", "aGVsbG8="])
def test_a_picture_that_is_none_is_refused_by_name(packed):
    with pytest.raises(
        KzdataError, match="bilateral, cell 1 shows a picture that is not image/png"
    ):
        read(sample.shows(sample.output({"image/png": packed, "text/plain": "x"})))


def test_a_number_of_a_statement_may_lack_its_origin_and_not_its_value():
    said = {"kind": "statement", "text": "**5**", "numbers": [{"text": "5", "value": 5}]}
    (block,) = read(sample.shows(sample.output({sample.RESOURCE: said, "text/plain": ""}))).blocks
    assert block.numbers[0] == {"text": "5", "value": 5} | dict.fromkeys(ORIGIN)
    del said["numbers"][0]["value"]
    with pytest.raises(KzdataError, match="bilateral, cell 1 shows a statement that is incomplete"):
        read(sample.shows(sample.output({sample.RESOURCE: said, "text/plain": ""})))
