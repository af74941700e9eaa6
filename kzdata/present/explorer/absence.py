"""Why nothing is shown for a selection, and what to type to change that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from kzdata.errors import UnknownCode
from kzdata.i18n import formats
from kzdata.i18n.catalogue import translated
from kzdata.i18n.sentences import known_word, t, term
from kzdata.model import codes, periods, vocabulary
from kzdata.present.explorer import available, choices
from kzdata.present.explorer.selection import ALL, BOTH, LEVELS, Selection, explore_line

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
    from kzdata.store import query

    annual = query.shipped().query('freq == "A"')["period"]
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


NOT_LOADED, OTHER_CHOICE = "not loaded", "other choice"
_OTHERS = 3


@dataclass(frozen=True)
class Absence:
    """``told`` is a paragraph, ``steps`` are lines to type.

    ``kind``: nothing of the pair is loaded, or nothing with this choice of product, flow,
    frequency, source, years or day. A name that does not exist is refused by `UnknownCode`.
    """

    kind: str
    told: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.told, *(f"  {step}" for step in self.steps)])


def without_figures(chosen: Selection, frame: pd.DataFrame) -> Absence | None:
    """The absence where rows are there and none has a figure; None where one has."""
    if frame["value"].notna().any():
        return None
    statuses = sorted(set(frame["obs_status"]) & vocabulary.MISSING)
    return Absence(
        OTHER_CHOICE,
        t(
            "{reporter} with {partner}: the publication has the cell and no figure in it, for "
            "{first} to {last} (status {statuses}). Missing is not zero.",
            first=choices.spelt(frame["period"].iloc[0]),
            last=choices.spelt(frame["period"].iloc[-1]),
            statuses=", ".join(
                f"{each}: {known_word(vocabulary.STATUSES[each])}" for each in statuses
            ),
            **pair(chosen),
        ),
        _elsewhere(chosen),
    )


def backwards(chosen: Selection) -> Absence | None:
    """The absence of a span that ends before it begins; None for others."""
    if not chosen.start or not chosen.end:
        return None
    if periods.span(chosen.start).start <= periods.span(chosen.end).end:
        return None
    return Absence(
        OTHER_CHOICE,
        t(
            "The first period, {first}, is after the last, {last}.",
            first=choices.spelt(chosen.start),
            last=choices.spelt(chosen.end),
        ),
        (explore_line(chosen.but(start=chosen.end, end=chosen.start)),),
    )


def nothing(chosen: Selection) -> Absence:
    """The absence of a selection for which no row is at hand."""
    table = available.cells(chosen.dataflow, chosen.reporter)
    if table.empty:
        return _no_reporter(chosen)
    own = choices.of_partner(table, chosen.partner)
    if own.empty:
        return _no_partner(chosen, table)
    same = _same(chosen, own)
    if chosen.as_of and len(same) and (same["day"] > chosen.as_of).all():
        first = same["day"].min()
        return Absence(
            OTHER_CHOICE,
            t(
                "{reporter} with {partner}: nothing of this was known by {day}. What is at hand "
                "was known from {first} on.",
                day=chosen.as_of,
                first=first,
                **pair(chosen),
            ),
            (explore_line(chosen.but(as_of=first)), explore_line(chosen.but(as_of=None))),
        )
    same = own if same.empty else same
    if chosen.as_of and (same["day"] <= chosen.as_of).any():
        same = same[same["day"] <= chosen.as_of]
    spelt = sorted(set(same["period"]) - {codes.UNKNOWN}, key=periods.sort_key)
    wanted = chosen.but(start=None, end=None)
    return Absence(
        OTHER_CHOICE,
        t(
            _outside(chosen),
            first_asked=choices.spelt(chosen.start),
            last_asked=choices.spelt(chosen.end),
            first=choices.spelt(spelt[0]),
            last=choices.spelt(spelt[-1]),
            **pair(chosen),
        ),
        (explore_line(wanted), *loading(chosen, chosen.end or chosen.start)),
    )


def _outside(chosen: Selection) -> str:
    if chosen.start is None:
        return term(
            "{reporter} with {partner}: no figure at hand is of {last_asked} or before. At hand "
            "are {first} to {last}."
        )
    if chosen.end is None:
        return term(
            "{reporter} with {partner}: no figure at hand is of {first_asked} or after. At hand "
            "are {first} to {last}."
        )
    return term(
        "{reporter} with {partner}: no figure at hand lies in {first_asked} to {last_asked}. At "
        "hand are {first} to {last}."
    )


def _same(chosen: Selection, own: pd.DataFrame) -> pd.DataFrame:
    flows = ["X", "M"] if chosen.flow in (BOTH, "B") else [chosen.flow]
    held = own[own["flow"].isin(flows) & (own["freq"] == chosen.freq)]
    if chosen.source:
        held = held[held["source"] == chosen.source]
    return available.of_product(held, chosen.product)


def _no_reporter(chosen: Selection) -> Absence:
    mirrored = available.cells(chosen.dataflow, chosen.partner) if chosen.partner != ALL else None
    turned = mirrored is not None and (mirrored["partner"] == chosen.reporter).any()
    parts = pair(chosen) | {"measure": known_word(vocabulary.DATAFLOWS[chosen.dataflow])}
    if turned:
        return Absence(
            NOT_LOADED,
            t(
                "Nothing of {measure} that {reporter} reports is loaded. What {partner} reports of "
                "{reporter} is.",
                **parts,
            ),
            (
                explore_line(chosen.but(reporter=chosen.partner, partner=chosen.reporter)),
                *loading(chosen),
            ),
        )
    return Absence(
        NOT_LOADED,
        t("Nothing of {measure} that {reporter} reports is loaded.", **parts),
        loading(chosen),
    )


def _no_partner(chosen: Selection, table: pd.DataFrame) -> Absence:
    parts = pair(chosen) | {"measure": known_word(vocabulary.DATAFLOWS[chosen.dataflow])}
    return Absence(
        NOT_LOADED,
        t(
            "{measure} of {reporter} with {partner} is not loaded. Partners at hand: {partners}.",
            partners=_named(table),
            **(parts | {"measure": parts["measure"][:1].upper() + parts["measure"][1:]}),
        ),
        (*_elsewhere(chosen), *(loading(chosen) if chosen.partner != chosen.reporter else ())),
    )


def _named(table: pd.DataFrame) -> str:
    held = table["partner"].value_counts()
    names = [choices.area(str(each)) for each in held.index[:12]]
    more = len(held) - len(names)
    if more > 0:
        return t("{names} and {more} more", names=", ".join(names), more=more)
    return ", ".join(names)


def _elsewhere(chosen: Selection) -> tuple[str, ...]:
    """Lines that show other partners of the same reporter, those with the longest series."""
    table = available.cells(chosen.dataflow, chosen.reporter)
    known = table[table["known"] & (table["partner"] != chosen.partner)]
    held = known.groupby("partner").size().sort_values(ascending=False, kind="stable")
    return tuple(
        explore_line(Selection(chosen.reporter, str(partner), dataflow=chosen.dataflow))
        for partner in held.index[:_OTHERS]
    )


def pair(chosen: Selection) -> dict[str, str]:
    """Reporter and partner as a sentence names them."""
    return {
        "reporter": formats.area_name(chosen.reporter, article=True),
        "partner": t("all partners")
        if chosen.partner == ALL
        else formats.area_name(chosen.partner, article=True),
    }


_NAMES: dict[str, tuple[str, Callable[[str], str]]] = {
    "product": (term("Product level"), choices.product_name),
    "flow": (term("Flow"), choices.flow_name),
    "freq": (term("Frequency"), choices.frequency_name),
    "source": (term("Source"), choices.source_name),
}


def moved(asked: Selection, settled: Selection) -> tuple[Absence, ...]:
    """One `Absence` a field that was asked for and is not what is shown.

    What is usual counts as not asked for: it stands where a person has said nothing.
    """
    usual = Selection()
    return tuple(
        _said(field, asked, settled)
        for field in _NAMES
        if getattr(asked, field) not in (getattr(settled, field), getattr(usual, field))
    )


def _said(field: str, asked: Selection, settled: Selection) -> Absence:
    label, name = _NAMES[field]
    shown = getattr(settled, field)
    parts = {
        "field": translated(label),
        "asked": name(getattr(asked, field)),
        "shown": t("Preferred publication") if shown is None else name(shown),
    }
    together = settled.partner == ALL or settled.product in LEVELS
    if together and (field == "flow" or (field == "product" and asked.product in LEVELS)):
        told = t(
            "{field}: “{asked}” is not shown where partners or products stand side by side; this "
            "is “{shown}”.",
            **parts,
        )
        return Absence(OTHER_CHOICE, told, ())
    told = t(
        "{field}: nothing is loaded as “{asked}” for {reporter} with {partner}; this is “{shown}”.",
        **parts,
        **pair(settled),
    )
    steps = (
        ("kzdata sources",)
        if field == "source"
        else loading(settled.but(**{field: getattr(asked, field)}))
    )
    return Absence(OTHER_CHOICE, told, steps)
