"""The folder and the handles that a report needs while it is made: too few, full, left behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from functools import partial
from threading import Barrier, Thread

import filelock
import pytest
import reports_sample as sample

from kzdata import files, query_log
from kzdata.errors import PublishError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of Linux")
NIGHTLY = [pytest.mark.slow, pytest.mark.nightly]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for temporary files of its own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(files.tempfile, "tempdir", None)
    return folder


def command(tmp_path, source="1 + 1", *more):
    notebook = sample.save(tmp_path / "small.ipynb", sample.markdown("# S"), sample.code(source))
    words = [sys.executable, "-m", "kzdata", "report", notebook, "--out", tmp_path / "r"]
    return [*map(str, words), "--format", "html", *more]


def limited(files):
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


@pytest.mark.parametrize("files", [56, pytest.param(14, marks=NIGHTLY)])
def test_too_few_handles_are_told_at_once(tmp_path, files):
    """With 56 a kernel starts and never answers: 60 seconds went by before somebody said so."""
    begun = time.monotonic()
    done = subprocess.run(
        command(tmp_path), capture_output=True, text=True, preexec_fn=partial(limited, files)
    )
    assert time.monotonic() - begun < 30
    assert done.returncode == 40
    assert f"may have {files} files open" in done.stderr
    assert "ulimit -n 1024" in done.stderr
    assert not (tmp_path / "r").exists()


def test_a_hundred_and_forty_handles_are_enough(tmp_path):
    done = subprocess.run(
        command(tmp_path), capture_output=True, text=True, preexec_fn=partial(limited, 140)
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("size", ["64k", pytest.param("4k", marks=NIGHTLY)])
def test_a_full_disk_of_temporary_files_is_named(tmp_path, place, size):
    """With 4 KB no kernel comes up; with 64 KB it does, and the sheet of the PDF has no room."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place])
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        draws = 'import matplotlib.pyplot as plt\nfig = plt.plot(range(9))\nprint("x" * 200_000)'
        done = subprocess.run(
            [*command(tmp_path, draws), "--format", "html,pdf"], capture_output=True, text=True
        )
        left = list(place.iterdir())
    finally:
        subprocess.run(["umount", place], check=True)
    assert done.returncode == 40, done.stderr
    assert f"Nothing can be written to {place}: No space left on device." in done.stderr
    assert "TMPDIR=" in done.stderr
    assert left == []
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("engine", ["warm", pytest.param("plain", marks=NIGHTLY)])
def test_what_a_killed_report_leaves_the_next_one_removes(tmp_path, place, engine):
    begun = tmp_path / "begun"
    waits = f"import time\nopen({str(begun)!r}, 'w').close()\ntime.sleep(60)"
    with subprocess.Popen(command(tmp_path, waits, "--engine", engine)) as running:
        until = time.monotonic() + 60
        while not begun.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
    (left,) = place.iterdir()
    assert left.name.startswith(files.SCRATCH)
    with files.scratch() as mine:
        assert list(place.iterdir()) == [mine]
        assert mine.stat().st_mode & 0o777 == 0o700
    assert list(place.iterdir()) == []


def test_a_sweep_leaves_what_is_held_what_is_linked_and_what_has_another_name(place, tmp_path):
    others = tmp_path / "others"
    others.mkdir()
    (place / f"{files.SCRATCH}link").symlink_to(others)
    (place / "kzwork").mkdir()
    with files.scratch() as first, files.scratch() as second:
        assert first.is_dir()
        assert second.is_dir()
    assert others.is_dir()
    assert sorted(each.name for each in place.iterdir()) == ["kzwork", f"{files.SCRATCH}link"]


def test_folders_made_at_the_same_moment_are_all_kept(place):
    """A sweep between the making of a folder and its holding takes it; then another is made."""
    barrier, lost = Barrier(8), []

    def work():
        barrier.wait()
        for _ in range(40):
            with files.scratch() as folder:
                (folder / "a").write_text("a")
                if not (folder / "a").exists():
                    lost.append(folder)

    threads = [Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert lost == []
    assert list(place.iterdir()) == []


def test_a_folder_taken_before_it_was_held_is_made_anew(place, monkeypatch):
    taken, lock = [], filelock.lock_descriptor

    def late(handle, **how):
        if not taken:
            taken.extend(place.iterdir())
            taken[0].rmdir()
        return lock(handle, **how)

    monkeypatch.setattr(filelock, "lock_descriptor", late)
    with files.scratch() as folder:
        assert folder.is_dir()
        assert folder not in taken


def test_half_a_question_is_an_error(tmp_path, monkeypatch):
    """A disk with a page left takes the beginning of a line and says so by a number only."""

    @query_log.recorded
    def asked(reporter):
        return reporter

    assert asked("KAZ") == "KAZ"  # elsewhere than in a report's kernel nothing is written
    monkeypatch.setenv(query_log.VARIABLE, str(tmp_path / "reads"))
    monkeypatch.setattr(query_log.os, "write", lambda handle, content: len(content) - 1)
    with pytest.raises(OSError, match="No space left"):
        asked("KAZ")


def test_a_folder_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(files.tempfile, "tempdir", os.devnull)
    with (
        pytest.raises(PublishError, match=r"Nothing can be written to /dev/null: Not a dir"),
        files.scratch(),
    ):
        pass
