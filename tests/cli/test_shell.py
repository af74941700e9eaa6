"""The command line as a shell meets it: pipes, signals, closed streams, narrow terminals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import reports_sample as sample
from conftest import ROOT, interruptible

from kzdata.errors import ExitCode

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="shells of POSIX"),
]
PROGRAM = f"{sys.executable} -m kzdata"


def shell(line, tmp_path, **extra):
    """What a shell line says, with ``kzdata`` for the program."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KZDATA_", "NO_COLOR"))}
    env |= {"KZDATA_REPORTS": str(tmp_path / "reports"), "XDG_CONFIG_HOME": str(tmp_path)}
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line.replace('kzdata', PROGRAM)}"],
        capture_output=True, text=True, encoding="utf-8", cwd=ROOT, timeout=120,
        env={**env, **extra},
    )  # fmt: skip


def on_a_terminal(columns, words, tmp_path, **extra):
    """What a terminal of so many columns is shown."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    drop = ("COLUMNS", "NO_COLOR")
    env = {k: v for k, v in os.environ.items() if k not in drop and not k.startswith("KZDATA_")}
    env |= {"TERM": "xterm", "KZDATA_REPORTS": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    run = subprocess.Popen(
        [sys.executable, "-m", "kzdata", *words],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env={**env, **extra},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:
        pass  # how Linux says that the other side is closed
    os.close(ours)
    run.wait(timeout=60)
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "line",
    [
        "kzdata sources | true",
        "kzdata --help | true",
        "kzdata rnu 2>&1 | true",
        "kzdata observations KAZ | head -1 >/dev/null",
        "kzdata observations KAZ --json | head -1 >/dev/null",
    ],
)
def test_who_stops_reading_gets_no_traceback(tmp_path, line):
    done = shell(line, tmp_path)
    # A refusal keeps its own code: that it was not read changes nothing about it.
    assert done.returncode == (ExitCode.MISUSED if "rnu" in line else ExitCode.PIPE_CLOSED)
    assert done.stderr == ""


def test_text_that_is_no_amount_is_asked_wrongly(tmp_path):
    done = shell("kzdata why 'a lot'", tmp_path)
    assert (done.returncode, done.stdout) == (ExitCode.MISUSED, "")
    assert "'lot' has no place in a printed amount" in done.stderr


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("kzdata config >&-", 0),
        ("kzdata config 2>&-", 0),
        ("kzdata config <&- >&- 2>&-", 0),
        ("kzdata rnu 2>&-", 2),
        ("kzdata rnu 2>/dev/full", 2),
        ("kzdata config >/dev/full", 1),
    ],
)
def test_closed_and_full_streams(tmp_path, line, code):
    done = shell(line, tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert ("No space left" in done.stderr) == (code == 1)


@pytest.mark.parametrize(
    "streams",
    [
        ">&- 2>&-",
        "2>&1 | true",
        pytest.param("2>&-", marks=pytest.mark.nightly),
        pytest.param("2>/dev/full", marks=pytest.mark.nightly),
    ],
)
def test_a_report_is_made_whatever_becomes_of_its_log(tmp_path, streams):
    path = sample.save(tmp_path / "mine.ipynb", sample.markdown("# Mine"), sample.code("1 + 1"))
    done = shell(f"kzdata report {path} --format html {streams}", tmp_path)
    assert done.returncode == (ExitCode.PIPE_CLOSED if "|" in streams else 0)
    assert "Mine" in (tmp_path / "reports" / "mine" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
    ],
)
def test_pipes_are_utf8_in_every_locale(tmp_path, locale):
    done = shell("kzdata why 'US$193.3 million'", tmp_path, **locale)
    assert done.returncode == 0, done.stderr
    assert "«Израиль»" in done.stdout


def test_an_encoding_that_was_asked_for_is_kept(tmp_path):
    line = "kzdata why 'US$193.3 million' | iconv -f latin1 -t utf8"
    done = shell(line, tmp_path, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert "«???????»" in done.stdout  # Latin-1 has the quotation marks and no Cyrillic


def test_json_on_one_stream_and_the_log_on_the_other(tmp_path):
    path = sample.save(tmp_path / "mine.ipynb", sample.markdown("# Mine"), sample.code("1 + 1"))
    done = shell(f"kzdata report {path} --format html --json", tmp_path)
    answer = json.loads(done.stdout)
    assert answer["folder"] == str(tmp_path / "reports" / "mine")
    assert set(answer["files"]) == {"report.html", "manifest.json"}
    assert "mine: running, 1 cells" in done.stderr


def running(path: Path, begun: Path, engine: str, tmp_path):
    """A report whose cell never ends, once it is in that cell."""
    env = {**os.environ, "KZDATA_REPORTS": str(tmp_path / "reports"), "TMPDIR": str(tmp_path)}
    words = ["report", str(path), "--format", "html", "--engine", engine]
    run = subprocess.Popen(
        [sys.executable, "-m", "kzdata", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=env,
        preexec_fn=interruptible,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert begun.exists(), run.stderr.read() if run.poll() is not None else "not begun"
    return run


@pytest.mark.parametrize(
    ("engine", "number", "code", "said"),
    [
        ("warm", signal.SIGINT, 130, "interrupted"),
        ("plain", signal.SIGTERM, 143, "terminated"),
        pytest.param("plain", signal.SIGINT, 130, "interrupted", marks=pytest.mark.nightly),
        pytest.param("warm", signal.SIGTERM, 143, "terminated", marks=pytest.mark.nightly),
    ],
)
def test_an_interrupted_report_leaves_nothing_behind(tmp_path, engine, number, code, said):
    begun = tmp_path / "begun"
    cell = (
        "import os, pathlib\n"
        f"pathlib.Path({str(begun) + '.part'!r}).write_text(str(os.getpid()))\n"
        f"os.replace({str(begun) + '.part'!r}, {str(begun)!r})\n"
        "while True: pass"
    )
    path = sample.save(tmp_path / "mine.ipynb", sample.markdown("# Mine"), sample.code(cell))
    run = running(path, begun, engine, tmp_path)
    kernel = int(begun.read_text())
    sent = time.monotonic()
    run.send_signal(number)
    try:
        out, err = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == code, err
    assert time.monotonic() - sent < 30  # the cell would never have ended
    assert out == ""
    assert f"kzdata: {said}. Existing files are unchanged." in err
    assert "Traceback" not in err
    assert not list((tmp_path / "reports").rglob("*"))
    time.sleep(0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


def test_on_forty_columns_lines_continue_below_their_text(tmp_path):
    shown = on_a_terminal(40, ["sources"], tmp_path)
    assert "  publisher  Bureau of National\n             Statistics of the Republic\n" in shown
    assert max(map(len, shown.splitlines())) <= 60  # an address is longer and never cut
    text = on_a_terminal(40, ["help", "report"], tmp_path)
    examples, _, rest = text.partition("Usage:")
    assert "\n  kzdata report bilateral -p partner=TUR -p start=2018\n" in examples  # to be pasted
    assert max(map(len, rest.splitlines())) <= 40


def test_no_color(tmp_path):
    assert "\x1b[31mkzdata:\x1b[0m Unknown command 'rnu'" in on_a_terminal(80, ["rnu"], tmp_path)
    assert "\x1b" not in on_a_terminal(80, ["rnu"], tmp_path, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(80, ["rnu"], tmp_path, TERM="dumb")


def test_a_dumb_terminal_gets_a_log_in_place_of_a_bar(tmp_path):
    path = sample.save(tmp_path / "mine.ipynb", sample.markdown("# Mine"), sample.code("1 + 1"))
    shown = on_a_terminal(80, ["report", str(path), "--format", "html"], tmp_path, TERM="dumb")
    assert "mine: running, 1 cells\n" in shown
    assert "━" not in shown


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("kzdata report bil", ["bilateral"]),
        ("kzdata report bilateral -p par", ["partner="]),
        ("kzdata load bac", ["baci"]),
        ("kzdata fetch world", ["worldbank"]),
        ("kzdata report bilateral --language k", ["kk"]),
        ("kzdata report nosuch -p ", []),
        ("kzdata ver", ["verify"]),
        ("kzdata observations KAZ UZ", ["UZB"]),
    ],
)
def test_the_tab_key(tmp_path, words, offered):
    done = shell(
        "kzdata", tmp_path, _KZDATA_COMPLETE="bash_complete",
        COMP_WORDS=words, COMP_CWORD=str(words.count(" ")),
    )  # fmt: skip
    assert [line.partition(",")[2] for line in done.stdout.split()] == offered
    assert done.stderr == ""


def test_bash_takes_the_script_that_help_names(tmp_path):
    text = shell("kzdata help completion", tmp_path).stdout
    assert "_KZDATA_COMPLETE=bash_source kzdata" in text
    script = shell("_KZDATA_COMPLETE=bash_source kzdata", tmp_path)
    checked = subprocess.run(["bash", "-n"], input=script.stdout, text=True, check=False)
    assert (checked.returncode, script.returncode) == (0, 0)
    assert "complete" in script.stdout
