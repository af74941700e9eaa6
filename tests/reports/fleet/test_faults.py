"""Never half a report: kills, full disks, no handles, and many at once, each in processes."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from conftest import ROOT
from publish_sample import left, publish, whole, writer

from kzdata.files import sha256
from kzdata.reports.manifest import read

HERE = ROOT / "tests" / "support"
NIGHTLY = [pytest.mark.slow, pytest.mark.nightly]
linux = pytest.mark.skipif(sys.platform != "linux", reason="forks and limits of Linux")


def happened(way: str, folder: Path, *more: str) -> dict:
    """What `publishing` found."""
    done = subprocess.run(
        [sys.executable, HERE / "publishing.py", way, folder, *more],
        capture_output=True, text=True, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@linux
@pytest.mark.parametrize("how", ["exchange", pytest.param("renames", marks=NIGHTLY)])
def test_killed_at_every_line_and_file_event_the_report_is_whole(tmp_path, how):
    found = happened("lines", tmp_path, *([how] if how == "renames" else []))
    assert found["steps"] > 200  # each line of publishing, and each event below it
    assert found["both"]  # some kills came before the change of names, some after
    assert (found["state"], found["left"]) == ("last", ["r"])


@linux
@pytest.mark.slow
def test_killed_at_two_hundred_random_moments_the_report_is_whole(tmp_path):
    found = happened("moments", tmp_path)
    assert found == {"kills": 200, "state": "last", "left": ["r"]}


@linux
def test_without_file_handles_the_report_before_stays(tmp_path):
    found = happened("handles", tmp_path)
    assert found["codes"][0] == 1  # PublishError, not a traceback
    assert found["codes"][-1] == 0
    assert set(found["codes"]) == {0, 1}
    assert (found["state"], found["left"]) == ("last", ["r"])


@linux
def test_a_file_that_cannot_grow_is_no_report(tmp_path):
    assert happened("large", tmp_path) == {"code": 1, "state": "first", "left": ["r"]}


@linux
def test_a_full_disk_leaves_the_report_before():
    with tempfile.TemporaryDirectory() as name:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", name], capture_output=True
        )
        if mounted.returncode:
            pytest.skip("a small file system cannot be mounted here")
        try:
            found = happened("full", Path(name))
        finally:
            subprocess.run(["umount", name], check=True)
        assert found == {"code": 1, "state": "first", "left": ["r"]}


def whole_then(target: Path) -> None:
    """Each file is the manifest's, or another manifest stands there by now; so reads a reader."""
    while True:
        manifest = read(target)
        found = {}
        for path in manifest["outputs"]:
            with contextlib.suppress(FileNotFoundError):
                found[path] = sha256((target / path).read_bytes())
        if found == {path: listed["sha256"] for path, listed in manifest["outputs"].items()}:
            return
        assert read(target) != manifest


@linux
@pytest.mark.parametrize("count", [2, pytest.param(8, marks=NIGHTLY)])
def test_writers_at_once_and_a_reader_throughout(tmp_path, count):
    target = tmp_path / "r"
    publish(target, a_txt=b"first", b_txt=b"first")
    writers = [writer(target, str(number)) for number in range(count)]
    try:
        until, looks = time.monotonic() + 2, 0
        while time.monotonic() < until:
            assert read(target) is not None  # there at any moment
            whole_then(target)  # and never half
            looks += 1
        assert looks > 20
        assert [each.poll() for each in writers] == [None] * count
    finally:
        for each in writers:
            each.kill()
            each.wait()
            each.stdout.close()
    whole(target)
    publish(target, a_txt=b"last", b_txt=b"last")
    assert left(tmp_path) == ["r"]
