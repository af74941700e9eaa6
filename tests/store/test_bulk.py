"""BACI in bulk: what comes back is what the reader reads, and what it refuses is refused."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import kzdata as kz
from kzdata.errors import ContractError, NotAvailable, UnknownCode
from kzdata.model import contract
from kzdata.readers import bulk_text
from kzdata.readers.payload import WrongFormat
from kzdata.store import bulk, journal, load, query

NAME = "BACI_HS92_Y2021_V202201.csv"
HEADER = '"t","i","j","k","v","q"\n'
ROWS = (
    '2021,842,376,10129,52.051,"       13.235"\n'  # a lost zero
    '2021,398,842,270900,0.041,"           NA"\n'  # an area with a note, no quantity
    '2021,251,398,382390,3.4,"        1.854"\n'  # one decimal printed
    '2021,490,398,854231,9,"           NA"\n'  # no decimal; not an ISO number
    '2021,398,376,010129,NA,"        0.001"\n'  # no value
    '2021,4,8,010121,1.23456,"        0.5"\n'  # more digits than a dollar
    '2021,4,24,010121,1e-05,"        0.5"\n'
    '2021,4,12,010121,123456789012.345,"        0.5"\n'
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(tmp_path, rows=ROWS, name=NAME, header=HEADER):
    path = tmp_path / name
    path.write_text(header + rows)
    return path


def loaded(path, **options):
    load.load("baci", path, **options)
    return query.known({"source": "baci"}, None, newest=True)


def assert_as_read(found, path, **options):
    expected = kz.read("baci", path, **options)
    found = contract.order(found)[expected.columns]
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_every_column_is_what_the_reader_reads(tmp_path):
    path = write(tmp_path)
    assert_as_read(loaded(path), path)


@pytest.mark.parametrize("most", [1, 700, 10_000])
def test_a_file_in_parts_and_in_disorder(tmp_path, monkeypatch, most):
    monkeypatch.setattr(bulk, "PART", most)
    monkeypatch.setattr(bulk_text, "IN_MEMORY", 0)
    random = np.random.default_rng(5)
    areas = [4, 8, 12, 251, 376, 398, 490, 699, 757, 842]
    pairs = [(i, j) for i in areas for j in areas if i != j]
    cells = [(i, j, k) for i, j in pairs for k in random.integers(10_100, 970_000, 20).tolist()]
    cells = [cells[n] for n in random.permutation(len(cells))]
    values = np.round(np.exp(random.normal(2, 3, len(cells))), 3)
    rows = "".join(
        f"2021,{i},{j},{k:06d},{v:.15g},{'NA':>13}\n"
        for (i, j, k), v in zip(cells, values, strict=True)
    )
    path = write(tmp_path, rows)
    found = loaded(path)
    assert len(found) == 1800
    assert_as_read(found, path)


def test_gz_and_zip_are_read_as_they_are_and_say_nothing_new(tmp_path):
    path = write(tmp_path)
    zipped, packed = tmp_path / "BACI.zip", tmp_path / (NAME + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(path, NAME)
        archive.writestr("Readme.txt", "about")
    assert load.load("baci", packed).added
    assert_as_read(query.known({"source": "baci"}, None, newest=True), path)
    assert not load.load("baci", path).added
    with pytest.raises(WrongFormat, match="holds 2 files"):
        load.load("baci", zipped)
    assert not load.load("baci", zipped, member=NAME).added


def test_two_numbers_of_one_area_keep_both_and_their_notes(tmp_path):
    rows = "2020,276,842,010121,1,NA\n2021,280,842,010121,2,NA\n2021,398,840,010121,3,   NA\n"
    path = write(tmp_path, rows, header="t,i,j,k,v,q\n")
    found = loaded(path)
    assert found["reporter_code"].tolist() == ["276", "280", "398"]
    assert found["partner_code"].tolist() == ["842", "842", "840"]
    assert_as_read(found, path)


def test_every_padding_of_a_missing_quantity_is_missing(tmp_path):
    rows = "".join(f"2021,398,376,0101{n},1.5,{'NA':>{n}}\n" for n in range(10, 30))
    path = write(tmp_path, rows + "2021,398,376,020110,1,0.5\n", header="t,i,j,k,v,q\r\n")
    assert loaded(path)["quantity_t"].notna().sum() == 1
    assert_as_read(loaded(path), path)


def test_years_of_one_file_are_periods(tmp_path):
    rows = "2020,398,376,010121,1,NA\n2021,398,376,010121,2,NA\n"
    path = write(tmp_path, rows)
    found = loaded(path)
    assert found["period"].tolist() == ["2020", "2021"]
    assert_as_read(found, path)


def test_the_same_rows_give_the_same_bytes_in_any_order(tmp_path):
    one = load.load("baci", write(tmp_path, name="BACI_HS92_V202201.csv"))
    turned = "".join(reversed(ROWS.splitlines(keepends=True)))
    assert not load.load("baci", write(tmp_path, turned, name="BACI_HS92_V202201.csv")).added
    assert len(journal.entries()) == 1
    assert one.entry.rows == 8


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ("2021,398,376,010121,1,NA\n2021,398,376,010121,2,NA\n", ContractError, "line 2 and"),
        ("2021,276,376,010121,1,NA\n2021,280,376,010121,2,NA\n", ContractError, "DEU"),
        ("2021,398,376,010121,1,NA\n2021,999,376,010121,2,NA\n", UnknownCode, "'999'"),
        ("2021,398,376,010121,1,NA\n2021,398,376,ABC,2,NA\n", WrongFormat, "ABC"),
        ("2021,398,376,010121,1,NA\n2021,398,376,1010121,2,NA\n", WrongFormat, "1010121"),
        ("2021,398,376,010121,1,NA\n2021,398,376,010122,x,NA\n", WrongFormat, "v 'x'"),
        ("2021,398,376,010121,1,NA\n2021,398,376,010122,inf,NA\n", WrongFormat, "v 'inf'"),
        ("2021,398,376,010121,1,NA\n2021,398,376,010122\n", WrongFormat, "columns"),
        ("2021,398,376,010121,1,NA\n2021,398,376,010122,1,\"x\"\n", WrongFormat, "x"),
        ("2021,398,376,010121,1,NA\n3021,398,376,010122,1,NA\n", WrongFormat, "3021"),
        ("2021,398,376,010121,1,NA\n2021,-32370,376,010122,1,NA\n", UnknownCode, "-32370"),
        ("2021,398,376,010121,1,NA\n,398,376,010122,1,NA\n", WrongFormat, "the period ''"),
        ("", NotAvailable, "no observations"),
    ],
)  # fmt: skip
def test_what_breaks_the_contract_is_refused_and_nothing_is_added(
    tmp_path, home, rows, error, said
):
    with pytest.raises(error, match=said):
        load.load("baci", write(tmp_path, rows))
    assert journal.entries() == []
    assert not list((home / "store" / "staging").iterdir())


def test_what_is_no_baci_is_refused(tmp_path):
    with pytest.raises(WrongFormat, match="lacks the columns t, i"):
        load.load("baci", write(tmp_path, "1,2\n", header="a,b\n"))
    with pytest.raises(WrongFormat, match="classification"):
        load.load("baci", write(tmp_path, name="trade.csv"))
    with pytest.raises(NotAvailable, match="no file"):
        load.load("baci", tmp_path / "none.csv")
    bomb = tmp_path / (NAME + ".gz")
    bomb.write_bytes(gzip.compress((HEADER + ROWS * 100).encode()))
    with pytest.raises(WrongFormat, match=r"larger than 20,000 bytes"):
        load.load("baci", bomb, limit=20_000)
    cut = tmp_path / ("cut_" + NAME + ".gz")
    cut.write_bytes(gzip.compress((HEADER + ROWS).encode())[:-12])
    with pytest.raises(WrongFormat, match="damaged"):
        load.load("baci", cut)


def test_a_real_extract_of_71_thousand_rows(tmp_path, shared):
    source = shared / "samples" / "baci" / "ExampleTradeData.csv.gz"
    if not source.exists():
        pytest.skip(f"{source.name} is not here")
    path = tmp_path / NAME
    path.write_bytes(gzip.decompress(source.read_bytes()))
    found = loaded(path)
    assert len(found) == 71_192
    assert_as_read(found, path)


def test_a_load_never_waits_for_pandas(tmp_path, home):
    code = (
        "import sys; from kzdata.store.load import load; load('baci', sys.argv[1]); "
        "print('pandas' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(write(tmp_path))],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert told.stdout == "False\n"
    assert len(journal.entries()) == 1


def many_rows(folder, count=3000):
    """Rows of five exporters by turns."""
    areas = (398, 376, 842, 251, 490)
    rows = (
        f"2021,{areas[n % 5]},{areas[(n + 1) % 5]},{n:06d},{n}.{n % 1000:03d},{'NA':>13}\n"
        for n in range(count)
    )
    return write(folder, "".join(rows))


SPILLING = """
import errno, os, resource, signal, sys
from pathlib import Path
from kzdata.readers import bulk_text
from kzdata.store import bulk, load as loading, vintages
from kzdata.store.journal import StoreError

before, after, home, how = sys.argv[1:]
bulk.PART = 500
bulk_text.IN_MEMORY = 0
staging, step, left = Path(home) / "store" / "staging", 0, 0
STEPS = {"open", "os.rename", "os.mkdir", "os.truncate", "os.remove", "os.rmdir", "fcntl.flock",
         "os.scandir"}

def prepare():
    seen = 0
    def hook(event, arguments):
        nonlocal seen
        if event in STEPS:
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
    if how == "step":
        from kzdata.readers import baci  # steps are those of the load, not of imports
        import polars, pyarrow.parquet
        sys.addaudithook(hook)
    else:
        if how == "killed in a write":
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (step * 4000, step * 4000))

def child(work):  # polars has threads, so only children use it
    number = os.fork()
    if number == 0:
        work()
        os._exit(0)
    return os.waitpid(number, 0)[1]

def load():
    prepare()
    try:
        loading.load("baci", after)
    except StoreError as error:
        assert "Nothing was added" in error.hint, error
        assert error.__cause__.errno == errno.EFBIG, error
        assert not list(staging.iterdir())
        os._exit(7)

assert child(lambda: loading.load("baci", before)) == 0
while True:
    step += 1
    status = child(load)
    left += bool(list(staging.glob("*/rows")))
    rows = len(vintages.rows({"source": "baci"}))
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 7:
        assert os.WEXITSTATUS(status) == 0
        break
    assert rows in (1, 3000), rows
assert not list(staging.iterdir())
print(step, left, rows)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
@pytest.mark.parametrize(
    ("how", "steps", "spills"),
    [
        pytest.param("step", 25, 10, marks=[pytest.mark.slow, pytest.mark.nightly]),
        ("killed in a write", 8, 4),
        ("full", 8, 0),
    ],
)
def test_what_ends_a_load_that_spills_leaves_the_state_before(tmp_path, home, how, steps, spills):
    (tmp_path / "in").mkdir()
    one = write(tmp_path, ROWS.splitlines(keepends=True)[0], name="BACI_HS92_Y2020_V202101.csv")
    every = many_rows(tmp_path / "in")
    # Python 3.12 and later warn of a fork beside Arrow's threads; these children end without them.
    quiet = ["-W", "ignore::DeprecationWarning"]
    done = subprocess.run(
        [sys.executable, *quiet, "-c", SPILLING, str(one), str(every), str(home), how],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    tried, left, rows = map(int, done.stdout.split())
    assert tried >= steps  # or nothing was tried
    assert left >= spills  # what was killed left a spill file, and the next load swept it away
    assert rows == 3000
