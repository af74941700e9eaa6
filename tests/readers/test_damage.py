"""Files damaged in every small way: a reader reads them or refuses them, and nothing else."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import test_baci as baci
import test_bns as bns
import test_boi as boi
import test_comtrade as comtrade
import test_nbk as nbk
import test_worldbank as worldbank
from conftest import ROOT

import kzdata as kz
from kzdata.errors import KzdataError

SPECIMENS = ROOT / "tests" / "specimens"
NIGHTLY = [pytest.mark.slow, pytest.mark.nightly]
ODD = [None, True, "", "x", "-", "1e999", "NaN", "٣", "9" * 400, -1, 0, 1.5, [], {}, [[]], {"a": 1}]


def nested(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of every value in a JSON document."""
    yield path
    pairs: Any = value.items() if isinstance(value, dict) else ()
    for key, each in enumerate(value) if isinstance(value, list) else pairs:
        yield from nested(each, (*path, key))


def other_json(data: bytes, chance: random.Random) -> bytes:
    """One value of another kind, one field renamed, one left out, or one row twice."""
    document = json.loads(data)
    *path, last = chance.choice([p for p in nested(document) if p])
    parent = document
    for key in path:
        parent = parent[key]
    how = chance.randrange(4)
    if how == 0:
        parent[last] = chance.choice(ODD)
    elif how == 1 and isinstance(parent, dict):
        parent[f"{last}_"] = parent.pop(last)
    elif how == 2:
        del parent[last]
    elif isinstance(parent, list):
        parent.append(parent[last])
    else:
        parent[last] = [parent[last]]
    return json.dumps(document).encode()


def other_text(data: bytes, chance: random.Random) -> bytes:
    """A few characters cut, repeated or replaced by what a format gives a meaning to."""
    at = chance.randrange(len(data))
    many = chance.choice([1, 1, 2, 8, 64])
    put = chance.choice([b"", b"x", b'"', b",", b"\n", b"<", b">", b"\t", b"\x00", b"-", b"\xff",
                         b"9" * 30, data[at : at + many] * 2])  # fmt: skip
    return data[:at] + put + data[at + many :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """A file that ends early."""
    return data[: chance.randrange(len(data))]


def other_cells(data: bytes, chance: random.Random) -> bytes:
    """A workbook whose sheets or texts were changed, and packed again."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        names = old.namelist()
        hit = chance.choice(names)
        for name in names:
            part = old.read(name)
            new.writestr(name, other_text(part, chance) if name == hit and part else part)
    return packed.getvalue()


XLSX = bns.workbook({"2026": ("Внешняя торговля (январь-июль 2026г.)", bns.ROWS)})
# source, specimen, options of its reader, what else than bytes is damaged in it
CASES: dict[str, tuple[str, bytes, dict[str, Any], Callable | None]] = {
    "comtrade": ("comtrade", comtrade.answer(comtrade.row()), {}, other_json),
    "comtrade_bulk": ("comtrade_bulk", comtrade.bulk("\t", comtrade.row()), {}, None),
    "baci": ("baci", baci.TEXT, {"classification": "HS1992"}, None),
    "bns_xlsx": ("bns_partners", XLSX, {}, other_cells),
    "bns_xls": ("bns_partners", (SPECIMENS / "bns_partners.xls").read_bytes(), {}, None),
    "nbk_rates": ("nbk_rates", nbk.RATES, {}, None),
    "nbk_fdi": ("nbk_fdi", nbk.form(310, ("2005-07-01", -586.1)), {}, other_json),
    "boi_rates": ("boi_rates", boi.TEXT, {}, None),
    "imf": ("imf_sdmx_csv", (SPECIMENS / "imts_20.csv").read_bytes(), {}, None),
    "fdi": ("imf_sdmx_csv", (SPECIMENS / "fdi_10.csv").read_bytes(), {}, None),
    "sdmx_json": ("sdmx_json", (SPECIMENS / "imts_20.json").read_bytes(), {}, other_json),
    "sdmx_ml": ("sdmx_ml", (SPECIMENS / "exr_21.xml").read_bytes(), {}, None),
    "sdmx_ml_30": ("sdmx_ml", (SPECIMENS / "exr_30.xml").read_bytes(), {}, None),
    "worldbank": ("worldbank", worldbank.answer(worldbank.row()), {}, other_json),
    "wits": ("wits", (SPECIMENS / "wits_trade.json").read_bytes(), {}, other_json),
}


@pytest.mark.filterwarnings("ignore:.*:UserWarning:sdmx")
@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=NIGHTLY)])
@pytest.mark.parametrize("name", CASES)
def test_a_damaged_file_is_read_or_refused_in_words(name, rounds):
    source, data, options, structured = CASES[name]
    kz.read(source, data, **options)  # whole, it is read
    ways = [cut, other_text, *([structured] * 3 if structured else [])]
    refused: list[KzdataError] = []
    for number in range(rounds):
        chance = random.Random(f"{name} {number}")
        damaged = chance.choice(ways)(data, chance)
        try:
            kz.read(source, damaged, **options)
        except KzdataError as error:
            refused.append(error)
    assert len(refused) > rounds // 10
    assert [str(error) for error in refused if not error.hint] == []
