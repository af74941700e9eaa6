"""What leaves as a Data Package, and the commands on figures."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time

import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import ROOT

from kzdata.cli import data as cli_data
from kzdata.cli.app import main
from kzdata.errors import PublishError, UnknownCode
from kzdata.model import contract
from kzdata.readers import registry
from kzdata.store import load, query
from kzdata.store.data_package import export

BACI = (
    "t,i,j,k,v,q\n2021,398,376,010121,52.051,       13.235\n"
    "2021,842,398,270900,0.041,           NA\n2021,4,398,270900,7,           NA\n"
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def baci(tmp_path):
    path = tmp_path / "BACI_HS92_Y2021_V202201.csv"
    path.write_text(BACI)
    return path


def call(command, *words):
    return CliRunner().invoke(main, [command.name, *map(str, words)])


def valid(folder):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    report = frictionless.validate(str(folder / "datapackage.json"))
    return report.valid, report.flatten(["title", "message"])


def test_the_package_validates_with_frictionless(tmp_path, baci):
    load.load("baci", baci)
    described = export(tmp_path / "out")
    assert valid(tmp_path / "out") == (True, [])
    assert described["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert {each["name"] for each in described["resources"]} == {
        *query.everything()["source"].unique(), "baci",
    }  # fmt: skip


def test_one_changed_byte_no_longer_validates(tmp_path):
    export(tmp_path / "out", ["wits_kaz_isr"])
    path = tmp_path / "out" / "data" / "wits_kaz_isr.csv"
    path.write_bytes(path.read_bytes().replace(b"15325253.0", b"15325254.0"))
    assert not valid(tmp_path / "out")[0]


def test_the_checksums_are_those_of_the_files_and_the_rows_come_back(tmp_path):
    described = export(tmp_path / "out")
    frames = []
    for each in described["resources"]:
        data = (tmp_path / "out" / each["path"]).read_bytes()
        assert each["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        assert each["bytes"] == len(data)
        numbers = {f["name"] for f in each["schema"]["fields"] if f["type"] == "number"}
        assert numbers == set(contract.NUMERIC)
        frame = pd.read_csv(
            tmp_path / "out" / each["path"],
            dtype={c: str for c in contract.COLUMNS if c not in numbers},
            keep_default_na=False,
            na_values={c: [""] for c in numbers},
        )
        assert len(frame) == each["rows"]
        frames.append(frame)
    back = contract.order(pd.concat(frames, ignore_index=True))
    pd.testing.assert_frame_equal(back, query.everything(), check_exact=True)


def test_terms_and_origin_are_told_for_each_source(tmp_path, baci):
    load.load("baci", baci)
    described = export(tmp_path / "out", ["baci", "wits_kaz_isr"])
    told = {each["name"]: each for each in described["resources"]}
    assert told["baci"]["licenses"][0]["name"] == "etalab-2.0"
    assert "World Bank" in told["wits_kaz_isr"]["licenses"][0]["title"]
    assert told["wits_kaz_isr"]["sources"][0]["path"] == "https://wits.worldbank.org/"
    assert told["wits_kaz_isr"]["schema"]["primaryKey"] == contract.KEY
    assert told["baci"]["schema"]["primaryKey"] == [*contract.KEY, "classification"]
    types = {f["name"]: f["type"] for f in told["baci"]["schema"]["fields"]}
    assert (types["product"], types["quantity_t"], types["reporter_code"]) == (
        "string", "number", "string",
    )  # fmt: skip


def test_every_vintage_of_a_loaded_source_is_exported(tmp_path, baci):
    load.load("baci", baci)
    newer = tmp_path / "BACI_HS92_Y2021_V202301.csv"
    newer.write_text(BACI.replace("52.051", "53"))
    load.load("baci", newer)
    export(tmp_path / "out", ["baci"])
    frame = pd.read_csv(tmp_path / "out" / "data" / "baci.csv", dtype=str)
    assert len(frame) == 6
    assert frame["reporter"].tolist() == sorted(frame["reporter"])
    cell = frame[frame["product"] == "010121"]
    assert dict(zip(cell["published"], cell["value"], strict=True)) == {
        "2022-01": "52051.0", "2023-01": "53000.0",
    }  # fmt: skip


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(PublishError, match="not a kzdata export"):
        export(mine)
    assert [p.name for p in mine.iterdir()] == ["thesis.txt"]
    with pytest.raises(UnknownCode, match="wits_kaz_isr"):
        export(tmp_path / "out", ["wits_kaz_isr_"])
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="not a folder"):
        export(tmp_path / "file")


NIGHTLY = [pytest.mark.slow, pytest.mark.nightly]
EXPORTER = """
import sys
from pathlib import Path
from kzdata.store.data_package import export
print("ready", flush=True)
while True:
    export(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "seconds", [0.13, *(pytest.param(each, marks=NIGHTLY) for each in (0.05, 0.29))]
)
def test_killed_while_exporting_the_folder_holds_a_whole_export(tmp_path, seconds):
    export(tmp_path / "out")
    run = subprocess.Popen(
        [sys.executable, "-c", EXPORTER, str(tmp_path / "out")],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stdout.readline() == "ready\n"
    time.sleep(seconds)
    run.kill()
    run.communicate(timeout=60)
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    for each in described["resources"]:
        data = (tmp_path / "out" / each["path"]).read_bytes()
        assert each["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
    export(tmp_path / "out")
    assert not list(tmp_path.glob(".out.*"))


def test_load_says_what_it_added_and_where(home, baci):
    done = call(cli_data.load, "baci", baci)
    assert done.exit_code == 0, done.stderr
    assert "3 observations, 2021 to 2021, published 2022-01" in done.stdout
    assert f"Store: {home / 'store'}" in done.stdout
    assert "nothing added" in call(cli_data.load, "baci", baci).stdout
    wrong = call(cli_data.load, "bacci", baci)
    assert wrong.exit_code == 2
    assert "Did you mean 'baci'" in wrong.stderr
    assert call(cli_data.load, "baci", baci, "-p", "publishd=2022").exit_code == 2
    assert call(cli_data.load, "baci", baci.parent / "none.csv").exit_code == 1


def test_sources_tells_what_is_here_and_what_is_not(baci):
    rows = {row["source"]: row for row in json.loads(call(cli_data.sources, "--json").stdout)}
    assert rows["bns_kaz_isr"]["here"] == "shipped"
    assert (rows["bns_kaz_isr"]["first"], rows["bns_kaz_isr"]["last"]) == ("2020", "2025")
    assert rows["bns_kaz_isr"]["latest_vintage"] == "2026-09-25"
    assert rows["baci"]["here"] == "not loaded"
    assert rows["baci"]["licence"] == "Etalab Open Licence 2.0"
    assert rows["baci"]["tested_on_originals"] is True
    assert rows["wits"]["tested_on_originals"] is False
    assert "gross and net inflow" in rows["nbk_fdi"]["coverage"]
    assert all(rows[name]["coverage"] for name in registry.SOURCES)
    load.load("baci", baci)
    text = call(cli_data.sources).stdout
    assert "baci: BACI, reconciled bilateral trade by product" in text
    assert "loaded, 3 observations, 2021 to 2021, trade_goods" in text
    assert "not on originals" in text
    assert "covers     exports of every country to every other" in text
    assert "kzdata load baci PATH" in text


def test_export_says_what_it_wrote(tmp_path):
    done = call(cli_data.export, tmp_path / "out", "--source", "wits_kaz_isr")
    assert done.exit_code == 0, done.stderr
    assert "58 observations" in done.stdout
    assert [p.name for p in (tmp_path / "out" / "data").iterdir()] == ["wits_kaz_isr.csv"]
    assert call(cli_data.export, tmp_path / "out", "--source", "wits_").exit_code == 2
