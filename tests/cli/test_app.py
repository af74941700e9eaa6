"""The command line: what it says, on which stream, with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import guide_blocks
import pytest
import reports_sample as sample
from click.testing import CliRunner
from conftest import ROOT

from kzdata import errors
from kzdata.cli.app import main
from kzdata.cli.error_reporting import exit_code_of
from kzdata.cli.help import MEANINGS
from kzdata.cli.shell import CommandOutput, Commands, Examples, answers
from kzdata.errors import ExitCode
from kzdata.fetch import endpoints  # reads its place before a test moves it
from kzdata.fetch.failures import Unreachable, Untrusted
from kzdata.readers.payload import WrongFormat
from kzdata.settings import SettingError
from kzdata.store import query
from kzdata.store.journal import StoreError, StoreUnusable


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
    command = [sys.executable, "-m", "kzdata", "report", str(path), "--format", "html"]
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
        (("report", "bilateral", "-p", "start=x"), "start: 'x'"),
        (("report", "bilateral", "-p", "partner=XXX"), "'XXX'"),
        (("report", "bilateral", "-p", "partner="), "partner: is given empty"),
        (("report", "bilateral", "-p", "partner"), "takes name=value"),
        (("report", "bilateral", "-p", "start=1=2"), "start: '1=2'"),
        (("report", "bilateral", "-p", "a b=1"), "takes name=value"),
        (("report", "bilateral", "-p", "start=1", "-p", "start=2"), "start is given twice"),
        (("report", "bilateral", "--format", "docx"), "--format: unknown value 'docx'"),
        (("report", "bilatral"), "Did you mean 'bilateral'?"),
        (
            ("report", "kaz-isr"),
            "is an edition, a report of several notebooks.\n  kzdata run kaz-isr",
        ),
        (("report", "bilateral", "--fromat", "html"), "'--fromat'.\n  Did you mean '--format' or"),
        (("report", "bilateral", "--pdf"), "No such option '--pdf'.\n  Known: --engine, --format,"),
        (("report", "bilateral", "partner=TUR"), "Did you mean -p partner=…?"),
        (("report", "bilateral", "two"), "'two' is a word too many.\n  A name or text with spaces"),
        (("observations", "KAZ", "Uzbekstan"), "Did you mean 'Uzbekistan'?"),
        (("observations", "KAZ", "--flow", "exports"), "Unknown flow 'exports'."),
        (("observations", "KAZ", "--source", "bns_panle"), "Did you mean 'bns_panel'"),
        (("report", "bilateral", "--engine", "worm"), "Did you mean 'warm'?"),
        (("report", "bilateral", "--language", "rus"), "Did you mean 'ru'?"),
        (("report", "bilateral", "--language", "ru", "-p", "language=kk"), "given twice"),
        (("report", "bilateral", "-p", "partner=Isreal"), "Did you mean 'Israel'"),
        (("report", "bilateral", "-p", "partner=TRU"), "Did you mean 'TUR'"),
        (("report",), "For example: kzdata report bilateral"),
        (("reprot",), "Unknown command 'reprot' of kzdata.\n  Did you mean 'report'"),
        (("schedule", "install", "--cron"), "Print it: kzdata schedule --cron."),
        (("schedule", "remove"), "crontab -e"),
        (("schedule",), "Give --cron, --systemd or --github-actions."),
        (("--verbose", "config"), "Options stand after the command's name."),
        (("help", "exit-code"), "Did you mean 'exit-codes'?"),
        (("run", "bilateral"), "is a notebook, not an edition.\n  kzdata report bilateral"),
        (("run", "KAZ-ISR"), "Did you mean 'kaz-isr'?"),
        (("run", "--jobs", "many"), "'many' is not a valid"),
        (("run", "--engine", "plane"), "Did you mean 'plain'?"),
        (("run", "--scheduler", "nowhere"), "Invalid address 'nowhere'"),
        (("load", "bacci", "x.csv"), "Did you mean 'baci'?"),
        (("load", "baci", "x.csv", "-p", "yaer=2021"), "has no option 'yaer'"),
        (("fetch", "comtrad"), "Did you mean 'comtrade'"),
        (("export", "x", "--source", "bns_panle"), "Did you mean 'bns_panel'"),
        (("verify", "--shared", "/nowhere"), "/nowhere is not a folder"),
        (("report", "https://example.org/x.ipynb"), "is an address"),
        (("run", "kaz-irs"), "Did you mean 'kaz-isr'?"),
        (("run", "uzbekistan"), "For another pair: kzdata report bilateral -p partner=CODE"),
        (("why", "236", "--report", "/nowhere"), "No report in /nowhere"),
    ],
)
def test_what_is_asked_wrongly_is_said_once_without_a_traceback(home, words, said):
    done = call(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (("reprot",), "Misused", "Unknown command 'reprot' of kzdata."),
        (("report", "bilatral"), "UnknownCode", "Unknown notebook 'bilatral'."),
        (("report", "bilateral", "-p", "start=x"), "ParameterError", "01_bilateral cannot run"),
        (("run", "kaz-irs"), "UnknownCode", "Unknown edition 'kaz-irs'."),
        (("observations", "ISR"), "NotAvailable", "Nothing is loaded for dataflow trade_goods"),
        (("seeds",), "Misused", "No such option '--json'."),
    ],
)
def test_a_refusal_is_json_too_where_json_was_asked_for(home, words, kind, said):
    done = call(*words, "--json")
    error = json.loads(done.stdout)["error"]
    assert (error["kind"], error["exit"]) == (kind, done.exit_code)
    assert error["exit"] in (1, 2)
    assert error["message"].startswith(said)
    assert done.stderr.startswith(f"kzdata: {said}")
    assert error["hint"] in done.stderr


def test_an_option_of_a_word_that_is_none_is_no_option(home):
    done = call("help", "--", "--json")
    assert (done.exit_code, done.stdout) == (2, "")


def test_figures_come_as_csv_and_as_json():
    asked = ("observations", "KAZ", "Israel", "--flow", "X", "--start", "2024", "--end", "2024")
    first, row = call(*asked).stdout.splitlines()
    assert first == ",".join(query.shipped().columns)
    # 167,590,256.94 US dollars: exports of 2024 as the Bureau publishes them
    assert row.startswith("trade_goods,A,KAZ,ISR,X,TOTAL,FOB,2024,167590256.94,USD,")
    (found,) = json.loads(call(*asked, "--json").stdout)
    assert (found["value"], found["partner"]) == (167590256.94, "ISR")


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
    assert "not a kzdata report" in done.stderr


def test_editions_for_people_and_programs(home):
    assert "kaz-isr: T" in call("editions").stdout
    assert json.loads(call("editions", "--json").stdout)[0]["built"] == "never"


COMMANDS = [
    "report", "run", "editions", "check", "tidy", "why", "fetch", "load", "sources", "export",
]  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_the_commonest_begins_with_examples(name):
    text = call(name, "--help").output
    assert text.startswith("Examples:")
    assert f"kzdata {name}" in text.splitlines()[1]


def test_check_looks_at_the_addresses_too(monkeypatch, tmp_path):
    assert "addresses: 12 sources" in call("check").stdout
    wrong = tmp_path / "endpoints.yml"
    wrong.write_text("sources: {baci: {}}\n", encoding="utf-8")
    monkeypatch.setattr(endpoints, "FILE", wrong)
    done = call("check")
    assert done.exit_code == ExitCode.FINDING
    assert "addresses: FAILS: " in done.stdout
    assert "services" in done.stdout
    assert "edition kaz-isr: its notebooks" in done.stdout  # the other checks are made all the same


def leaves(group=main, path=()):
    """Every command, with the words that lead to it."""
    for name, each in group.commands.items():
        if isinstance(each, click.Group):
            yield from leaves(each, (*path, name))
        else:
            yield pytest.param((*path, name), each, id=" ".join((*path, name)))


@pytest.mark.parametrize(("path", "command"), list(leaves()))
def test_every_command_answers_programs_and_shows_examples_that_parse(path, command):
    assert "--json" in [name for each in command.params for name in each.opts]
    examples = command.examples()
    assert examples
    for line in examples:
        words = guide_blocks.typed(line)
        assert tuple(words[: len(path) + 1]) == ("kzdata", *path)
        above = click.Context(main, **main.context_settings)
        command.make_context(path[-1], words[len(path) + 1 :], above)  # refuses unknown options
    for spelling in (("--help",), ("-h",)):
        assert call(*path, *spelling).output.startswith("Examples:")
    assert call("help", *path).output == call(*path, "--help").output


@pytest.mark.parametrize("path", [(), ("seeds",)])
def test_a_group_alone_shows_its_help_examples_first(path):
    done = call(*path)
    assert done.exit_code == 0
    assert done.stdout.startswith("Examples:\n  kzdata ")
    assert done.stdout == call(*path, "--help").stdout


def test_the_exit_codes_are_told_and_belong_to_the_errors():
    told = {
        row["code"]: row["meaning"]
        for row in json.loads(call("help", "exit-codes", "--json").stdout)
    }
    assert told == MEANINGS
    assert list(told) == sorted(told)
    expected = {
        errors.ParameterError: 2, errors.UnknownCode: 2, errors.ParseError: 2, SettingError: 2,
        errors.ContractError: 20, errors.SeedError: 20, errors.PeriodMismatch: 20,
        WrongFormat: 30, StoreError: 30, StoreUnusable: 1, Unreachable: 75, Untrusted: 1,
        errors.NotebookFailed: 40, errors.PublishError: 40, errors.NotAvailable: 1,
        errors.KzdataError: 1,
    }  # fmt: skip
    assert {kind: exit_code_of(kind("fact")) for kind in expected} == expected
    in_a_cell = errors.NotebookFailed("mine, cell 2 ('check()'): ContractError: no such unit")
    assert exit_code_of(in_a_cell) == ExitCode.FINDING


def test_help_and_completion_wait_for_no_heavy_library():
    heavy = {"httpx", "matplotlib", "numpy", "pandas", "polars", "pydantic", "ssl"}
    code = f"import sys, kzdata.cli.app; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_whole_has_help_and_a_version():
    assert "kzdata why" in call("--help").output
    assert "kzdata, version" in call("--version").output


def test_a_defect_is_one_message_and_a_code_of_its_own(monkeypatch):
    @click.group(cls=Commands, epilog="kzdata divide")
    def group():
        """A program with a defect."""

    @group.command(cls=Examples, epilog="kzdata divide")
    @answers
    def divide():
        """Divide."""
        return CommandOutput(1 / 0)

    done = CliRunner().invoke(group, ["divide"])
    assert done.exit_code == ExitCode.DEFECT
    assert "this is a defect of kzdata: ZeroDivisionError: division by zero (test_app.py:" in (
        done.stderr
    )
    assert "Traceback" not in done.stderr
    monkeypatch.setenv("KZDATA_TRACEBACK", "1")
    assert "return CommandOutput(1 / 0)" in CliRunner().invoke(group, ["divide"]).stderr


def test_a_refused_file_does_not_stop_the_others(home, tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "store"))
    empty, page = tmp_path / "empty.csv", tmp_path / "page.csv"
    empty.write_bytes(b"")
    page.write_text("<html>no</html>", encoding="utf-8")
    done = call("load", "baci", str(empty), str(page), "--json")
    assert done.exit_code == ExitCode.DRIFT
    rows = json.loads(done.stdout)["files"]
    assert [(Path(row["path"]).name, row["added"]) for row in rows] == [
        ("empty.csv", False), ("page.csv", False),
    ]  # fmt: skip
    assert all(row["error"] for row in rows)
    assert done.stderr.count("kzdata: ") == 2


def test_the_settings_are_the_defaults_of_a_report(home, tmp_path, monkeypatch):
    path = sample.save(tmp_path / "mine.ipynb", sample.markdown("# Mine"), sample.code("1 + 1"))
    monkeypatch.setenv("KZDATA_REPORTS", str(tmp_path / "reports"))
    monkeypatch.setenv("KZDATA_FORMATS", "html")
    monkeypatch.setenv("KZDATA_ENGINE", "plain")
    monkeypatch.setenv("KZDATA_LANGUAGE", "kk")
    done = call("report", str(path), "--json")
    assert done.exit_code == 0, done.stderr
    assert sorted(json.loads(done.stdout)["files"]) == ["manifest.json", "report.html"]
    assert "no parameter 'language', so it speaks English only, not kk" in done.stderr
    refused = call("report", str(path), "--language", "kk")
    assert refused.exit_code == 2
    assert "Leave --language out." in refused.stderr


def test_what_an_edition_leaves_out_is_what_the_settings_say(home, monkeypatch):
    monkeypatch.setenv("KZDATA_FORMATS", "html,xlsx")
    monkeypatch.setenv("KZDATA_LANGUAGE", "kk")
    (row,) = json.loads(call("editions", "--json").stdout)
    assert (row["formats"], row["language"]) == ("html, xlsx", "kk")
    (home / "reports" / "editions.yml").write_text(
        "kaz-isr: {title: T, notebooks: [bilateral], formats: [pdf], languages: [he]}\n",
        encoding="utf-8",
    )
    (row,) = json.loads(call("editions", "--json").stdout)
    assert (row["formats"], row["language"]) == ("pdf", "he")
