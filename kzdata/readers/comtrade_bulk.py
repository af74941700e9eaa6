"""UN Comtrade bulk files: delimited text, 34 columns, one reporter and period a file.

The service sends tab-separated text in gz; copies with commas and underscores in the column names
are about, and both are read, as are the files that its web page saves (TradeData_….csv: 47
columns, Latin letters in Windows-1252, every row with an empty cell more than the header). Flags
are '0' and '1' here, words in the API's answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kzdata.model import contract
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN, from_number
from kzdata.readers import bulk_text, columns, comtrade, tidy
from kzdata.readers.bulk_columns import Columns
from kzdata.readers.bulk_text import LINE, MORE, Text
from kzdata.readers.payload import LIMIT, WrongFormat

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

TESTED_ON_ORIGINAL = True

ORDER = [*contract.COLUMNS, "classification", "reporter_code", "partner_code"]

# Codes that few rows differ in; those of a file are few together.
_ABOUT = ["typecode", "freqcode", "period", "reportercode", "flowcode", "classificationcode"]

_CELL = ["about", "partnercode", "cmdcode"]

# The release date in a downloaded name: COMTRADE-FINAL-CA3282011H3[2012-05-31]
_RELEASED = re.compile(r"\[(\d{4}-\d{2}-\d{2})\]")


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str | None = None,
    limit: int = LIMIT,
    member: str | None = None,
) -> pd.DataFrame:
    """Trade by reporter, partner, flow, product and period, in USD; as `comtrade.read`.

    ``published`` is taken from the file's name where that carries the release date in brackets.
    """
    with bulk(source, published=published, limit=limit, member=member) as found:
        return found.frame()


@contextmanager
def bulk(
    source: str | PathLike[str] | bytes,
    *,
    folder: Path | None = None,
    published: str | None = None,
    limit: int = bulk_text.BULK_LIMIT,
    member: str | None = None,
) -> Iterator[Columns]:
    """The rows of `read` as columns, held below ``folder`` or in memory."""
    with bulk_text.opened(source, folder=folder, member=member, limit=limit) as (text, name):
        rows = _scanned(text, name)
        numbers = [column for column in ("netwgt",) if column in rows.names]
        held = rows.kept(
            folder,
            by="partnercode",
            codes=["partnercode", "cmdcode"],
            together={"about": _ABOUT},
            value="primaryvalue",
            numbers=numbers,
            flags=_flags(rows),
            made={"valued": _valued(rows)},
        )
        if MORE in rows.names and held.any(MORE):
            raise WrongFormat(
                f"{name}: rows have a cell more than the header, and it is not empty.",
                "The columns may be shifted: download it again.",
            )
        dated = _RELEASED.search(name)
        found = Columns(
            name,
            held,
            [*ORDER, *(["net_weight_kg"] if numbers else [])],
            only="total",
            unit="USD",
            obs_status="A",
            basis="reported",
            source="comtrade_bulk",
            published=published or (dated[1] if dated else UNKNOWN),
        )
        found.refuse = partial(_refuse_orphans, rows)
        about, period = _about, partial(tidy.period, name=name)
        found.coded("partner", "partnercode", lambda code: from_number(_plain(code)))
        found.coded("reporter", "about", about("reportercode", lambda c: from_number(_plain(c))))
        found.coded("dataflow", "about", about("typecode", _known(comtrade.DATAFLOWS, name)))
        found.coded("flow", "about", about("flowcode", _known(comtrade.FLOWS, name)))
        found.coded("product", "cmdcode", str)
        found.coded("valuation", "valued", str)
        found.coded("period", "about", about("period", period), key=contract.in_time)
        found.coded("freq", "about", about("period", lambda code: tidy.freq(period(code))))
        of = comtrade.NOMENCLATURES
        found.coded("classification", "about", about("classificationcode", lambda c: of.get(c, c)))
        found.value("primaryvalue")
        found.missing()
        for column in numbers:
            found.number("net_weight_kg", column)
        found.following("reporter_code", about("reportercode", _plain), "reporter")
        found.following("partner_code", _plain, "partner")
        found.following("note", lambda code: comtrade.covers(_plain(code)), "partner")
        found.check()
        yield found


def _scanned(text: Path | bytes, name: str) -> Text:
    separator = "\t" if "\t" in next(bulk_text.first_rows(text, ",", name))[0] else ","
    above = bulk_text.first_rows(text, separator, name)
    names = [comtrade.plain(each) for each in next(above)]
    comtrade.require(names, name)
    columns.check_names(names, [], name)
    first = next(above, [])
    if len(first) == len(names) + 1 and first[-1] == "":
        names.append(MORE)
    return bulk_text.scan(text, names, name, separator=separator, lossy=True)


def _flags(rows: Text) -> Mapping[str, pl.Expr]:
    """Which rows are totals over every breakdown, and which have something beyond the last cell."""
    import polars as pl

    flags = {
        "total": pl.all_horizontal(
            _one_of(column, [code, f"{code} ", f"{code}.0", "NA", ""])
            for column, code in comtrade.TOTALS.items()
        ),
        "imports": _one_of("flowcode", comtrade.IMPORTS),
        "services": pl.col("typecode") == "S",
    }
    if MORE in rows.names:
        flags[MORE] = pl.col(MORE) != ""
    return flags


def _one_of(column: str, codes: Iterable[str]) -> pl.Expr:
    """Whether the column has one of few codes: several times as fast as to look in a list."""
    import polars as pl

    return pl.any_horizontal(pl.col(column) == code for code in codes)


def _valued(rows: Text) -> tuple[list[str], pl.Expr]:
    """How the primary value is valued: as the CIF or the FOB value that it equals.

    A row may carry both values, equal ones: then imports are CIF and exports FOB, as usual.
    """
    import polars as pl

    beside: list[str] = [c for c in ("cifvalue", "fobvalue") if c in rows.names]
    cif, fob = (
        (pl.col(column) == pl.col("primaryvalue")).fill_null(False)
        if column in beside
        else pl.lit(False)
        for column in ("cifvalue", "fobvalue")
    )
    told = (
        pl.when("services")
        .then(pl.lit(NOT_APPLICABLE))
        .when(fob & ~(cif & pl.col("imports")))
        .then(pl.lit("FOB"))
        .when(cif)
        .then(pl.lit("CIF"))
        .otherwise(pl.lit("unknown"))
    )
    return beside, told.cast(pl.Categorical)


def _refuse_orphans(rows: Text, part: pl.DataFrame) -> None:
    """A cell that has parts and no total is refused."""
    import polars as pl

    parts = part.filter(~pl.col("total"))
    if not len(parts):
        return
    orphans = parts.join(part.filter(pl.col("total")), on=_CELL, how="anti").sort(LINE)
    if len(orphans):
        told = rows.cells(orphans[LINE][0], list(comtrade.REQUIRED))
        raise comtrade.only_parts(rows.name, len(orphans), told)


def _plain(code: str) -> str:
    """A code as a number; pandas writes whole numbers beside missing ones as 398.0."""
    return code.strip().removesuffix(".0")


def _known(codes: dict[str, str], name: str) -> Callable[[str], str]:
    column = "typecode" if codes is comtrade.DATAFLOWS else "flowcode"
    return lambda code: comtrade.known_code(code, codes, column, name)


def _about(column: str, word: Callable[[str], str]) -> Callable[[str], str]:
    """The word of one of the codes that are read together."""
    place = _ABOUT.index(column)
    return lambda text: word(text.split(bulk_text.BETWEEN)[place])
