"""Bureau of National Statistics of Kazakhstan, goods trade by partner: a workbook an edition.

Columns by position: name, turnover, %, exports, %, imports, %; thousand USD; the first row is
«Всего». A table is cumulative from January; months come from `kzdata.differencing`.
Written to the layout that others' parsers of the files assume; not yet run on an original file.
"""

from __future__ import annotations

from os import PathLike
from typing import Any

import pandas as pd

from kzdata import areas, periods
from kzdata.codes import UNKNOWN, WORLD
from kzdata.errors import ContractError, UnknownCode
from kzdata.readers import bns_cells, tidied, workbook
from kzdata.readers.bns_titles import FINAL, PRELIMINARY, Edition, in_sheet_name, in_title
from kzdata.readers.received import LIMIT, Received, WrongFormat, receive

TESTED_ON_ORIGINAL = False
TOTAL = "всего"
AGGREGATES = {
    areas.fold(name)
    for name in (
        "Страны СНГ",
        "Страны ЕАЭС",
        "Страны вне ЕАЭС",
        "Остальные страны мира",
        "Остальные страны",
        "Европа",
        "Страны ЕС",
        "Страны вне ЕС",
        "Азия",
        "Америка",
        "Африка",
        "Австралия и Океания",
    )
}
_TURNOVER, _FLOWS = 1, {"X": (3, "FOB"), "M": (5, "CIF")}


def read(
    source: str | PathLike[str] | bytes,
    *,
    published: str = UNKNOWN,
    edition: str | None = None,
    period: str | None = None,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """Exports FOB and imports CIF by partner in USD, «Всего» as WLD; sheets of all years.

    The span is read from the sheet's title, its name (``07_2026``) or the file's name. A sheet
    with a bare year and no title needs ``period`` (its months are taken for every year), for it
    may be a part of that year. Preliminary editions have status P, the final one of a year A;
    ``edition`` (``preliminary``, ``final``) decides where the title does not. A blank cell is no
    flow: 0, with a note. Group rows and footnotes are left out.

    Raises `UnknownCode` with every name that is no country, `ContractError` where countries do not
    sum to «Всего» or turnover is not exports plus imports, `WrongFormat` for another workbook.
    """
    if edition not in (None, PRELIMINARY, FINAL):
        raise UnknownCode(f"{edition!r} is no edition.", "Known: preliminary, final.")
    body = receive(source, limit=limit)
    book = workbook.sheets(body)
    tables = []
    for sheet, rows in book.items():
        named = in_sheet_name(sheet)
        if named is not None and rows:
            span = _edition(sheet, named, rows, body, period)
            tables.append(_sheet(sheet, rows, span, body).assign(edition=edition or span.edition))
    if not tables:
        raise WrongFormat(
            f"{body.name} has no sheet named by a year (2025, 12_2025); it has: "
            f"{', '.join(book) or 'none'}.",
            "Check that the workbook is the table by partner.",
        )
    made = pd.concat(tables, ignore_index=True)
    made["obs_status"] = made["obs_status"].where(
        (made["obs_status"] != "A") | (made["edition"] == FINAL), "P"
    )
    return tidied.tidy(
        made,
        dataflow="trade_goods",
        reporter="KAZ",
        product="TOTAL",
        unit="USD",
        source="bns_partners",
        published=published,
    )


def _edition(
    sheet: str,
    named: tuple[int | None, int],
    rows: list[list[Any]],
    body: Received,
    period: str | None,
) -> Edition:
    months, year = named
    heading = rows[: _first_row(rows, sheet, body)]
    said = next(
        (e for row in heading for cell in row if isinstance(cell, str) and (e := in_title(cell))),
        None,
    )
    if said is None and months is None:
        # Only a title or the sheet's name binds a year; the file's name tells the months.
        of_file = in_title(body.name)
        said = of_file._replace(year=year) if of_file else None
    if said is not None and (said.year != year or months not in (None, said.months)):
        raise WrongFormat(
            f"{body.name}: the sheet {sheet!r} carries a title of {said.period}.",
            "Name and title of a sheet must agree: check which is meant.",
        )
    if said is not None:
        return said
    if months is not None:
        return Edition(months, year, PRELIMINARY)
    if period is None:
        raise WrongFormat(
            f"{body.name}: nothing says which months of {year} the sheet {sheet!r} covers.",
            f"Say it: period='{year}-01-01/P7M' for January to July, period='{year}' for the year.",
        )
    span = periods.span(period)
    if span.start.month != 1 or span.months is None or span.months > 12:
        raise WrongFormat(
            f"{period} is not a span from January on.", "Write 2026-01-01/P7M or 2025."
        )
    return Edition(span.months, year, PRELIMINARY)


def _first_row(rows: list[list[Any]], sheet: str, body: Received) -> int:
    for place, row in enumerate(rows):
        if any(isinstance(cell, str) and areas.fold(cell) == TOTAL for cell in row[:3]):
            return place
    raise WrongFormat(
        f"{body.name}: the sheet {sheet!r} has no row «Всего».",
        "Check that the workbook is the table by partner.",
    )


def _sheet(sheet: str, rows: list[list[Any]], span: Edition, body: Received) -> pd.DataFrame:
    start = _first_row(rows, sheet, body)
    at = next(c for c, cell in enumerate(rows[start]) if str(cell).strip())
    found, unknown = [], []
    for place, row in enumerate(rows[start:], start=start):
        row = [*row, *[""] * 8]
        name = str(row[at]).strip()
        cells = row[at + 1 : at + 7]
        folded = areas.fold(name)
        if not folded or name.startswith("*") or folded in AGGREGATES:
            continue
        try:
            partner = WORLD if folded == TOTAL else areas.from_russian(name)
        except UnknownCode:
            # A line of text without a single number is a note or a heading, not a partner.
            if any(str(cell).strip() for cell in cells):
                unknown.append(name)
            continue
        where = f"{body.name}, sheet {sheet}, row {place + 1} «{name}»"
        read_cells = {
            flow: bns_cells.number(row[at + step], where) for flow, (step, _) in _FLOWS.items()
        }
        _check_turnover(bns_cells.number(row[at + _TURNOVER], where), read_cells, where)
        found += [
            {
                "partner": partner,
                "flow": flow,
                "valuation": _FLOWS[flow][1],
                "period": span.period,
                "locator": f"{where}, {'exports' if flow == 'X' else 'imports'}",
                **cell._asdict(),
            }
            for flow, cell in read_cells.items()
        ]
    if unknown:
        raise UnknownCode(
            f"{body.name}, sheet {sheet}: no country and no known group is called "
            + ", ".join(f"«{name}»" for name in unknown)
            + ".",
            "List a country under names_ru in seeds/area_codes.yml.",
        )
    table = pd.DataFrame(found)
    _check_total(table, f"{body.name}, sheet {sheet}")
    return table


def _check_turnover(printed: bns_cells.Cell, parts: dict[str, bns_cells.Cell], where: str) -> None:
    # A shifted column is found here, before its numbers pass for trade.
    cells = [printed, *parts.values()]
    if any(cell.value != cell.value for cell in cells):
        return
    lower, upper = (
        sum(getattr(cell, side) for cell in parts.values()) for side in ("lower", "upper")
    )
    slack = 1e-9 * abs(upper)
    if printed.upper < lower - slack or printed.lower > upper + slack:
        raise ContractError(
            f"{where}: turnover {printed.value:,.0f} USD is not exports plus imports, "
            f"{sum(cell.value for cell in parts.values()):,.0f} USD.",
            "The columns are not name, turnover, %, exports, %, imports, %: check the layout.",
        )


def _check_total(table: pd.DataFrame, where: str) -> None:
    for flow, rows in table.groupby("flow"):
        total = rows[rows["partner"] == WORLD].iloc[0]
        parts = rows[rows["partner"] != WORLD]
        slack = 1e-9 * abs(total["upper"])
        over = parts["lower"].sum() > total["upper"] + slack
        under = parts["upper"].sum() < total["lower"] - slack and parts["value"].notna().all()
        if over or under:
            raise ContractError(
                f"{where}: the countries' {'exports' if flow == 'X' else 'imports'} sum to "
                f"{parts['value'].sum():,.2f} USD, «Всего» says {total['value']:,.2f}.",
                "A group among the countries, or a country lost: compare the rows.",
            )
