"""UN Comtrade's columns, common to the API's JSON and the bulk text files, to the contract."""

from __future__ import annotations

import pandas as pd

from kzdata import areas
from kzdata.codes import NOT_APPLICABLE, WORLD
from kzdata.errors import UnknownCode
from kzdata.readers import digits, tidied
from kzdata.readers.received import WrongFormat

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
_CELL = [c for c in REQUIRED if c not in TOTALS and c != "primaryvalue"]
DATAFLOWS = {"C": "trade_goods", "S": "trade_services"}
FLOWS = {code: code for code in ("X", "M", "RX", "RM", "DX", "FM", "MIP", "MOP", "XIP", "XOP")}
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
            "note": raw["partnercode"].map(_covers) if len(raw) else "",
            "classification": raw["classificationcode"].map(lambda c: NOMENCLATURES.get(c, c)),
            "reporter_code": raw["reportercode"],
            "partner_code": raw["partnercode"],
        }
    )
    if "netwgt" in raw:
        made["net_weight_kg"] = digits.scaled(raw["netwgt"], name=where)["value"]
    return tidied.tidy(made, unit="USD", source=source, published=published)


def world_gaps(frame: pd.DataFrame, tolerance: float = 0.01) -> pd.DataFrame:
    """Where all partners do not sum to the world that the same file reports: one row a cell.

    ``frame`` must hold every partner of its cells; columns reporter, flow, product, period, world,
    partners and gap (partners over world, less one), for gaps beyond ``tolerance``. Missing values
    are left out of the sum, so that they show as a gap.
    """
    by = ["reporter", "flow", "product", "period"]
    world = frame[frame["partner"] == WORLD].set_index(by)["value"].rename("world")
    partners = frame[frame["partner"] != WORLD].groupby(by)["value"].sum().rename("partners")
    both = pd.concat([world, partners], axis=1, join="inner").reset_index()
    both["gap"] = both["partners"] / both["world"] - 1
    return both[both["gap"].abs() > tolerance].reset_index(drop=True)


def _totals(raw: pd.DataFrame, where: str) -> pd.DataFrame:
    """The rows that are totals over every breakdown; a cell without one is refused."""
    total = pd.Series(True, index=raw.index)
    for column, code in TOTALS.items():
        total &= raw[column].fillna(code).replace("", code) == code
    cells = pd.MultiIndex.from_frame(raw[_CELL])
    orphan = ~total & ~pd.Series(cells.isin(cells[total]), index=raw.index)
    if orphan.any():
        row = raw[orphan].iloc[0]
        raise WrongFormat(
            f"{where} has only parts, and no total, for {int(orphan.sum())} rows: reporter "
            f"{row['reportercode']}, partner {row['partnercode']}, {row['flowcode']} "
            f"{row['cmdcode']} {row['period']} comes with "
            + ", ".join(f"{column} {row[column]}" for column in TOTALS)
            + ".",
            "Ask with partner2Code=0, motCode=0, customsCode=C00 and mosCode=0: parts added up "
            "count money twice.",
        )
    return raw[total]


def _valuation(raw: pd.DataFrame) -> pd.Series:
    primary = pd.to_numeric(raw["primaryvalue"], errors="coerce")
    services = raw["typecode"] == "S"
    found = pd.Series("unknown", index=raw.index, dtype=object).where(~services, NOT_APPLICABLE)
    # A row may carry both values, equal ones: then imports are CIF and exports FOB, as usual.
    imports = raw["flowcode"].isin(["M", "RM", "FM", "MIP", "MOP"])
    for column, valued, usual in (("cifvalue", "CIF", imports), ("fobvalue", "FOB", ~imports)):
        if column in raw:
            same = pd.to_numeric(raw[column], errors="coerce") == primary
            found[same & ~services & ((found == "unknown") | usual)] = valued
    return found


def _areas(column: pd.Series) -> pd.Series:
    return column.map({each: areas.from_number(each) for each in column.unique()})


def _covers(number: str) -> str:
    said = areas.covers(number)
    return f"partner {number}: {said}" if said else ""


def _coded(column: pd.Series, known: dict[str, str], where: str) -> pd.Series:
    unknown = sorted(set(column) - set(known))
    if unknown:
        raise UnknownCode(
            f"{where}: {column.name} {unknown[0]!r} is not one of {', '.join(known)}.",
            "Check that the file is UN Comtrade's.",
        )
    return column.map(known)
