"""Which choices the explorer offers, each only where something is at hand for it.

Whose trade, with whom, when and known by when is what a person means: it is kept even where nothing
is there, and the view says why. How it is recorded (flow, frequency, product level, source) follows
what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from kzdata.i18n import formats
from kzdata.i18n.catalogue import translated
from kzdata.i18n.sentences import known_word, t, term
from kzdata.model import codes, periods, vocabulary
from kzdata.present.explorer import available
from kzdata.present.explorer.selection import ALL, BOTH, LEVELS, SUM, Asked, Selection
from kzdata.seeds import sources

Options = list[tuple[str, str | None]]

_FREQUENCIES = {
    "A": term("Annual"),
    "S": term("Half-yearly"),
    "Q": term("Quarterly"),
    "M": term("Monthly"),
    "D": term("Daily"),
}

_LEVEL_NAMES = {
    "TOTAL": term("All products together"),
    SUM: term("Sum of the products at hand"),
    "HS2": term("By chapter (2 digits)"),
    "HS4": term("By heading (4 digits)"),
    "HS6": term("By subheading (6 digits)"),
    codes.NOT_APPLICABLE: term("Not applicable"),
}


@dataclass(frozen=True)
class Choices:
    """A selection that is settled, for every field the options as (label, value), and how its
    figures are asked for."""

    selection: Selection
    options: dict[str, Options]
    put: Asked


def choices(asked: Selection) -> Choices:
    """The selection with its way of recording settled, and what can be chosen instead."""
    chosen = asked
    options: dict[str, Options] = {
        "dataflow": _with(
            [(_first_capital(_dataflow(each)), each) for each in available.dataflows()],
            asked.dataflow,
            _dataflow(asked.dataflow),
        ),
        "reporter": _areas(available.reporters(asked.dataflow), asked.reporter),
    }
    table = available.cells(asked.dataflow, asked.reporter)
    options["partner"] = _areas(list(table["partner"].unique()), asked.partner, with_all=True)
    own = of_partner(table, asked.partner)
    if own.empty:  # the other choices stay what they could be with another partner
        own = table
    levels = available.levels(own, asked)
    options["product"] = _given(levels, product_name, asked.product)
    chosen = chosen.but(product=_kept(chosen.product, levels))
    rows = available.of_product(own, chosen.product)
    flows = _flows(rows, chosen)
    options["flow"] = _given(flows, flow_name, asked.flow)
    chosen = chosen.but(flow=_kept(chosen.flow, flows))
    rows = rows[rows["flow"].isin(_parts(chosen.flow))]
    held = [each for each in _FREQUENCIES if each in set(rows["freq"])]
    options["freq"] = _given(held, frequency_name, asked.freq)
    chosen = chosen.but(freq=_kept(chosen.freq, held))
    rows = rows[rows["freq"] == chosen.freq]
    named = sorted(rows["source"].unique())
    usual: Options = [(t("Preferred publication"), None)]
    if chosen.product in available.LISTED and len(named) > 1:
        named, usual = available.publishers(rows), []
    options["source"] = [*usual, *((source_name(each), each) for each in named)]
    if chosen.source not in named:
        chosen = chosen.but(source=None if usual else named[0])
    if chosen.source:
        rows = rows[rows["source"] == chosen.source]
    days = sorted({day for day in rows["day"] if day < "9999"})
    latest: Options = [(t("Everything at hand"), None)]
    options["as_of"] = _with([*latest, *((each, each) for each in days[::-1])], asked.as_of)
    if chosen.as_of:
        rows = rows[rows["day"] <= chosen.as_of]
    options |= _periods(rows, chosen)
    return Choices(chosen, options, available.asked(chosen, own))


def of_partner(table: pd.DataFrame, partner: str) -> pd.DataFrame:
    """The cells of a partner; of all of them those that are countries or areas by name."""
    if partner == ALL:
        return table[~table["partner"].isin(list(codes.SPECIAL))]
    return table[table["partner"] == partner]


def _periods(rows: pd.DataFrame, chosen: Selection) -> dict[str, Options]:
    every = sorted(set(rows["period"]) - {codes.UNKNOWN}, key=periods.sort_key)
    named: Options = [(formats.format_period(each), each) for each in every]
    return {
        "start": _with([(t("First at hand"), None), *named], chosen.start, spelt(chosen.start)),
        "end": _with([(t("Latest at hand"), None), *named[::-1]], chosen.end, spelt(chosen.end)),
    }


def latest(chosen: Selection) -> str | None:
    """The last period at hand for a selection, whatever its own end."""
    found = choices(chosen.but(start=None, end=None)).options["end"]
    return found[1][1] if len(found) > 1 else None


def spelt(period: str | None) -> str:
    """A period in words; "" for none."""
    return "" if period is None else formats.format_period(period)


def _kept(value: str, held: list[str]) -> str:
    return value if value in held or not held else held[0]


def _with(options: Options, value: str | None, label: str = "") -> Options:
    """The options, and the present value marked where nothing is there for it."""
    if value is None or any(value == each for _, each in options):
        return options
    return [*options, (t("{choice} (nothing here)", choice=label or value), value)]


def _given(held: list[str], name: Callable[[str], str], asked: str) -> Options:
    """What is held by its names; where that is nothing, what was asked for, so marked."""
    named: Options = [(name(each), each) for each in held]
    return named or _with([], asked, name(asked))


def _areas(held: list[str], value: str, *, with_all: bool = False) -> Options:
    named = sorted(((area(each), each) for each in held), key=lambda each: each[0].casefold())
    top: Options = [each for each in named if each[1] == codes.WORLD]
    rest: Options = [each for each in named if each[1] != codes.WORLD]
    if with_all and len(rest) > 1:
        top = [(t("All partners, side by side"), ALL), *top]
    return _with([*top, *rest], value, area(value))


def area(code: str) -> str:
    """The name of an area, or what stands for all of them."""
    if code == ALL:
        return t("All partners, side by side")
    return formats.area_name(code)


def _flows(rows: pd.DataFrame, chosen: Selection) -> list[str]:
    held = set(rows["flow"])
    found = [each for each in vocabulary.FLOWS if each in held]
    if not {"X", "M"} <= held:
        return found
    if chosen.product in LEVELS or (chosen.partner == ALL and chosen.product.isdecimal()):
        return found  # partners are ranked by all of their trade
    return [BOTH, *found] if chosen.partner == ALL else [BOTH, *found, "B"]


def _parts(flow: str) -> list[str]:
    return ["X", "M"] if flow in (BOTH, "B") else [flow]


def flow_name(flow: str) -> str:
    """A flow as the head of a column or an option."""
    if flow == BOTH:
        return t("Exports and imports")
    if flow == codes.NOT_APPLICABLE:
        return t("As published")
    return _first_capital(translated(vocabulary.FLOWS[flow]))


def product_name(product: str) -> str:
    """A level or a code, as an option has it."""
    return translated(_LEVEL_NAMES[product]) if product in _LEVEL_NAMES else product


def frequency_name(freq: str) -> str:
    """A frequency, as an option has it."""
    return translated(_FREQUENCIES[freq])


def _dataflow(name: str) -> str:
    return known_word(vocabulary.DATAFLOWS.get(name, name))


def source_name(name: str) -> str:
    """A source by its id and publisher."""
    publisher = sources.publisher(name)
    return t("{source}: {publisher}", source=name, publisher=known_word(publisher))


def _first_capital(words: str) -> str:
    return words[:1].upper() + words[1:]
