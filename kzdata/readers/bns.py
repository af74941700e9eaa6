"""Bureau of National Statistics of Kazakhstan, goods trade by partner: a workbook an edition.

Columns by position: name, turnover, %, exports, %, imports, %; thousand USD; the first row is
«Всего». A table is cumulative from January; months come from `kzdata.differencing`.
Written to the layout that others' parsers of the files assume; not yet run on an original file.
"""

from __future__ import annotations

import re
from decimal import Decimal
from os import PathLike
from typing import Any, NamedTuple

import pandas as pd

from kzdata.errors import ContractError, UnknownCode
from kzdata.model import codes, periods
from kzdata.model.codes import UNKNOWN, WORLD, fold
from kzdata.model.periods import month_period
from kzdata.readers import tidy, workbook
from kzdata.readers.payload import LIMIT, Received, WrongFormat, receive

# Latin x and Cyrillic х alike: suppressed. Dashes and dots: not there.
_MARKS = {"-": "M", "–": "M", "—": "M", "…": "M", "...": "M", "x": "Q", "х": "Q"}

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Cell(NamedTuple):
    """A value in whole units with its interval; NaN where the status says missing."""

    value: float
    lower: float
    upper: float
    obs_status: str
    note: str


def number(cell: Any, where: str, *, scale: int = 1_000) -> Cell:
    """A cell in thousands to whole units. Blank is no flow, 0; a mark is missing.

    Spaces between digits, a decimal comma and a star or footnote number after the digits are
    understood; a star is provisional. Raises `WrongFormat` with the place for any other text.
    """
    # 15 digits are all that a workbook stores; the rest of a float is noise of binary fractions.
    text = format(cell, ".15g") if isinstance(cell, float) else str(cell)
    text = re.sub(r"\s", "", text)
    if text == "":
        return Cell(0.0, 0.0, 0.0, "A", "blank cell: no flow")
    mark = _MARKS.get(text.casefold())
    if mark:
        nan = float("nan")
        return Cell(nan, nan, nan, mark, f"printed as {text}")
    bare = re.sub(r"(\*+|(?<=\d)\d\))$", "", text).replace("\u2212", "-")
    bare = bare.replace(",", ".")
    if re.search(r"[eE]", bare):
        bare = format(Decimal(bare), "f") if re.fullmatch(r"-?[\d.]+[eE][+-]?\d+", bare) else bare
    if not _NUMBER.fullmatch(bare):
        raise WrongFormat(
            f"{where}: {str(cell)!r} is neither a number nor a known mark for a missing value.",
            "If the publisher uses it as a mark, add it to kzdata.readers.bns.",
        )
    printed = Decimal(bare)
    half = Decimal((0, (5,), int(printed.as_tuple().exponent) - 1))
    value, lower, upper = (
        float(each * scale) for each in (printed, printed - half, printed + half)
    )
    return Cell(value, lower, upper, "P" if text.endswith("*") else "A", "")


PRELIMINARY, FINAL = "preliminary", "final"

_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")

# A footnote mark glued to a year («20251)») is no part of it.
_YEAR = r"(20\d\d)(?!\d{2,}|\d(?!\)))"

_RANGE = re.compile(rf"([а-я]+)\s*[-–—]\s*([а-я]+)\s+{_YEAR}")

_MONTH = re.compile(rf"([а-я]+)\s+{_YEAR}")

_BARE = re.compile(rf"{_YEAR}(?:\d\))?\s*г")

_SHEET = re.compile(r"(?:(\d{1,2})[_.\- ])?(20\d\d)(?:\d?[)*]+)?")


class YearToDate(NamedTuple):
    """Months counted from January, the year, and whether it is the final edition of a year."""

    months: int
    year: int
    edition: str

    @property
    def period(self) -> str:
        """The span in SDMX's spelling."""
        return month_period(self.year, 1, self.months)


def in_title(text: str) -> YearToDate | None:
    """The edition that a title names; None where it names no period."""
    title = "" if "%" in text else fold(text)  # «в % к 2024 г.» heads a column
    for match in _RANGE.finditer(title):
        first, last = _month(match[1]), _month(match[2])
        if first and last:
            if first != 1:
                raise WrongFormat(
                    f"The title «{text.strip()}» does not begin in January.",
                    "The Bureau's tables by partner are cumulative from January.",
                )
            return YearToDate(last, int(match[3]), PRELIMINARY)
    for match in _MONTH.finditer(title):
        month = _month(match[1])
        if month == 1:
            return YearToDate(1, int(match[2]), PRELIMINARY)
        if month:
            raise WrongFormat(
                f"The title «{text.strip()}» names one month other than January.",
                "The Bureau's tables by partner are cumulative from January.",
            )
    bare = _BARE.search(title)
    return YearToDate(12, int(bare[1]), FINAL) if bare else None


def in_sheet_name(name: str) -> tuple[int | None, int] | None:
    """(months, year) of ``12_2025``; months None for a bare ``2025``; None for another sheet."""
    match = _SHEET.fullmatch(name.strip())
    if match is None:
        return None
    months = int(match[1]) if match[1] else None
    return (months, int(match[2])) if months is None or 1 <= months <= 12 else None


def _month(word: str) -> int | None:
    for number, stem in enumerate(_STEMS, start=1):
        if word.startswith(stem) and (number != 5 or word in ("май", "мая")):
            return number
    return None


TESTED_ON_ORIGINAL = False

TOTAL = "всего"

AGGREGATES = {
    codes.fold(name)
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
        raise UnknownCode(f"Unknown edition {edition!r}.", "Known: preliminary, final.")
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
    return tidy.tidy(
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
) -> YearToDate:
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
        return YearToDate(months, year, PRELIMINARY)
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
    return YearToDate(span.months, year, PRELIMINARY)


def _first_row(rows: list[list[Any]], sheet: str, body: Received) -> int:
    for place, row in enumerate(rows):
        if any(isinstance(cell, str) and codes.fold(cell) == TOTAL for cell in row[:3]):
            return place
    raise WrongFormat(
        f"{body.name}: the sheet {sheet!r} has no row «Всего».",
        "Check that the workbook is the table by partner.",
    )


def _sheet(sheet: str, rows: list[list[Any]], span: YearToDate, body: Received) -> pd.DataFrame:
    start = _first_row(rows, sheet, body)
    at = next(c for c, cell in enumerate(rows[start]) if str(cell).strip())
    found, unknown = [], []
    for place, row in enumerate(rows[start:], start=start):
        row = [*row, *[""] * 8]
        name = str(row[at]).strip()
        cells = row[at + 1 : at + 7]
        folded = codes.fold(name)
        if not folded or name.startswith("*") or folded in AGGREGATES:
            continue
        try:
            partner = WORLD if folded == TOTAL else codes.from_russian(name)
        except UnknownCode:
            # A line of text without a single number is a note or a heading, not a partner.
            if any(str(cell).strip() for cell in cells):
                unknown.append(name)
            continue
        where = f"{body.name}, sheet {sheet}, row {place + 1} «{name}»"
        read_cells = {flow: number(row[at + step], where) for flow, (step, _) in _FLOWS.items()}
        _check_turnover(number(row[at + _TURNOVER], where), read_cells, where)
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


def _check_turnover(printed: Cell, parts: dict[str, Cell], where: str) -> None:
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
