"""Jobs in fresh processes: what comes back, what fails, and that nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import CancelledError

import pytest
import warm_sample as sample
from conftest import ROOT

from kzdata.errors import JobFailed
from kzdata.kernels import linux
from kzdata.kernels.executor import WarmExecutor
from kzdata.reports.fleet.jobs import local

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(linux.missing() is not None, reason="forked processes need Linux"),
]


@pytest.fixture
def executor():
    with WarmExecutor(2, deadline=30) as made:
        yield made


def test_each_job_is_a_process_of_its_own_with_this_ones_folder_and_environment(
    executor, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIVEN", "yes")
    assert list(executor.map(sample.add, range(5), [10] * 5)) == [10, 11, 12, 13, 14]
    assert executor.submit(sample.add, 1, other=2).result() == 3
    answers = [executor.submit(sample.told).result() for _ in range(2)]
    assert len({pid for pid, *_ in answers} | {os.getpid()}) == 3
    assert [rest for _, *rest in answers] == [[str(tmp_path), "yes", True]] * 2


def test_random_numbers_differ_between_jobs(executor):
    draws = [executor.submit(sample.draw).result() for _ in range(3)]
    assert len({number for pair in draws for number in pair}) == 6


def test_large_results_come_whole(executor):
    assert executor.submit(sample.large, 20_000_000).result() == b"x" * 20_000_000


def test_what_a_job_raises_its_future_raises_with_the_place(executor):
    with pytest.raises(ValueError, match="not so") as caught:
        executor.submit(sample.refuse).result()
    assert "in refuse" in caught.value.__notes__[0]
    with pytest.raises(JobFailed, match=r"refuse_strangely .*Local\('local'\)"):
        executor.submit(sample.refuse_strangely).result()
    with pytest.raises(SystemExit):
        executor.submit(sample.quit_politely).result()


@pytest.mark.parametrize(
    ("job", "arguments", "said"),
    [
        (sample.end, (7,), "exit code 7"),
        (os.abort, (), "signal 6"),
        (sample.unsayable, (), "cannot be handed over"),
    ],
)
def test_a_job_without_an_answer_fails(executor, job, arguments, said):
    with pytest.raises(JobFailed, match=said):
        executor.submit(job, *arguments).result()
    assert executor.submit(sample.add, 1).result() == 1


def test_what_cannot_be_sent_is_refused_at_once(executor):
    with pytest.raises(JobFailed, match="cannot be sent"):
        executor.submit(lambda: 1)


def test_a_job_ends_at_its_deadline(tmp_path):
    begun = time.monotonic()
    with (
        WarmExecutor(1, deadline=0.5) as executor,
        pytest.raises(JobFailed, match=r"wait was stopped: it was not done in 0.5 s"),
    ):
        executor.submit(sample.wait, 60).result()
    assert time.monotonic() - begun < 10


def test_at_most_so_many_at_once_and_what_waits_can_be_cancelled(executor, tmp_path):
    assert max(executor.map(sample.peak, [str(tmp_path)] * 6)) == 2
    with WarmExecutor(1) as one:
        first, second = one.submit(sample.wait, 0.3), one.submit(sample.wait, 60)
        assert second.cancel()
        assert first.result() is None
        with pytest.raises(CancelledError):
            second.result()


def test_no_child_of_a_job_survives_it(executor):
    mark = uuid.uuid4().hex
    assert executor.submit(sample.leave_children, mark).result() == 4
    assert sample.gone(mark, 0) == []


SUPERVISOR = """\
import sys
sys.path.insert(0, {tests!r})
import warm_sample as sample
from kzdata.kernels.executor import WarmExecutor
from pathlib import Path
with WarmExecutor(2) as executor:
    executor.submit(sample.leave_children, {mark!r})
    executor.submit(sample.wait, 60, {marker!r}).result()
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_supervisor_killed_leaves_nothing(tmp_path, signum):
    mark, marker = uuid.uuid4().hex, tmp_path / "here"
    tests = str(ROOT / "tests" / "support")
    code = SUPERVISOR.format(tests=tests, mark=mark, marker=str(marker))
    env = {**os.environ, sample.MARK: mark}
    supervisor = subprocess.Popen([sys.executable, "-c", code], env=env)
    until = time.monotonic() + 60
    while not marker.exists() and time.monotonic() < until:
        assert supervisor.poll() is None
        time.sleep(0.05)
    assert len(sample.alive(mark)) >= 4  # supervisor, server, guard, job
    supervisor.send_signal(signum)
    supervisor.wait(10)
    assert sample.gone(mark) == []


def test_a_server_that_dies_is_started_anew(executor):
    server = executor.submit(sample.server).result()
    os.kill(server, signal.SIGKILL)
    until = time.monotonic() + 10
    while sample.runs(server) and time.monotonic() < until:
        time.sleep(0.01)
    with WarmExecutor(1) as another:
        assert another.submit(sample.add, 2).result() == 2


STARTED = """\
import os, sys
import multiprocessing.popen_spawn_posix
sys.path.insert(0, {tests!r})
import warm_sample as sample
from kzdata.errors import JobFailed
from kzdata.kernels.executor import WarmExecutor
if __name__ == "__main__":
    {before}
    with WarmExecutor(2, deadline=5) as executor:
        print(list(executor.map(sample.add, range(3))))
        for job, argument in [(sample.end, 7), (sample.wait, 60)]:
            try:
                executor.submit(job, argument).result()
            except JobFailed as error:
                print(error.fact)
"""


THREAD = "import threading, time; threading.Thread(target=time.sleep, args=(99,), daemon=True)"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("sys.platform = 'darwin'", "Forked kernels need Linux"),
        ("os.environ['PYTHONPATH'] = os.getcwd()", "a library starts threads"),
    ],
    ids=["platform", "refused"],
)
def test_where_nothing_can_be_forked_jobs_are_started_and_that_is_said(tmp_path, before, said):
    (tmp_path / "psutil.py").write_text(THREAD + ".start()")
    script = tmp_path / "script" / "script.py"
    script.parent.mkdir()
    script.write_text(STARTED.format(tests=str(ROOT / "tests" / "support"), before=before))
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert done.stdout.splitlines() == [
        "[0, 1, 2]",
        "The process of end ended with exit code 7 before it gave a result.",
        "wait was stopped: it was not done in 5 s.",
    ], done.stderr
    assert "started instead of forked." in done.stderr
    assert said in done.stderr


def interrupted(engine, marker):
    """Two jobs of a minute, one at a time; the first is interrupted once it has begun."""
    with local(1, engine) as jobs:
        given = [jobs.submit(sample.wait, 60, str(marker)) for _ in range(2)]
        until = time.monotonic() + 20
        while not marker.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert not given[0].done()
        raise KeyboardInterrupt


@pytest.mark.parametrize("engine", ["warm", "plain"])
def test_a_run_that_is_interrupted_does_not_wait_for_its_jobs(engine, tmp_path):
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted(engine, tmp_path / "begun")
    assert (tmp_path / "begun").exists()
    assert time.monotonic() - begun < 40  # a job takes 60
