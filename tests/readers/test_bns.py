import io
from pathlib import Path

import pytest
import xlsxwriter
from conftest import ROOT

from kzdata.errors import ContractError, UnknownCode
from kzdata.readers import bns
from kzdata.readers.bns import in_sheet_name, in_title
from kzdata.readers.payload import WrongFormat


@pytest.fixture
def specimens() -> Path:
    return ROOT / "tests" / "specimens"


HEAD = ["", "Товарооборот", "в % к 2024 г.", "Экспорт", "в % к 2024 г.", "Импорт", "в % к 2024 г."]
# name, turnover, exports, imports in thousand USD
ROWS = [
    ("Всего", 100.5, 70.25, 30.25),
    ("Страны СНГ", 40.0, 40.0, None),
    ("РОССИЯ", 40.0, 40.0, None),
    ("Остальные страны мира", 60.5, 30.25, 30.25),
    ("Азия", 60.5, 30.25, 30.25),
    ("Изрaиль1)", 60.5, 30.25, 30.25),  # with a Latin a, and a footnote mark
]


def workbook(sheets):
    """Bytes of an .xlsx; sheets: name -> (title or None, rows)."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    for name, (title, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        lines = [[title], HEAD] if title else [HEAD]
        lines += [[n, t, None, x, None, m, None] for n, t, x, m in rows]
        lines += [["* предварительные данные"], ["Источник: Бюро национальной статистики"]]
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    book.close()
    return data.getvalue()


def read(rows=ROWS, title="Внешняя торговля (январь-июль 2026г.)", name="2026", **options):
    return bns.read(workbook({name: (title, rows)}), published="2026-09", **options)


def test_countries_and_the_total_in_dollars_without_groups_and_notes():
    frame = read()
    assert frame.set_index(["partner", "flow"])["value"].to_dict() == {
        ("WLD", "X"): 70_250,
        ("WLD", "M"): 30_250,
        ("RUS", "X"): 40_000,
        ("RUS", "M"): 0,
        ("ISR", "X"): 30_250,
        ("ISR", "M"): 30_250,
    }
    row = frame[(frame["partner"] == "ISR") & (frame["flow"] == "X")].iloc[0]
    assert (row["lower"], row["upper"]) == (30_245, 30_255)  # two decimals of a thousand
    assert (row["valuation"], row["unit"], row["reporter"]) == ("FOB", "USD", "KAZ")
    assert "sheet 2026, row 8 «Изрaиль1)», exports" in row["locator"]


def test_a_monthly_edition_is_year_to_date_never_a_month():
    frame = read()
    assert frame["period"].unique().tolist() == ["2026-01-01/P7M"]
    assert frame["freq"].unique().tolist() == ["M"]
    assert frame["obs_status"].unique().tolist() == ["P"]


def test_preliminary_and_final_year_are_told_apart_by_the_title():
    preliminary = read(title="(январь-декабрь 2025г.)", name="2025")
    final = read(title="(2025г.)", name="2025")
    assert preliminary["period"].unique() == final["period"].unique() == ["2025"]
    assert (preliminary["edition"].unique(), preliminary["obs_status"].unique()) == (
        ["preliminary"],
        ["P"],
    )
    assert (final["edition"].unique(), final["obs_status"].unique()) == (["final"], ["A"])


def test_a_sheet_named_by_month_is_cumulative_and_a_bare_year_is_not_guessed():
    assert read(title=None, name="07_2026")["period"].unique() == ["2026-01-01/P7M"]
    with pytest.raises(WrongFormat, match="which months of 2026"):
        read(title=None, name="2026")
    assert read(title=None, name="2026", period="2026-01-01/P5M")["period"].unique() == [
        "2026-01-01/P5M"
    ]
    with pytest.raises(WrongFormat, match="not a span from January"):
        read(title=None, name="2026", period="2026-Q2")
    with pytest.raises(WrongFormat, match="carries a title of 2026-01-01/P7M"):
        read(name="2025")


def test_the_files_own_name_tells_the_months(tmp_path):
    path = tmp_path / "Внешняя торговля (январь-май 2026г.).xlsx"
    path.write_bytes(workbook({"2026": (None, ROWS), "2025": (None, ROWS)}))
    frame = bns.read(path)
    assert sorted(frame["period"].unique()) == ["2025-01-01/P5M", "2026-01-01/P5M"]


def test_sheets_of_text_are_skipped_and_a_workbook_without_years_is_refused():
    body = workbook({"Метаданные": (None, []), "12_2025": (None, ROWS)})
    assert bns.read(body)["period"].unique() == ["2025"]
    with pytest.raises(WrongFormat, match="it has: Метаданные, Показатель"):
        bns.read(workbook({"Метаданные": (None, []), "Показатель": (None, [])}))
    with pytest.raises(WrongFormat, match="no row «Всего»"):
        read(rows=ROWS[1:])


def test_a_blank_cell_is_no_flow_and_a_mark_is_missing():
    rows = [
        ("Всего", 100, 60, 40),
        ("Китай", 60, 60, None),
        ("Индия", "…", "-", "40,0*"),
        ("Оман", None, "х", "x"),
    ]
    frame = read(rows=rows).set_index(["partner", "flow"])
    assert frame.loc[("CHN", "M"), ["value", "note"]].tolist() == [0, "blank cell: no flow"]
    assert frame.loc[("IND", "X"), "obs_status"] == "M"
    assert frame.loc[("IND", "M"), ["value", "obs_status"]].tolist() == [40_000, "P"]
    assert frame.loc[[("OMN", "X"), ("OMN", "M")], "obs_status"].tolist() == ["Q", "Q"]
    assert frame.loc[("OMN", "X"), "value"] != 0


def test_names_that_are_no_country_are_all_listed():
    rows = [*ROWS, ("Атлантида", 1, 1, None), ("Гиперборея", 1, 1, None)]
    with pytest.raises(UnknownCode, match="«Атлантида», «Гиперборея»"):
        read(rows=rows)


def test_countries_must_sum_to_the_total():
    with pytest.raises(ContractError, match=r"imports sum to 0.00 USD, «Всего» says 30,250"):
        read(rows=ROWS[:-1])


def test_a_shifted_column_is_found():
    rows = [("Всего", 100.5, 30.25, 30.25), ("Россия", 100.5, 30.25, 30.25)]
    with pytest.raises(ContractError, match="turnover 100,500 USD is not exports plus imports"):
        read(rows=rows)


def test_legacy_xls_is_told_by_its_first_bytes_not_by_its_name(specimens, tmp_path):
    frame = bns.read(specimens / "bns_partners.xls")
    cells = frame.set_index(["partner", "flow"])["value"]
    assert cells["ISR", "X"] == 30_250  # «Изpаиль» with a Latin p
    assert cells["KGZ", "X"] == 40_000  # «Киргизия»
    assert frame["period"].unique() == ["2025"]
    misnamed = tmp_path / "12_2025.xlsx"
    misnamed.write_bytes((specimens / "bns_partners.xls").read_bytes())
    assert bns.read(misnamed)["value"].tolist() == frame["value"].tolist()
    with pytest.raises(WrongFormat, match=r"neither an \.xlsx nor an \.xls"):
        bns.read(b"NAM\tDAT\tPERIOD\n")


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Товарооборот (январь-июль 2026г.)", (7, 2026, "preliminary")),
        ("за январь – ноябрь 2025 года", (11, 2025, "preliminary")),
        ("(январь-декабрь 20251)г.)", (12, 2025, "preliminary")),
        ("ЯНВАРЬ-MAЙ 2026 г.", (5, 2026, "preliminary")),  # Latin M and A
        ("за январь 2026 года", (1, 2026, "preliminary")),
        ("(2025г.)", (12, 2025, "final")),
        ("в % к 2024 г.", None),
        ("тыс. долларов США", None),
    ],
)
def test_spans_and_editions_in_titles(title, found):
    assert in_title(title) == found


@pytest.mark.parametrize("title", ["апрель-июнь 2026г.", "за март 2026 года"])
def test_a_title_that_does_not_begin_in_january_is_refused(title):
    with pytest.raises(WrongFormat, match="January"):
        in_title(title)


def test_sheet_names():
    assert in_sheet_name("12_2025") == (12, 2025)
    assert in_sheet_name("2025") == (None, 2025)
    assert in_sheet_name("20251)") == (None, 2025)
    assert in_sheet_name("13_2025") is None
    assert in_sheet_name("Метаданные") is None


@pytest.mark.parametrize(
    ("cell", "value", "half"),
    [
        (52080.39406, 52_080_394.06, 0.005),
        ("1 234,5", 1_234_500, 50),
        ("1\u00a0234", 1_234_000, 500),
        (0.1 + 0.2, 300, 50),  # a float's noise is not printed digits
        (7, 7_000, 500),
        (7.0, 7_000, 500),
        ("12,52)", 12_500, 50),
        ("−3,5", -3_500, 50),
        (1.5e-7, 0.00015, 0.000005),
    ],
)
def test_numbers_in_cells(cell, value, half):
    found = bns.number(cell, "here")
    assert found[:3] == pytest.approx((value, value - half, value + half), rel=1e-12)


def test_other_text_in_a_cell_is_refused_with_its_place():
    with pytest.raises(WrongFormat, match=r"row 3: 'конф\.'"):
        bns.number("конф.", "row 3")


@pytest.mark.parametrize(
    "group",
    ["Страны СНГ", "Страны ЕАЭС", "Страны вне ЕАЭС", "Остальные страны мира", "Европа", "Страны ЕС",
     "Страны вне ЕС", "Азия", "Америка", "Африка", "Австралия и Океания", "АВСТРАЛИЯ И ОКЕАНИЯ",
     "Страны  ЕC", "* из них через третьи страны"],
)  # fmt: skip
def test_groups_and_footnotes_are_no_partners_even_with_numbers(group):
    """Counted with its members, a group would break the sum to «Всего» or become a partner."""
    frame = read(rows=[*ROWS, (group, 60.5, 30.25, 30.25)])
    assert sorted(set(frame["partner"])) == ["ISR", "RUS", "WLD"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Босния И Герцеговина", "BIH"),
        ("БОСНИЯ И ГЕРЦЕГОВИНА", "BIH"),
        (" США ", "USA"),
        ("Сoeдинeнныe Штaты Aмeрики", "USA"),  # Latin look-alikes
    ],
)
def test_case_blanks_and_look_alikes_of_country_names(name, code):
    rows = [("Всего", 60.5, 30.25, 30.25), (name, 60.5, 30.25, 30.25)]
    assert set(read(rows=rows)["partner"]) == {"WLD", code}
