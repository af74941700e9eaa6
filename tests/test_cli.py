"""The command line: what it says, on which stream, with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import reports_sample as sample
from click.testing import CliRunner
from conftest import ROOT

from kzdata.cli import main


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = sample.lay_out(tmp_path / "home", monkeypatch)
    (home / "reports").mkdir()
    (home / "reports" / "editions.yml").write_text(
        "kaz-isr: {title: T, notebooks: [bilateral]}\n", encoding="utf-8"
    )
    return home


def call(*words):
    return CliRunner().invoke(main, words)


def test_report_says_where_it_is_and_how_long_it_took(home, tmp_path):
    out = tmp_path / "out"
    done = call(
        "report", "bilateral", "-p", "partner=TUR", "-p", "start=2018",
        "--out", str(out), "--format", "html,xlsx",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert f"Report: {out}" in done.stdout
    assert "Built in" in done.stdout
    assert "bilateral: running, 7 cells" in done.stderr
    assert "bilateral: done" in done.stderr
    assert "\r" not in done.stderr  # a log, not a terminal
    assert sorted(p.name for p in out.iterdir()) == [
        "data.xlsx", "figures", "manifest.json", "notebooks", "report.html",
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals there")
def test_on_a_terminal_a_bar_follows_the_run(tmp_path):
    import pty

    path = sample.save(tmp_path / "mine.ipynb", sample.markdown("# Mine"), sample.code("1 + 1"))
    command = [sys.executable, "-m", "kzdata.cli", "report", str(path), "--format", "html"]
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out")],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:
        pass  # how Linux says that the other side is closed
    os.close(ours)
    said = shown.decode(errors="replace")
    assert run.wait(timeout=60) == 0, said
    assert "Traceback" not in said
    assert "mine" in said
    assert "1/1" in said  # cells done, of how many
    assert "\x1b[" in said  # drawn over itself, unlike a log
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "bilateral", "-p", "parner=TUR"), "Did you mean 'partner'?"),
        (("report", "bilateral", "-p", "start=x"), "start: 'x' is no int"),
        (("report", "bilateral", "-p", "partner=XXX"), "partner: 'XXX' is no"),
        (("report", "bilateral", "-p", "partner="), "partner: is given empty"),
        (("report", "bilateral", "-p", "partner"), "takes name=value"),
        (("report", "bilateral", "-p", "start=1=2"), "start: '1=2' is no int"),
        (("report", "bilateral", "-p", "a b=1"), "takes name=value"),
        (("report", "bilateral", "-p", "start=1", "-p", "start=2"), "start is given twice"),
        (("report", "bilateral", "--format", "docx"), "--format: 'docx' is not known"),
        (("report", "bilatral"), "Did you mean 'bilateral'?"),
        (("report", "https://example.org/x.ipynb"), "is an address"),
        (("run", "kaz-irs"), "Did you mean 'kaz-isr'?"),
        (("why", "236", "--report", "/nowhere"), "/nowhere holds no report"),
    ],
)
def test_what_is_asked_wrongly_is_said_once_without_a_traceback(home, words, said):
    done = call(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_notebook_that_fails_has_an_exit_code_of_its_own(home, tmp_path):
    path = sample.save(tmp_path / "mine.ipynb", sample.code("1/0"))
    done = call("report", str(path))
    assert done.exit_code == 40
    assert "kzdata: mine, cell 1 ('1/0'): ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_with_something_else_in_it_is_left_alone(home, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    done = call("report", "bilateral", "--out", str(tmp_path))
    assert done.exit_code == 40
    assert "they are no report" in done.stderr


def test_editions_for_people_and_programs(home):
    assert "kaz-isr: T" in call("editions").stdout
    assert json.loads(call("editions", "--json").stdout)[0]["built"] == "never"


COMMANDS = [
    "report", "run", "editions", "check", "tidy", "why", "fetch", "load", "sources", "export",
]  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_help_begins_with_examples(name):
    text = call(name, "--help").output
    assert text.startswith("Examples:")
    assert f"kzdata {name}" in text.splitlines()[1]


def test_check_looks_at_the_addresses_too(monkeypatch, tmp_path):
    from kzdata.fetch import endpoints

    assert "addresses: 12 sources" in call("check").stdout
    wrong = tmp_path / "endpoints.yml"
    wrong.write_text("sources: {baci: {}}\n", encoding="utf-8")
    monkeypatch.setattr(endpoints, "FILE", wrong)
    done = call("check")
    assert done.exit_code == 1
    assert "services" in done.stderr


def test_the_whole_has_help_and_a_version():
    assert "kzdata why" in call("--help").output
    assert "kzdata, version" in call("--version").output
