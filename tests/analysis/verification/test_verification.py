"""Every published answer again, and that a wrong one would be seen."""

from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT, SHARED

import kzdata as kz
from kzdata.analysis.verification import structure
from kzdata.analysis.verification.comparison import Check, figure, worst
from kzdata.analysis.verification.run import checks, run
from kzdata.cli.app import main
from kzdata.errors import SeedError, UnknownCode

TYPED = ROOT / "seeds" / "verification.yml"
ALL = {check.name: check for check in checks()}
SLOW = {"disaggregation", "log_of_gravity", "distance_puzzle"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in ALL]
)
def test_published(name):
    rows = run(ALL[name], SHARED)
    if rows[0]["verdict"] == "skipped":
        pytest.skip(rows[0]["reason"])
    assert [row for row in rows if row["verdict"] != "holds"] == []
    assert all(row["source"] for row in rows)


def test_names_are_told_apart_and_three_examples_need_nothing_else(tmp_path):
    assert len(ALL) == len(checks())
    found = kz.verify(tmp_path)
    held = found[found["verdict"] == "holds"]
    assert set(held["check"]) == {"hhi", "price_manual", "survival"}
    rest = found[found["verdict"] != "holds"]
    assert set(rest["verdict"]) == {"skipped"}
    assert rest["reason"].str.contains("is not in .*oracles.*KZDATA_SHARED").all()
    assert len(rest) == len(ALL) - 3


@pytest.mark.parametrize(
    ("printed", "computed", "holds"),
    [
        ("0.660", 0.6604, True),
        ("0.660", 0.6606, False),
        ("0.66", 0.6606, True),  # fewer digits say less
        ("-2.47445", -2.474450456, True),
        ("2.5", 2.45, True),  # halfway counts as both
        ("2600", 2600.6, False),
        ("1.0", math.nan, False),
    ],
)
def test_ours_has_to_round_to_what_is_printed(printed, computed, holds):
    assert figure("", printed, computed).holds is holds


def test_of_many_figures_the_one_furthest_off_is_shown():
    found = worst("", [1.0, 10.0, 100.0], [1.0, 10.2, 100.1], "abc", 0.15)
    assert (found.at, found.cells, found.holds) == ("b", 3, False)
    # relative to each: 0.2 of 10 is 2 %, 0.1 of 100 is 0.1 %, 0.03 of 1 is 3 %
    found = worst("", [1.0, 10, 100], [1.03, 10.2, 100.1], "abc", 0.025, relative=True)
    assert (found.at, found.tolerance, found.holds) == ("a", 0.025, False)
    found = worst("", [1.0, 2.0], [1.0, np.nan], "ab", 1e9)
    assert (found.at, found.holds) == ("b", False)
    assert not worst("", [], [], [], 1).holds
    assert not worst("", [1.0], [1.0, 2.0], "ab", 9).holds


def test_a_changed_example_fails(tmp_path):
    path = tmp_path / "verification.yml"
    text = TYPED.read_text(encoding="utf-8")
    assert '"0.7968"' in text
    path.write_text(text.replace('"0.7968"', '"0.7969"'), encoding="utf-8")
    rows = [row for check in structure.example_checks(path) for row in run(check, tmp_path)]
    (failed,) = [row for row in rows if row["verdict"] != "holds"]
    assert (failed["check"], failed["quantity"]) == ("price_manual", "paasche, fixed, period 5")
    assert failed["difference"] == pytest.approx(-0.0001, abs=5e-5)


def test_an_unknown_method_of_an_example_is_refused(tmp_path):
    path = tmp_path / "verification.yml"
    path.write_text("examples: [{id: a, method: rca, title: t, source: s}]", encoding="utf-8")
    with pytest.raises(SeedError, match=r"the method 'rca' is not known\.\n.*price_index"):
        structure.example_checks(path)


def test_what_lacks_a_library_is_skipped(tmp_path):
    check = Check("a", "t", "s", lambda folder: [], needs=("no_such_library",))
    (row,) = run(check, tmp_path)
    assert row["verdict"] == "skipped"
    assert "no_such_library" in row["reason"]


@pytest.fixture
def forged(tmp_path):
    """A shared folder with one data set, whose first published index is wrong."""
    folder = SHARED / "oracles" / "index_numbers"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    copy = tmp_path / "oracles" / "index_numbers"
    copy.mkdir(parents=True)
    for path in folder.glob("*.csv"):
        shutil.copyfile(path, copy / path.name)
    table = copy / "expected_IndexNumR_price.csv"
    lines = table.read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith('"laspeyres_chained",3,'))
    lines[place] = '"laspeyres_chained",3,1.5'
    table.write_text("\n".join(lines) + "\n")
    return tmp_path


def test_the_command_says_what_fails_and_exits_with_1(forged):
    done = CliRunner().invoke(main, ["verify", "--shared", str(forged)])
    assert done.exit_code == 20
    assert "fails    laspeyres, chained, furthest of 12: 3: published 1.5, computed" in done.stdout
    assert "1 of 49 comparisons fail; 48 hold" in done.stdout
    assert "  source   IndexNumR 0.6.0" in done.stdout


def test_a_data_set_that_cannot_be_read_fails_and_the_others_go_on(forged):
    table = forged / "oracles" / "index_numbers" / "CES_sigma_2.csv"
    table.write_text("a,b\n1,2\n")
    found = kz.verify(forged)
    (broken,) = found[found["verdict"] == "fails"].to_dict("records")
    assert broken["check"] == "price_index"
    assert broken["reason"].startswith("KeyError")


def test_the_command_as_json(tmp_path):
    done = CliRunner().invoke(main, ["verify", "--json", "--shared", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    rows = json.loads(done.stdout)
    first = rows[0]
    assert (first["check"], first["printed"], first["computed"]) == ("hhi", "2600", 2600)
    assert first["verdict"] == "holds"
    skipped = [row for row in rows if row["verdict"] == "skipped"]
    assert skipped[0]["computed"] is None
    plain = CliRunner().invoke(main, ["verify", "--shared", str(tmp_path)])
    assert "38 of 38 comparisons hold (38 figures), 11 checks skipped." in plain.stdout


def test_a_shared_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnknownCode, match="is not a folder"):
        kz.verify(tmp_path / "nowhere")
    done = CliRunner().invoke(main, ["verify", "--shared", str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "is not a folder" in done.stderr
