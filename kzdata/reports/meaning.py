"""What the well-known parameter names mean, whichever notebook asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from kzdata.reports.values import Misfit

FIRST_YEAR, LAST_YEAR = 1900, 2100


def check_meaning(name: str, value: Any, help: str = "") -> Any:
    """The value, with an area's name and a printed period turned into their codes.

    A parameter whose ``help`` begins with "probability" is held to be one, whatever its name.
    Raises `Misfit`, `UnknownCode` or `ParseError`.
    None and "" stand for "not asked" and are left to the notebook.
    """
    check = MEANINGS.get(name)
    if check is None and help.casefold().startswith("probability"):
        check = _probability
    if check is None or value is None or value == "":
        return value
    return [check(each) for each in value] if isinstance(value, list) else check(value)


def _area(value: Any) -> Any:
    from kzdata.codes import area

    if not isinstance(value, str):
        raise Misfit(f"{value!r} is no area; expected an ISO 3166 alpha-3 code, e.g. 'ISR'.")
    return area(value)


def _day(value: Any) -> Any:
    try:
        # fromisoformat also reads 20260127 and 2026-W05-2; a report prints the plain form only.
        if len(value) == 10 and value[4] == value[7] == "-":
            dt.date.fromisoformat(value)
            return value
    except (TypeError, ValueError):
        pass
    raise Misfit(f"{value!r} is no day; expected year-month-day, e.g. '2026-01-27'.")


def _year_or_period(value: Any) -> Any:
    from kzdata.errors import ParseError
    from kzdata.periods import parse_period

    if isinstance(value, int):
        if FIRST_YEAR <= value <= LAST_YEAR:
            return value
        raise Misfit(f"{value} is no year between {FIRST_YEAR} and {LAST_YEAR}.")
    try:
        if isinstance(value, str) and parse_period(value) == value:
            return value
    except ParseError:
        pass
    raise Misfit(
        f"{value!r} is neither a year nor an SDMX period; expected e.g. 2018, '2025-Q3' "
        "or '2025-01-01/P11M'."
    )


def _period(value: Any) -> Any:
    from kzdata.periods import parse_period

    return parse_period(value) if isinstance(value, str) else _year_or_period(value)


def _probability(value: Any) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1:
        raise Misfit(f"{value!r} is no probability between 0 and 1, e.g. 0.8.")
    return value


def _language(value: Any) -> Any:
    from kzdata.language import check_spoken

    return check_spoken(value)


MEANINGS: dict[str, Callable[[Any], Any]] = {
    "reporter": _area,
    "partner": _area,
    "reporters": _area,
    "partners": _area,
    "as_of": _day,
    "known_by": _day,
    "start": _year_or_period,
    "end": _year_or_period,
    "period": _period,
    "level": _probability,
    "language": _language,
}
