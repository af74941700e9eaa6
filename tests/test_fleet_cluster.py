"""The same editions on a real Dask scheduler with two worker processes, one of which is killed."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import time

import pytest
from fleet_sample import Checkout

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
def program(checkout, *words):
    started = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=checkout.folder, env=checkout.environment(),
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
def cluster(checkout, workers):
    with contextlib.ExitStack() as stack:
        scheduler = stack.enter_context(
            program(checkout, "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
                    "--port", "0", "--no-dashboard", "--no-show")
        )  # fmt: skip
        address = waits_for(scheduler, r"(tcp://127\.0\.0\.1:\d+)")[1]
        started = [
            stack.enter_context(
                program(home, "distributed.cli.dask_worker", address, "--nthreads", "1",
                        "--no-nanny", "--no-dashboard")
            )
            for home in workers
        ]  # fmt: skip
        for each in started:
            waits_for(each, "Registered to")
        yield address, started


@pytest.mark.slow
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


def test_a_scheduler_that_is_not_there_is_said(tmp_path):
    here = Checkout(tmp_path / "here")
    done = here.call("run", "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "No scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
