"""SDMX-CSV 1.0 and 2.0, and agencies' spellings of it.

The IMF's first cell is ``STRUCTURE[;]``, the ECB's is ``KEY``; Eurostat writes its concepts in
lower case. In all of them the dimensions stand before OBS_VALUE, the attributes after it. Read on
a recorded answer of the IMF (FSIC, Kazakhstan); the others on rows of recorded answers and on
files written to the specification.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kzdata.model import contract
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.readers import bulk_text, columns, sdmx, tidy
from kzdata.readers.bulk_columns import Columns
from kzdata.readers.bulk_text import Text
from kzdata.readers.payload import LIMIT, WrongFormat

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

TESTED_ON_ORIGINAL = True

_CONCEPT = re.compile(r"[A-Z][A-Z0-9_]*")

_LOWER = re.compile(r"[a-z][a-z0-9_]*")

_FIRST = ("DATAFLOW", "STRUCTURE", "KEY")

_HEADINGS = {*_FIRST, "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"}


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str = UNKNOWN,
    source_id: str = "imf_sdmx_csv",
    limit: int = LIMIT,
) -> pd.DataFrame:
    """One row per observation; ``series`` is the key in the order of the file's dimensions.

    Columns of labels (``labels=both`` and ``csvfilewithlabels``) are understood and dropped.
    Raises `WrongFormat` where the first column is none of SDMX-CSV's, where a needed
    column is missing, or where rows ask to delete rather than report.
    """
    with bulk(source, published=published, source_id=source_id, limit=limit) as found:
        return found.frame()


@contextmanager
def bulk(
    source: str | PathLike[str] | bytes,
    *,
    folder: Path | None = None,
    published: str = UNKNOWN,
    source_id: str = "imf_sdmx_csv",
    limit: int = bulk_text.BULK_LIMIT,
) -> Iterator[Columns]:
    """The rows of `read` as columns, held below ``folder`` or in memory."""
    with bulk_text.opened(source, folder=folder, member=None, limit=limit) as (text, name):
        rows = _scanned(text, name)
        concepts = [c for c in rows.names if _CONCEPT.fullmatch(c) and c not in _HEADINGS]
        dimensions = [c for c in concepts[: concepts.index(sdmx.VALUE)] if c != sdmx.TIME]
        if rows.names[0] == "KEY" and not dimensions:
            # Asked without its dimensions, the key is all that tells one series from another.
            dimensions = ["KEY"]
        of = _Concepts(concepts, dimensions)
        power = "UNIT_MULT" if "UNIT_MULT" in concepts else 0
        held = rows.kept(
            folder,
            by=of.reporter or of.partner or sdmx.TIME,
            codes=of.codes,
            together={"about": [_flow(rows.names[0]), *of.about]},
            value=sdmx.VALUE,
            power=power,
            flags=_flags(rows),
        )
        if "ACTION" in rows.names and held.any("delete"):
            raise WrongFormat(
                f"{name} has rows with ACTION D: they delete observations, they report none.",
                "Ask for the data themselves, not for updates since a day.",
            )
        found = Columns(
            name,
            held,
            [*contract.COLUMNS, "series"],
            basis="reported",
            source=source_id,
            published=published,
        )
        if power:
            for each in found.texts("about"):
                sdmx.power(of.code("UNIT_MULT", each).strip() or "0", name)
        _fill(found, of, power)
        found.check()
        yield found


def _scanned(text: Path | bytes, name: str) -> Text:
    printed = next(bulk_text.first_rows(text, ",", name))
    separator = ";" if printed[0].count(";") > 1 else ","
    names = [_id(each) for each in next(bulk_text.first_rows(text, separator, name))]
    columns.check_names(names, [sdmx.TIME, sdmx.VALUE], name)
    if names[0] not in _FIRST:
        raise WrongFormat(
            f"{name} is not SDMX-CSV: its first column is {names[0]!r}, not DATAFLOW (1.0) or "
            "STRUCTURE (2.0).",
            "Ask with the header Accept: application/vnd.sdmx.data+csv.",
        )
    if names[0] == "STRUCTURE" and "STRUCTURE_ID" not in names:
        raise WrongFormat(
            f"{name} has STRUCTURE and no STRUCTURE_ID.", "SDMX-CSV 2.0 names the dataflow there."
        )
    return bulk_text.scan(text, names, name, separator=separator)


class _Concepts:
    """Which concepts of a message fill the contract's columns."""

    def __init__(self, concepts: list[str], dimensions: list[str]) -> None:
        self.dimensions = dimensions
        self.reporter = sdmx.first(concepts, sdmx.REPORTER)
        self.partner = sdmx.first(concepts, sdmx.PARTNER)
        self.status = sdmx.first(concepts, sdmx.STATUS)
        self.unit = sdmx.first(concepts, sdmx.UNIT)
        alone = [self.reporter, self.partner, sdmx.TIME, "KEY" if "KEY" in dimensions else None]
        self.codes = [column for column in alone if column]
        # Read together: with the dataflow, what a row is about beside areas and time.
        more = [*dimensions, "INDICATOR", self.status, self.unit, "UNIT_MULT"]
        self.about = [
            column
            for column in dict.fromkeys(more)
            if column in concepts and column not in self.codes
        ]

    def code(self, concept: str | None, about: str) -> str:
        """A code among those that are read together; the dataflow is that of no concept."""
        place = 0 if concept is None else 1 + self.about.index(concept)
        return _code(about.split(bulk_text.BETWEEN)[place])


def _flow(first: str) -> pl.Expr:
    import polars as pl

    if first == "KEY":  # EXR.D.ILS.EUR.SP00.A: the dataflow goes before the dimensions
        return pl.col("KEY").str.extract(r"^([^.]*)")
    return pl.col("STRUCTURE_ID" if first == "STRUCTURE" else first)


def _flags(rows: Text) -> dict[str, pl.Expr]:
    import polars as pl

    return {"delete": pl.col("ACTION") == "D"} if "ACTION" in rows.names else {}


def _fill(found: Columns, of: _Concepts, power: int | str) -> None:
    def about(text: str, column: str) -> str:
        flow = of.code(None, text)
        usual = {"dataflow": flow, "unit": sdmx.unit(of.code(of.unit, text) if of.unit else "")}
        indicator = of.code("INDICATOR", text) if "INDICATOR" in of.about else ""
        return sdmx.known(flow, indicator).get(column, usual.get(column, NOT_APPLICABLE))

    for column in ("dataflow", "flow", "product", "valuation", "unit"):
        found.coded(column, "about", partial(about, column=column))
    for column, concept in (("reporter", of.reporter), ("partner", of.partner)):
        if concept:
            found.coded(column, concept, lambda text: sdmx.area(_code(text)))
        else:
            found.constant[column] = NOT_APPLICABLE

    def period(text: str) -> str:
        return tidy.period(_code(text), found.name)

    found.coded("period", sdmx.TIME, period, key=contract.in_time)
    found.coded("freq", sdmx.TIME, lambda text: tidy.freq(period(text)))
    found.value(sdmx.VALUE, power)

    def printed(text: str) -> str:
        return of.code(of.status, text) or "A"

    def status(text: str) -> str:
        return sdmx.status(printed(text), flags=of.status == "OBS_FLAG")

    if of.status:
        found.coded("obs_status", "about", status)
        found.coded("note", "about", lambda text: sdmx.status_note(printed(text), status(text)))
    else:
        found.constant |= {"obs_status": "A", "note": ""}
    found.missing()
    found.joined("series", [_dimension(each, of) for each in of.dimensions])


def _dimension(concept: str, of: _Concepts) -> tuple[str, Callable[[str], str]]:
    """The column that holds a dimension, and how its code is read there."""
    if concept == "KEY":
        return concept, lambda key: key.partition(".")[2]
    if concept in of.codes:
        return concept, _code
    return "about", lambda text: of.code(concept, text)


def _id(name: str) -> str:
    """The concept of a header cell, which may say more: ``STRUCTURE[;]``, ``COUNTRY: Country``."""
    concept = re.split(r"[:\[]", name, maxsplit=1)[0].strip()
    return concept.upper() if _LOWER.fullmatch(concept) else concept


def _code(cell: str) -> str:
    """The code of a cell printed with its label, ``KAZ: Kazakhstan``; a date keeps its colons."""
    code, colon, _ = cell.partition(": ")
    return code if colon and re.fullmatch(r"[\w.@$:+()-]+", code) else cell
