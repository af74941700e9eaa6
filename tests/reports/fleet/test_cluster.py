"""The same editions on a real Dask scheduler with two worker processes, one of which is killed."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import reports_sample as sample
from fleet_sample import Checkout

from kzdata.kernels import linux
from kzdata.reports.publish import verify

pytestmark = pytest.mark.slow

pytest.importorskip("distributed", reason="the extra dask is not installed")
EDITIONS = """
kaz:
  title: "Kazakhstan and {partner}"
  notebooks: [trade]
  matrix: {partner: [ISR, TUR, DEU]}
  formats: [html]
"""


@contextlib.contextmanager
def program(checkout, *words, **more):
    started = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=checkout.folder, env=checkout.environment(**more),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.wait()
        started.stderr.close()


def waits_for(started, pattern):
    for line in started.stderr:
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"it ended without saying {pattern}")


@contextlib.contextmanager
def cluster(checkout, workers, **more):
    with contextlib.ExitStack() as stack:
        scheduler = stack.enter_context(
            program(checkout, "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
                    "--port", "0", "--no-dashboard", "--no-show")
        )  # fmt: skip
        address = waits_for(scheduler, r"(tcp://127\.0\.0\.1:\d+)")[1]
        started = [
            stack.enter_context(
                program(home, "distributed.cli.dask_worker", address, "--nthreads", "1",
                        "--no-nanny", "--no-dashboard", **more)
            )
            for home in workers
        ]  # fmt: skip
        for each in started:
            waits_for(each, "Registered to")
        yield address, started


@pytest.mark.nightly
def test_a_lost_workers_editions_are_made_by_another(tmp_path):
    here = Checkout(tmp_path / "here")
    here.editions(EDITIONS)
    with cluster(here, [here, here]) as (address, workers):
        run = here.start("run", "--scheduler", address, "--json")
        time.sleep(4)  # both are at work by then
        assert run.poll() is None
        workers[0].send_signal(signal.SIGKILL)
        out, err = run.communicate(timeout=240)
    assert run.returncode == 0, out + err
    said = json.loads(out)["editions"]
    assert [each["status"] for each in said] == ["built"] * 3
    for each in said:
        verify(here.report(each["name"]))
    assert here.run()[0] == 10  # on this machine nothing is left to do: the inputs are the same


@pytest.mark.slow
def test_a_worker_with_other_data_or_code_is_refused(tmp_path):
    here, there = Checkout(tmp_path / "here"), Checkout(tmp_path / "there")
    there.edit("data/tidy/observations.csv", "KAZ,ISR", "KAZ,TUR")
    with cluster(here, [here, there]) as (address, _):
        done = here.call("run", "--scheduler", address)
    assert done.returncode == 2
    assert "Workers with other code, libraries, data or seeds: tcp://" in done.stderr
    assert not here.report("kaz-isr").exists()


PARENT = 'import os\nopen(f"/proc/{os.getppid()}/cmdline").read().replace(chr(0), " ").split()[1:3]'
OTHERS = """
warm: {title: W, notebooks: [warm], formats: [html]}
tells: {title: T, notebooks: [tells], formats: [html]}
older: {title: O, notebooks: [older], formats: [html]}
"""


@pytest.mark.slow
def test_workers_fork_their_kernels_keep_their_secrets_and_have_the_same_notebooks(tmp_path):
    here, there = Checkout(tmp_path / "here"), Checkout(tmp_path / "there")
    tells = sample.code("import os\nos.environ['STATISTICS_TOKEN']")
    here.notebook("02_warm", sample.code(PARENT))
    here.notebook("03_tells", tells)
    here.notebook("04_older", sample.code("1"))
    shutil.copytree(here.folder / "notebooks", there.folder / "notebooks", dirs_exist_ok=True)
    there.notebook("04_older", sample.code("0"))
    here.editions(OTHERS)
    token = "canary-7f3eQz91-of-the-worker"  # which the publisher does not know
    with cluster(here, [there], STATISTICS_TOKEN=token) as (address, _):
        code, outcomes = here.run("--scheduler", address)
    assert code == 40
    assert {name: each["status"] for name, each in outcomes.items()} == {
        "warm": "built",
        "tells": "failed",
        "older": "failed",
    }
    book = (here.report("warm") / "notebooks" / "02_warm.ipynb").read_text(encoding="utf-8")
    assert ("kzdata.kernels.server" in book) == (linux.missing() is None)
    assert (
        "the value of STATISTICS_TOKEN in notebooks/03_tells.ipynb" in outcomes["tells"]["message"]
    )
    assert token not in json.dumps(outcomes)
    assert "differs in 04_older.ipynb" in outcomes["older"]["message"]


def test_a_scheduler_that_is_not_there_is_said(tmp_path):
    here = Checkout(tmp_path / "here")
    done = here.call("run", "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "No scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    for address in ("", "http://127.0.0.1:9"):
        done = here.call("run", "--scheduler", address)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
        assert f"Invalid address {address!r}" in done.stderr
