"""Small literal frames, and the shared folder where it is at hand."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import nbformat
import pandas as pd
import pytest
from filelock import FileLock

from kzdata.model import contract, periods

# A developer's own store must not answer in a test.
EMPTY_HOME = os.environ["KZDATA_HOME"] = tempfile.mkdtemp(prefix="kzdata-tests-")
atexit.register(shutil.rmtree, EMPTY_HOME, ignore_errors=True)

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=200)
hypothesis.settings.register_profile("daily", deadline=None, max_examples=25)
hypothesis.settings.load_profile("daily")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KZDATA_SHARED", ROOT.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with many slow tests begin first: one that began last would keep a core waiting."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


def interruptible() -> None:
    """Before a child begins: Ctrl-C ends it, also where the tests run in the background.

    A shell starts what it puts in the background with SIGINT ignored, and children inherit that.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="session")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """A shipped notebook as it runs with nothing given and nothing loaded: run once for all."""
    from kzdata.reports.colophon import OLDEST
    from kzdata.reports.execute import notebooks, read_notebook, run

    base = tmp_path_factory.getbasetemp()
    place = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # which workers share

    @cache
    def once(name: str) -> Any:
        made = place / f"{name}.ipynb"
        with FileLock(f"{made}.lock"), pytest.MonkeyPatch.context() as patch:
            if not made.exists():
                patch.setenv("KZDATA_HOME", EMPTY_HOME)
                scratch = tmp_path_factory.mktemp(name)
                nbformat.write(run(notebooks()[name], {}, scratch=scratch, epoch=OLDEST), made)
        return read_notebook(made)

    return once


@pytest.fixture
def own_home() -> Iterator[Path]:
    """The folder of this worker's store, emptied afterwards.

    Its warm server was started with it: under another, each kernel would be started anew.
    """
    home = Path(EMPTY_HOME)
    yield home
    shutil.rmtree(home)
    home.mkdir()


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here; KZDATA_SHARED names another place")
    return SHARED


VALUATION = {"X": "FOB", "M": "CIF", "T": "FOB/CIF", "B": "FOB/CIF"}


def rows(*cells: tuple, **common) -> pd.DataFrame:
    """A frame under the contract from (flow, period, value) cells."""
    made = []
    for flow, period, value in cells:
        missing = value is None
        row = {
            "dataflow": "trade_goods",
            "freq": periods.freq_of(period),
            "reporter": "KAZ",
            "partner": "ISR",
            "flow": flow,
            "product": "TOTAL",
            "valuation": VALUATION[flow],
            "period": period,
            "value": float("nan") if missing else float(value),
            "unit": "USD",
            "lower": float("nan") if missing else value - 0.5,
            "upper": float("nan") if missing else value + 0.5,
            "obs_status": "M" if missing else "A",
            "basis": "reported",
            "source": "bns_kaz_isr",
            "published": "2026-09-25",
            "locator": f"{flow} {period}",
            "note": "",
        }
        made.append(row | common)
    return pd.DataFrame(made, columns=[*contract.COLUMNS, *(set(common) - set(contract.COLUMNS))])
