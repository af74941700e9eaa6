"""Jobs for the warm executor, importable by a forked process, and who of a run is still alive."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

MARK = "KZDATA_TEST_MARK"


def alive(mark: str) -> list[str]:
    """What still runs with this mark in the environment it was started with."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            marked = f"{MARK}={mark}".encode() in (process / "environ").read_bytes()
            if marked and runs(int(process.name)):
                found.append((process / "cmdline").read_bytes().decode()[:80])
        except OSError:
            continue
    return found


def gone(mark: str, seconds: float = 10) -> list[str]:
    """What is left after so long at most."""
    until = time.monotonic() + seconds
    while (left := alive(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def server() -> int:
    """The warm server of a job: its guard's parent."""
    return int(Path(f"/proc/{os.getppid()}/stat").read_text().rsplit(")", 1)[1].split()[1])


def add(one, other=0):
    return one + other


def told():
    return os.getpid(), str(Path.cwd()), os.environ.get("GIVEN"), os.getpgrp() == os.getpid()


def draw():
    import random

    import numpy

    return random.random(), float(numpy.random.rand())


def refuse():
    raise ValueError("not so")


def refuse_strangely():
    class Local(Exception):
        pass

    raise Local("local")


def end(code):
    os._exit(code)


def quit_politely():
    sys.exit(4)


def large(size):
    return b"x" * size


def unsayable():
    return threading.Lock()


def wait(seconds, marker=None):
    if marker:
        Path(marker).write_text("here")
    time.sleep(seconds)


def peak(folder):
    """How many of these ran at once when this one had begun."""
    mine = Path(folder) / str(os.getpid())
    mine.write_text("")
    time.sleep(0.2)
    number = len(list(Path(folder).iterdir()))
    mine.unlink()
    return number


def leave_children(mark):
    """Children in sessions of their own, and one of nobody's."""
    env = {**os.environ, MARK: mark}
    subprocess.Popen(["sleep", "60"], env=env, start_new_session=True)
    subprocess.Popen(["sh", "-c", "setsid sleep 60 & setsid sleep 60 &"], env=env).wait()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvpe("sleep", ["sleep", "60"], env)
        os._exit(0)
    time.sleep(0.2)
    return len(alive(mark))
