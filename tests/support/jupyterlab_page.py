"""A real JupyterLab in a real browser, driven as a person drives it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = os.environ.get("KZDATA_CHROMIUM") or shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
TOKEN = "kzdata-tests"
STARTED_WITHIN = 60  # seconds; a loaded machine of two cores needs about ten
RUN_WITHIN = 120_000  # milliseconds for all cells of a notebook


def why_not() -> str:
    """Why no JupyterLab can be driven here; "" where one can."""
    for package in ("playwright", "jupyterlab", "ipywidgets"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed: pip install -e '.[browser]'"
    return "" if CHROMIUM else "no chromium is installed; KZDATA_CHROMIUM names another place"


@contextmanager
def server(root: Path, home: Path) -> Iterator[str]:
    """JupyterLab over a folder, its settings and run-time files below ``home``; the address."""
    port = _free_port()
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8"
    )
    # Where packages come from another prefix than the interpreter's, their extensions do too.
    prefix = Path(importlib.util.find_spec("jupyterlab_widgets").origin).parents[4]
    env = os.environ | {
        "JUPYTER_PATH": str(prefix / "share" / "jupyter"),
        "JUPYTER_CONFIG_PATH": str(prefix / "etc" / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "KZDATA_HOME": str(home / "store"),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
        ),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=root)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, home / "server.log")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-2000:]}")


class Lab:
    """One notebook open in the browser; ``troubles`` collects what the console complains of."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.troubles: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("requestfailed", self._failed)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            place = (message.location or {}).get("url", "")
            self.troubles.append(f"console: {message.text} ({place})")

    def _failed(self, request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):
            self.troubles.append(f"request failed: {request.url} {request.failure}")

    def open(self, notebook: str) -> None:
        """Open a notebook and wait until its kernel is idle."""
        self.page.goto(f"{self.address}/lab/tree/{notebook}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_WITHIN)
        self.idle()

    def run_all(self) -> None:
        """Menu Run, Run All Cells; until no cell is waiting."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(
            """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                  .every(each => /\\d/.test(each.textContent))""",
            timeout=RUN_WITHIN,
        )
        self.idle()

    def idle(self) -> None:
        """Until the kernel says that it has nothing to do."""
        self.page.wait_for_function(
            "() => /\\| Idle/.test(document.querySelector('#jp-main-statusbar')?.innerText)",
            timeout=RUN_WITHIN,
        )

    def errors(self) -> list[str]:
        """The tracebacks among the outputs."""
        found = self.page.locator(".jp-OutputArea-output[data-mime-type*='error'], "
                                  ".jp-RenderedText[data-mime-type*='stderr']")  # fmt: skip
        return [re.sub(r"\s+", " ", text)[:400] for text in found.all_inner_texts()]

    def control(self, label: str) -> Any:
        """A control of the explorer by its label."""
        return self.page.get_by_label(label, exact=True)

    def choose(self, label: str, option: str) -> float:
        """Choose an option by what it says; the seconds until the explorer shows the answer."""
        control = self.control(label)
        before = self.shown()
        started = time.perf_counter()
        control.select_option(label=option)
        self.changed_from(before)
        taken = time.perf_counter() - started
        self.idle()
        return taken

    def changed_from(self, before: str) -> None:
        """Until the explorer shows another answer, all of it.

        The controls change before the answer does. The mark of waiting comes before the first part
        of an answer and goes after the last.
        """
        self.page.wait_for_function(
            """before => {const one = document.querySelector('.kz-answer');
                  return one && one.innerHTML !== before
                      && !one.classList.contains('kz-waiting');}""",
            arg=before,
            timeout=20_000,
        )

    def shown(self) -> str:
        """The answer that the explorer shows, as HTML."""
        return str(self.page.locator(".kz-answer").inner_html())


@contextmanager
def browser(width: int = 1200, height: int = 900) -> Iterator[Any]:
    """A page of Chromium; closed afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield opened.new_page(viewport={"width": width, "height": height})
        finally:
            opened.close()
