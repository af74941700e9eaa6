"""Editions kept up to date: what is made again and why, what a run says, and what it survives."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import reports_sample as sample
from conftest import ROOT
from fleet_sample import EDITIONS, Checkout

from kzdata.reports.editions import read_editions
from kzdata.reports.fleet.run import Outcome, exit_code
from kzdata.reports.fleet.staleness import ASKED
from kzdata.reports.publish import verify

pytestmark = pytest.mark.slow

CELL = (
    "trade_goods,A,KAZ,ISR,X,TOTAL,FOB,2025,119242222.86,USD,119242222.855,119242222.865,A,"
    "reported,bns_partners_2025"
)
REVISED = CELL.replace(",1192", ",2192")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return Checkout(tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="module")
def made(checkout):
    """Both editions, made once."""
    code, outcomes = checkout.run("--jobs", "2", "--engine", "plain")
    assert code == 0, outcomes
    assert {name: each["status"] for name, each in outcomes.items()} == {
        "kaz-isr": "built",
        "kaz-tur": "built",
    }
    assert outcomes["kaz-isr"]["reasons"] == ["it was never made"]
    assert outcomes["kaz-isr"]["changes"] is None  # the first of its kind
    return checkout


@pytest.fixture
def restored(made):
    """The checkout as it was, whatever a test did to the files it names."""
    kept = {}

    def keep(*paths):
        for path in paths:
            kept[path] = (made.folder / path).read_bytes()
        return made

    yield keep
    for path, content in kept.items():
        (made.folder / path).write_bytes(content)


def test_what_has_not_changed_is_left_alone(made):
    before = made.report("kaz-isr").stat().st_ino
    code, outcomes = made.run()
    assert code == 10
    assert {each["status"] for each in outcomes.values()} == {"unchanged"}
    assert made.report("kaz-isr").stat().st_ino == before
    page = (made.report("kaz-tur") / "report.html").read_text(encoding="utf-8")
    assert "Kazakhstan and Türkiye" in page


def test_a_date_of_a_file_is_no_change(made):
    for path in (made.folder / "seeds").iterdir():
        os.utime(path)
    os.utime(made.folder / "notebooks" / "01_trade.ipynb")
    assert made.reasons() == {"kaz-isr": [], "kaz-tur": []}


def test_a_manifest_that_lacks_what_it_should_hold_makes_the_report_again(restored):
    here = restored("reports/kaz-isr/manifest.json")
    place = here.report("kaz-isr") / "manifest.json"
    said = json.loads(place.read_text(encoding="utf-8"))
    del said["inputs"]["versions"]
    place.write_text(json.dumps(said), encoding="utf-8")
    assert here.reasons()["kaz-isr"] == ["the manifest of the report before cannot be understood"]
    del said["outputs"]
    place.write_text(json.dumps(said), encoding="utf-8")
    assert here.reasons()["kaz-isr"] == ["the manifest of the report before cannot be understood"]


def test_only_what_reads_a_figure_is_made_again(restored):
    here = restored("data/tidy/observations.csv")
    here.edit("data/tidy/observations.csv", CELL, REVISED)
    reasons = here.reasons()
    assert reasons["kaz-tur"] == []
    (one,) = reasons["kaz-isr"]
    assert one.startswith("data: another answer to kz.observations(")
    assert "partner='ISR'" in one


def test_a_seed_that_no_notebook_asked_for_changes_nothing(restored):
    here = restored("seeds/claims_press.yml", "seeds/sources.yml", "seeds/area_codes.yml")
    for name in ("claims_press", "sources"):
        place = here.folder / "seeds" / f"{name}.yml"
        place.write_bytes(b"# reviewed\n" + place.read_bytes())
    assert here.reasons() == {"kaz-isr": [], "kaz-tur": []}
    place = here.folder / "seeds" / "area_codes.yml"  # a rule that every figure may be read by
    place.write_bytes(b"# reviewed\n" + place.read_bytes())
    assert here.reasons()["kaz-tur"] == ["seed seeds/area_codes.yml changed"]


@pytest.mark.parametrize(
    ("path", "old", "new", "reasons"),
    [
        ("notebooks/01_trade.ipynb", "How much", "What",
         {"kaz-isr": ["notebook 01_trade.ipynb changed"]}),
        ("kzdata/present/charts/turnover.py", '"""', '"""More. ',
         {"kaz-isr": ["code present changed"]}),
        ("kzdata/cli/fleet.py", '"""', '"""More. ', {"kaz-isr": []}),
        ("reports/editions.yml", "Kazakhstan and", "Trade of",
         {"kaz-isr": ["edition title changed"]}),
        ("reports/editions.yml", "[html]", "[html, xlsx]",
         {"kaz-isr": ["data.xlsx was not asked for before"]}),
        ("reports/editions.yml", "0 6 * * 1", "0 7 * * 1", {"kaz-isr": []}),
        ("reports/editions.yml", "[ISR, TUR]", "[ISR, DEU]",
         {"kaz-deu": ["it was never made"], "kaz-isr": []}),
        ("reports/kaz-isr/manifest.json", '"pandas": "', '"pandas": "0.', {"kaz-tur": []}),
        ("reports/kaz-isr/report.html", "Kazakhstan", "Elsewhere",
         {"kaz-isr": ["report.html of the report is missing or altered"], "kaz-tur": []}),
    ],
)  # fmt: skip
def test_the_input_that_changed_is_named(restored, path, old, new, reasons):
    here = restored(path)
    here.edit(path, old, new, times=-1 if "manifest" in path else 1)
    found = here.reasons()
    assert {name: found[name] for name in reasons} == reasons
    if "manifest" in path:
        assert [each.split()[:2] for each in found["kaz-isr"]] == [["library", "pandas"]]


OWN = """
import kzdata as kz
from pathlib import Path
import own_numbers

mine = Path("../mine/tariffs.csv").read_text(encoding="utf-8")
one = kz.read("comtrade", "../mine/answer.json")
kz.observations("KAZ", "ISR", freq="A").shape, len(mine), own_numbers.RATE
"""


def test_what_a_notebook_reads_beside_data_and_seeds_is_an_input(made, shared):
    """Files that its entry declares, those that it asked kzdata to read, modules beside it."""
    (answer, *_) = sorted((shared / "samples" / "comtrade" / "json").glob("get_C_A_HS*.json"))
    mine = made.folder / "mine"
    mine.mkdir()
    shutil.copy(answer, mine / "answer.json")
    (mine / "tariffs.csv").write_text("a\n1\n", encoding="utf-8")
    beside = made.folder / "notebooks"
    (beside / "own_numbers.py").write_text("from deeper import RATE\n", encoding="utf-8")
    (beside / "deeper.py").write_text("RATE = 1\n", encoding="utf-8")
    made.notebook("04_own", sample.markdown("# Own"), sample.code(OWN))
    made.editions("own: {title: O, notebooks: [own], formats: [html], reads: [mine/tariffs.csv]}")
    try:
        code, outcomes = made.run("own")
        assert code == 0, outcomes
        assert made.reasons() == {"own": []}
        inputs = json.loads((made.report("own") / "manifest.json").read_bytes())["inputs"]
        assert {"scipy", "pycountry", "babel", "pillow"} <= inputs["versions"].keys()
        for path, name in (
            (mine / "tariffs.csv", "mine/tariffs.csv"),
            (mine / "answer.json", "mine/answer.json"),
            (beside / "deeper.py", "notebooks/deeper.py"),
        ):
            kept = path.read_bytes()
            path.write_bytes(kept + b"\n")
            assert made.reasons() == {"own": [f"file {name} changed"]}
            path.write_bytes(kept)
        (mine / "other.csv").write_text("a\n", encoding="utf-8")
        assert made.reasons() == {"own": []}
    finally:
        made.editions(EDITIONS)
        shutil.rmtree(mine)
        for path in beside.glob("*.py"):
            path.unlink()


@pytest.mark.nightly
def test_two_processes_make_the_same_bytes(made, tmp_path):
    for name, seed in (("one", "1"), ("two", "2")):
        code, _ = made.run(
            "kaz-isr", "--out", str(tmp_path / name), "--format", "html,pdf,xlsx",
            PYTHONHASHSEED=seed,
        )  # fmt: skip
        assert code == 0
    one, two = tmp_path / "one", tmp_path / "two"
    files = sorted(p.relative_to(one).as_posix() for p in one.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(two).as_posix() for p in two.rglob("*") if p.is_file())
    assert {each.rpartition(".")[2] for each in files} == {
        "html", "pdf", "xlsx", "csv", "svg", "png", "json", "ipynb",
    }  # fmt: skip
    for each in files:
        if each != "manifest.json":
            assert (one / each).read_bytes() == (two / each).read_bytes(), each
    manifests = [json.loads((place / "manifest.json").read_bytes()) for place in (one, two)]
    for each in manifests:
        assert each.pop("generated")  # the one time that is declared to differ
    assert manifests[0] == manifests[1]


def test_what_changed_is_in_the_report_and_in_what_the_run_says(restored):
    here = restored("data/tidy/observations.csv")
    here.edit("data/tidy/observations.csv", CELL, REVISED)
    code, outcomes = here.run("kaz-isr")
    assert (code, outcomes["kaz-isr"]["status"]) == (0, "built")
    told = {
        (each["kind"], each["what"]): each for each in outcomes["kaz-isr"]["changes"]["changes"]
    }
    assert told["finding", "trade 1"]["was"].startswith("Turnover with ISR came to US$193.3")
    assert told["finding", "trade 1"]["is"].startswith("Turnover with ISR came to US$293.3")
    figure = told["figure", "trade_goods, A, KAZ, ISR, X, TOTAL, FOB, 2025, USD"]
    assert (figure["was"], figure["is"]) == (119242222.86, 219242222.86)
    report = here.report("kaz-isr")
    verify(report)
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "What changed since the last edition" in page
    assert "219,242,222.86" in page
    assert json.loads((report / "changes.json").read_bytes()) == outcomes["kaz-isr"]["changes"]
    # Made again from the same inputs it is the same, and still tells of that change.
    before = {p.name: p.read_bytes() for p in report.glob("*.*") if p.name != "manifest.json"}
    assert here.run("kaz-isr", "--force")[0] == 0
    after = {p.name: p.read_bytes() for p in report.glob("*.*") if p.name != "manifest.json"}
    assert after == before


def test_data_that_break_the_contract_are_not_published(restored):
    here = restored("data/tidy/observations.csv")
    outside = CELL.replace("119242222.86,", "999242222.86,")  # its value is not between its bounds
    here.edit("data/tidy/observations.csv", CELL, outside)
    before = (here.report("kaz-isr") / "manifest.json").read_bytes()
    code, outcomes = here.run("kaz-isr")
    assert (code, outcomes["kaz-isr"]["status"]) == (20, "finding")
    assert not outcomes["kaz-isr"]["published"]
    assert (here.report("kaz-isr") / "manifest.json").read_bytes() == before


def test_one_that_fails_does_not_stop_the_others(made):
    made.notebook(
        "02_broken", sample.code('partner: str = "ISR"', "parameters"), sample.code("1 / 0")
    )
    made.notebook(
        "03_finding",
        sample.code("from kzdata.errors import ContractError"),
        sample.code('raise ContractError("A row has no unit.")'),
    )
    made.editions(
        EDITIONS
        + "broken: {title: B, notebooks: [broken], formats: [html]}\n"
        + "finding: {title: F, notebooks: [finding], formats: [html]}\n"
        + "good: {title: G, notebooks: [trade], formats: [html], parameters: {start: 2024}}\n"
    )
    try:
        code, outcomes = made.run("broken", "good", "finding", "--jobs", "2")
        assert code == 40
        assert {name: each["status"] for name, each in outcomes.items()} == {
            "broken": "failed",
            "finding": "finding",
            "good": "built",
        }
        assert "broken, cell 2 ('1 / 0'): ZeroDivisionError" in outcomes["broken"]["message"]
        assert not made.report("broken").exists()
        assert made.run("finding")[0] == 20
        listing = json.loads(made.call("editions", "--json").stdout)
        assert {each["name"]: each["freshness"] for each in listing}["good"] == "fresh"
        # So does one that is written wrongly, or whose notebook is gone.
        made.editions(
            "good: {title: G, notebooks: [trade], formats: [html], parameters: {start: 2024}}\n"
            "typo: {title: T, notebooks: [trade], parameters: {partnr: ISR}}\n"
            "gone: {title: G, notebooks: [missing]}\n"
        )
        code, outcomes = made.run("--force", "--dry-run")
        assert code == 40
        assert {name: each["status"] for name, each in outcomes.items()} == {
            "good": "planned",
            "typo": "failed",
            "gone": "failed",
        }
        assert "Did you mean 'partner'?" in outcomes["typo"]["message"]
        # Whoever misspells and asks for nothing else is told before anything runs.
        made.editions("good: {title: G, notebooks: [trade], parameters: {partnr: ISR}}")
        done = made.call("run")
        assert done.returncode == 2
        assert "Did you mean 'partner'?" in done.stderr
    finally:
        made.editions(EDITIONS)


def test_a_source_that_drifted_is_not_published(restored):
    path = "data/raw/bns_kaz_isr/kaz_isr_2020_2025.csv"
    here = restored(path)
    (here.folder / path).write_bytes((here.folder / path).read_bytes() + b"\n")
    code, outcomes = here.run("--force", "--dry-run")
    assert code == 30
    assert outcomes["kaz-isr"]["status"] == "drift"
    assert "kaz_isr_2020_2025.csv has SHA-256" in outcomes["kaz-isr"]["message"]
    assert outcomes["kaz-tur"]["status"] == "planned"  # it reads another source


def test_a_manifest_that_cannot_be_read_is_a_drift_of_its_source(restored):
    here = restored("data/raw/bns_kaz_isr/manifest.yml")
    (here.folder / "data/raw/bns_kaz_isr/manifest.yml").write_text("[", encoding="utf-8")
    code, outcomes = here.run("--force", "--dry-run")
    assert code == 30
    assert outcomes["kaz-isr"]["status"] == "drift"
    assert "bns_kaz_isr/manifest.yml is not a manifest" in outcomes["kaz-isr"]["message"]
    assert outcomes["kaz-tur"]["status"] == "planned"


def test_a_file_that_is_not_what_its_source_publishes_is_a_drift(made):
    made.notebook("05_drift", sample.code('import kzdata as kz\nkz.read("comtrade", b"<html>")'))
    made.editions("drift: {title: D, notebooks: [drift], formats: [html]}")
    try:
        code, outcomes = made.run()
        assert (code, outcomes["drift"]["status"]) == (30, "drift")
        assert "WrongFormat" in outcomes["drift"]["message"]
    finally:
        made.editions(EDITIONS)


def test_runs_that_meet_make_each_edition_once(made):
    made.editions(EDITIONS.replace("[ISR, TUR]", "[GBR, FRA]"))
    try:
        runs = [made.start("run", "--due", "--json", "--jobs", "1") for _ in range(4)]
        said = [json.loads(each.communicate(timeout=280)[0]) for each in runs]
        assert {each.returncode for each in runs} <= {0, 10}
        by_name: dict[str, list[str]] = {}
        for each in said:
            for one in each["editions"]:
                by_name.setdefault(one["name"], []).append(one["status"])
        assert sorted(by_name) == ["kaz-fra", "kaz-gbr"]
        for name, statuses in by_name.items():
            assert statuses.count("built") == 1, by_name
            assert set(statuses) <= {"built", "unchanged"}
            verify(made.report(name))
    finally:
        made.editions(EDITIONS)


@pytest.mark.nightly
def test_a_worker_that_is_killed_is_replaced_and_every_edition_made(made):
    run = made.start("run", "--force", "--jobs", "2", "--engine", "plain", "--json")
    killed = None
    until = time.monotonic() + 60
    while killed is None and time.monotonic() < until:
        for child in children(run.pid):
            if b"spawn_main" in command(child) and children(child):  # it has a kernel by now
                os.kill(child, signal.SIGKILL)
                killed = child
                break
        time.sleep(0.02)
    out, err = run.communicate(timeout=240)
    assert killed, err
    assert run.returncode == 0, out + err
    assert {each["status"] for each in json.loads(out)["editions"]} == {"built"}
    for name in ("kaz-isr", "kaz-tur"):
        verify(made.report(name))


def children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as listed:  # noqa: PTH123
            found = [int(each) for each in listed.read().split()]
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{task}/children") as listed:  # noqa: PTH123
                found += [int(each) for each in listed.read().split()]
    except OSError:
        return []
    return sorted(set(found))


def command(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as line:  # noqa: PTH123
            return line.read()
    except OSError:
        return b""


@pytest.mark.parametrize("kills", [1, pytest.param(6, marks=pytest.mark.nightly)])
def test_killed_at_any_moment_a_run_leaves_whole_reports_and_the_next_one_heals(made, kills):
    """What it had claimed is free, and nothing half-made stays."""
    moments = random.Random(7)
    for _ in range(kills):
        run = made.start("run", "--force", "--jobs", "2", "--engine", "plain")
        time.sleep(moments.uniform(0.5, 8))
        run.kill()
        # It ends once nothing holds the pipe any more: workers and kernels end with the run.
        run.communicate(timeout=30)
        for name in ("kaz-isr", "kaz-tur"):
            verify(made.report(name))
    assert made.run("--force")[0] == 0
    left = sorted(path.name for path in (made.folder / "reports").iterdir())
    assert not [name for name in left if "building" in name or name.endswith(".lock")]


MANY = """
many:
  title: "Kazakhstan and {partner}"
  notebooks: [trade]
  parameters: {partner: ISR}
  matrix: {start: [%s]}
  formats: [html]
"""
TIMED = """
import time
from kzdata.reports.fleet.run import Wishes, run
from kzdata.reports.editions import select
begun = time.process_time()
outcomes = run(select(()), Wishes())
print(len(outcomes), {each.status for each in outcomes}, time.process_time() - begun)
"""


def test_two_hundred_unchanged_editions_are_checked_in_a_second(made):
    """Processor time, after start-up: the clock on the wall is the neighbours' too."""
    made.editions(MANY % ", ".join(str(1900 + number) for number in range(200)))
    try:
        source = made.report("kaz-isr")
        manifest = json.loads((source / "manifest.json").read_bytes())
        for each in read_editions(made.folder / "reports" / "editions.yml").values():
            place = made.report(each.name)
            shutil.copytree(source, place)
            entry = dataclasses.asdict(each)
            for told_elsewhere in ("cron", "time_zone", "family"):
                del entry[told_elsewhere]
            manifest["inputs"]["entry"] = entry
            (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        time.sleep(2.1)  # younger files are hashed each time
        for _ in range(2):  # the first run remembers
            done = subprocess.run(
                [sys.executable, "-c", TIMED], cwd=made.folder, env=made.environment(),
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        count, status, seconds = done.stdout.split()
        assert (count, status) == ("200", "{'unchanged'}")
        assert float(seconds) < 1.0
    finally:
        made.editions(EDITIONS)
        for place in (made.folder / "reports").glob("many-*"):
            shutil.rmtree(place)


def test_every_question_can_be_asked_again():
    """What notes its questions and is unknown here would make editions depend on all data."""
    noted = set()
    for path in (ROOT / "kzdata").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found = re.findall(r"^@recorded\n(?:@.*\n)*def (\w+)", path.read_text(), re.MULTILINE)
        noted |= {f"{module}.{name}" for name in found}
    # Where a figure comes from is told in words that hold no rows to compare.
    assert noted - ASKED == {"kzdata.present.provenance.why"}
    assert noted >= ASKED


def test_the_worst_outcome_is_the_exit_code():
    def code(*statuses):
        return exit_code([Outcome("n", status, "f") for status in statuses])

    assert code() == 10
    assert code("unchanged") == 10
    assert code("unchanged", "built") == 0
    assert code("built", "finding") == 20
    assert code("finding", "drift", "unchanged") == 30
    assert code("drift", "failed", "built") == 40
