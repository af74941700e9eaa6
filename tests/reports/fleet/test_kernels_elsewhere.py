"""Warm kernels in the programs of others: JupyterLab's server, papermill, nbval."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import pytest
import reports_sample as sample

from kzdata.kernels import linux

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(linux.missing() is not None, reason="nothing can be forked here"),
]
PARENT = 'import os\nopen(f"/proc/{os.getppid()}/cmdline").read().replace(chr(0), " ").split()[1:3]'
WARM = "['-m', 'kzdata.kernels.server']"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Jupyter with nothing of the person's own."""
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return tmp_path


class Server:
    """A Jupyter server with JupyterLab, spoken to as its page does."""

    def __init__(self, address):
        self.address = address

    def call(self, path, method="GET", content=None):
        asked = urllib.request.Request(
            f"{self.address}/api/{path}", method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": "token secret", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(asked, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    @contextlib.contextmanager
    def talking(self, kernel):
        from websockets.sync.client import connect

        address = self.address.replace("http:", "ws:")
        with connect(f"{address}/api/kernels/{kernel}/channels?token=secret") as line:
            yield lambda code: self.run(line, code)

    @staticmethod
    def run(line, code):
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": "execute_request", "session": "s", "version": "5.3",
                  "username": "", "date": ""}  # fmt: skip
        content = {"code": code, "silent": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content,
                   "channel": "shell", "buffers": []}  # fmt: skip
        line.send(json.dumps(message))
        said = ""
        while True:
            told = json.loads(line.recv(timeout=60))
            if told["parent_header"].get("msg_id") != name:
                continue
            if told["msg_type"] == "execute_result":
                said += told["content"]["data"]["text/plain"]
            elif told["msg_type"] == "error":
                said += told["content"]["ename"]
            elif told["content"].get("execution_state") == "idle":
                return said


@pytest.fixture
def lab(place):
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
    pytest.importorskip("websockets", reason="a client of web sockets is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}")
    started = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
         "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
         "--IdentityProvider.token=secret", f"--ServerApp.root_dir={place}"],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=place,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            assert started.poll() is None
            with contextlib.suppress(urllib.error.URLError):
                server.call("status")
                break
            assert time.monotonic() < until
            time.sleep(0.2)
        yield server
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(timeout=60)


def test_jupyterlab_forks_restarts_and_ends_its_kernels(lab):
    specs = lab.call("kernelspecs")["kernelspecs"]
    assert specs["kzdata-warm"]["spec"]["display_name"] == "Python 3 (kzdata, warm)"
    kernel = lab.call("kernels", "POST", {"name": "kzdata-warm"})["id"]
    with lab.talking(kernel) as run:
        assert run(PARENT) == WARM
        assert run('import kzdata as kz\nlen(kz.observations("KAZ", "ISR")) > 0') == "True"
        run("left = 1")
        assert run("1 / 0") == "ZeroDivisionError"
    lab.call(f"kernels/{kernel}/restart", "POST", {})
    with lab.talking(kernel) as run:
        assert run("'left' in globals()") == "False"
        assert run(PARENT) == WARM
        pid = int(run("os.getpid()"))
    lab.call(f"kernels/{kernel}", "DELETE")
    until = time.monotonic() + 20
    while time.monotonic() < until and alive(pid):
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def notebook(place):
    return sample.save(
        place / "asks.ipynb",
        sample.markdown("# T"),
        sample.code('partner: str = "ISR"', "parameters"),
        sample.code(PARENT),
        sample.code('import kzdata as kz\nlen(kz.observations("KAZ", partner)) > 0'),
    )


def program(place, *words):
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=place, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_papermill_and_nbval_fork_theirs(place):
    """nbval sends what a kernel says on its own error output away; that is no reason to start."""
    asks, done = notebook(place), place / "done.ipynb"
    program(place, "papermill", "--kernel", "kzdata-warm", "-p", "partner", "TUR", asks, done)
    outputs = [cell.get("outputs") for cell in json.loads(done.read_text())["cells"]]
    assert [each[0]["data"]["text/plain"] for each in outputs if each] == [[WARM], ["True"]]
    said = program(place, "pytest", "-q", "-p", "no:cacheprovider", "--nbval",
                   "--nbval-kernel-name", "kzdata-warm", done)  # fmt: skip
    assert "4 passed" in said
