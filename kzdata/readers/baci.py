"""CEPII BACI: reconciled bilateral trade by product, one year a file, and its code tables.

A file's name says its nomenclature, year and version: BACI_HS92_Y2021_V202201.csv. A version
rewrites all years. Numbers of countries are UN Comtrade's, not ISO's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kzdata.model import codes as areas
from kzdata.model import contract
from kzdata.model.codes import UNKNOWN
from kzdata.readers import bulk_text, columns, tidy
from kzdata.readers.bulk_columns import Columns
from kzdata.readers.payload import LIMIT, WrongFormat, in_utf8, receive

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["t", "i", "j", "k", "v", "q"]
ORDER = [*contract.COLUMNS, "quantity_t", "reporter_code", "partner_code", "classification"]

_NAME = re.compile(r"HS(?P<edition>\d{2})(?:_Y\d{4})?_V(?P<year>\d{4})(?P<month>\d{2})[a-z]?")

EDITIONS = {
    "92": "HS1992",
    "96": "HS1996",
    "02": "HS2002",
    "07": "HS2007",
    "12": "HS2012",
    "17": "HS2017",
    "22": "HS2022",
}


def constants(name: str, published: str | None, classification: str | None) -> dict[str, str]:
    """The columns that are the same in all rows of a file; the two given go before its name.

    Raises `WrongFormat` where neither says the nomenclature.
    """
    named = _NAME.search(name)
    edition = classification or (EDITIONS.get(named["edition"]) if named else None)
    if edition is None:
        raise WrongFormat(
            f"The name {name!r} does not say the nomenclature; BACI's columns do not either.",
            "Keep CEPII's name (BACI_HS92_Y2021_V202201.csv), or say classification='HS1992'.",
        )
    version = f"{named['year']}-{named['month']}" if named else UNKNOWN
    return {
        "dataflow": "trade_goods",
        "freq": "A",
        "flow": "X",
        "valuation": "FOB",
        "unit": "USD",
        "obs_status": "E",
        "basis": "reported",
        "classification": edition,
        "source": "baci",
        "published": published or version,
    }


TESTED_ON_ORIGINAL = True

# Headers of the country table, by the version that brought them: to V2022, and since.
_COUNTRY_HEADERS = {
    "country_code": "code",
    "country_name": "name",
    "country_name_full": "name",
    "country_iso2": "iso2",
    "iso_2digit_alpha": "iso2",
    "country_iso3": "iso3",
    "iso_3digit_alpha": "iso3",
}


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str | None = None,
    classification: str | None = None,
    member: str | None = None,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """Exports of the exporting reporter to the partner, FOB, in USD, by 6-digit product.

    Status E: BACI's values are CEPII's estimates from both countries' reports. Kept beside the
    contract: classification, quantity_t (tonnes; NaN where CEPII prints a padded ``NA``),
    reporter_code and partner_code. ``classification`` and ``published`` (the version's month) are
    taken from the file's name; without one, ``classification`` must be given.
    """
    with bulk(
        source, published=published, classification=classification, member=member, limit=limit
    ) as found:
        return found.frame()


@contextmanager
def bulk(
    source: str | PathLike[str] | bytes,
    *,
    folder: Path | None = None,
    published: str | None = None,
    classification: str | None = None,
    member: str | None = None,
    limit: int = bulk_text.BULK_LIMIT,
) -> Iterator[Columns]:
    """The rows of `read` as columns, held below ``folder`` or in memory."""
    with bulk_text.opened(source, folder=folder, member=member, limit=limit) as (text, name):
        same = constants(name, published, classification)
        names = next(bulk_text.first_rows(text, ",", name))
        columns.check_names(names, COLUMNS, name)
        rows = bulk_text.scan(text, names, name)
        held = rows.kept(
            folder, by="i", codes=["t", "i", "j", "k"], value="v", power=3, numbers=["q"]
        )
        found = Columns(name, held, ORDER, **same)
        found.coded("reporter", "i", areas.from_number)
        found.coded("partner", "j", areas.from_number)
        found.coded("period", "t", partial(tidy.period, name=name), key=contract.in_time)
        # A file that passed through a program that reads numbers has lost leading zeros.
        found.coded("product", "k", partial(_product, found))
        found.value("v", power=3)
        found.missing()
        found.number("quantity_t", "q")
        found.following("reporter_code", str, "reporter")
        found.following("partner_code", str, "partner")
        found.following("note", areas.covers, "partner")
        yield found


def countries(source: str | PathLike[str] | bytes, *, member: str | None = None) -> pd.DataFrame:
    """CEPII's table of countries, of any version: code, name, iso2, iso3 and our ``area``.

    Namibia's ``NA`` is a code, and is restored where a copy lost it. Several numbers may name one
    country (56 and 58, 276 and 280, 729 and 736).
    """
    # The tables to V2022 are in Windows-1252 («Côte d'Ivoire»), the later ones in UTF-8.
    body = in_utf8(receive(source, member=member), otherwise="cp1252")
    raw = columns.table(body, ["country_code"])
    table = raw.rename(columns=_COUNTRY_HEADERS)
    absent = [each for each in ("name", "iso2", "iso3") if each not in table]
    if absent:
        raise WrongFormat(
            f"{body.name} has no column for {', '.join(absent)}; its header is: "
            f"{', '.join(raw.columns)}.",
            "A new version of CEPII's table: add its header to kzdata.readers.baci.",
        )
    table = table[["code", "name", "iso2", "iso3"]].apply(lambda column: column.str.strip())
    table.loc[(table["iso3"] == "NAM") & (table["iso2"] == ""), "iso2"] = "NA"
    return table.assign(area=table["code"].map(areas.from_number)).reset_index(drop=True)


def products(source: str | PathLike[str] | bytes, *, member: str | None = None) -> pd.DataFrame:
    """CEPII's table of products: code (6 digits, as text) and description."""
    body = receive(source, member=member)
    raw = columns.table(body, ["code", "description"])
    table = raw.assign(code=raw["code"].str.strip().str.zfill(6))
    return table[["code", "description"]].reset_index(drop=True)


def _product(found: Columns, printed: str) -> str:
    if not re.fullmatch(r"[0-9]{1,6}", printed.strip()):
        line = found.line("k", printed)
        raise WrongFormat(
            f"{found.name}: k {printed!r} on line {line} is no 6-digit product.",
            "Check that the file is BACI's.",
        )
    return printed.strip().zfill(6)
