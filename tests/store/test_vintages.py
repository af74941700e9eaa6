"""The user's store: what is added stays, is checked when it is read, and is known as of a day."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, rows

import kzdata as kz
from kzdata.errors import KzdataError, NotAvailable, ParameterError, ParseError, UnknownCode
from kzdata.model import contract
from kzdata.store import journal, preferences, query
from kzdata.store import load as vintages
from kzdata.store.journal import StoreError

HEADER = "DATAFLOW,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
BACI = "t,i,j,k,v,q\n2021,398,376,010121,52.051,       13.235\n2021,398,842,270900,0.041,    NA\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def imts(path: Path, **cells: tuple[float, str] | float) -> Path:
    """An IMF file of exports of Kazakhstan to Israel; x2024=5 is 5 USD in 2024."""
    lines = []
    for name, cell in cells.items():
        value, status = cell if isinstance(cell, tuple) else (cell, "A")
        lines.append(f"IMF:IMTS(1.0),A,KAZ,ISR,XG_FOB_USD,{name[1:]},{value},{status}\n")
    path.write_text(HEADER + "".join(lines))
    return path


def load(path: Path, published: str | None = None, source: str = "imf_sdmx_csv") -> vintages.Loaded:
    return vintages.load(source, path, **({"published": published} if published else {}))


def values(**asked) -> dict[str, float]:
    found = kz.observations("KAZ", "ISR", flow="X", source="imf_sdmx_csv", **asked)
    return dict(zip(found["period"], found["value"], strict=True))


def test_what_is_loaded_is_what_the_reader_reads(tmp_path):
    path = imts(tmp_path / "a.csv", x2023=1.5, x2024=(2.25, "P"))
    done = load(path, "2025-03")
    assert done.added
    assert (done.entry.source, done.entry.published, done.entry.rows) == (
        "imf_sdmx_csv", "2025-03", 2,
    )  # fmt: skip
    expected = kz.read("imf_sdmx_csv", path, published="2025-03")
    pd.testing.assert_frame_equal(kz.observations("KAZ", "ISR", source="imf_sdmx_csv"), expected)


def test_what_is_shipped_is_read_without_a_store_and_beside_it(tmp_path, home):
    shipped = kz.observations("KAZ", "ISR")
    assert not home.exists()  # reading makes nothing
    load(imts(tmp_path / "a.csv", x1994=7), "2025-03")
    both = kz.observations("KAZ", "ISR")
    assert len(both) == len(shipped) + 1
    # the same cell from a source that no rule names: the rule's choice stays
    load(imts(tmp_path / "b.csv", x2024=7), "2026-09")
    kept = kz.observations("KAZ", "ISR", flow="X", start=2024, end=2024)
    assert kept["source"].tolist() == ["bns_kaz_isr"]
    every = kz.observations("KAZ", "ISR", flow="X", start=2024, end=2024, source="all")
    assert "imf_sdmx_csv" in set(every["source"])


def test_loading_the_same_again_adds_nothing(tmp_path, home):
    path = imts(tmp_path / "a.csv", x2023=1, x2024=2)
    load(path, "2025-03")
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    assert not load(path, "2025-03").added
    (tmp_path / "copy.csv").write_bytes(path.read_bytes())
    assert not load(tmp_path / "copy.csv", "2025-03").added  # another name says nothing new
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == before
    assert load(path, "2025-04").added  # the same figures, confirmed a month later


def test_as_of_gives_back_what_was_known_byte_for_byte(tmp_path):
    load(imts(tmp_path / "a.csv", x2023=10, x2024=(20, "P")), "2025-12-15")
    then = kz.observations("KAZ", "ISR", source="all", as_of="2026-01-28")
    csv = then.to_csv(index=False)
    load(imts(tmp_path / "b.csv", x2023=11, x2024=22, x2025=30), "2026-03")
    again = kz.observations("KAZ", "ISR", source="all", as_of="2026-01-28")
    assert again.to_csv(index=False) == csv
    assert values(as_of="2026-01-28") == {"2023": 10, "2024": 20}
    # a month counts from its last day
    assert values(as_of="2026-03-30") == {"2023": 10, "2024": 20}
    assert values(as_of="2026-03-31") == {"2023": 11, "2024": 22, "2025": 30}
    assert values() == values(as_of="2026-03-31")
    with pytest.raises(NotAvailable, match="known by 2025-12-14"):
        values(as_of="2025-12-14")


def test_an_undated_publication_is_known_from_its_loading(tmp_path):
    done = load(imts(tmp_path / "a.csv", x2024=5))
    assert values(as_of=done.entry.loaded) == {"2024": 5}
    with pytest.raises(NotAvailable):
        values(as_of="2026-01-28")


def test_a_correction_under_the_same_date_counts_from_its_own_loading(tmp_path):
    load(imts(tmp_path / "a.csv", x2024=5), "2025-06")
    load(imts(tmp_path / "b.csv", x2024=6), "2025-06")
    assert values(as_of="2025-12-31") == {"2024": 5}
    assert values() == {"2024": 6}
    every = kz.observations("KAZ", "ISR", source="all", flow="X", start=2024, end=2024)
    assert not every.duplicated(contract.KEY).any()


def test_an_older_publication_loaded_late_stays_the_older(tmp_path):
    load(imts(tmp_path / "b.csv", x2024=6), "2026-03")
    load(imts(tmp_path / "a.csv", x2024=5), "2025-12")
    assert values() == {"2024": 6}
    assert values(as_of="2026-01-28") == {"2024": 5}


def test_what_is_shipped_is_known_from_the_day_it_was_published_or_seen():
    known = kz.observations("KAZ", "ISR", source="all", as_of="2026-08-31")
    assert set(known["source"]) == {"bns_partners_2025"}  # published in July 2026
    later = kz.observations("KAZ", "ISR", source="all", as_of="2026-09-25")
    assert {"bns_kaz_isr", "wits_kaz_isr"} <= set(later["source"])
    for wrong in ("2026-01", "yesterday", "2026-02-30"):
        with pytest.raises(ParseError, match="not a date"):
            kz.observations("KAZ", "ISR", as_of=wrong)


def test_a_newer_edition_withdraws_what_it_lacks(tmp_path):
    old = tmp_path / "BACI_HS92_Y2021_V202201.csv"
    new = tmp_path / "BACI_HS92_Y2021_V202301.csv"
    old.write_text(BACI)
    new.write_text("t,i,j,k,v,q\n2021,398,842,270900,0.050,    NA\n")
    vintages.load("baci", old)
    assert len(kz.observations("KAZ", "ISR", source="baci")) == 1
    vintages.load("baci", new)
    with pytest.raises(NotAvailable):
        kz.observations("KAZ", "ISR", source="baci")
    assert len(kz.observations("KAZ", "ISR", source="baci", as_of="2022-12-31")) == 1
    assert len(kz.observations("KAZ", "ISR", product="010121", source="all")) == 1


def test_rows_of_two_nomenclatures_are_two_cells(tmp_path):
    for edition in ("92", "17"):
        path = tmp_path / f"BACI_HS{edition}_Y2021_V202201.csv"
        path.write_text(BACI)
        vintages.load("baci", path)
    found = kz.observations("KAZ", "ISR", product="010121")
    assert found["classification"].tolist() == ["HS1992", "HS2017"]
    contract.check(found)


def test_a_changed_file_is_refused_and_loading_it_again_mends_it(tmp_path, home):
    path = imts(tmp_path / "a.csv", x2023=1, x2024=2)
    load(path, "2025-03")
    (batch,) = (home / "store" / "batches").glob("*.parquet")
    data = bytearray(batch.read_bytes())
    data[len(data) // 2] ^= 1
    batch.write_bytes(data)
    with pytest.raises(StoreError, match="SHA-256 differs"):
        values()
    with pytest.raises(StoreError, match="kzdata load"):
        kz.observations("KAZ", "ISR")
    assert len(kz.observations("KAZ", "ISR", source="wits_kaz_isr"))  # what is shipped is not hurt
    assert load(path, "2025-03").added
    assert values() == {"2023": 1, "2024": 2}
    (index,) = (home / "store" / "batches").glob("*.json")
    index.write_bytes(index.read_bytes().replace(b"2025-03", b"2024-03"))
    with pytest.raises(StoreError, match="SHA-256 differs"):
        values()
    batch.unlink()
    index.unlink()
    with pytest.raises(StoreError, match="not on the disk"):
        values()


def test_half_a_line_is_no_line_and_a_broken_line_is_an_error(tmp_path, home):
    load(imts(tmp_path / "a.csv", x2023=1), "2025-03")
    path = home / "store" / journal.NAME
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert values() == {"2023": 1}
    load(imts(tmp_path / "b.csv", x2024=2), "2025-04")
    assert values() == {"2023": 1, "2024": 2}
    assert path.read_bytes().startswith(whole)  # only ever added to
    assert len(path.read_bytes().splitlines()) == 2
    path.write_bytes(b"{}\n" + whole)
    with pytest.raises(StoreError, match="Line 1 of"):
        values()


def test_what_cannot_be_loaded_changes_nothing(tmp_path, home, monkeypatch):
    empty = tmp_path / "empty.csv"
    empty.write_text(HEADER)
    with pytest.raises(NotAvailable, match="no observations"):
        load(empty)
    with pytest.raises(UnknownCode, match="baci"):
        vintages.load("bacci", empty)
    with pytest.raises(ParameterError, match="published"):
        vintages.load("imf_sdmx_csv", empty, publishd="2025")
    baci = tmp_path / "BACI_HS92_Y2021_V202201.csv"
    baci.write_text(BACI)
    with pytest.raises(ParameterError, match="published"):
        vintages.load("baci", baci, publishd="2025")
    assert not list((home / "store").glob("batches/*"))
    assert not list((home / "store").glob("staging/*"))
    monkeypatch.setenv("KZDATA_HOME", "relative")
    with pytest.raises(KzdataError, match="not an absolute path"):
        values()


def test_a_folder_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KZDATA_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(StoreError, match="cannot be written"):
        load(imts(tmp_path / "a.csv", x2024=5))


LOADER = """
import sys
from kzdata.store import load as vintages
print("ready", flush=True)
sys.stdin.readline()
for path in sys.argv[1:]:
    vintages.load("imf_sdmx_csv", path, published="2025-03")
    print(path, flush=True)
"""


def start(*paths: Path) -> subprocess.Popen:
    made = subprocess.Popen(
        [sys.executable, "-c", LOADER, *map(str, paths)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert made.stdout.readline() == "ready\n"
    return made


def many(folder: Path, first: int, count: int) -> list[Path]:
    folder.mkdir()
    return [imts(folder / f"{n}.csv", **{f"x{n}": n}) for n in range(first, first + count)]


def test_two_processes_loading_at_once_lose_nothing(tmp_path):
    halves = [many(tmp_path / "one", 1920, 15), many(tmp_path / "two", 1940, 15)]
    same = imts(tmp_path / "same.csv", x1999=3)  # both load this one, and one of them adds it
    runs = [start(*paths, same) for paths in halves]
    for run in runs:
        run.stdin.write("\n")
        run.stdin.flush()
    for run in runs:
        run.communicate(timeout=60)
        assert run.returncode == 0
    years = [*range(1920, 1935), *range(1940, 1955)]
    assert values() == {str(y): float(y) for y in years} | {"1999": 3}
    assert len(journal.entries()) == 31


@pytest.mark.parametrize("seconds", [0.02, 0.09, 0.17, 0.31])
def test_kill_9_at_any_time_loses_nothing_that_was_said_to_be_loaded(tmp_path, home, seconds):
    run = start(*many(tmp_path / "in", 1910, 80))
    run.stdin.write("\n")
    run.stdin.flush()
    time.sleep(seconds)
    run.send_signal(signal.SIGKILL)
    told, _ = run.communicate(timeout=60)
    said = {Path(line).stem for line in told.splitlines()}
    held = values() if journal.entries() else {}
    assert said <= set(held)
    assert len(held) <= len(said) + 1  # the one that was done and not yet told
    assert all(held[year] == float(year) for year in held)
    assert load(imts(tmp_path / "next.csv", x2024=5)).added
    assert values()["2024"] == 5
    assert not list((home / "store" / "staging").iterdir())  # what it left is gone


STEPS = """
import os, sys
import polars, pyarrow.parquet
from kzdata.store import load as loading, vintages
from kzdata.readers import sdmx_csv

before, after, home = sys.argv[1], sys.argv[2], sys.argv[3]
if (child := os.fork()) == 0:  # polars has threads, so only children use it
    loading.load("imf_sdmx_csv", before, published="2025-03")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
step = 0
while True:
    step += 1
    child = os.fork()
    if child == 0:
        seen = 0
        def hook(event, arguments):
            global seen
            if event in {"open", "os.rename", "os.mkdir", "os.truncate", "os.remove", "os.rmdir",
                         "fcntl.flock", "os.scandir"}:
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), 9)
        sys.addaudithook(hook)
        loading.load("imf_sdmx_csv", after, published="2025-04")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        break
    held = vintages.rows({"source": "imf_sdmx_csv"})
    assert len(held) in (1, 2), held
print(step, len(vintages.rows({"source": "imf_sdmx_csv"})))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
def test_kill_9_before_every_single_step_on_the_disk_leaves_a_readable_state(tmp_path, home):
    before = imts(tmp_path / "a.csv", x2023=1)
    after = imts(tmp_path / "b.csv", x2024=2)
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(before), str(after), str(home)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps, rows = done.stdout.split()
    assert int(steps) > 20
    assert rows == "2"


def test_a_batch_is_sorted_by_reporter_and_only_what_is_asked_for_is_read(tmp_path, home):
    import pyarrow.parquet as pq

    path = tmp_path / "BACI_HS92_Y2021_V202201.csv"
    exporters = (842, 4, 398, 251, 490)
    path.write_text("t,i,j,k,v,q\n" + "".join(f"2021,{i},376,010121,1.5,NA\n" for i in exporters))
    done = vintages.load("baci", path)
    table = pq.read_table(home / "store" / "batches" / done.entry.file)
    reporters = table["reporter"].to_pylist()
    assert reporters == sorted(reporters) == ["AFG", "FRA", "KAZ", "S19", "USA"]
    assert json.loads((home / "store" / "journal.jsonl").read_text())["reporters"] == 5
    assert kz.observations("USA", "ISR", source="baci")["value"].tolist() == [1500.0]


def test_of_sources_of_one_rank_the_newest_answers_and_ranks_go_before_dates():
    old = rows(("X", "2024", 1), source="bns_partners_2025", published="2026-07")
    new = rows(("X", "2024", 2), source="bns_partners", published="2027-02-15")
    newest = rows(("X", "2024", 3), source="wits", published="2028")
    rules = [{
        "dataflow": "trade_goods", "reporter": "KAZ",
        "order": [{"source": ["bns_partners", "bns_partners_2025"]}, {"source": "wits"}],
    }]  # fmt: skip
    every = pd.concat([newest, old, new], ignore_index=True)
    assert preferences.preferred(every, rules)["value"].tolist() == [2]
    assert preferences.preferred(every[every["source"] != "bns_partners"], rules)[
        "value"
    ].tolist() == [1]


def test_a_total_is_one_cell_whatever_the_nomenclature_and_series_stay_together():
    shipped = rows(("X", "2024", 1), classification="", series="")
    other = rows(("X", "2024", 2), source="wits", classification="HS2022", series="A.KAZ.1")
    more = rows(("X", "2024", 3), source="wits", classification="HS2022", series="A.KAZ.2")
    every = pd.concat([other, more, shipped], ignore_index=True)
    assert preferences.preferred(every, [])["value"].tolist() == [1]  # by name, bns_kaz_isr
    rules = [
        {"dataflow": "trade_goods", "reporter": "KAZ", "order": [{"source": "wits"}]},
    ]
    assert preferences.preferred(every, rules)["value"].tolist() == [2, 3]


def baci(path: Path) -> Path:
    """Ten thousand dollars of each of two products, both ways, with countries in the panel too."""
    path.write_text(
        "t,i,j,k,v,q\n"
        + "".join(
            f"{year},{i},{j},{k},10,NA\n"
            for year in (2023, 2024)
            for i, j in ((398, 376), (376, 398), (398, 792), (792, 398), (276, 376))
            for k in ("010121", "270900")
        )
    )
    return path


def test_a_pair_asked_without_product_answers_with_totals_whatever_is_loaded(tmp_path):
    before = kz.observations("KAZ", "ISR")
    panel = kz.observations("KAZ", start=2020)
    vintages.load("baci", baci(tmp_path / "BACI_HS92_V202501.csv"))
    pd.testing.assert_frame_equal(kz.observations("KAZ", "ISR"), before)
    pd.testing.assert_frame_equal(kz.observations("KAZ", start=2020), panel)
    every = kz.observations("KAZ", "ISR", start=2024, product="all")
    assert set(every["product"]) == {"TOTAL", "010121", "270900"}
    # a named source gives all that it has; so does a pair for which nobody publishes totals
    assert len(kz.observations("KAZ", "ISR", source="baci")) == 4
    assert len(kz.observations("DEU", "ISR")) == 4
    with pytest.raises(NotAvailable):
        kz.observations("DEU", "ISR", product="TOTAL")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["bilateral", pytest.param("partial_year", marks=pytest.mark.nightly)]
)
def test_notebooks_print_the_same_with_products_loaded(
    tmp_path, name, executed, own_home, monkeypatch
):
    from kzdata.reports.colophon import OLDEST, kept
    from kzdata.reports.execute import notebooks, run

    monkeypatch.setenv("KZDATA_HOME", str(own_home))
    vintages.load("baci", baci(tmp_path / "BACI_HS92_V202501.csv"))
    ran = run(notebooks()[name], {}, scratch=tmp_path, epoch=OLDEST)
    one, other = (
        [cell.get("outputs") for cell in json.loads(kept(book))["cells"]]
        for book in (executed(name), ran)
    )
    assert one == other


def test_why_finds_what_is_loaded(tmp_path):
    load(imts(tmp_path / "a.csv", x1994=7654321), "2025-03")
    vintages.load("baci", baci(tmp_path / "BACI_HS92_V202501.csv"))
    found = kz.why("7,654,321").frame
    assert found["source"].tolist() == ["imf_sdmx_csv"]
    (tmp_path / "one.csv").write_text("t,i,j,k,v,q\n2024,398,376,010121,98765.432,NA\n")
    vintages.load("baci", tmp_path / "one.csv", classification="HS1992", published="2026-01")
    found = kz.why("98,765,432").frame
    assert found["source"].tolist() == ["baci"]
    assert "one.csv, line 2" in found["locator"].item()
    assert "imf_sdmx_csv" in set(query.everything()["source"])


def test_a_newer_edition_of_the_bureau_that_is_loaded_answers_for_the_shipped_one():
    shipped = kz.observations("KAZ", "ISR", flow="X", start=2025, source="bns_partners_2025")
    newer = shipped.assign(source="bns_partners", published="2027-07", value=1.0)
    older = newer.assign(published="2026-02", value=2.0)
    early = newer.assign(published="2027-02", obs_status="P", value=3.0)
    for loaded, answer in ((newer, 1.0), (older, shipped["value"].item()), (early, None)):
        best = preferences.preferred(pd.concat([shipped, loaded], ignore_index=True))
        assert best["value"].tolist() == [shipped["value"].item() if answer is None else answer]


def test_a_fetched_body_that_names_no_date_was_published_when_it_was_retrieved(tmp_path):
    folder = tmp_path / "20260925T101112Z-abc"
    folder.mkdir()
    path = imts(folder / "answer.csv", x2024=5)
    record = {"file": "answer.csv", "reader": "imf_sdmx_csv", "options": {},
              "retrieved": "2026-09-25T10:11:12+00:00"}  # fmt: skip
    (folder / "fetched.json").write_text(json.dumps(record))
    assert load(path).entry.published == "2026-09-25"
    found = kz.observations("KAZ", "ISR", source="imf_sdmx_csv")
    assert found["published"].tolist() == ["2026-09-25"]
    assert load(path, "2026-08").entry.published == "2026-08"  # who loads it may know better
    (folder / "fetched.json").write_text(json.dumps(record | {"file": "other.csv"}))
    assert load(imts(folder / "answer.csv", x2024=6)).entry.published == "_U"
