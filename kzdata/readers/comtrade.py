"""UN Comtrade's columns, common to the API's JSON and the bulk text files, to the contract."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

import pandas as pd

from kzdata.errors import KzdataError, UnknownCode
from kzdata.model import codes
from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN
from kzdata.readers import columns as digits
from kzdata.readers import tidy as tidied
from kzdata.readers.payload import LIMIT, WrongFormat, field, from_json, printed, receive, rows_of

# A row that repeats money of another row differs from it in one of these: second partner, mode of
# transport, customs procedure, mode of supply. The totals over each carry these codes.
# isAggregate says nothing about that: it follows what each reporter sent.
TOTALS = {"partner2code": "0", "motcode": "0", "customscode": "C00", "moscode": "0"}

REQUIRED = [
    "typecode",
    "freqcode",
    "period",
    "reportercode",
    "partnercode",
    "flowcode",
    "classificationcode",
    "cmdcode",
    *TOTALS,
    "primaryvalue",
]

CELL = [c for c in REQUIRED if c not in TOTALS and c != "primaryvalue"]

DATAFLOWS = {"C": "trade_goods", "S": "trade_services"}

FLOWS = {code: code for code in ("X", "M", "RX", "RM", "DX", "FM", "MIP", "MOP", "XIP", "XOP")}

IMPORTS = ("M", "RM", "FM", "MIP", "MOP")

NOMENCLATURES = {
    "H0": "HS1992",
    "H1": "HS1996",
    "H2": "HS2002",
    "H3": "HS2007",
    "H4": "HS2012",
    "H5": "HS2017",
    "H6": "HS2022",
    "S1": "SITC1",
    "S2": "SITC2",
    "S3": "SITC3",
    "S4": "SITC4",
}


def plain(name: str) -> str:
    """A column's name without case and underscores: partner2Code and partner2_code are one."""
    return name.replace("_", "").strip().lower()


def require(columns, where: str) -> None:
    """Raise `WrongFormat` naming every column that UN Comtrade has and ``columns`` lacks."""
    absent = [name for name in REQUIRED if name not in columns]
    if absent:
        raise WrongFormat(
            f"{where} lacks UN Comtrade's field{'s' * (len(absent) > 1)} {', '.join(absent)} "
            f"(letter case and underscores apart).",
            "An extract with fewer columns cannot show which rows are totals: take all columns.",
        )


def refuse_if_cut(count: int, caps: tuple[int, ...], where: str) -> None:
    """A number of rows equal to what the service gives at most is an answer that was cut off."""
    if count in caps:
        raise WrongFormat(
            f"{where} has exactly {count:,} rows, the most that the service gives: it was cut off.",
            "Ask for fewer periods, partners or products a call; caps=() if it is whole.",
        )


def tidy(raw: pd.DataFrame, where: str, *, source: str, published: str) -> pd.DataFrame:
    """Text columns named as in `REQUIRED` (and ``locator``) to a tidy frame.

    Values are USD, valued as the row says: where the primary value is the CIF value it is CIF,
    where it is the FOB value FOB. Kept beside the contract: classification, reporter_code and
    partner_code (several numbers may name one country) and net_weight_kg.
    """
    raw = _totals(raw, where)
    value = digits.scaled(raw["primaryvalue"], name=where)
    made = pd.DataFrame(
        {
            "dataflow": _coded(raw["typecode"], DATAFLOWS, where),
            "reporter": _areas(raw["reportercode"]),
            "partner": _areas(raw["partnercode"]),
            "flow": _coded(raw["flowcode"], FLOWS, where),
            "product": raw["cmdcode"],
            "valuation": _valuation(raw),
            "period": tidied.period_column(raw["period"], where),
            **{column: value[column] for column in value},
            "locator": raw["locator"],
            "note": raw["partnercode"].map(covers) if len(raw) else "",
            "classification": raw["classificationcode"].map(lambda c: NOMENCLATURES.get(c, c)),
            "reporter_code": raw["reportercode"],
            "partner_code": raw["partnercode"],
        }
    )
    if "netwgt" in raw:
        made["net_weight_kg"] = digits.scaled(raw["netwgt"], name=where)["value"]
    return tidied.tidy(made, unit="USD", source=source, published=published)


def _totals(raw: pd.DataFrame, where: str) -> pd.DataFrame:
    """The rows that are totals over every breakdown; a cell without one is refused."""
    total = pd.Series(True, index=raw.index)
    for column, code in TOTALS.items():
        total &= raw[column].fillna(code).replace("", code) == code
    cells = pd.MultiIndex.from_frame(raw[CELL])
    orphan = ~total & ~pd.Series(cells.isin(cells[total]), index=raw.index)
    if orphan.any():
        row = {str(c): v for c, v in raw[orphan].iloc[0].items()}
        raise only_parts(where, int(orphan.sum()), row)
    return raw[total]


def only_parts(where: str, count: int, row: Mapping[str, str]) -> WrongFormat:
    """The error of rows that are parts without a total; ``row`` is the first."""
    return WrongFormat(
        f"{where} has only parts, and no total, for {count} rows: reporter "
        f"{row['reportercode']}, partner {row['partnercode']}, {row['flowcode']} "
        f"{row['cmdcode']} {row['period']} comes with "
        + ", ".join(f"{column} {row[column]}" for column in TOTALS)
        + ".",
        "Ask with partner2Code=0, motCode=0, customsCode=C00 and mosCode=0: parts added up "
        "count money twice.",
    )


def _valuation(raw: pd.DataFrame) -> pd.Series:
    primary = pd.to_numeric(raw["primaryvalue"], errors="coerce")
    services = raw["typecode"] == "S"
    found = pd.Series("unknown", index=raw.index, dtype=object).where(~services, NOT_APPLICABLE)
    # A row may carry both values, equal ones: then imports are CIF and exports FOB, as usual.
    imports = raw["flowcode"].isin(list(IMPORTS))
    for column, valued, usual in (("cifvalue", "CIF", imports), ("fobvalue", "FOB", ~imports)):
        if column in raw:
            same = pd.to_numeric(raw[column], errors="coerce") == primary
            found[same & ~services & ((found == "unknown") | usual)] = valued
    return found


def _areas(column: pd.Series) -> pd.Series:
    return column.map({each: codes.from_number(each) for each in column.unique()})


def covers(number: str) -> str:
    """A note on what a partner's number covers, where that differs from the country."""
    said = codes.covers(number)
    return f"partner {number}: {said}" if said else ""


def _coded(column: pd.Series, known: dict[str, str], where: str) -> pd.Series:
    name = str(column.name)
    return column.map({c: known_code(c, known, name, where) for c in sorted(set(column))})


def known_code(code: str, known: dict[str, str], column: str, where: str) -> str:
    """What a code stands for; an `UnknownCode` where it is none of those known."""
    if code not in known:
        raise UnknownCode(
            f"{where}: {column} {code!r} is not one of {', '.join(known)}.",
            "Check that the file is UN Comtrade's.",
        )
    return known[code]


TESTED_ON_ORIGINAL = True

# Rows a call: preview without a key, a free key, and what clients report of newer keys.
CAPS = (500, 100_000, 250_000, 2_500_000)


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str = UNKNOWN,
    caps: tuple[int, ...] = CAPS,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """Trade by reporter, partner, flow, product and period, in USD.

    Only rows that are totals over second partner, transport, customs procedure and mode of supply
    are taken. ``published`` is the day of the answer: the service keeps no vintages. An answer
    that says ``count: 0`` gives a frame without rows. Raises `WrongFormat` for a cut or changed
    answer, `KzdataError` with the service's own words where it answered with an error.
    """
    body = receive(source, limit=limit)
    answer = from_json(body)
    if isinstance(answer, dict) and (answer.get("error") or "data" not in answer):
        said = answer.get("error") or answer.get("message")
        if said:
            raise KzdataError(
                f"{body.name} is UN Comtrade's refusal: {said}",
                "Correct the request and send it again.",
            )
    rows = rows_of(field(answer, "data", body), body)
    for place, row in enumerate(rows):
        if any(isinstance(value, (list, dict)) for value in row.values()):
            for name in row:
                printed(row, name, body, place=f"data[{place}]")
    if str(answer.get("count", len(rows))) != str(len(rows)):
        raise WrongFormat(
            f"{body.name} announces {answer['count']} rows and holds {len(rows)}.",
            "The answer was cut: download it again.",
        )
    refuse_if_cut(len(rows), caps, body.name)
    raw = pd.DataFrame(rows, dtype=object).rename(columns=plain)
    if rows and {"fileurl", "rowkey"} & set(raw.columns):
        raise WrongFormat(
            f"{body.name} is the list of bulk files, not their contents.",
            "Download the files it names and read them as 'comtrade_bulk'.",
        )
    if not rows:
        raw = pd.DataFrame(columns=[*REQUIRED, "locator"], dtype=object)
    require(raw.columns, body.name)
    raw["locator"] = [f"{body.name}, data[{place}]" for place in range(len(raw))]
    for column in TOTALS:
        raw[column] = raw[column].map(lambda code: "" if code is None else str(code))
    return tidy(raw, body.name, source="comtrade", published=published)
