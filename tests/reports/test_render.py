"""The four renderings of one document: what they show, and what they refuse to do."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from itertools import pairwise

import openpyxl
import pypdf
import pytest
import reports_sample as sample

from kzdata.reports import build, html, pdf, xlsx
from kzdata.reports.bidi import in_order
from kzdata.reports.blocks import (
    Column,
    Document,
    Preformatted,
    Prose,
    Section,
    TableBlock,
)
from kzdata.reports.document import section
from kzdata.reports.manifest import register
from kzdata.reports.markdown import plain, to_html

DAY = 1_769_472_000  # 2026-01-27
COLUMNS = [("period", "Period", "string"), ("hs", "HS", "string"), ("v", "Value", "number")]
ROWS = [["2023", "010121", None], ["2024", "27", 162400000.0], ["2025", "27", 0.1]]
TONGUES = "Қазақстан мен Израиль; торговля выросла; הסחר עם ישראל; ₸ ₪ €"


def document(*parts, **more):
    blocks = section(
        sample.book(
            sample.markdown(
                "# How much?\n\n" + TONGUES + "\n\n## Level\n\n1. a\n2. b\n\n> q\n\n`c`"
            ),
            sample.shows(
                sample.statement("It was **236**.", True, [sample.number("236", 236000000.0)]),
                sample.chart(),
                sample.table("Years", COLUMNS, ROWS, notes=["Exports FOB."]),
                sample.sources(),
            ),
        ),
        "bilateral",
    )
    return Document(
        "Trade & more", [blocks, *parts], as_of="27 January 2026", edition="Edition x",
        about=[("Parameters", "partner = 'ISR'")], **more,
    )  # fmt: skip


def hostile():
    return Document(sample.HOSTILE[0], [section(sample.hostile_book(), "h")], edition="#panic()")


class Page(HTMLParser):
    """Every tag of a page with its attributes, and every address in it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.found = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            self.found.setdefault(name, []).append(value)


def test_html_is_one_page_with_everything_in_it():
    page = html.render(document())
    parsed = Page(page)
    assert page.startswith("<!doctype html>")
    assert '<html lang="en" dir="ltr">' in page
    assert "default-src 'none'" in parsed.found["content"][0].replace("&#39;", "'")
    assert all(each.startswith("data:") for each in parsed.found["src"])
    assert "url(" not in page
    assert "@import" not in page
    assert page.count("<h1>") == 1
    assert "Trade &amp; more" in page
    assert "<strong>236</strong>" in page
    assert page.count("It was <strong>236</strong>") == 2  # among the findings and in its place
    assert 'alt="Bars: 141.3 in 2022' in page
    assert "236,000,000 USD · bns_trade · sheet 3, row Israel · 2025-02-14" in page
    assert '<a href="#bilateral">How much?</a>' in page
    assert "partner = &#39;ISR&#39;" in page


def test_the_data_of_a_chart_is_beside_it():
    page = html.render(document())
    details = page[page.index("Sources and data") :]
    details = details[: details.index("</details>")]
    assert "<b>Source</b> bns_trade" in details  # what all rows share is said once
    assert "141,300,000" in details
    row = re.search(r"<tr>\s*<th[^>]*>2023</th>(.*?)</tr>", details, re.DOTALL)
    assert re.findall(r"<td[^>]*>(.*?)</td>", row[1]) == [""]


def test_the_words_of_a_chart_are_text_where_its_picture_is_wider_than_the_screen():
    page = html.render(document())
    caption = page[page.index("<figcaption>") : page.index("</figcaption>")]
    assert page.index("</figcaption>") < page.index('<div class="plate"')
    assert "Turnover doubled by 2024</p>" in caption
    assert "<p>million US dollars</p>" in caption
    # read aloud once: as the description of the picture
    assert '<p aria-hidden="true">Bars: 141.3 in 2022, nothing known for 2023' in caption
    alt = "Bars: Turnover doubled by 2024. It was 236.0 in 2024."
    chart = section(sample.book(sample.shows(sample.chart(alt=alt))), "s")
    page = html.render(Document("D", [chart]))
    assert '<p aria-hidden="true">It was 236.0 in 2024.</p>' in page  # the title is not said again
    css = page[page.index("<style>") : page.index("</style>")]
    narrow = css[css.index("@media (max-width: 36.5rem)") :]
    assert "figcaption { position: static" in narrow[:80]


def twice():
    """One number printed in two formats by one sentence."""
    say = "The share was 0.1 %, exactly 0.13 %."
    numbers = [sample.number(text, 0.0013, "share", name="share") for text in ("0.1 %", "0.13 %")]
    return document(section(sample.book(sample.shows(sample.statement(say, False, numbers))), "s"))


def test_a_number_printed_in_two_formats_is_listed_as_it_is_printed():
    listed = [n["text"] for n in register(twice()) if n["section"] == "s"]
    assert listed == ["0.1 %", "0.13 %"]
    sheet = workbook(twice())["Numbers"].iter_rows(min_row=4, values_only=True)
    assert [row[2] for row in sheet if row[0] == "S"] == ["0.1 %", "0.13 %"]
    printed = pypdf.PdfReader(io.BytesIO(pdf.render(twice(), epoch=DAY)))
    annex = next(
        text
        for page in reversed(printed.pages)
        if "Where the numbers in the text come from" in (text := page.extract_text())
    )
    assert re.findall(r"^0\.\d+ %", annex, re.MULTILINE) == ["0.1 %", "0.13 %"]
    page = html.render(twice())
    assert re.findall(r"<dt>(0.*?)</dt>", page) == ["0.1 %", "0.13 %"]


def test_every_heading_level_is_one_below_another():
    deep = section(sample.book(sample.markdown("# T\n##### five\n## two\n### three")), "deep")
    levels = [
        int(tag[1]) for tag in Page(html.render(document(deep))).tags if re.match(r"h\d", tag)
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_two_sections_of_one_name_have_two_addresses():
    part = Section("bilateral", "Again", [Prose("x")])
    ids = Page(html.render(document(part, part))).found["id"]
    assert len(ids) == len(set(ids))
    assert {"bilateral", "bilateral-2", "bilateral-3"} <= set(ids)


def test_hostile_text_is_text_in_html():
    page = html.render(hostile())
    parsed = Page(page)
    assert "script" not in parsed.tags
    assert not [name for name in parsed.found if name.startswith("on")]
    assert all(each.startswith("data:") for each in parsed.found["src"])
    outward = [each for each in parsed.found["href"] if not each.startswith(("#", "data:,"))]
    assert outward == ["https://example.org/ok"]
    assert "{{ 7*7 }}" in page


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JAVASCRIPT:x", "vbscript:x", "data:text/html,x", "file:///etc/passwd"],
)
def test_a_link_leads_nowhere_but_to_plain_addresses(link):
    assert "href" not in to_html(f"[a]({link})") or "href=" not in to_html(f"<{link}>")
    assert f'href="{link}"' not in to_html(f"[a]({link}) <{link}>")


def test_a_picture_from_elsewhere_is_its_description():
    assert to_html("![pixel](https://example.org/p.png)") == "<p>pixel</p>\n"


def test_plain_words():
    assert plain("# A **b** `c`\n\n- [d](https://x.org)\n- e") == "A b c d e"


def test_right_to_left_languages_say_so():
    assert '<html lang="he" dir="rtl">' in html.render(document(language="he"))


def test_pdf_is_tagged_titled_and_the_same_each_time():
    printed = pdf.render(document(), epoch=DAY)
    assert printed == pdf.render(document(), epoch=DAY)
    reader = pypdf.PdfReader(io.BytesIO(printed))
    assert reader.metadata.title == "Trade & more"
    assert reader.metadata.creation_date.year == 2026
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    text = " ".join(page.extract_text() for page in reader.pages)
    for words in ("Key findings", "How much?", "Қазақстан мен Израиль", "торговля выросла"):
        assert words in text
    assert "162,400,000.0" in text
    assert "sheet 3, row Israel" in text


def test_pdf_embeds_every_font():
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(document(), epoch=DAY)))
    fonts = {
        str(font.get_object()["/BaseFont"]): font.get_object()
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert any("Libertinus" in name for name in fonts)
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_hostile_text_is_text_in_pdf():
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(hostile(), epoch=DAY)))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "#panic(" in text
    assert "#import" in text
    links = {
        note.get_object().get("/A", {}).get("/URI")
        for page in reader.pages
        for note in page.get("/Annots", [])
    }
    assert links - {None} == {"https://example.org/ok"}


def test_pdf_takes_what_a_users_own_notebook_shows():
    odd = Section(
        "o", "Odd", [Preformatted("a\n  b"), Prose("| a | b |\n|--|--:|\n| 1 | `2` |\n\n---")]
    )
    empty = TableBlock("t", "", [Column("a")], [], [], [])
    wide = TableBlock(
        "w", "Wide", [Column(f"column {n}") for n in range(30)], [["word " * 4] * 30] * 3, [], []
    )
    assert pdf.render(document(odd, Section("e", "E", [empty, wide])), epoch=DAY).startswith(
        b"%PDF"
    )


def workbook(made):
    content = xlsx.render(made, epoch=DAY)
    assert content == xlsx.render(made, epoch=DAY)
    return openpyxl.load_workbook(io.BytesIO(content))


def test_xlsx_has_a_sheet_for_each_table_and_chart():
    book = workbook(document())
    assert book.sheetnames == [
        *("Cover", "Contents", "Notes", "F1 turnover", "T1 years", "Numbers", "Sources")
    ]
    cells = {row[0].value: row for row in book["T1 years"].iter_rows() if row[0].value}
    assert [each.value for each in cells["2024"]] == ["2024", "27", 162400000.0]
    assert cells["2023"][1].value == "010121"
    assert cells["2023"][2].value is None  # missing, not zero
    assert cells["2025"][2].value == 0.1
    assert cells["2024"][2].data_type == "n"
    numbers = list(book["Numbers"].iter_rows(values_only=True))
    assert any("236" in row and 236000000.0 in row for row in numbers)
    assert book["Contents"]["A6"].hyperlink.location == "'T1 years'!A1"
    assert book["T1 years"]["A2"].hyperlink.location == "'Contents'!A1"


def test_xlsx_keeps_the_guidance_on_spreadsheets():
    book = workbook(document())
    names = [table for sheet in book for table in sheet.tables]
    assert len(names) == len(set(names)) == len(book.sheetnames) - 1  # all but the cover
    for sheet in book:
        assert not sheet.merged_cells.ranges
        for table in sheet.tables.values():
            head, *rows = sheet[table.ref]
            titles = [cell.value for cell in head]
            assert titles == [column.name for column in table.tableColumns]
            assert all(any(cell.value is not None for cell in row) for row in rows)
            assert sheet.freeze_panes == f"A{head[0].row + 1}"
    (table,) = book["F1 turnover"].tables.values()
    assert [column.name for column in table.tableColumns] == ["Period", "Turnover (USD)", "Source"]


def test_xlsx_runs_nothing():
    book = workbook(hostile())
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink and cell.hyperlink.target]
    assert sample.HOSTILE[2] in [cell.value for cell in cells]


def test_xlsx_names_are_legal_and_unlike():
    def table(name):
        return TableBlock(name, "T", [Column("a")], [["1"]], [{"name": "a"}], [{"a": float("inf")}])

    long = "a-very-long-name-that-no-sheet-can-have-in-full"
    book = workbook(Document("D", [Section("s", "S", [table(long), table(long.upper())])]))
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert book[book.sheetnames[3]]["A4"].value == "∞"


def test_titles_of_columns_that_are_alike_are_told_apart():
    fields = [{"name": n, "title": title} for n, title in (("a", "V"), ("b", "v"), ("c", ""))]
    table = TableBlock("t", "T", [], [], fields, [{"a": 1, "b": 2, "c": "=1+1"}])
    book = workbook(Document("D", [Section("s", "S", [table])]))
    head, row = book["T1 t"]["A3:C4"]
    assert [cell.value for cell in head] == ["V", "v 2", "c"]
    assert [cell.data_type for cell in row] == ["n", "n", "s"]


TURNING = re.compile("[\u202a-\u202e]")


def test_text_cannot_turn_the_order_of_its_neighbours():
    printed = pypdf.PdfReader(io.BytesIO(pdf.render(hostile(), epoch=DAY)))
    for page in (html.render(hostile()), "".join(p.extract_text() for p in printed.pages)):
        assert not TURNING.search(page)
        assert "[U+202E]002$" in page.replace("\u200b", "")
    cells = [c.value for sheet in workbook(hostile()) for row in sheet.iter_rows() for c in row]
    assert not [each for each in cells if isinstance(each, str) and TURNING.search(each)]
    assert any("[U+202E]002$" in str(each) for each in cells)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain", "plain"),
        ("a\u2067b", "a\u2067b\u2069"),  # closed at the end of its line
        ("a\u2069b", "ab"),  # closes nothing of ours
        ("\u2066a\u2069 b", "\u2066a\u2069 b"),  # as our own sentences have it
        ("\u2067a\nb\u2069", "\u2067a\u2069\nb"),
        ("\u202ea\u202c", "[U+202E]a[U+202C]"),
    ],
)
def test_signs_of_direction(given, kept):
    assert in_order(given) == kept
    assert in_order({"k": [given, 1, None]}) == {"k": [kept, 1, None]}
    assert in_order(kept) == kept


def test_figures_are_drawn_and_their_data_is_csv():
    files = build.figure_files(document())
    assert list(files) == [f"figures/01-turnover.{end}" for end in ("svg", "png", "csv")]
    rows = list(csv.DictReader(io.StringIO(files["figures/01-turnover.csv"].decode())))
    assert rows[1] == {"period": "2023", "value": "", "source": "bns_trade"}
    assert float(rows[0]["value"]) == 141300000.0
