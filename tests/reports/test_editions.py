"""Reports by edition, and reports of one notebook."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
import reports_sample as sample

from kzdata.errors import KzdataError, NotebookFailed, ParameterError, UnknownCode
from kzdata.reports.build import folder_name, published, report
from kzdata.reports.editions import check_formats, edition, read_editions, select
from kzdata.reports.fleet.jobs import Wishes
from kzdata.reports.fleet.overview import overview
from kzdata.reports.fleet.run import run
from kzdata.reports.parameters import bind
from kzdata.reports.publish import verify

EDITIONS = """
kaz-tur:
  title: "Kazakhstan & Türkiye"
  notebooks: [bilateral, quick]
  parameters: {partner: TUR, as_of: "2026-02-01"}
  formats: [html, pdf, xlsx]
"""


def build_edition(name, out=None):
    (done,) = run([edition(name)], Wishes(out=out))
    assert done.status == "built", done.message
    return published(Path(done.folder), read_editions()[name].formats)


def built():
    return [row["built"] for row in overview()]


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = sample.lay_out(tmp_path / "home", monkeypatch)
    sample.save(
        home / "notebooks" / "02_quick.ipynb",
        sample.markdown("# Quick"),
        sample.code('partner: str = "ISR"', "parameters"),
        sample.code("partner"),
    )
    (home / "reports").mkdir()
    (home / "reports" / "editions.yml").write_text(EDITIONS, encoding="utf-8")
    return home


def test_an_edition_is_built_the_same_each_time(home, tmp_path):
    assert built() == ["never"]
    made = build_edition("kaz-tur")
    again = build_edition("kaz-tur", out=tmp_path / "again")
    assert made.folder == home / "reports" / "kaz-tur"
    verify(made.folder)
    files = {p.relative_to(made.folder) for p in made.folder.rglob("*") if p.is_file()}
    assert {str(each) for each in files} == {
        "report.html", "report.pdf", "data.xlsx", "manifest.json", "facts.json",
        "figures/01-turnover.svg", "figures/01-turnover.png", "figures/01-turnover.csv",
        "notebooks/01_bilateral.ipynb", "notebooks/02_quick.ipynb",
    }  # fmt: skip
    for each in files - {made.manifest.relative_to(made.folder)}:
        assert (made.folder / each).read_bytes() == (again.folder / each).read_bytes(), each
    one, two = (json.loads(r.manifest.read_text(encoding="utf-8")) for r in (made, again))
    assert {key for key in one if one[key] != two[key]} <= {"generated"}
    assert one["edition"] == "kaz-tur"
    assert one["parameters"] == {
        "bilateral": {"partner": "TUR", "start": 2015, "as_of": "2026-02-01"},
        "quick": {"partner": "TUR"},
    }
    assert set(one["data"]) == {"data/tidy/observations.csv", "seeds/claims.yml"}
    assert one["findings"] == ["With TUR since 2015: 236."]
    assert one["numbers"][0]["section"] == "bilateral"
    assert one["numbers"][0]["statement"] == "With TUR since 2015: 236."
    assert one["numbers"][0]["locator"] == "sheet 3, row Israel"
    page = made.html.read_text(encoding="utf-8")
    assert "Kazakhstan &amp; Türkiye" in page
    assert "As of 1 February 2026" in page
    kept = nbformat.read(made.folder / "notebooks" / "01_bilateral.ipynb", as_version=4)
    nbformat.validate(kept)
    assert "papermill" not in json.dumps([kept.metadata, [c.metadata for c in kept.cells]])
    assert built() == [one["generated"][:10]]


def test_one_notebook_with_parameters_is_a_report_of_its_own(home):
    made = report("bilateral", partner="TUR", start=2018, formats=("html",))
    assert made.folder == home / "reports" / "bilateral-partner-tur-start-2018"
    assert (made.pdf, made.xlsx) == (None, None)
    assert str(made.folder) in repr(made)
    page = made.html.read_text(encoding="utf-8")
    assert "With TUR since 2018: <strong>236</strong>." in page
    assert page.count("How much is traded?") == 2  # in the tab and as the title; no section of it
    assert page.count("<h2") == 7  # contents, findings, figures, overview, level, years, about


def test_what_is_asked_wrongly_fails_before_a_kernel_starts(home):
    with pytest.raises(ParameterError, match="Did you mean 'partner'"):
        report("bilateral", parner="TUR")
    with pytest.raises(ParameterError, match="docx"):
        report("bilateral", formats=("docx",))
    assert [p.name for p in (home / "reports").iterdir()] == ["editions.yml"]


def test_a_cell_that_fails_leaves_the_report_before(home):
    made = report("quick", formats=("html",))
    before = made.html.read_bytes()
    path = home / "notebooks" / "02_quick.ipynb"
    sample.save(
        path,
        sample.code('partner: str = "ISR"', "parameters"),
        sample.code("1 / 0  # the cell"),
    )
    with pytest.raises(NotebookFailed, match=r"quick, cell 2 \('1 / 0  # the cell'\): ZeroDiv"):
        report("quick", formats=("html",))
    assert made.html.read_bytes() == before
    verify(made.folder)
    assert sorted(p.name for p in (home / "reports").iterdir()) == ["editions.yml", "quick"]


def test_no_two_questions_share_a_folder(home):
    path = home / "notebooks" / "01_bilateral.ipynb"
    assert folder_name(path, bind(path, {})) == "bilateral"
    assert folder_name(path, bind(path, {"start": 2018})) == "bilateral-start-2018"
    assert folder_name(path, bind(path, {"as_of": "2026-02-01"})) == "bilateral-as-of-2026-02-01"


def test_editions_are_a_table(home):
    (row,) = overview()
    assert row["name"] == "kaz-tur"
    assert row["notebooks"] == "bilateral, quick"
    assert row["parameters"] == "partner=TUR, as_of=2026-02-01"
    assert (row["freshness"], row["next_due"]) == ("never built", "")


MATRIX = """
kaz:
  title: {en: "Kazakhstan and {partner}", ru: "Казахстан и {partner}"}
  notebooks: [bilateral]
  matrix: {partner: [ISR, TUR], start: [2015, 2018]}
  languages: [en, ru]
  calendar: {cron: "0 6 * * 1", time_zone: Asia/Almaty}
other: {title: T, notebooks: [bilateral]}
"""


def test_a_matrix_and_languages_make_an_edition_of_each(tmp_path, home):
    (home / "reports" / "editions.yml").write_text(MATRIX, encoding="utf-8")
    known = read_editions()
    assert list(known) == [
        "kaz-isr-2015", "kaz-isr-2015-ru", "kaz-isr-2018", "kaz-isr-2018-ru",
        "kaz-tur-2015", "kaz-tur-2015-ru", "kaz-tur-2018", "kaz-tur-2018-ru", "other",
    ]  # fmt: skip
    one = known["kaz-tur-2018-ru"]
    assert one.parameters == {"partner": "TUR", "start": 2018}
    assert (one.title, one.language, one.family) == ("Казахстан и Турция", "ru", "kaz")
    assert known["kaz-isr-2015"].title == "Kazakhstan and Israel"
    assert [each.name for each in select(("kaz",))] == list(known)[:8]
    assert [each.name for each in select(("other", "kaz-isr-2015"))] == ["kaz-isr-2015", "other"]
    with pytest.raises(UnknownCode, match="'kaz'"):
        select(("kz",))
    with pytest.raises(ParameterError, match="declares no parameter 'language'"):
        one.bound()  # the notebook would speak English


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Kaz Isr: {title: t, notebooks: [bilateral]}", "lower-case"),
        ("a: {title: t}", "a: notebooks: missing"),
        ("a: {titel: t}", "a: titel: unknown field. Did you mean 'title'"),
        ("a: {title: t, notebooks: bilateral}", "notebooks: 'bilateral' is not a valid list"),
        ("a: {title: t, notebooks: [b], formats: [doc]}", "format 'doc'"),
        ("a: {title: t, notebooks: []}", "notebooks: empty"),
        ("a: {title: 1, notebooks: [b]}", "title: 1 is not text, or text by language"),
        ("a: {title: t, notebooks: [b], calendar: {}}", "calendar: cron: missing"),
        ("a: {notebooks: [b]}\nb: {title: t}", r"a: title: missing\n.*b: notebooks: missing"),
        ("a: [", "is not YAML"),
        ("- a", "is not a mapping"),
        (
            "a: {title: t, notebooks: [b]}\na: {title: u, notebooks: [b]}",
            "line 2: a: duplicate key",
        ),
        (
            "a: {title: t, notebooks: [b], parameters: {p: 1, p: 2}}",
            "line 1: p: duplicate key",
        ),
        (
            "a: {title: t, notebooks: [b], parameters: {p: 2026-02-30}}",
            "is not YAML: day is out of range",
        ),
        (
            "a: {title: t, notebooks: [b], formats: [1]}",
            "edition a: formats: Unknown report format 1",
        ),
        ("a: {title: t, notebooks: [b], languages: [en, en]}", "'en' is listed twice"),
        ("a: {title: t, notebooks: [b], matrix: {p: [1, 1]}}", "two of its values make .* a-1"),
        ("a: {title: t, notebooks: [b], matrix: {p: ISR}}", "matrix: p: 'ISR' is not a valid list"),
        ("a: {title: t, notebooks: [b], matrix: {p: ['Қ']}}", "gives no name"),
        ("a: {title: t, notebooks: [b], matrix: {p: [1]}, parameters: {p: 1}}", "in one of them"),
        (
            "{a: {title: t, notebooks: [b], matrix: {p: [b]}}, a-b: {title: t, notebooks: [b]}}",
            "a-b and a both make an edition a-b",
        ),
        (
            "a: {title: t, notebooks: [b], languages: [fr]}",
            "languages 1: 'fr' is not one of en",
        ),
        ("a: {title: t, notebooks: [b], languages: []}", "languages: empty"),
        ("a: {title: {ru: т}, notebooks: [b]}", "there is none in en"),
        (
            f"a: {{title: t, notebooks: [b], matrix: {{p: [{'b' * 60}], q: [{'c' * 60}]}}}}",
            "a name of 123 signs, and 120 at most",  # a, two hyphens, two values
        ),
        ("a: {title: t, notebooks: [b], calendar: {cron: 61 * * * *}}", "cron expression"),
        ("a: {title: t, notebooks: [b], calendar: {cron: 0 0 31 2 *}}", "cron expression"),
        ("a: {title: t, notebooks: [b], calendar: {cron: 0 0 6 * * *}}", "wrong number of fields"),
        (
            "a: {title: t, notebooks: [b], calendar: {cron: 0 6 * * *, time_zone: Almaty}}",
            "Unknown time zone 'Almaty'",
        ),
        (
            "a: {title: t, notebooks: [b], calendar: {crom: 0 6 * * *}}",
            "calendar: crom: unknown field. Did you mean 'cron'",
        ),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, text, said):
    path = tmp_path / "editions.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KzdataError, match=said):
        read_editions(path)


def test_what_is_no_file_of_editions_is_said(tmp_path):
    path = tmp_path / "editions.yml"
    assert read_editions(path) == {}
    path.write_text("# none yet")
    assert read_editions(path) == {}
    path.write_bytes('a: {title: "é"}'.encode("latin-1"))
    with pytest.raises(KzdataError, match="not text in UTF-8"):
        read_editions(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(KzdataError, match="cannot be read"):
        read_editions(path)


def test_a_file_that_an_edition_reads_has_to_be_there(home):
    text = EDITIONS + "  reads: [data/none.csv]\n"
    (home / "reports" / "editions.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"reads names data/none\.csv"):
        edition("kaz-tur").bound()


def test_two_notebooks_of_one_name_are_refused(home):
    sample.bilateral(home / "mine" / "bilateral.ipynb")
    text = EDITIONS.replace("quick]", f"{home / 'mine' / 'bilateral.ipynb'}]")
    (home / "reports" / "editions.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="Two notebooks of the edition kaz-tur are called"):
        edition("kaz-tur").bound()


def test_a_parameter_that_no_notebook_declares_is_refused(home):
    text = EDITIONS.replace("partner: TUR", "partnr: TUR")
    (home / "reports" / "editions.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"'partnr'.*\n.*'partner'"):
        build_edition("kaz-tur")


def test_yaml_types_are_held_to_the_declared_ones(home):
    text = EDITIONS.replace('"2026-02-01"', "2026-02-01")  # a date to YAML, not text
    (home / "reports" / "editions.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"as_of: .*is a date, expected str"):
        build_edition("kaz-tur")


def test_unknown_names(home):
    with pytest.raises(UnknownCode, match="'kaz-tur'"):
        build_edition("kaz-tru")


def test_formats_keep_their_order():
    assert check_formats(["xlsx", "html", "xlsx"]) == ("html", "xlsx")
    assert check_formats("pdf") == ("pdf",)
