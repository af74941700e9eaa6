"""Whole or not at all: what a reader of the folder sees, whatever happens to the writer."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from publish_sample import left, listing, publish

from kzdata import files
from kzdata.errors import PublishError
from kzdata.reports.manifest import FORMAT, NAME
from kzdata.reports.publish import staging, verify


def test_a_report_takes_the_place_of_the_one_before(tmp_path):
    target = tmp_path / "r"
    publish(target, a_txt=b"one", old_txt=b"x")
    publish(target, a_txt=b"two")
    assert (target / "a.txt").read_bytes() == b"two"
    assert sorted(p.name for p in target.iterdir()) == ["a.txt", NAME]
    assert left(tmp_path) == ["r"]
    verify(target)


def test_an_empty_folder_is_a_place_for_a_report(tmp_path):
    (tmp_path / "r").mkdir()
    publish(tmp_path / "r", a_txt=b"one")
    verify(tmp_path / "r")


def test_two_renames_do_where_names_cannot_be_exchanged(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "other")
    publish(tmp_path / "r", a_txt=b"one")
    publish(tmp_path / "r", a_txt=b"two")
    assert (tmp_path / "r" / "a.txt").read_bytes() == b"two"
    assert left(tmp_path) == ["r"]


def test_a_kill_between_the_two_renames_is_healed(tmp_path):
    target = tmp_path / "r"
    publish(target, a_txt=b"one")
    target.rename(files.aside(target))  # here the process was killed
    with pytest.raises(RuntimeError), staging(target):
        raise RuntimeError("the next run fails too")
    assert (target / "a.txt").read_bytes() == b"one"
    assert left(tmp_path) == ["r"]


def test_a_failure_leaves_the_report_before(tmp_path):
    target = tmp_path / "r"
    publish(target, a_txt=b"one")
    with pytest.raises(TypeError), staging(target) as stage:
        stage.publish({"format": FORMAT, "outputs": {"a.txt": object()}})
    assert (target / "a.txt").read_bytes() == b"one"
    assert left(tmp_path) == ["r"]


@pytest.mark.parametrize(
    "outputs",
    [{"report.pdf": b"no pdf"}, {"data.xlsx": b"no zip"}, {"figure.png": b"\x89PNG\r\n\x1a\n"}],
)
def test_what_is_not_what_its_name_says_is_not_published(tmp_path, outputs):
    with pytest.raises(PublishError, match="not what its name says"):
        publish(tmp_path / "r", **{k.replace(".", "_"): v for k, v in outputs.items()})
    assert left(tmp_path) == []


def test_verify_names_what_is_wrong(tmp_path):
    target = tmp_path / "r"
    publish(target, a_txt=b"one", b_txt=b"two")
    (target / "a.txt").write_bytes(b"changed")
    (target / "b.txt").unlink()
    (target / "c.txt").write_bytes(b"new")
    with pytest.raises(
        PublishError, match=r"b\.txt is missing; c\.txt is not in .*; a\.txt differs"
    ):
        verify(target)


def test_a_manifest_that_json_cannot_hold_is_not_published(tmp_path):
    with (
        pytest.raises(PublishError, match="The manifest cannot be written: Out of range"),
        staging(tmp_path / "r") as stage,
    ):
        stage.fill({}, {"format": FORMAT, "outputs": {}, "numbers": [{"value": float("nan")}]})
    assert left(tmp_path) == []


@pytest.mark.parametrize("kind", ["files", "file", "link", "other manifest"])
def test_what_is_no_report_is_not_replaced(tmp_path, kind):
    target = tmp_path / "r"
    if kind == "file":
        target.write_text("mine", encoding="utf-8")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    else:
        target.mkdir()
        content = json.dumps({"format": "another"})
        (target / (NAME if kind == "other manifest" else "notes.txt")).write_text(content)
    before = left(tmp_path)
    with pytest.raises(PublishError, match="give another folder"):
        publish(target, a_txt=b"one")
    assert left(tmp_path) == before
    assert not (target / "a.txt").exists()


def test_a_refusal_makes_nothing_beside_the_folder(tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "notes.txt").write_text("mine", encoding="utf-8")
    touched = tmp_path.stat().st_mtime_ns
    with pytest.raises(PublishError, match="not a kzdata report"), staging(tmp_path / "r"):
        pass
    assert left(tmp_path) == ["r"]
    assert tmp_path.stat().st_mtime_ns == touched  # nor was anything made and taken away


def test_a_lock_whose_name_is_gone_or_is_another_file_is_not_held(tmp_path):
    """Who waited on a lock that its holder removed must not share the place with a third."""
    lock = tmp_path / ".r.lock"
    holding, waiting = (files.locked(lock, remove=True) for _ in range(2))
    holding.__enter__()
    got: list[bool] = []

    def wait():
        with waiting:
            got.append(lock.exists())

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.05)  # it has opened the file by now and waits
    assert got == []
    holding.__exit__(None, None, None)
    waiter.join(timeout=10)
    assert got == [True]  # it made the name anew before it went on
    assert left(tmp_path) == []


def test_what_a_killed_run_locked_is_no_hindrance(tmp_path):
    (tmp_path / ".r.lock").touch()
    publish(tmp_path / "r", a_txt=b"one")
    assert left(tmp_path) == ["r"]


def test_a_path_out_of_the_report_is_refused(tmp_path):
    with pytest.raises(PublishError, match="not inside"), staging(tmp_path / "r") as stage:
        stage.put("../out.txt", b"x")
    assert left(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="users are counted otherwise there")
def test_a_folder_that_cannot_be_written_is_named():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        target = folder / "r"
        publish(target, a_txt=b"one")
        folder.chmod(0o555)
        user = os.geteuid()
        try:
            if user == 0:  # root writes everywhere: be nobody for a moment
                os.seteuid(65534)
            with pytest.raises(PublishError, match="cannot be written"):
                publish(target, a_txt=b"two")
        finally:
            os.seteuid(user)
            folder.chmod(0o755)
        assert (target / "a.txt").read_bytes() == b"one"


def test_the_folder_of_a_run_that_lives_is_not_cleared(tmp_path):
    target = tmp_path / "r"
    with staging(target) as slow:
        slow.put("a.txt", b"slow")
        publish(target, a_txt=b"quick")
        assert (slow.folder / "a.txt").exists()
        slow.publish(listing({"a.txt": b"slow"}))
    assert (target / "a.txt").read_bytes() == b"slow"
    assert left(tmp_path) == ["r"]
