"""The pages on the mirror, on structure and on oil: with nothing loaded, and with a store."""

from __future__ import annotations

import json

import nbformat
import pytest
from conftest import ROOT

from kzdata.reports.execute import resolve, run
from kzdata.reports.parameters import bind
from kzdata.store import load

HEADER = "DATAFLOW,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
RESOURCE = "application/vnd.dataresource+json"
NEW = ["mirror", "structure", "oil"]
# Numbers: 398 Kazakhstan, 376 Israel, 380 Italy, 40 Austria; value in thousand dollars.
BACI = """t,i,j,k,v,q
2021,398,380,270900,6000,10
2021,398,376,270900,1000,2
2021,398,376,100199,200,1
2021,398,40,270900,1000,2
2021,376,398,100199,100,1
2021,376,398,854231,300,1
2021,376,380,854231,600,1
"""


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_home")]


def page(name: str, scratch, **given) -> list[dict]:
    """What the page shows, run with these parameters."""
    path = resolve(name)
    return shown_by(run(path, bind(path, given), scratch=scratch, epoch=0))


def shown_by(book) -> list[dict]:
    """The data of each output, in order."""
    outputs = [o for cell in book.cells for o in cell.get("outputs", []) if "data" in o]
    return [o["data"][RESOURCE] for o in outputs if RESOURCE in o["data"]]


def told(shown: list[dict]) -> str:
    return "\n".join(each["text"] for each in shown if each["kind"] == "statement")


def table(shown: list[dict], title: str) -> list[list[str]]:
    (found,) = [t for t in shown if t["kind"] == "table" and t["title"].startswith(title)]
    return found["display"]["rows"]


def charts(shown: list[dict]) -> list[str]:
    return [each["title"] for each in shown if each["kind"] == "chart"]


@pytest.mark.parametrize("name", NEW)
def test_the_pages_are_written_to_the_rules(name):
    path = resolve(name)
    book = nbformat.read(path, as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert "parameters" in code[0].metadata["tags"]
    assert book.cells[0].source.startswith("# ")
    assert book.cells[0].source.splitlines()[0].endswith("?")
    headings = [c.source.splitlines()[0] for c in book.cells if c.cell_type == "markdown"]
    assert headings[-2:] == ["## What this cannot show", "## Sources"]
    assert code[-1].source.startswith("kz.cite(")
    for cell in code:
        lines = cell.source.splitlines()
        assert len(lines) <= 16, cell.source
        for wrong in ("def ", "import os", "/home", "%", "!"):
            assert not any(line.startswith(wrong) for line in lines), cell.source
        assert not cell.source.rstrip().endswith(";")
    assert str(ROOT.parent) not in json.dumps(book)


@pytest.mark.parametrize("name", NEW)
def test_the_pages_work_for_a_pair_of_which_only_one_side_is_known(name, tmp_path):
    shown = page(name, tmp_path, partner="TUR")
    said = told(shown)
    assert "Türkiye" in said
    assert "Israel" not in said
    if name == "mirror":
        assert ", 0 are reported by both countries" in said
        assert charts(shown) == []


def test_the_mirror_takes_what_is_loaded_of_the_other_side(tmp_path):
    path = tmp_path / "imts.csv"
    line = "IMF:IMTS(1.0),A,TUR,KAZ,{},2024,{},A\n"
    path.write_text(HEADER + line.format("MG_CIF_USD", 2_000_000_000))
    load.load("imf_sdmx_csv", path, published="2025-03")
    shown = page("mirror", tmp_path, partner="TUR", start=2020)
    (row,) = table(shown, "Flows that both")
    assert row[:3] == ["2024", "Kazakhstan", "Türkiye"]
    assert row[4] == "2,000.00"
    assert row[5] == "1,886.79"  # 2,000 / 1.06
    (title,) = charts(shown)
    assert title.startswith("Türkiye recorded ")


def test_structure_is_computed_from_products_that_are_loaded(tmp_path):
    path = tmp_path / "BACI_HS17_Y2021_V202301.csv"
    path.write_text(BACI)
    load.load("baci", path)
    shown = page("structure", tmp_path, product_year=2021)
    assert "loaded for 2 exporters in 2021" in told(shown)
    # Kazakhstan: 8,000 crude and 200 wheat of 8,200; both: 8,000, 300 and 900 of 9,200
    crude = (8000 / 8200) / (8000 / 9200)
    ((code, chapter, value, rca, _),) = table(shown, "The largest exports")
    assert (code, chapter, value) == ("270900", "Mineral fuels and oils", "8.00")
    assert rca == f"{crude:.2f}"
    # what Israel buys: 1,000 crude and 200 wheat; what Kazakhstan sells: 8,000 and 200
    fits = 100 * (1 - 0.5 * (abs(1000 / 1200 - 8000 / 8200) + abs(200 / 1200 - 200 / 8200)))
    rows = {row[0]: row[2] for row in table(shown, "Complementarity")}
    assert rows["Kazakhstan"] == f"{fits:.1f}"
    # sold 1,000 and 200, bought 100 and 300: 1 − (1,000 + 100 + 300) / 1,600
    ((*_, gl, products, _, _),) = table(shown, "Intra-industry")
    assert gl == f"{1 - 1400 / 1600:.3f}"
    assert products == "3"
    # intensity: (1,200 / 8,200) / (1,200 / 9,200)
    rows = {row[0]: row[2] for row in table(shown, "Trade intensity")}
    assert rows["Kazakhstan"] == f"{9200 / 8200:.2f}"
    assert charts(shown)[-1].startswith("Mineral fuels and oils made up 97.6%")


def test_structure_of_two_countries_that_are_only_loaded(tmp_path):
    path = tmp_path / "BACI_HS17_Y2021_V202301.csv"
    path.write_text(BACI)
    load.load("baci", path)
    shown = page("structure", tmp_path, reporter="ISR", partner="KAZ", product_year=2021)
    # Israel sells 400 to Kazakhstan and 600 to Italy
    assert "Kazakhstan took 40.00% of the exports of Israel in 2021" in told(shown)
    assert charts(shown)[0] == (
        "Italy made up 60.0% of the exports of Israel in 2021, Kazakhstan 40.0%"
    )


def test_oil_moves_what_customs_book_and_loses_nothing(tmp_path):
    path = tmp_path / "BACI_HS17_Y2021_V202301.csv"
    path.write_text(BACI)
    load.load("baci", path)
    shown = page("oil", tmp_path, destination="AUT", share_low=0.25, share_high=0.5)
    said = told(shown)
    assert "loaded from baci" in said
    # of 6 million booked under Italy a quarter to a half goes on to Austria
    rows = {row[0]: row[2:7] for row in table(shown, "Official and delivered")}
    assert rows["Italy"] == ["6.0", "3.0", "4.5", "8.0", "8.0"]
    assert rows["Austria"] == ["1.0", "2.5", "4.0", "8.0", "8.0"]
    assert rows["Israel"] == ["1.0", "1.0", "1.0", "8.0", "8.0"]
    assert charts(shown)[0].startswith("Booked under Italy: US$6.0 million; delivered there")


def test_the_shipped_page_on_oil_gives_bounds_and_both_totals(executed):
    shown = shown_by(executed("oil"))
    rows = {row[0]: row[2:7] for row in table(shown, "Official and delivered")}
    # told of 2013: 27 + 17 + 13 + 9 + 7; all or nothing of Italy's may have travelled on
    assert rows["Italy"] == ["27.0%", "0.0%", "27.5%", "73.0%", "73.0%"]
    assert rows["China"][:3] == ["17.0%", "16.5%", "17.5%"]
    assert "US$167.6" in told(shown).replace("<span>&#36;</span>", "$")
