"""The commands that fetch and load what a selection asks for."""

from __future__ import annotations

import datetime as dt

from kzdata import codes
from kzdata.errors import UnknownCode
from kzdata.explorer.selection import ALL, LEVELS, Selection

FIRST_YEAR = 1962
"""The year that UN Comtrade begins with."""


def loading(chosen: Selection, period: str | None = None) -> tuple[str, ...]:
    """Commands that fetch and load what a selection asks for."""
    if chosen.dataflow.startswith("trade"):
        return _comtrade(chosen, period)
    if chosen.dataflow.startswith("fdi"):
        if chosen.reporter == "KAZ":
            form = 287 if chosen.dataflow == "fdi_gross_inflow" else 310
            return (f"kzdata fetch nbk_fdi -p form={form}", "kzdata load nbk_fdi PATH")
        fetch = f"kzdata fetch worldbank -p country={chosen.reporter}"
        fetch += " -p indicator=BX.KLT.DINV.CD.WD"
        return (fetch, "kzdata load worldbank PATH")
    return ("kzdata sources",)


def _comtrade(chosen: Selection, period: str | None) -> tuple[str, ...]:
    year = (period or chosen.end or chosen.start or _last_year())[:4]
    if chosen.reporter == codes.WORLD or not FIRST_YEAR <= int(year) <= dt.date.today().year:
        return ("kzdata sources",)
    try:
        numbers = [_number(chosen.reporter)]
        if chosen.partner != ALL:
            numbers.append(_number(chosen.partner))
    except UnknownCode:  # an area that UN Comtrade numbers in its own way
        return ("kzdata sources",)
    asked = [f"reporter={numbers[0]}", *(f"partner={each}" for each in numbers[1:])]
    monthly = chosen.freq == "M"
    asked.append(f"period={year}01" if monthly else f"period={year}")
    if monthly:
        asked.append("freq=M")
    if chosen.dataflow == "trade_services":
        asked.append("type=S")
    if chosen.product in LEVELS:
        asked.append(f"product=AG{chosen.product[2:]}")
    elif chosen.product.isdecimal():
        asked.append(f"product={chosen.product}")
    return (
        "kzdata fetch comtrade " + " ".join(f"-p {each}" for each in asked),
        "kzdata load comtrade PATH",
    )


def _last_year() -> str:
    from kzdata import store

    annual = store.shipped().query('freq == "A"')["period"]
    return max(annual, default="2024")


def _number(code: str) -> int:
    """The UN's number of an area: ISO 3166 numeric, 0 the world."""
    if code == codes.WORLD:
        return 0
    import pycountry

    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        raise UnknownCode(f"{code!r} has no ISO 3166 number.", "kzdata sources")
    return int(country.numeric)
