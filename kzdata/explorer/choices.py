"""Which choices the explorer offers, each only where something is at hand for it.

Whose trade, with whom, when and known by when is what a person means: it is kept even where nothing
is there, and the view says why. How it is recorded (flow, frequency, product level, source) follows
what there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kzdata import areas, codes, contract, periods, sources
from kzdata.explorer import at_hand
from kzdata.explorer.selection import ALL, BOTH, LEVELS, Selection
from kzdata.language import known_word, t, term, translated

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
    "HS2": term("By chapter (2 digits)"),
    "HS4": term("By heading (4 digits)"),
    "HS6": term("By subheading (6 digits)"),
    codes.NOT_APPLICABLE: term("Not applicable"),
}


@dataclass(frozen=True)
class Choices:
    """A selection that is settled, and for every field the options, as (label, value)."""

    selection: Selection
    options: dict[str, Options]


def choices(asked: Selection) -> Choices:
    """The selection with its way of recording settled, and what can be chosen instead."""
    chosen = asked
    options: dict[str, Options] = {
        "dataflow": _with(
            [(_first_capital(_dataflow(each)), each) for each in at_hand.dataflows()],
            asked.dataflow,
            _dataflow(asked.dataflow),
        ),
        "reporter": _areas(at_hand.reporters(asked.dataflow), asked.reporter),
    }
    table = at_hand.cells(asked.dataflow, asked.reporter)
    options["partner"] = _areas(list(table["partner"].unique()), asked.partner, with_all=True)
    if asked.partner == ALL:
        rows = table[~table["partner"].isin(list(codes.SPECIAL))]
    else:
        rows = table[table["partner"] == asked.partner]
    if rows.empty:  # the other choices stay what they could be with another partner
        rows = table
    levels = _levels(rows, asked)
    options["product"] = [(known_word(_LEVEL_NAMES.get(each, each)), each) for each in levels]
    chosen = chosen.but(product=_kept(chosen.product, levels))
    rows = rows[rows["level" if chosen.product in LEVELS else "product"] == chosen.product]
    flows = _flows(rows, chosen)
    options["flow"] = [(flow_name(each), each) for each in flows]
    chosen = chosen.but(flow=_kept(chosen.flow, flows))
    rows = rows[rows["flow"].isin(_parts(chosen.flow))]
    held = [each for each in _FREQUENCIES if each in set(rows["freq"])]
    options["freq"] = [(translated(_FREQUENCIES[each]), each) for each in held]
    chosen = chosen.but(freq=_kept(chosen.freq, held))
    rows = rows[rows["freq"] == chosen.freq]
    named = sorted(rows["source"].unique())
    first: Options = [(t("Preferred publication"), None)]
    options["source"] = [*first, *((_source(each), each) for each in named)]
    chosen = chosen.but(source=chosen.source if chosen.source in named else None)
    if chosen.source:
        rows = rows[rows["source"] == chosen.source]
    days = sorted({day for day in rows["day"] if day < "9999"})
    latest: Options = [(t("Everything at hand"), None)]
    options["as_of"] = _with([*latest, *((each, each) for each in days[::-1])], asked.as_of)
    if chosen.as_of:
        rows = rows[rows["day"] <= chosen.as_of]
    options |= _periods(rows, chosen)
    return Choices(chosen, options)


def _periods(rows: pd.DataFrame, chosen: Selection) -> dict[str, Options]:
    every = sorted(set(rows["period"]) - {codes.UNKNOWN}, key=periods.sort_key)
    named: Options = [(periods.format_period(each), each) for each in every]
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
    return "" if period is None else periods.format_period(period)


def _kept(value: str, held: list[str]) -> str:
    return value if value in held or not held else held[0]


def _with(options: Options, value: str | None, label: str = "") -> Options:
    """The options, and the present value marked where nothing is there for it."""
    if value is None or any(value == each for _, each in options):
        return options
    return [*options, (t("{choice} (nothing here)", choice=label or value), value)]


def _areas(held: list[str], value: str, *, with_all: bool = False) -> Options:
    named = sorted(((area(each), each) for each in held), key=lambda each: each[0].casefold())
    top: Options = [each for each in named if each[1] == codes.WORLD]
    rest: Options = [each for each in named if each[1] != codes.WORLD]
    if with_all and len(rest) > 1:
        top = [(t("All partners, side by side"), ALL), *top]
    return _with([*top, *rest], value, area(value))


def area(code: str) -> str:
    """The name of an area, also of those beyond ISO 3166."""
    if code == ALL:
        return t("All partners, side by side")
    return areas.extensions().get(code) or codes.area_name(code)


def place(code: str) -> str:
    """The name of an area as a sentence says it, also of those beyond ISO 3166."""
    return areas.extensions().get(code) or codes.in_prose(code)


def _levels(rows: pd.DataFrame, asked: Selection) -> list[str]:
    held = set(rows["level"])
    if asked.partner == ALL:  # partners and products side by side would be a table, not a chart
        held -= set(LEVELS)
    found = [each for each in _LEVEL_NAMES if each in held]
    single = asked.product not in found and asked.product in set(rows["product"])
    return [*found, asked.product] if single else found


def _flows(rows: pd.DataFrame, chosen: Selection) -> list[str]:
    held = set(rows["flow"])
    found = [each for each in contract.FLOWS if each in held]
    if not {"X", "M"} <= held:
        return found
    if chosen.product in LEVELS:
        return found
    return [BOTH, *found] if chosen.partner == ALL else [BOTH, *found, "B"]


def _parts(flow: str) -> list[str]:
    return ["X", "M"] if flow in (BOTH, "B") else [flow]


def flow_name(flow: str) -> str:
    """A flow as the head of a column or an option."""
    if flow == BOTH:
        return t("Exports and imports")
    if flow == codes.NOT_APPLICABLE:
        return t("As published")
    return _first_capital(translated(contract.FLOWS[flow]))


def _dataflow(name: str) -> str:
    return known_word(contract.DATAFLOWS.get(name, name))


def _source(name: str) -> str:
    publisher = sources.publisher(name)
    return t("{source}: {publisher}", source=name, publisher=known_word(publisher))


def _first_capital(words: str) -> str:
    return words[:1].upper() + words[1:]
