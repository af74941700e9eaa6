"""National Bank of Kazakhstan, official exchange rates: the XML of one day, or the feed of today.

The XML of a day (``get_rates.cfm``) has the root ``rates`` and one date; the feed
(``rates_all.xml``) is RSS, whose items carry their dates.

A rate is tenge per ``quant`` units of the currency (1, 10, 100 or 1000). For a day without a
fixing the service answers with the latest one it has, so ask for a day and say which.
"""

from __future__ import annotations

import re
from os import PathLike
from xml.etree import ElementTree

import pandas as pd

from kzdata.errors import KzdataError, ParseError
from kzdata.model.codes import NOT_APPLICABLE
from kzdata.model.parsing import printed_periods
from kzdata.readers import columns, tidy
from kzdata.readers.payload import LIMIT, Received, WrongFormat, receive

TESTED_ON_ORIGINAL = True

_ITEM = ("title", "description", "quant")

_SHORT_YEAR = re.compile(r"(\d\d\.\d\d\.)(\d\d)")  # the feed's spelling until about 2019


def read(
    source: str | PathLike[str] | bytes, *, asked: str | None = None, limit: int = LIMIT
) -> pd.DataFrame:
    """Tenge per one unit of each currency on the day the document, or its item, says.

    ``series`` is the currency's ISO 4217 code; the note keeps the rate and the number of units as
    printed. ``asked`` (an ISO date) is the day that was requested: a document of another day is
    refused. ``published`` is the day that the rates hold for. Raises `WrongFormat`
    where the answer is not the XML, or lacks a field.
    """
    body = receive(source, limit=limit)
    root = _root(body)
    one_day = None if root.tag == "rss" else _day(_child(root, "date", body))
    items = [
        {name: _child(item, name, body) for name in _ITEM}
        | {"period": one_day or _day(_child(item, "pubDate", body))}
        for item in root.iter("item")
    ]
    for day in {item["period"] for item in items}:
        if asked is not None and asked != day:
            raise KzdataError(
                f"{body.name} answers for {day}, not for {asked}: there was no fixing that day.",
                f"Ask for {day}, or leave out asked= to take the latest rate for what it is.",
            )
    if not items:
        raise WrongFormat(
            f"{body.name} has no <item>: the bank holds no rates for that day.",
            "Its window goes back about five years; earlier rates are in its archive.",
        )
    raw = pd.DataFrame(items)
    quant = raw["quant"].where(raw["quant"] != "", "1")
    wrong = ~quant.str.fullmatch(r"[1-9]\d*").astype(bool)
    if wrong.any():
        raise WrongFormat(
            f"{body.name}: quant {quant[wrong].iloc[0]!r} is not a number of units.",
            "Download it again.",
        )
    rate = raw["description"].str.replace(",", ".")
    value = columns.scaled(rate, divisor=quant.astype(int), name=body.name)
    made = pd.DataFrame(
        {
            **{column: value[column] for column in value},
            "locator": body.name + ", item " + raw["title"],
            "note": raw["description"] + " KZT per " + quant + " " + raw["title"],
            "series": raw["title"],
            "period": raw["period"],
            "published": raw["period"],
        }
    )
    return tidy.tidy(
        made,
        dataflow="exchange_rate",
        reporter="KAZ",
        partner=NOT_APPLICABLE,
        flow=NOT_APPLICABLE,
        product=NOT_APPLICABLE,
        valuation=NOT_APPLICABLE,
        unit="KZT",
        source="nbk_rates",
    )


def _root(body: Received) -> ElementTree.Element:
    if b"<!DOCTYPE" in body.data[:4096] or b"<!ENTITY" in body.data:
        raise WrongFormat(f"{body.name} declares XML entities.", "The bank's XML has none.")
    try:
        root = ElementTree.fromstring(body.text.lstrip())
    except ElementTree.ParseError as error:
        words = " ".join(body.text.split())[:80]
        raise WrongFormat(
            f"{body.name} is not XML ({error}); it begins: {words}",
            "For a day outside its window the bank answers with a sentence: ask for a later day.",
        ) from None
    if root.tag not in ("rates", "rss"):
        raise WrongFormat(
            f"{body.name} has the root <{root.tag}>, not <rates> or <rss>.", "Check the address."
        )
    return root


def _child(element: ElementTree.Element, name: str, body: Received) -> str:
    found = element.find(name)
    if found is None:
        raise WrongFormat(
            f"{body.name}: <{element.tag}> has no <{name}>.",
            "If the bank renamed the field, say so.",
        )
    return (found.text or "").strip()


def _day(printed: str) -> str:
    short = _SHORT_YEAR.fullmatch(printed)
    try:
        return printed_periods.parse_period(
            f"{short[1]}20{short[2]}" if short else printed, language="ru"
        )
    except ParseError as error:
        raise WrongFormat(f"<date> {printed!r} is not a date. {error.fact}", error.hint) from None
