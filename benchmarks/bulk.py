"""Reading and loading of every bulk format against bare polars, each run in a process of its own.

    python benchmarks/bulk.py                              two million rows, three rounds
    python benchmarks/bulk.py --rows 1000000 5000000 --only comtrade,sdmx --json bulk.json

Files of the formats' shapes are made first: BACI; UN Comtrade's bulk text (34 columns, tabs, one
reporter, a tenth of the rows parts of others) and its web page's file (47 columns, commas, three
reporters, Latin letters in Windows-1252); SDMX-CSV 2.0 as the IMF writes it (goods by partner).
Bare polars makes the same typed columns without a check: codes as ISO areas, product codes as text,
periods, values with the interval that their printed digits imply, weights, the line as a locator
and what all rows share. Reading ends with the frame in memory; loading with a Parquet file sorted
by key. The store also checks, hashes, and puts everything on the disk for good. Memory is the
largest resident size of the process; times are of whole processes, so imports count.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from store import NAME as BACI_NAME
from store import make as make_baci
from store import numbers

FORMATS = {
    "baci": ("baci", BACI_NAME),
    "comtrade": ("comtrade_bulk", "COMTRADE-FINAL-CA8422023H6[2024-06-01].txt"),
    "comtrade47": ("comtrade_bulk", "TradeData_6_1_2024.csv"),
    "sdmx": ("imf_sdmx_csv", "imts.csv"),
}
RATIO = 2.0  # aimed at, of kzdata to polars
MEMORY = 500  # MiB that a load may take, however many rows
BULK34 = re.findall(
    r"\w+",
    """datasetCode typeCode freqCode refPeriodId refYear refMonth period reporterCode flowCode
    partnerCode partner2Code classificationSearchCode classificationCode isOriginalClassification
    cmdCode customsCode mosCode motCode qtyUnitCode qty isQtyEstimated altQtyUnitCode altQty
    isAltQtyEstimated netWgt isNetWgtEstimated grossWgt isGrossWgtEstimated cifvalue fobvalue
    primaryValue legacyEstimationFlag isReported isAggregate""",
)
PAGE47 = re.findall(
    r"\w+",
    """typeCode freqCode refPeriodId refYear refMonth period reporterCode reporterISO reporterDesc
    flowCode flowDesc partnerCode partnerISO partnerDesc partner2Code partner2ISO partner2Desc
    classificationCode classificationSearchCode isOriginalClassification cmdCode cmdDesc aggrLevel
    isLeaf customsCode customsDesc mosCode motCode motDesc qtyUnitCode qtyUnitAbbr qty
    isQtyEstimated altQtyUnitCode altQtyUnitAbbr altQty isAltQtyEstimated netWgt isNetWgtEstimated
    grossWgt isGrossWgtEstimated cifvalue fobvalue primaryValue legacyEstimationFlag isReported
    isAggregate""",
)
SDMX = (
    "STRUCTURE[;],STRUCTURE_ID,ACTION,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,"
    "OBS_VALUE,SCALE,PRECISION,UNIT,STATUS,DERIVATION_TYPE"
)


def make(name: str, path: str, count: str) -> None:
    """Write a file of a format; the same rows every time."""
    if name == "baci":
        make_baci(path, count)
    elif name == "sdmx":
        _make_sdmx(path, int(count))
    else:
        _make_comtrade(path, int(count), page=name == "comtrade47")


def _keys(count: int, *sizes: int) -> list[Any]:
    """Distinct combinations in order, as one array for each of the sizes."""
    import numpy as np

    whole = int(np.prod(sizes))
    random = np.random.default_rng(20231)
    key = np.unique(random.integers(0, whole, int(count * 1.3), dtype=np.int64))
    while len(key) < count:
        key = np.unique(np.append(key, random.integers(0, whole, count, dtype=np.int64)))
    key = np.sort(random.choice(key, count, replace=False))
    return list(np.unravel_index(key, sizes))


def _make_comtrade(path: str, rows: int, *, page: bool) -> None:
    import numpy as np
    import polars as pl

    random = np.random.default_rng(20232)
    areas = [each for each in numbers() if each != 842]
    many = max(5_000, rows // 250)
    products = np.sort(random.choice(np.arange(10_100, 970_700), many, replace=False))
    reporters = [842, 251, 398] if page else [842]
    parts = rows // 10
    reporter, flow, partner, product = _keys(rows - parts, len(reporters), 2, len(areas), many)
    again = np.sort(random.choice(rows - parts, parts, replace=False))
    of = np.sort(np.append(np.arange(rows - parts), again))
    part = np.append(False, of[1:] == of[:-1])
    value = np.round(np.exp(random.normal(10, 2.5, rows)), 3)
    weight = np.round(np.exp(random.normal(8, 2.5, rows)), 2)
    motive = pl.when("part").then(pl.lit("2100")).otherwise(pl.lit("0"))
    imports = pl.col("flowCode") == "M"
    printed = pl.col("primaryValue")
    say = lambda text: pl.lit(text or None, pl.String)  # noqa: E731
    usual = {
        "datasetCode": say("28842202300001000"), "typeCode": say("C"), "freqCode": say("A"),
        "refPeriodId": say("20230101"), "refYear": say("2023"), "refMonth": say("52"),
        "period": say("2023"), "reporterISO": say("USA"), "reporterDesc": say("Türkiye"),
        "flowDesc": pl.when(imports).then(say("Import")).otherwise(say("Export")),
        "partnerISO": say("ISR"), "partnerDesc": say("Côte d'Ivoire"), "partner2Code": say("0"),
        "partner2ISO": say("W00"), "partner2Desc": say("World"), "cmdDesc": say("Articles, other"),
        "classificationSearchCode": say("HS" if page else "H6"), "classificationCode": say("H6"),
        "isOriginalClassification": say("True" if page else "1"), "aggrLevel": say("6"),
        "isLeaf": say("True"), "customsCode": say("C00"), "customsDesc": say("TOTAL CPC"),
        "mosCode": say("0"), "motCode": motive, "motDesc": say("TOTAL MOT"),
        "qtyUnitCode": say("8"), "qtyUnitAbbr": say("kg"), "qty": pl.col("netWgt"),
        "altQtyUnitCode": say("-1"), "altQtyUnitAbbr": say("N/A"), "altQty": say(""),
        "grossWgt": say(""), "cifvalue": pl.when(imports).then(printed),
        "fobvalue": pl.when(~imports).then(printed), "legacyEstimationFlag": say("0"),
        "isReported": say("0"), "isAggregate": say("True" if page else "1"),
    }  # fmt: skip
    flags = say("False" if page else "0")
    table = pl.DataFrame(
        {
            "reporterCode": np.array(reporters)[reporter[of]],
            "flowCode": pl.Series(["M", "X"]).gather(flow[of]),
            "partnerCode": np.array(areas)[partner[of]],
            "cmdCode": pl.Series(products).cast(pl.String).str.zfill(6).gather(product[of]),
            "netWgt": weight,
            "primaryValue": value,
            "part": part,
        }
    )
    names = PAGE47 if page else BULK34
    made = [
        pl.col(each) if each in table.columns else usual.get(each, flags).alias(each)
        for each in names
    ]
    with Path(path).open("wb") as file:
        file.write((("," if page else "\t").join(names) + "\n").encode())
        for slice_ in table.iter_slices(250_000):
            text = slice_.select(made).write_csv(
                include_header=False, separator="," if page else "\t", float_precision=3,
                line_terminator=",\n" if page else "\n",
            )  # fmt: skip
            file.write(text.encode("cp1252") if page else text.encode())


def _make_sdmx(path: str, rows: int) -> None:
    import numpy as np
    import polars as pl

    random = np.random.default_rng(20233)
    areas = np.array(sorted(set(numbers().values()) - {"S19", "_X"}))
    country, indicator, partner, month = _keys(rows, 60, 2, len(areas), 360)
    table = pl.DataFrame(
        {
            "COUNTRY": areas[country],
            "INDICATOR": pl.Series(["MG_CIF_USD", "XG_FOB_USD"]).gather(indicator),
            "COUNTERPART_COUNTRY": areas[partner],
            "TIME_PERIOD": pl.Series(
                [f"{1995 + n // 12}-M{n % 12 + 1:02d}" for n in range(360)]
            ).gather(month),
            "OBS_VALUE": np.exp(random.normal(14, 2.5, rows)).astype(np.int64),
            "STATUS": pl.Series(["A", "E"]).gather((random.random(rows) < 0.05).astype(int)),
        }
    )
    say = {"STRUCTURE[;]": "dataflow", "STRUCTURE_ID": "IMF.STA:IMTS(1.0.0)", "ACTION": "R",
           "FREQUENCY": "M", "SCALE": "6", "PRECISION": "", "UNIT": "USD",
           "DERIVATION_TYPE": "O"}  # fmt: skip
    made = [
        pl.lit(say[n] or None, pl.String).alias(n) if n in say else pl.col(n)
        for n in SDMX.split(",")
    ]
    with Path(path).open("wb") as file:
        file.write(SDMX.encode() + b"\n")
        for slice_ in table.iter_slices(500_000):
            slice_.select(made).write_csv(file, include_header=False)


def kzdata_read(name: str, path: str, out: str) -> None:
    """The frame of `kz.read`."""
    import kzdata as kz

    assert len(kz.read(FORMATS[name][0], path, limit=1 << 36))


def kzdata_load(name: str, path: str, out: str) -> None:
    """The store: checked, hashed, journalled, on the disk."""
    os.environ["KZDATA_HOME"] = out
    from kzdata.store.load import load

    assert load(FORMATS[name][0], path).added


def polars_read(name: str, path: str, out: str) -> None:
    """The same columns in memory."""
    assert len(_columns(name, path).collect(engine="streaming"))


def polars_load(name: str, path: str, out: str) -> None:
    """The same columns sorted by key, in a Parquet file."""
    key = ["reporter", "partner", "flow", "product", "period"]
    rows = _columns(name, path).drop("locator", "lower", "upper").sort(key)
    rows.sink_parquet(out + ".parquet", compression="zstd", engine="streaming")


def _columns(name: str, path: str) -> Any:
    import polars as pl

    codes = numbers()
    area = pl.LazyFrame({"n": [str(n) for n in codes], "a": list(codes.values())})
    separator = "\t" if name == "comtrade" else ","
    lossy = "utf8-lossy" if name == "comtrade47" else "utf8"
    names = {"comtrade": BULK34, "comtrade47": [*PAGE47, "more"], "sdmx": SDMX.split(",")}
    header = names.get(name, ["t", "i", "j", "k", "v", "q"])
    rows = pl.scan_csv(
        path, schema=dict.fromkeys(header, pl.String), separator=separator, encoding=lossy,
        has_header=False, skip_rows=1, row_index_name="line", row_index_offset=2, glob=False,
    )  # fmt: skip
    same = {"dataflow": "trade_goods", "unit": "USD", "basis": "reported", "source": name,
            "published": "2024", "note": ""}  # fmt: skip
    if name == "sdmx":
        printed, power, period = "OBS_VALUE", 0, pl.col("TIME_PERIOD").str.replace("-M", "-")
        trade = {"MG_CIF_USD": ("M", "CIF"), "XG_FOB_USD": ("X", "FOB")}
        made = {
            "reporter": pl.col("COUNTRY"),
            "partner": pl.col("COUNTERPART_COUNTRY"),
            "flow": pl.col("INDICATOR").replace_strict({k: v[0] for k, v in trade.items()}),
            "valuation": pl.col("INDICATOR").replace_strict({k: v[1] for k, v in trade.items()}),
            "product": pl.lit("TOTAL"),
            "freq": pl.lit("M"),
            "obs_status": pl.col("STATUS"),
            "series": pl.concat_str(
                "COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", separator="."
            ),
        }
    else:
        i, j = ("i", "j") if name == "baci" else ("reporterCode", "partnerCode")
        if name != "baci":
            rows = rows.filter(
                pl.col("partner2Code") == "0", pl.col("motCode") == "0",
                pl.col("customsCode") == "C00", pl.col("mosCode") == "0",
            )  # fmt: skip
        rows = rows.join(area.rename({"a": "reporter"}), left_on=i, right_on="n")
        rows = rows.join(area.rename({"a": "partner"}), left_on=j, right_on="n")
        made = {"reporter": pl.col("reporter"), "partner": pl.col("partner"),
                "reporter_code": pl.col(i), "partner_code": pl.col(j),
                "obs_status": pl.lit("E"), "freq": pl.lit("A")}  # fmt: skip
        if name == "baci":
            printed, power, period = "v", 3, pl.col("t")
            tonnes = pl.col("q").str.strip_chars().cast(pl.Float64, strict=False)
            made |= {"product": pl.col("k"), "quantity_t": tonnes, "flow": pl.lit("X"),
                     "valuation": pl.lit("FOB")}  # fmt: skip
        else:
            printed, power, period = "primaryValue", 0, pl.col("period")
            number = pl.col(printed).cast(pl.Float64)
            cif = pl.col("cifvalue").cast(pl.Float64) == number
            made |= {
                "product": pl.col("cmdCode"),
                "net_weight_kg": pl.col("netWgt").cast(pl.Float64),
                "flow": pl.col("flowCode"),
                "valuation": pl.when(cif).then(pl.lit("CIF")).otherwise(pl.lit("FOB")),
            }
    text = pl.col(printed).str.strip_chars()
    rows = rows.with_columns(
        number=text.cast(pl.Float64) * 10.0**power,
        decimals=(text.str.len_bytes() - text.str.find(".", literal=True) - 1).fill_null(0),
    )
    half = 0.5 * pl.lit(10.0).pow(power - pl.col("decimals").cast(pl.Int64))
    return rows.select(
        **{k: pl.lit(v) for k, v in same.items()},
        **made,
        period=period,
        value=pl.col("number"),
        lower=pl.col("number") - half,
        upper=pl.col("number") + half,
        locator=pl.format("file, line {}", "line"),
    )


def measured(*command: str) -> tuple[float, float, float]:
    """Seconds, MiB and seconds of processors of a process."""
    begun = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--run", *command])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - begun, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime


def sized(rows: int, names: list[str], ways: list[str], rounds: int) -> dict[str, Any]:
    """Every format at one number of rows."""
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="kzdata-benchmark-") as place:
        for name in names:
            path, out = Path(place) / FORMATS[name][1], Path(place) / "out"
            measured("make", name, str(path), str(rows))
            for way in ways:
                runs: dict[str, list[tuple[float, float, float]]] = {}
                for number in range(rounds + 1):
                    for who in (f"kzdata_{way}", f"polars_{way}"):
                        shutil.rmtree(out, ignore_errors=True)
                        out.mkdir()
                        result = measured(who, name, str(path), str(out))
                        if number or not rounds:
                            runs.setdefault(who, []).append(result)
                told |= {f"{name} {who}": _summary(each) for who, each in runs.items()}
                _print(name, way, told)
            path.unlink()
    return {"rows": rows, "results": told}


def _summary(runs: list[tuple[float, float, float]]) -> dict[str, float]:
    return {"seconds": median(r[0] for r in runs), "peak_mib": max(r[1] for r in runs),
            "processor": median(r[2] for r in runs)}  # fmt: skip


def _print(name: str, way: str, told: dict[str, Any]) -> None:
    ours, theirs = (told[f"{name} {who}_{way}"] for who in ("kzdata", "polars"))
    bound = f", aim {MEMORY}" if way == "load" else ""
    print(f"  {name:11} {way}: {ours['seconds']:6.2f} s against {theirs['seconds']:6.2f} s: "
          f"{ours['seconds'] / theirs['seconds']:.2f} (aim {RATIO}); processors "
          f"{ours['processor']:.2f} against {theirs['processor']:.2f} s; "
          f"{ours['peak_mib']:,.0f} MiB (polars {theirs['peak_mib']:,.0f}{bound})",
          flush=True)  # fmt: skip


def main() -> None:
    """Make the files, run both, print, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[2_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default=",".join(FORMATS), help="formats, commas between them")
    parser.add_argument("--ways", default="read,load")
    parser.add_argument("--run", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        globals()[given.run[0]](*given.run[1:])
        return
    told = []
    for rows in given.rows:
        print(f"{rows:,} rows, median of {given.rounds}, {os.cpu_count()} processors", flush=True)
        told.append(sized(rows, given.only.split(","), given.ways.split(","), given.rounds))
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
