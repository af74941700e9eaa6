"""Time and peak memory of the store against bare engines, each run in a process of its own.

    python benchmarks/store.py                           5 million rows, three rounds
    python benchmarks/store.py --rows 20000 5000000 25000000 --json store.json

Needs duckdb beside kzdata: pip install kzdata[bench]. A file of BACI's shape is
made first (six columns, exporters in order, quantities padded, a few of them NA); the mixed one has
its rows in no order. Loading: text to a typed Parquet file sorted by reporter, with ISO codes
joined, product codes as text, thousands to dollars, padded NA missing. The bare engines write fewer
columns than the store (no line, no printed decimals, no note), check nothing, and put nothing on
the disk for good; the store does all of it. polars and duckdb sort by reporter and may take all
memory; polars_as_is and polars_mixed do not sort, and so need little; duckdb_400 sorts within the
memory that the store may take. Asking: one pair out of the file that the store wrote, as a data
frame. Memory is the largest resident size of the process. Times are of whole processes, so what is
imported counts.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from itertools import pairwise
from pathlib import Path
from statistics import median

NAME = "BACI_HS92_Y2021_V202201.csv"
LOADING = ["kzdata", "polars", "polars_as_is", "duckdb", "duckdb_400", "pandas"]
ASKING = ["ask_kzdata", "ask_duckdb", "ask_polars"]
IMPORTING = ["import_kzdata", "import_pandas"]
MANY = 1_000_000  # rows; of fewer, no pair is sure to have any
MEMORY = 400  # MiB that a load may take, however many rows
MIXED = ["kzdata_mixed", "polars_mixed"]
PACKED = ["kzdata_gz", "gzip_dc", "kzdata_zip"]
# contender, base, highest ratio of time that is aimed at
AIMS = [
    ("kzdata", "polars", 1.2), ("kzdata", "polars_as_is", 1.2), ("kzdata", "duckdb", 1.2),
    ("kzdata", "duckdb_400", 1.2),
    ("kzdata", "pandas", 0.4), ("ask_kzdata", "ask_duckdb", 1.3),
    ("ask_kzdata", "ask_polars", 1.3), ("import_kzdata", "import_pandas", 1.15),
    ("kzdata_mixed", "polars_mixed", 1.2), ("kzdata_gz", "kzdata", None),
    ("kzdata_zip", "kzdata", None),
]  # fmt: skip


def numbers() -> dict[int, str]:
    """UN Comtrade's number of each area, one number an area."""
    import pycountry

    from kzdata.model import codes as areas

    codes = (int(each.numeric) for each in pycountry.countries)
    known = {areas.from_number(code): code for code in [*codes, 842, 251, 699, 757, 579, 490]}
    return {code: area for area, code in sorted(known.items(), key=lambda each: each[1])}


def make(path: str, count: str, *, mixed: bool = False) -> None:
    """Write a file of BACI's shape; the same rows every time."""
    import numpy as np
    import polars as pl

    rows = int(count)
    random = np.random.default_rng(20211)
    areas = np.array(list(numbers()))
    products = np.sort(random.choice(np.arange(10_100, 970_700), 5_000, replace=False))
    many, of = len(areas), len(products)
    key = np.unique(random.integers(0, many * many * of, int(rows * 1.15), dtype=np.int64))
    key = key[key // of // many != key // of % many]
    key = random.choice(key, rows, replace=False, shuffle=True)
    if not mixed:
        key.sort()
    with Path(path).open("wb") as file:
        file.write(b"t,i,j,k,v,q\n")
        for part in np.array_split(key, max(1, rows // 500_000)):
            value = np.exp(random.normal(3, 2.5, len(part)))
            kilos = np.rint(np.exp(random.normal(1, 2.5, len(part))) * 1000).astype(np.int64)
            tonnes = pl.format("{}.{}", "whole", pl.col("kilos").cast(pl.String).str.zfill(3))
            pl.DataFrame(
                {
                    "t": np.full(len(part), 2021),
                    "i": areas[part // of // many],
                    "j": areas[part // of % many],
                    "k": products[part % of],
                    "v": value,
                    "whole": kilos // 1000,
                    "kilos": kilos % 1000,
                    "missing": random.random(len(part)) < 0.03,
                }
            ).select(
                "t", "i", "j",
                pl.col("k").cast(pl.String).str.zfill(6),
                "v",
                pl.when("missing").then(pl.lit("NA")).otherwise(tonnes).str.pad_start(13),
            ).write_csv(file, include_header=False, float_precision=3)  # fmt: skip


def make_mixed(path: str, count: str) -> None:
    """The same, rows in no order."""
    make(path, count, mixed=True)


def pack(text: str, _: str) -> None:
    """The file as gz and as zip."""
    with Path(text).open("rb") as plain, gzip.open(text + ".gz", "wb", 1) as packed:
        shutil.copyfileobj(plain, packed)
    with zipfile.ZipFile(text + ".zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(text, NAME)


def kzdata(text: str, out: str) -> None:
    """The store: checked, hashed, journalled, on the disk."""
    os.environ["KZDATA_HOME"] = out
    from kzdata.store import load

    assert load.load("baci", text).added


def polars_as_is(text: str, out: str) -> None:
    """Bare polars, streaming, rows in the order in which they come."""
    polars(text, out, sort=False)


def polars(text: str, out: str, *, sort: bool = True) -> None:
    """Bare polars, streaming."""
    import polars as pl

    codes = numbers()
    table = pl.LazyFrame(
        {"n": list(codes), "a": list(codes.values())}, schema={"n": pl.Int16, "a": pl.String}
    )
    small, real = pl.Int16, pl.Float64
    types = {"t": small, "i": small, "j": small, "k": pl.String, "v": real, "q": pl.String}
    rows = (
        pl.scan_csv(text, schema=types)
        .join(table.rename({"a": "reporter"}), left_on="i", right_on="n")
        .join(table.rename({"a": "partner"}), left_on="j", right_on="n")
        .select(
            "reporter",
            "partner",
            product=pl.col("k"),
            value=pl.col("v") * 1000,
            quantity_t=pl.col("q").str.strip_chars().cast(real, strict=False),
            reporter_code=pl.col("i").cast(pl.String),
            partner_code=pl.col("j").cast(pl.String),
        )
    )
    rows = rows.sort("reporter") if sort else rows
    rows.sink_parquet(out + ".parquet", compression="zstd", engine="streaming")


def duckdb(text: str, out: str, limit: str | None = None) -> None:
    """Bare duckdb."""
    import duckdb as engine

    bound = {"memory_limit": limit, "temp_directory": out + ".tmp"} if limit else {}
    link = engine.connect(config=bound)
    link.execute("create table codes(n smallint, a varchar)")
    link.executemany("insert into codes values (?, ?)", list(numbers().items()))
    types = "{'t': 'SMALLINT', 'i': 'SMALLINT', 'j': 'SMALLINT', 'k': 'VARCHAR', " + (
        "'v': 'DOUBLE', 'q': 'VARCHAR'}"
    )
    link.execute(
        f"""copy (select r.a as reporter, p.a as partner, k as product, v * 1000 as value,
        try_cast(trim(q) as double) as quantity_t, i::varchar as reporter_code,
        j::varchar as partner_code from read_csv('{text}', header = true, columns = {types}) b
        join codes r on r.n = b.i join codes p on p.n = b.j order by reporter)
        to '{out}.parquet' (format parquet, compression zstd)"""
    )


def duckdb_400(text: str, out: str) -> None:
    """Bare duckdb that is told to stay below the memory that the store may take."""
    duckdb(text, out, "280MB")  # its own share of a process of 400 MiB


def pandas(text: str, out: str) -> None:
    """Idiomatic pandas."""
    import pandas as pd

    codes = numbers()
    area = pd.DataFrame({"n": list(codes), "a": list(codes.values())})
    raw = pd.read_csv(text, dtype={"k": str, "q": str}, keep_default_na=False)
    raw = raw.merge(area.rename(columns={"n": "i", "a": "reporter"}), on="i")
    raw = raw.merge(area.rename(columns={"n": "j", "a": "partner"}), on="j")
    made = pd.DataFrame(
        {
            "reporter": raw["reporter"],
            "partner": raw["partner"],
            "product": raw["k"],
            "value": raw["v"] * 1000,
            "quantity_t": pd.to_numeric(raw["q"].str.strip(), errors="coerce"),
            "reporter_code": raw["i"].astype(str),
            "partner_code": raw["j"].astype(str),
        }
    )
    made = made.sort_values("reporter", kind="stable")
    made.to_parquet(out + ".parquet", index=False, compression="zstd")


def kzdata_gz(text: str, out: str) -> None:
    """The store, from gz."""
    kzdata(text + ".gz", out)


def kzdata_zip(text: str, out: str) -> None:
    """The store, from zip."""
    kzdata(text + ".zip", out)


def kzdata_mixed(text: str, out: str) -> None:
    """The store, from rows in no order."""
    kzdata(text, out)


def polars_mixed(text: str, out: str) -> None:
    """Bare polars that leaves them so."""
    polars(text, out, sort=False)


def gzip_dc(text: str, out: str) -> None:
    """Unpacking alone."""
    with Path(os.devnull).open("wb") as nowhere:
        subprocess.run(["gzip", "-dc", text + ".gz"], stdout=nowhere, check=True)


def ask_kzdata(home: str, parquet: str) -> None:
    """A pair out of the store."""
    os.environ["KZDATA_HOME"] = home
    import kzdata as kz

    assert len(kz.observations("KAZ", "ISR", source="baci"))


def ask_duckdb(home: str, parquet: str) -> None:
    """The same rows of the same file, bare."""
    import duckdb as engine

    query = f"select * from '{parquet}' where reporter = 'KAZ' and partner = 'ISR'"
    assert len(engine.sql(query).df())


def ask_polars(home: str, parquet: str) -> None:
    """The same rows of the same file, bare."""
    import polars as pl

    wanted = (pl.col("reporter") == "KAZ") & (pl.col("partner") == "ISR")
    assert len(pl.scan_parquet(parquet).filter(wanted).collect().to_pandas())


def import_kzdata(*_: str) -> None:
    """What every script pays."""
    import kzdata  # noqa: F401


def import_pandas(*_: str) -> None:
    """What it would pay anyway."""
    import pandas  # noqa: F401


def measured(name: str, one: str, other: str) -> tuple[float, float, float]:
    """Seconds, MiB and seconds of processors of a contender in a fresh process."""
    command = [sys.executable, __file__, "--run", name, one, other]
    begun = time.perf_counter()
    child = subprocess.Popen(command)
    _, status, used = os.wait4(child.pid, 0)
    took = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{name} failed")
    return took, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


def compare(names: list[str], rounds: int, arguments: dict[str, tuple[str, str]]) -> dict:
    """Every contender in turn, ``rounds`` times after one that is not counted."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names:
            one, other = arguments[name]
            if name.startswith(("kzdata", "polars", "duckdb", "pandas")):
                shutil.rmtree(other, ignore_errors=True)
                Path(other).mkdir()
            result = measured(name, one, other)
            if number:
                found[name].append(result)
    return {
        name: {
            "seconds": median(each[0] for each in runs),
            "least": min(each[0] for each in runs),
            "most": max(each[0] for each in runs),
            "peak_mib": max(each[1] for each in runs),
            "processor": median(each[2] for each in runs),
        }
        for name, runs in found.items()
    }


def main() -> None:
    """Make the file, run everybody, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", help="names with commas between them")
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        globals()[given.run[0]](*given.run[1:])
        return
    names = [*LOADING, *MIXED, *PACKED, *ASKING, *IMPORTING]
    if given.only:
        names = [name for name in names if name in given.only.split(",")]
    for engine in ("duckdb", "polars"):
        if importlib.util.find_spec(engine) is None:
            raise SystemExit(f"The benchmark compares with {engine}: pip install kzdata[bench]")
    told = [sized(rows, names, given.rounds) for rows in given.rows]
    for one, other in pairwise([each for each in told if each["rows"] >= MANY]):
        for name in one["results"]:
            if name in ("kzdata", "kzdata_mixed"):
                few, more = one["results"][name], other["results"][name]
                print(f"{name}: {other['rows'] / one['rows']:.1f} times the rows take "
                      f"{more['seconds'] / few['seconds']:.2f} times as long and "
                      f"{more['peak_mib'] / few['peak_mib']:.2f} times the memory")  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def sized(rows: int, names: list[str], rounds: int) -> dict:
    """Every contender on a file of so many rows: told, and returned."""
    with tempfile.TemporaryDirectory(prefix="kzdata-benchmark-") as place:
        folder = Path(place)
        text, home = folder / NAME, folder / "home"
        names = [name for name in names if rows >= MANY or name not in ASKING]
        mixed = folder / "mixed" / NAME
        mixed.parent.mkdir()
        # In processes of their own: a child's peak is never below what its parent held.
        measured("make", str(text), str(rows))
        if {*MIXED} & {*names}:
            measured("make_mixed", str(mixed), str(rows))
        if {*PACKED} & {*names}:
            measured("pack", str(text), "")
        home.mkdir()
        measured("kzdata", str(text), str(home))
        (batch,) = (home / "store" / "batches").glob("*.parquet")
        out, asked = str(folder / "out"), (str(home), str(batch))
        arguments = dict.fromkeys([*LOADING, *PACKED], (str(text), out))
        arguments |= dict.fromkeys(MIXED, (str(mixed), out))
        arguments |= dict.fromkeys([*ASKING, *IMPORTING], asked)
        results = compare(names, rounds, arguments)
    ratios = {
        f"{one}/{base}": {"ratio": results[one]["seconds"] / results[base]["seconds"], "aim": aim}
        for one, base, aim in AIMS
        if one in results and base in results
    }
    print(f"{rows:,} rows, median of {rounds}, {os.cpu_count()} processors")
    for name, each in results.items():
        print(f"  {name:14} {each['seconds']:7.2f} s  {each['least']:6.2f}-{each['most']:.2f}"
              f"  {each['processor']:6.2f} s of processors  {each['peak_mib']:7,.0f} MiB",
              flush=True)  # fmt: skip
    for name, ratio in ratios.items():
        aim = "" if ratio["aim"] is None else f"  (aim: at most {ratio['aim']})"
        print(f"  {name:30} {ratio['ratio']:5.2f}{aim}")
    most = max((each["peak_mib"] for name, each in results.items() if "kzdata" in name), default=0)
    print(f"  most memory of kzdata: {most:,.0f} MiB (aim: at most {MEMORY})", flush=True)
    about = {"rows": rows, "rounds": rounds, "processors": os.cpu_count()}
    return {**about, "results": results, "ratios": ratios}


if __name__ == "__main__":
    main()
