"""When editions are due, and the files by which a system runs them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys

import pytest
import reports_sample as sample
import yaml
from click.testing import CliRunner
from conftest import ROOT

from kzdata.cli.app import main
from kzdata.reports.editions import edition, latest, read_editions, upcoming
from kzdata.reports.fleet import records, schedules
from kzdata.reports.fleet.overview import overview

UTC = dt.UTC
EDITIONS = """
weekly: {title: W, notebooks: [bilateral], calendar: {cron: "0 6 * * 1", time_zone: Asia/Almaty}}
never: {title: N, notebooks: [bilateral]}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = sample.lay_out(tmp_path / "ho me%", monkeypatch)
    (home / "reports").mkdir()
    (home / "reports" / "editions.yml").write_text(EDITIONS, encoding="utf-8")
    monkeypatch.chdir(home)
    return home


def at(text):
    return dt.datetime.fromisoformat(text)


def test_a_calendar_is_read_on_the_clock_of_its_zone():
    # 2026-11-16 is a Monday; Almaty is five hours ahead of UTC.
    monday = at("2026-11-16T01:00:00+00:00")
    assert latest("0 6 * * 1", "Asia/Almaty", at("2026-11-21T12:00:00+00:00")) == monday
    assert latest("0 6 * * 1", "Asia/Almaty", monday) == monday
    assert latest("0 6 * * 1", "Asia/Almaty", monday - dt.timedelta(seconds=1)) == monday - (
        dt.timedelta(days=7)
    )
    assert upcoming("0 6 * * 1", "Asia/Almaty", monday) == monday + dt.timedelta(days=7)


def test_an_hour_that_the_clock_skips_or_repeats_runs_once():
    # Berlin, 29 March 2026: half past two does not exist, and the run takes place at three.
    skipped = latest("30 2 * * *", "Europe/Berlin", at("2026-03-29T12:00:00+00:00"))
    assert skipped == at("2026-03-29T01:00:00+00:00")
    # 25 October 2026: half past two exists twice, and the run takes place once.
    runs = set()
    moment = at("2026-10-24T12:00:00+00:00")
    while moment < at("2026-10-26T00:00:00+00:00"):
        moment = upcoming("30 2 * * *", "Europe/Berlin", moment)
        runs.add(moment)
    assert len([each for each in runs if each.day == 25]) == 1


def test_missed_runs_are_caught_up_once(home):
    weekly, never = edition("weekly"), edition("never")
    now = at("2026-11-21T12:00:00+00:00")
    assert records.due_since(weekly, now) == at("2026-11-16T01:00:00+00:00")  # it never ran
    assert records.due_since(never, now) is None
    records.keep("weekly", "built", "", at("2026-10-01T00:00:00+00:00"))  # seven Mondays ago
    assert records.due_since(weekly, now) == at("2026-11-16T01:00:00+00:00")
    records.keep("weekly", "unchanged", "", now)  # one run, although it made nothing
    assert records.due_since(weekly, now + dt.timedelta(minutes=15)) is None
    assert records.next_due(weekly, now) == at("2026-11-23T01:00:00+00:00")
    records.keep("weekly", "failed", "m", now + dt.timedelta(minutes=1))  # it still waits
    assert records.due_since(weekly, now + dt.timedelta(minutes=15)) is not None
    (row, _) = overview(now)
    assert (row["freshness"], row["calendar"]) == ("never built", "0 6 * * 1 Asia/Almaty")
    assert row["next_due"] == "2026-11-16T06:00+05:00"


def test_a_record_that_cannot_be_read_counts_as_none(home):
    records.folder().mkdir(parents=True)
    (records.folder() / "weekly.json").write_text("[", encoding="utf-8")
    assert records.record("weekly") is None
    assert records.last_run(edition("weekly")) is None


def test_nothing_due_is_nothing_new(home):
    done = CliRunner().invoke(main, ["run", "never", "--due"])
    assert done.exit_code == 10
    assert "No edition is due" in done.stdout


def printed(kind):
    done = CliRunner().invoke(main, ["schedule", f"--{kind}"])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_a_schedule_is_printed_and_nothing_is_written(home, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    for kind in schedules.KINDS:
        assert re.search(r'"?run"? "?--due', printed(kind))
    assert sorted(tmp_path.rglob("*")) == before


def test_systemd_takes_the_units(home, tmp_path):
    text = printed("systemd")
    assert "# then: systemctl --user enable --now kzdata-editions.timer" in text
    units = []
    for name, unit in schedules.schedule_of("systemd").files.items():
        assert f"# {name}\n{unit}" in text
        units.append(tmp_path / name.rpartition("/")[2])
        units[-1].write_text(unit, encoding="utf-8")
    assert [each.name for each in units] == ["kzdata-editions.service", "kzdata-editions.timer"]
    text = units[0].read_text(encoding="utf-8")
    assert f'ExecStart="{sys.executable}" "-m" "kzdata" "run" "--due"' in text
    assert "ho me%%" in text  # a percent sign begins a word of systemd's own
    assert "Persistent=true" in units[1].read_text(encoding="utf-8")
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--user", "--man=no", *map(str, units)],
            capture_output=True, text=True,
        )  # fmt: skip
        assert "kzdata-editions" not in checked.stderr, checked.stderr


def test_what_is_printed_for_cron_can_be_added_to_a_table(home):
    comment, line, *after = printed("cron").splitlines()
    assert comment.startswith("#")
    assert re.match(r"\*/15 \* \* \* \* cd '.*ho me\\%' && \S+ -m kzdata run --due$", line)
    assert not any(after)


def test_the_line_for_cron_does_what_it_says(home, tmp_path):
    """The command runs in a shell as cron would start it: an own folder, hardly any environment."""
    (text,) = schedules.schedule_of("cron").files.values()
    command = text.rstrip().split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --help"], capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Bring the editions" in done.stdout


def test_the_workflow_is_one(home):
    flow = yaml.safe_load(printed("github-actions"))
    assert set(flow) == {"name", True, "permissions", "concurrency", "jobs"}  # YAML 1.1: on is true
    assert flow[True]["schedule"] == [{"cron": "*/15 * * * *"}]
    steps = flow["jobs"]["run"]["steps"]
    (script,) = [each["run"] for each in steps if "--due" in each.get("run", "")]
    for code, ends in ((0, 0), (10, 0), (20, 0), (30, 30), (40, 40)):
        stand_in = f"kzdata() {{ return {code}; }}\n"
        with_it = subprocess.run(
            ["bash", "-e", "-c", stand_in + script.replace("run.json", "/dev/null")]
        )
        assert with_it.returncode == ends
    assert flow["permissions"] == {"contents": "read"}


PAGE = ROOT / "docs" / "scheduling.md"


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_what_the_page_shows_of_the_command_line_is_there(home):
    for line in "\n".join(blocks("sh")).splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["kzdata"]:
            command = main
            for word in words[1:]:
                if not hasattr(command, "commands") or word not in command.commands:
                    break
                command = command.commands[word]
            known = {option for each in command.params for option in each.opts}
            assert {each for each in words if each.startswith("--")} <= known, line


def test_the_editions_of_the_page_are_read(tmp_path):
    for number, text in enumerate(blocks("yaml")):
        place = tmp_path / f"{number}.yml"
        place.write_text(text, encoding="utf-8")
        assert read_editions(place)
