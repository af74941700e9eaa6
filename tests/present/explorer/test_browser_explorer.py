"""The notebooks and the explorer in JupyterLab, with Chromium."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "support"))
import jupyterlab_page as lab_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(bool(lab_page.why_not()), reason=lab_page.why_not() or "can be driven"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SLOWEST = 3.0  # seconds for one answer on a machine that does other things too


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    for path in NOTEBOOKS:
        shutil.copy(path, root)
    cells = ["import kzdata as kz", "explorer = kz.explore()\nexplorer", "print(explorer.line)"]
    (root / "explorer.ipynb").write_text(json.dumps(notebook(cells)), encoding="utf-8")
    with lab_page.server(root, tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def lab(address):
    with lab_page.browser() as page:
        yield lab_page.Lab(page, address)


def notebook(sources):
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source,
         "outputs": [], "execution_count": None}
        for n, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.nightly
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_runs_in_jupyterlab_without_a_complaint(lab, path):
    lab.open(path.name)
    lab.run_all()
    assert lab.errors() == []
    assert lab.troubles == []


def test_ten_actions_in_the_explorer(lab, capsys):
    lab.open("explorer.ipynb")
    lab.run_all()
    chart = lab.page.locator(".kz-chart img")
    line = lab.page.get_by_label("The line that makes this")
    taken = []

    def choose(label, option, finding, code):
        taken.append(lab.choose(label, option))
        assert finding in chart.get_attribute("alt")
        assert code in line.input_value()

    assert "US$193.3 million" in chart.get_attribute("alt")
    choose("Partner", "Türkiye", "Türkiye", '"KAZ", "TUR"')
    choose("Flow", "Imports", "Imports of Kazakhstan from Türkiye", 'flow="M"')
    choose("From", "2015", "Türkiye", "start=2015")
    choose("To", "2020", "2020", "end=2020")
    choose("Flow", "Balance", "a surplus", "kz.charts.balance(")
    choose("Partner", "All partners, side by side", "2020", "kz.charts.ranking(")
    choose("To", "Latest at hand", "197", "start=2025, end=2025")
    choose("Partner", "World", "the world", 'freq="M"')
    choose("From", "First at hand", "the world", '"KAZ", "WLD", freq="M"')
    taken.append(lab.choose("Partner", "Israel"))
    taken.append(lab.choose("Measure", "Net inflow of foreign direct investment"))
    absent = lab.page.locator(".kz-absent")
    assert "with Israel is not loaded" in absent.inner_text()
    assert "kzdata fetch nbk_fdi -p form=310" in absent.inner_text()
    assert chart.count() == 0
    choose("Partner", "World", "quarters were negative", "kz.charts.net_inflow(")
    assert lab.errors() == []
    assert lab.troubles == []
    with capsys.disabled():
        print(f"\n{len(taken)} actions, slowest {max(taken):.2f} s, "
              f"median {sorted(taken)[len(taken) // 2]:.2f} s")  # fmt: skip
    assert max(taken) < SLOWEST


def test_the_explorer_is_worked_by_keyboard(lab):
    lab.open("explorer.ipynb")
    lab.run_all()
    page = lab.page
    lab.control("Measure").focus()
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {const one = document.activeElement;
                   return one.labels?.[0]?.firstChild?.textContent
                     || one.getAttribute('aria-label') || one.tagName;}"""
            )
        )
    # Reporter, product level and frequency have one option and are passed over.
    assert reached[:7] == [
        "Partner", "Flow", "From", "To", "Source", "Known by", "Kazakhstan with Israel: the figures"
    ]  # fmt: skip
    assert reached[7] == "The line that makes this"
    lab.control("Flow").focus()
    page.keyboard.press("Tab")  # the widgets' own style takes the outline away
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    cells = page.locator(".jp-Cell").count()
    lab.control("Flow").focus()
    before = lab.shown()
    page.keyboard.press("ArrowDown")  # to exports
    lab.changed_from(before)
    assert page.evaluate("document.activeElement.selectedOptions[0].label") == "Exports"
    lab.idle()
    lab.control("Partner").focus()
    before = lab.shown()
    page.keyboard.type("Uzb")
    lab.changed_from(before)
    page.wait_for_function(
        "() => document.querySelector('.kz-chart img')?.alt.includes('Uzb')", timeout=10_000
    )
    assert page.evaluate("document.activeElement.labels[0].textContent") == "Partner"
    assert page.locator(".jp-Cell").count() == cells  # "b" alone would have inserted one
    field = page.get_by_label("The line that makes this")
    field.focus()
    page.keyboard.press("Control+a")
    chosen = page.evaluate(
        "(() => {const f = document.activeElement;"
        " return f.value.slice(f.selectionStart, f.selectionEnd);})()"
    )
    assert chosen == field.input_value()
    assert lab.troubles == []
