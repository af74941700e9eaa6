import re

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

import kzdata as kz
from kzdata.errors import NotebookFailed
from kzdata.reports import execute

MARKS = re.compile(r"\x1b\[[0-9;]*m")  # colours of a terminal


@pytest.fixture
def shell(capsys):
    shell = InteractiveShell.instance()
    shell.run_cell("import kzdata as kz")
    yield lambda code: MARKS.sub("", shown(shell, code, capsys))
    shell.run_line_magic("xmode", "Context")
    InteractiveShell.clear_instance()


def shown(shell, code, capsys):
    capsys.readouterr()
    shell.run_cell(code, store_history=True)
    return capsys.readouterr().out


def test_a_refusal_in_a_notebook_is_the_users_line_the_message_and_the_hint(shell):
    text = shell('a = 1\nkz.area_name("KAX")')
    assert '----> kz.area_name("KAX")' in text
    assert "line 2" in text
    assert "Cell In[" in text
    assert re.search("UnknownCode: .*'KAX'", text)
    assert ".py" not in text  # no frame of ours
    with pytest.raises(kz.KzdataError) as refused:
        kz.area_name("KAX")
    assert refused.value.fact in text
    assert (refused.value.hint or "") in text


def test_the_users_line_is_found_where_a_library_calls_kzdata(shell):
    text = shell('import pandas as pd\npd.Series(["KAX"]).map(kz.area_name)')
    assert '----> pd.Series(["KAX"]).map(kz.area_name)' in text
    assert ".py" not in text


def test_the_innermost_line_of_the_users_is_shown(shell):
    text = shell('def mine(code):\n    return kz.area_name(code)\n\nmine("KAX")')
    assert "----> return kz.area_name(code)" in text
    assert "line 2" in text


def test_verbose_mode_shows_every_frame(shell):
    shell("%xmode Verbose")
    text = shell('kz.area_name("KAX")')
    assert "formats.py" in text
    assert "UnknownCode" in text


def test_other_errors_are_shown_as_ever(shell):
    assert "ZeroDivisionError" in shell("1 / 0")
    assert "xmode" not in shell("1 / 0")


@pytest.mark.parametrize("engine", ["warm", "plain"])
def test_a_report_still_finds_the_cell_and_the_message(engine, tmp_path):
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_code_cell("import kzdata as kz"),
        nbformat.v4.new_code_cell('kz.area_name("KAX")'),
    ]
    path = tmp_path / "wrong.ipynb"
    nbformat.write(book, path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(NotebookFailed, match=r"cell 2 .*UnknownCode: .*'KAX'"):
        execute.run(path, {}, scratch=scratch, epoch=0, engine=engine)


def test_the_output_of_a_failed_cell_has_name_message_and_short_traceback(tmp_path):
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell('import kzdata as kz\nkz.area_name("KAX")')]
    NotebookClient(book, kernel_name="python3", allow_errors=True).execute(cwd=str(tmp_path))
    (error,) = (each for each in book.cells[0].outputs if each.output_type == "error")
    assert error.ename == "UnknownCode"
    assert "'KAX'" in error.evalue
    text = MARKS.sub("", "\n".join(error.traceback))
    assert '----> kz.area_name("KAX")' in text
    assert re.search("UnknownCode: .*'KAX'", text)
    assert ".py" not in text
