"""A small checkout of its own: the real library, data and seeds, light notebooks, editions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import reports_sample as sample
from conftest import ROOT

TRADE = [
    sample.markdown("# How much is traded?"),
    sample.code(
        'partner: str = "ISR"  # trade partner, ISO 3166 alpha-3\nstart: int = 2022  # first year',
        "parameters",
    ),
    sample.code(
        "import kzdata as kz\n\n"
        'trade = kz.observations("KAZ", partner, start=start, freq="A")\n'
        "turnover = trade.pipe(kz.turnover)"
    ),
    sample.code(
        'kz.finding("Turnover with {partner} came to {total}.", partner=partner,\n'
        '           total=kz.number(turnover, period=turnover["period"].iloc[-1]))'
    ),
    sample.code("kz.charts.turnover(trade)"),
    sample.code('kz.table(turnover, "Turnover", {"period": "Year", "value": "Turnover"})'),
]
EDITIONS = """
kaz:
  title: "Kazakhstan and {partner}"
  notebooks: [trade]
  matrix: {partner: [ISR, TUR]}
  formats: [html]
  calendar: {cron: "0 6 * * 1", time_zone: Asia/Almaty}
"""


class Checkout:
    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("kzdata", "seeds", "data"):
            shutil.copytree(ROOT / name, folder / name,
                            ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
        self.notebook("01_trade", *TRADE)
        self.editions(EDITIONS)

    def notebook(self, name: str, *cells) -> Path:
        return sample.save(self.folder / "notebooks" / f"{name}.ipynb", *cells)

    def editions(self, text: str) -> None:
        place = self.folder / "reports" / "editions.yml"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        own = {"PYTHONPATH": str(self.folder), "KZDATA_HOME": str(self.folder / "user")}
        return {**os.environ, **own, **more}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "kzdata", *words]

    def start(self, *words: str, **more: str) -> subprocess.Popen:
        return subprocess.Popen(
            self.command(*words), cwd=self.folder, env=self.environment(**more),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def call(self, *words: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*words), cwd=self.folder, env=self.environment(**more),
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def run(self, *words: str, **more: str) -> tuple[int, dict[str, dict]]:
        """Exit code and, by name, what a run says of each edition."""
        done = self.call("run", "--json", *words, **more)
        assert done.stdout, done.stderr
        said = json.loads(done.stdout)
        assert said["exit"] == done.returncode
        return done.returncode, {each["name"]: each for each in said["editions"]}

    def reasons(self, *words: str, **more: str) -> dict[str, list[str]]:
        """Why each edition would be made now."""
        return {
            name: each["reasons"] for name, each in self.run("--dry-run", *words, **more)[1].items()
        }

    def report(self, name: str) -> Path:
        return self.folder / "reports" / name

    def edit(self, path: str, old: str, new: str, times: int = 1) -> None:
        place = self.folder / path
        text = place.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        place.write_text(text.replace(old, new, times), encoding="utf-8")
