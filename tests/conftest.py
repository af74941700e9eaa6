"""Small literal frames, and the shared folder where it is at hand."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections import Counter
from pathlib import Path

import hypothesis
import pandas as pd
import pytest

from kzdata.model import contract, periods

# A developer's own store must not answer in a test.
os.environ["KZDATA_HOME"] = tempfile.mkdtemp(prefix="kzdata-tests-")
atexit.register(shutil.rmtree, os.environ["KZDATA_HOME"], ignore_errors=True)

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

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
