"""The benchmarks: who counts as a peer, how growth is read, and a run of each at a small size."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

pytestmark = pytest.mark.slow

BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def found(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_fastest_counts_only_with_the_same_answer():
    import contest

    ours = {"seconds": 2.0, "least": 1.5, "cpu": 1.0, "mib": 1.0, "answer": np.array([1.0, 2.0])}
    wrong = {**ours, "seconds": 0.5, "least": 0.5, "answer": np.array([1.0, 2.1])}
    slow = {**ours, "seconds": 4.0, "least": 3.0, "cpu": 4.0, "answer": np.array([1.0, 2.0])}
    told = contest.judged({"kzdata": ours, "wrong": wrong, "slow": slow}, 1e-6)
    assert told["fastest_right_peer"] == "slow"
    assert told["ratio"] == {"seconds": 0.5, "least": 0.5, "cpu": 0.25}
    assert [each.get("right") for each in told["contenders"]] == [None, False, True]
    assert contest.judged({"kzdata": ours, "wrong": wrong}, 1e-6)["fastest_right_peer"] is None


def test_a_line_grows_with_the_first_power_and_a_square_with_the_second():
    import contest

    sizes = [1e5, 2e5, 4e5]
    runs = [{"cpu": size / 1e5, "mib": 1.0} for size in sizes]
    assert contest.growth("line", sizes, runs)["power"] == pytest.approx(1)
    runs = [{"cpu": (size / 1e5) ** 2, "mib": 1.0} for size in sizes]
    assert contest.growth("square", sizes, runs)["power"] == pytest.approx(2)


@pytest.mark.nightly
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_reconciling_is_timed_and_lies_near_the_same_steps_in_pandas(tmp_path):
    out = tmp_path / "found.json"
    subprocess.run(
        [sys.executable, BENCHMARKS / "reconcile.py", "--flows", "3000", "--rounds", "1",
         "--turns", "1", "--json", out],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for task in json.loads(out.read_text())["tasks"]:
        kzdata, pandas = task["contenders"]
        assert (kzdata["name"], pandas["name"]) == ("kzdata", "pandas")
        assert kzdata["seconds"] > 0
        assert 0 < pandas["apart"] < 0.5
