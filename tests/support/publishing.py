"""Publish a small report in forks of one warm process, and let something happen to it.

Run as a program: ``python publishing.py WAY FOLDER [renames]``, WAY one of `WAYS`.
Every fork is a process of its own; the parent prints what it found, one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from kzdata import files
from kzdata.errors import PublishError
from kzdata.files import sha256
from kzdata.reports import publish
from kzdata.reports.manifest import FORMAT, NAME

FILES = ("a.csv", "figures/b.csv", "figures/deep/c.csv")


def report(text: str, size: int = 200) -> tuple[dict[str, bytes], dict]:
    outputs = {name: (text + "\n").encode() * size for name in FILES}
    listed = {k: {"sha256": sha256(v), "bytes": len(v)} for k, v in outputs.items()}
    return outputs, {"format": FORMAT, "generated": text, "outputs": listed}


def put(target: Path, text: str, size: int = 200) -> None:
    with publish.staging(target) as stage:
        stage.fill(*report(text, size))


def state(target: Path) -> str:
    """Which report stands: its text, if every file of it says the same; else raises."""
    publish.verify(target)
    said = {(target / name).read_text().split("\n")[0] for name in FILES}
    said.add(json.loads((target / NAME).read_text())["generated"])
    (text,) = said
    return text


class Counter:
    """Kills this process at the n-th line of publishing, or event in the file system."""

    def __init__(self, fatal: int):
        self.left = fatal
        self.watched = {publish.__file__, files.__file__}

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def trace(self, frame, event, arg):
        if frame.f_code.co_filename not in self.watched:
            return None
        if event == "line":
            self.step()
        return self.trace

    def audit(self, event, args):
        if event.startswith(("os.", "shutil.", "open")):
            self.step()

    def start(self):
        sys.addaudithook(self.audit)
        sys.settrace(self.trace)


def forked(work) -> int:
    """What a fork that does this work ends with: its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = work() or 0
        except PublishError:
            code = 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def standing(target: Path) -> str:
    """The report that a reader finds, also between two renames that a kill cut off."""
    return state(target if target.exists() else files.aside(target))


def at_every_line(target: Path) -> dict:
    """Killed at step 1, 2, 3, … of publishing until publishing ends before the step is reached."""
    put(target, "first")
    before, seen, step = "first", set(), 0
    while True:
        step += 1

        def work(step=step):
            Counter(step).start()
            put(target, f"turn {step}")

        code = forked(work)
        now = standing(target)
        assert now in {before, f"turn {step}"}, (step, now)
        seen.add(now == before)
        if code == 0:
            break
        assert code == -signal.SIGKILL, code
        if step % 7 == 0:  # the next run heals whatever was left
            put(target, f"healed {step}")
            assert state(target) == f"healed {step}"
            left = sorted(path.name for path in target.parent.iterdir())
            assert left == [target.name], left
            now = f"healed {step}"
        before = now
    put(target, "last")
    left = sorted(path.name for path in target.parent.iterdir())
    return {"steps": step, "both": len(seen) == 2, "state": state(target), "left": left}


def at_random_moments(target: Path, count: int = 200) -> dict:
    put(target, "first")
    moments = random.Random(5)
    kills = 0
    for turn in range(count):
        child = os.fork()
        if child == 0:
            number = 0
            while True:
                number += 1
                put(target, f"{turn} {number}")
        time.sleep(moments.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
        standing(target)
    put(target, "last")
    left = sorted(path.name for path in target.parent.iterdir())
    return {"kills": kills, "state": state(target), "left": left}


def with_few_handles(target: Path) -> dict:
    """Publishing with 0, 1, 2, … file handles to spare."""
    put(target, "first")
    codes = []
    for spare in range(12):

        def work(spare=spare):
            os.closerange(3, 256)
            resource.setrlimit(resource.RLIMIT_NOFILE, (3 + spare, 3 + spare))
            put(target, f"spare {spare}")

        before = state(target)
        codes.append(forked(work))
        assert state(target) in {before, f"spare {spare}"}
        assert (codes[-1] == 0) == (state(target) == f"spare {spare}"), spare
    put(target, "last")
    left = sorted(path.name for path in target.parent.iterdir())
    return {"codes": codes, "state": state(target), "left": left}


def too_large(target: Path) -> dict:
    """Publishing where no file may grow beyond a few KiB: a disk that is full part-way."""
    put(target, "first")

    def work():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        put(target, "second", size=5000)

    code = forked(work)
    left = sorted(path.name for path in target.parent.iterdir())
    return {"code": code, "state": state(target), "left": left}


def full_disk(target: Path) -> dict:
    """Publishing on a file system that has no room for the second report."""
    put(target, "first", size=2000)

    def work():
        put(target, "second", size=60000)

    code = forked(work)
    left = sorted(path.name for path in target.parent.iterdir())
    return {"code": code, "state": state(target), "left": left}


WAYS = {
    "lines": at_every_line,
    "moments": at_random_moments,
    "handles": with_few_handles,
    "large": too_large,
    "full": full_disk,
}

if __name__ == "__main__":
    if sys.argv[3:] == ["renames"]:
        files.exchange = lambda one, other: False  # as on a system that cannot exchange names
    print(json.dumps(WAYS[sys.argv[1]](Path(sys.argv[2]) / "r")))
