"""Runs that are what they seem, and runs that are not."""

from __future__ import annotations

import ast
import json
import sys

import pytest
import reports_sample as sample

from kzdata.errors import KzdataError, NotebookFailed, ParameterError, UnknownCode
from kzdata.reports.execute import notebooks, read_notebook, resolve, run
from kzdata.reports.parameters import parameters


def execute(tmp_path, *sources, values=None, seen=None):
    cells = [sample.markdown("# T"), sample.code('x: str = "a"', "parameters")]
    path = sample.save(tmp_path / "nb" / "01_t.ipynb", *cells, *map(sample.code, sources))
    progress = None if seen is None else lambda *step: seen.append(step)
    scratch = tmp_path / "s"
    return run(path, values or {"x": "a"}, scratch=scratch, epoch=1, progress=progress)


def texts(book):
    codes = [cell for cell in book.cells if cell.cell_type == "code"]
    return [each.data["text/plain"] for cell in codes for each in cell.outputs]


def test_a_run_is_this_interpreters_in_the_notebooks_folder_with_parameters_as_data(tmp_path):
    hostile = 'a"; import os; os._exit(1) #\n{x} \\'
    seen = []
    book = execute(
        tmp_path,
        "x",
        "import os, sys; (sys.executable, os.getcwd(), os.environ['SOURCE_DATE_EPOCH'])",
        "hash('kzdata')",
        values={"x": hostile},
        seen=seen,
    )
    first, second, third = texts(book)
    assert first == repr(hostile)
    assert ast.literal_eval(second) == (sys.executable, str(tmp_path / "nb"), "1")
    assert book.cells[-1].source == "hash('kzdata')"  # the cell that asked the kernel is gone
    assert third == texts(execute(tmp_path, "hash('kzdata')"))[0]
    assert seen[-1] == ("t", 5, 5)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (["1 + 1", "1/0", "2"], r"t, cell 4 \('1/0'\): ZeroDivisionError: division by zero"),
        (["1", "quit()"], r"t, cell .* told to quit"),
        (["import os; os._exit(0)", "2"], r"t, cell 3 .*the kernel died"),
        (["import sys; sys.exit(0)", "2"], r"t, cell 3 .*SystemExit"),
    ],
)
def test_a_run_that_does_not_reach_its_end_fails_by_cell(tmp_path, sources, said):
    with pytest.raises(NotebookFailed, match=said):
        execute(tmp_path, *sources)


def test_an_error_that_a_notebook_expects_is_still_no_report(tmp_path):
    cell = sample.code("1/0", "raises-exception")
    path = sample.save(tmp_path / "t.ipynb", cell)
    with pytest.raises(NotebookFailed, match="ZeroDivisionError"):
        run(path, {}, scratch=tmp_path / "s", epoch=1)


def test_names_resolve_to_shipped_notebooks_and_paths_to_ones_own(tmp_path, monkeypatch):
    home = sample.lay_out(tmp_path / "home", monkeypatch)
    assert list(notebooks()) == ["bilateral"]
    assert resolve("bilateral") == home / "notebooks" / "01_bilateral.ipynb"
    own = sample.save(tmp_path / "mine.ipynb")
    assert resolve(str(own)) == own


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bilateal", "Did you mean 'bilateral'"),
        ("https://example.org/x.ipynb", "is an address"),
        ("s3://bucket/x.ipynb", "is an address"),
        ("./absent.ipynb", "Unknown notebook"),
        ("/etc/passwd", "Unknown notebook"),
    ],
)
def test_what_is_no_notebook_here_is_refused(tmp_path, monkeypatch, name, said):
    sample.lay_out(tmp_path / "home", monkeypatch)
    with pytest.raises(UnknownCode, match=said):
        resolve(name)


BOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "cannot be read as a notebook"),
        (BOOK | {"cells": "x"}, "cannot be read as a notebook"),
        (
            BOOK | {"cells": [{"cell_type": "plot", "metadata": {}, "source": ""}]},
            "known kind: plot",
        ),
        (BOOK | {"metadata": {"kernelspec": {"name": "ir", "language": "R"}}}, "is written in R"),
        (BOOK | {"metadata": {"language_info": {"name": "julia"}}}, "is written in julia"),
    ],
)
def test_what_no_report_can_be_made_of_is_refused(tmp_path, content, said):
    path = tmp_path / "t.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(KzdataError, match=said):
        read_notebook(path)


def test_a_notebook_of_an_old_format_runs(tmp_path):
    cell = {"cell_type": "code", "input": ["6 * 7"], "language": "python", "outputs": []}
    sheets = [{"cells": [cell | {"collapsed": False, "metadata": {}}]}]
    old = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}
    path = tmp_path / "t.ipynb"
    path.write_text(json.dumps(old), encoding="utf-8")
    assert texts(run(path, {}, scratch=tmp_path / "s", epoch=1)) == ["42"]


def test_a_second_cell_of_parameters_is_refused(tmp_path):
    # papermill sets what is given after the first; the second would set it back.
    cells = [sample.code(f"{name}: int = 1", "parameters") for name in "xy"]
    with pytest.raises(ParameterError, match="has 2 cells tagged parameters"):
        parameters(sample.save(tmp_path / "t.ipynb", *cells))
