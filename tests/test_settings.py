"""Where a setting comes from: flag, environment, kzdata.toml upwards, the user's folder."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kzdata import settings
from kzdata.cli.app import main
from kzdata.settings import SettingError, setting


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A project with a folder inside it, in which we stand, and a user's configuration folder."""
    own, project = tmp_path / "own", tmp_path / "project"
    inside = project / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own))
    for name in settings.KNOWN:
        monkeypatch.delenv(settings.variable(name), raising=False)
    monkeypatch.chdir(inside)
    (own / "kzdata").mkdir(parents=True)
    return own / "kzdata" / "kzdata.toml", project / "kzdata.toml"


def test_the_stronger_place_wins(places, monkeypatch):
    own, project = places
    assert setting("jobs").value is None
    assert setting("jobs").origin == "default"
    own.write_text("jobs = 1\nlanguage = 'kk'")
    assert (setting("jobs").value, setting("jobs").origin) == (1, str(own))
    project.write_text("jobs = 2")
    assert (setting("jobs").value, setting("jobs").origin) == (2, str(project))
    assert setting("language").value == "kk"  # a file that is silent leaves it to the next
    monkeypatch.setenv("KZDATA_JOBS", "3")
    assert (setting("jobs").value, setting("jobs").origin) == (3, "KZDATA_JOBS")
    assert (setting("jobs", 4).value, setting("jobs", 4).origin) == (4, "flag")


def test_a_folder_is_relative_to_the_file_that_names_it(places):
    _, project = places
    project.write_text("reports = 'published'")
    assert settings.value("reports") == project.parent / "published"
    assert settings.reports_folder() == project.parent / "published"


def test_the_nearest_file_is_taken(places, tmp_path):
    _, project = places
    project.write_text("jobs = 2")
    nearer = project.parent / "a" / "kzdata.toml"
    nearer.write_text("jobs = 5")
    assert setting("jobs").origin == str(nearer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("job = 2", "line 1: unknown setting 'job'.\n  Did you mean 'jobs'?"),
        ("# mine\n\njobs = 2\nJobs = 3", "line 4: unknown setting 'Jobs'.\n  Did you mean 'jobs'?"),
        ("jobs = 2\n[report]\nformats = ['html']", "line 2: unknown setting 'report'."),
        ("jobs = 2\n'langauge' = 'ru'", "line 2: unknown setting 'langauge'."),
        ("# x\nlanguage = 'rus'", "line 2: language = 'rus'"),
        ("\ufefflanguage = 'rus'", "line 1: language = 'rus'"),
        ("jobs = 0", "positive whole number"),
        ("jobs = true", "positive whole number"),
        ("jobs = '2'", "positive whole number"),
        ("language = 'rus'", "unknown value 'rus'.\n  Did you mean 'ru'?"),
        ("language = 1", "is a int"),
        ("formats = 'html'", "is a str.\n  Expected a list"),
        ("formats = []", "is empty"),
        ("formats = ['docx']", "unknown value 'docx'"),
        ("reports = 1", "is a int.\n  Expected text"),
        ("jobs = = 2", "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(places, text, said):
    _, project = places
    project.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        settings.in_force()
    assert said in str(caught.value)
    assert str(project) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("JOBS", "many"), ("JOBS", "-1"), ("REPORTS", "here"), ("FORMATS", "html,doc")],
)
def test_the_environment_is_held_to_the_same(places, monkeypatch, name, text):
    monkeypatch.setenv(f"KZDATA_{name}", text)
    with pytest.raises(SettingError, match=f"KZDATA_{name}"):
        settings.in_force()


def test_config_tells_people_and_programs(places, monkeypatch):
    _, project = places
    project.write_text("formats = ['html', 'pdf']")
    monkeypatch.setenv("KZDATA_ENGINE", "plain")
    shown = CliRunner().invoke(main, ["config"])
    assert shown.exit_code == 0
    assert "html,pdf" in shown.stdout
    rows = json.loads(CliRunner().invoke(main, ["config", "--json"]).stdout)
    found = {row["name"]: (row["value"], row["origin"]) for row in rows}
    assert found["formats"] == (["html", "pdf"], str(project))
    assert found["engine"] == ("plain", "KZDATA_ENGINE")
    assert found["jobs"] == (settings.at_once(), "default")
    project.write_text("color = 1")
    refused = CliRunner().invoke(main, ["config"])
    assert refused.exit_code == 2
    assert "unknown setting 'color'" in refused.stderr


def test_a_file_that_is_no_text_says_how_it_is_saved(places):
    _, project = places
    project.write_bytes("language = 'ru'".encode("utf-16"))
    with pytest.raises(SettingError, match=r"is not encoded in UTF-8\.\n  Save it again as UTF-8"):
        settings.in_force()


@pytest.mark.parametrize(
    ("name", "meant"), [("LANG", "LANGUAGE"), ("REPORT", "REPORTS"), ("JOB", "JOBS")]
)
def test_a_variable_that_is_half_a_setting_is_one_meant(places, monkeypatch, name, meant):
    monkeypatch.setenv(f"KZDATA_{name}", "x")
    assert settings.strangers()[f"KZDATA_{name}"] == f"Did you mean KZDATA_{meant}?"


def test_a_misspelt_variable_is_pointed_out(places, monkeypatch):
    monkeypatch.setenv("KZDATA_FORMAT", "html")
    monkeypatch.setenv("KZDATA_COMTRADE_KEY", "0123456789abcdef")  # a key, not a setting
    for other in ("SHARED", "TRACEBACK", "CHROMIUM"):  # read elsewhere
        monkeypatch.setenv(f"KZDATA_{other}", "x")
    shown = CliRunner().invoke(main, ["config"])
    assert shown.exit_code == 0
    assert shown.stderr == "Unknown setting KZDATA_FORMAT. Did you mean KZDATA_FORMATS?\n"
    assert "0123456789abcdef" not in shown.output


def test_a_folder_that_is_gone_has_no_file(places, tmp_path, monkeypatch):
    own, _ = places
    own.write_text("jobs = 3")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert setting("jobs").origin == str(own)
