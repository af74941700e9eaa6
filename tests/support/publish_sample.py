"""A small report published from one process or many, and what is left of it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from kzdata.files import sha256
from kzdata.reports.manifest import FORMAT
from kzdata.reports.publish import staging, verify

ROOT = Path(__file__).parents[2]


def listing(outputs):
    return {
        "format": FORMAT,
        "outputs": {k: {"sha256": sha256(v), "bytes": len(v)} for k, v in outputs.items()},
    }


def publish(target, **outputs):
    outputs = {name.replace("_", "."): content for name, content in outputs.items()}
    with staging(target) as stage:
        for path, content in outputs.items():
            stage.put(path, content)
        stage.publish(listing(outputs))


def left(folder):
    """What stands in a folder, hidden files included."""
    return sorted(p.name for p in folder.iterdir())


WRITER = textwrap.dedent(
    """
    import itertools, sys
    from pathlib import Path
    sys.path[:0] = {tests!r}
    from publish_sample import publish
    print("ready", flush=True)
    for turn in itertools.count():
        text = f"{{sys.argv[2]}} {{turn}}".encode() * 1000
        publish(Path(sys.argv[1]), a_txt=text, b_txt=text)
    """
)


def writer(target, name):
    script = WRITER.format(tests=[str(Path(__file__).parent)])
    started = subprocess.Popen(
        [sys.executable, "-c", script, str(target), name],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert started.stdout.readline() == b"ready\n"
    return started


def whole(target):
    verify(target)
    assert (target / "a.txt").read_bytes() == (target / "b.txt").read_bytes()
