"""BACI text to a batch of the store without ever holding it: millions of rows, flat memory.

The rows, and every refusal, are those of `kzdata.readers.baci`. The text is parsed in blocks to
narrow numbers (`kzdata.bulk.held`); the rows of every exporter are then sorted by key, checked
against the contract, and written. Two threads work throughout, and pandas is not asked for: to
import it takes as long as to read a million rows.
"""

from __future__ import annotations

import hashlib
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from kzdata import contract, periods
from kzdata.bulk.ahead import ahead
from kzdata.bulk.held import Held
from kzdata.bulk.opening import MOST, opened
from kzdata.bulk.text import blocks
from kzdata.errors import ContractError, ParameterError, ParseError, did_you_mean
from kzdata.readers import baci_names
from kzdata.readers.received import WrongFormat
from kzdata.vintages.batches import GROUP, Writer, Written

COLUMNS = [*contract.COLUMNS, "quantity_t", "reporter_code", "partner_code", "classification"]


def write_baci(
    path: str | PathLike[str],
    folder: Path,
    *,
    published: str | None = None,
    classification: str | None = None,
    member: str | None = None,
    limit: int = MOST,
    undated: str = contract.UNKNOWN,
    **others: Any,
) -> tuple[Written, str, dict[str, Any]]:
    """A BACI file as a batch in ``folder``; also its content's SHA-256, and what it covers.

    gz and zip are read as they are; ``undated`` is when a version was published whose name does not
    tell. Options and errors are those of ``kz.read("baci", path)``.
    """
    for option in others:
        known = ["published", "classification", "member", "limit"]
        raise ParameterError(
            f"The reader of baci has no option {option!r}.", did_you_mean(option, known)
        )
    with opened(path, member, limit) as (stream, name):
        same = baci_names.same(name, published, classification)
        if same["published"] == contract.UNKNOWN:
            same["published"] = undated
        if same["published"] != contract.UNKNOWN and not contract.PUBLISHED.match(
            same["published"]
        ):
            raise ContractError(
                f"published is {same['published']!r}, which is no date.",
                "Write a day, a month or a year: published=2022-01",
            )
        held = Held(folder, sorted(contract.area_codes()), name)
        for part in ahead(held.part, blocks(stream, name)):
            held.add(part)
    if not held.sizes.any():
        raise WrongFormat(f"{name} has no rows.", "Download it again.")
    years = [_period(year, name) for year in held.years]
    written, content = _written(held, folder / "batch.parquet", name, same)
    about = {
        "source": same["source"],
        "published": same["published"],
        "dataflows": [same["dataflow"]],
        "periods": years,
        "scopes": [[same["dataflow"], same["classification"], year] for year in years],
    }
    return written, content, about


def _period(year: int, name: str) -> str:
    try:
        return periods.span(str(year)).start.isoformat()[:4]
    except ParseError as error:
        raise WrongFormat(f"{name}: t {year} is no year. {error.fact}", error.hint) from None


def _written(held: Held, path: Path, name: str, same: dict[str, str]) -> tuple[Written, str]:
    from kzdata.bulk.tables import ENCODED, Tables

    tables = Tables(
        held.codes,
        np.flatnonzero(held.seen["k"]),
        held.years,
        held.decimals,
        missing=held.missing,
        printed=held.printed(),
    )
    constant = {c: v for c, v in same.items() if c not in tables.schema.names}
    if len(held.years) == 1:
        constant["period"] = str(held.years[0])
    computed = {"locator": name + ", line {line}", "interval": 3, "words": tables.words}
    if len(held.decimals) == 1:
        computed["decimals"] = min(held.decimals)
    writer = Writer(
        path,
        tables.schema,
        columns=COLUMNS,
        constant=constant,
        computed=computed,
        encoded=ENCODED,
        totals=False,
    )
    content = hashlib.sha256("\n".join([*(same[c] for c in sorted(same)), *held.codes]).encode())
    made = partial(_made, held=held, tables=tables, name=name)
    try:
        for hashed, parts in ahead(made, np.flatnonzero(held.sizes).tolist()):
            content.update(hashed)
            for table in parts:
                writer.add(table)
        return writer.close(), content.hexdigest()
    except BaseException:
        writer.abandon()
        raise


def _made(number: int, *, held: Held, tables: Any, name: str) -> tuple[bytes, list[Any]]:
    """The hash and the tables of one exporter."""
    key, rows = held.ordered(number)
    _refuse_twice(key, rows, held.codes, name)
    content = hashlib.sha256()
    for field in ("i", "j", "k", "t", "v", "d", "q"):
        content.update(rows[field].data)
    return content.digest(), [
        tables.table({name: column[start : start + GROUP] for name, column in rows.items()})
        for start in range(0, len(key), GROUP)
    ]


def _refuse_twice(
    key: np.ndarray, rows: dict[str, np.ndarray], codes: list[str], name: str
) -> None:
    twice = np.flatnonzero(key[1:] == key[:-1])
    if len(twice):
        one, other = ({c: rows[c][at] for c in rows} for at in (twice[0], twice[0] + 1))
        raise ContractError(
            f"{len(twice) + 1} rows repeat a key: {codes[one['r']]} {codes[one['p']]} "
            f"{one['k']:06d} {one['t']} stands at {name}, line {one['line']} and line "
            f"{other['line']}.",
            "One publication gives one number for a cell; two codes of one country, or a file "
            "that was appended to itself, give two.",
        )
