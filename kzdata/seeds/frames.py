"""What a person typed from articles and press: claims, events and assumptions, as frames.

The files are the YAML of ``seeds/``; every field is explained at the head of its file. Paragraphs
of an article are counted as the lines of its file that are not blank, starting at 1, headings
included. `verify` finds every printed figure again in the articles themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pandas as pd

from kzdata.errors import ParseError, UnknownCode, did_you_mean
from kzdata.model import codes, contract, periods
from kzdata.query_log import recorded
from kzdata.seeds.load import Seeds, load
from kzdata.seeds.schemas import Record, day_expected

CLAIM_COLUMNS = [
    *contract.COLUMNS,
    "claim",
    "topic",
    "concept",
    "printed",
    "qualifier",
    "period_printed",
    "parties",
    "said",
    "speaker",
    "stated_source",
    "not_stated",
    "article",
    "paragraph",
    "doubt",
    "publisher",
    "source_kind",
    "url",
]

EVENT_COLUMNS = [
    "event",
    "date",
    "date_precision",
    "kind",
    "title",
    "parties",
    "place",
    "status",
    "source",
    "article",
    "paragraph",
    "printed",
    "contradicts",
    "clarifies",
    "note",
    "doubt",
]

_ENDS = ("value", "lower", "upper")


@recorded
def claims(
    topic: str | None = None,
    *,
    reporter: str | None = None,
    partner: str | None = None,
    article: str | None = None,
    as_of: str | None = None,
) -> pd.DataFrame:
    """Figures and dates that articles, officials and the press state, one row each, side by side.

    The contract's columns come first (basis ``claimed``, or ``derived`` where the note says how),
    then claim (its id), topic, concept, the figure as printed, qualifier, who said it, what the
    text leaves open, article and paragraph, and why it is doubted. ``value`` is NaN for a date
    (unit ``date``, the date in ``period``), for a range and for a quantity in words; ``lower`` and
    ``upper`` are what printed digits and qualifier imply. Several claims may share the contract's
    key, because ``concept`` tells them apart. With ``as_of`` only what was surely said by that day
    stays: the day in ``said``, else the last day that ``published`` can mean; an undated source
    drops out.

    Raises `UnknownCode` for a topic, article or country that is not in its list.

    >>> import kzdata as kz
    >>> said = kz.claims("trade", article="tca_2026")
    >>> said[["printed", "period", "value"]].values.tolist()
    [['about US$162.4 million', '2025-01-01/P11M', 162400000.0]]
    """
    seeds = load()
    frame = _claims(seeds)
    wanted = {
        "topic": _one_of(topic, frame["topic"], "topic"),
        "article": _one_of(article, frame["article"].dropna(), "article"),
        "reporter": None if reporter is None else codes.area(reporter),
        "partner": None if partner is None else codes.area(partner),
    }
    fits = _fitting(frame, wanted)
    if as_of is not None:
        fits &= _by(frame["said"].where(frame["said"].notna(), frame["published"]), as_of)
    return frame[fits].reset_index(drop=True)


def _fitting(frame: pd.DataFrame, wanted: dict[str, str | None]) -> pd.Series:
    """Whether each row has these values; None asks for nothing."""
    fits = pd.Series(True, index=frame.index)
    for column, value in wanted.items():
        if value is not None:
            fits &= frame[column] == value
    return fits


def _by(dates: pd.Series, as_of: str) -> pd.Series:
    """Whether each date, read as the last day that it can mean, is not after ``as_of``."""
    if expected := day_expected(as_of):
        raise ParseError(f"as_of={as_of!r} is not a date.", f"Expected {expected}.")
    known = {
        each: periods.span(each.split("/")[-1]).end.isoformat() <= as_of
        for each in dates.dropna().unique()
        if each != codes.UNKNOWN
    }
    return dates.map(known).fillna(False).astype(bool)


def _claims(seeds: Seeds) -> pd.DataFrame:
    rows = []
    for each in seeds.claims:
        source = seeds.sources[each.get("article") or each["source"]]
        paragraph = each.get("paragraph")
        row = {
            "product": codes.NOT_APPLICABLE,
            "valuation": codes.NOT_APPLICABLE,
            "obs_status": "A",
            "basis": "claimed",
            "locator": "text" if paragraph is None else f"paragraph {paragraph}",
            **each,
            "claim": each["id"],
            "freq": (
                codes.UNKNOWN
                if each["period"] == codes.UNKNOWN
                else periods.freq_of(each["period"])
            ),
            "source": source["id"],
            "published": source["published"] or codes.UNKNOWN,
            "not_stated": "; ".join(each.get("not_stated", [])) or None,
            "publisher": source["publisher"],
            "source_kind": source["kind"],
            "url": source["url"],
        }
        rows.append({column: row.get(column) for column in CLAIM_COLUMNS})
    return _typed(rows, CLAIM_COLUMNS, contract.NUMERIC)


@recorded
def events(
    *, kind: str | None = None, article: str | None = None, as_of: str | None = None
) -> pd.DataFrame:
    """Dated and datable events, in time order, those without a date last.

    ``date`` is a day, month, year or ``first/last`` year, as ``date_precision`` says; missing where
    nobody dates it. ``source`` joins source ids with `` + ``; ``contradicts`` and ``clarifies``
    join ids of claims and events. ``status`` is happened, planned or status. With ``as_of`` only
    events dated up to that day stay. Raises `UnknownCode`, or `ParseError` for another date.

    >>> import kzdata as kz
    >>> kz.events(as_of="2020-01-01")[["date", "date_precision", "status"]].tail(2)
              date date_precision    status
    24     2017-04          month  happened
    25  2018-10-21            day  happened
    """
    rows = []
    for each in load().events:
        row = {
            **each,
            "event": each["id"],
            "status": each.get("status", "happened"),
            "parties": ", ".join(each["parties"]),
            "source": " + ".join(each["sources"]),
            "contradicts": ", ".join(each.get("contradicts", [])) or None,
            "clarifies": ", ".join(each.get("clarifies", [])) or None,
        }
        rows.append({column: row.get(column) for column in EVENT_COLUMNS})
    frame = _typed(rows, EVENT_COLUMNS, [])
    wanted = {
        "kind": _one_of(kind, frame["kind"], "kind of event"),
        "article": _one_of(article, frame["article"].dropna(), "article"),
    }
    fits = _fitting(frame, wanted)
    if as_of is not None:
        fits &= _by(frame["date"], as_of)
    return frame[fits].reset_index(drop=True)


@recorded
def assumption(name: str) -> dict[str, Any]:
    """A sourced parameter: id, reporter, title, inputs, quantities, caveats, claims, source.

    Each of ``quantities``, by name, has value, unit, lower, upper and its arithmetic; ``claims``
    are the ids it rests on, and ``source`` joins their sources. Raises `UnknownCode`.

    >>> import kzdata as kz
    >>> bill = kz.assumption("israel_oil_import_bill")
    >>> bill["reporter"], list(bill["quantities"])
    ('ISR', ['annual_volume', 'price', 'annual_bill'])
    """
    seeds = load()
    _one_of(name, seeds.assumptions, "assumption")
    record = deepcopy(seeds.assumptions[name])
    del record["_file"]
    record["quantities"] = {each.pop("name"): each for each in record["quantities"]}
    record["claims"] = [each["claim"] for each in record["inputs"]]
    sources = {each["id"]: each.get("article") or each["source"] for each in seeds.claims}
    record["source"] = " + ".join(sorted({sources[claim] for claim in record["claims"]}))
    return record


def quantities(name: str) -> pd.DataFrame:
    """What an assumption comes to, one row a quantity, to be quoted with its sources.

    Columns: quantity, title, reporter, value, lower, upper (the printed digits of its inputs),
    unit, source, published (``_U``: computed), locator (its claims), note (the arithmetic).
    Raises `UnknownCode`.

    >>> import kzdata as kz
    >>> kz.quantities("israel_oil_import_bill")[["quantity", "value", "unit"]].round(2)
            quantity         value   unit
    0  annual_volume  5.625940e+06      t
    1          price  6.160700e+02  USD/t
    2    annual_bill  3.465981e+09    USD
    """
    found = assumption(name)
    rows = [
        {
            "quantity": quantity,
            "title": found["title"],
            "reporter": found["reporter"],
            **{each: given[each] for each in (*_ENDS, "unit")},
            "source": found["source"],
            "published": codes.UNKNOWN,
            "locator": ", ".join(found["claims"]),
            "note": given["arithmetic"],
        }
        for quantity, given in found["quantities"].items()
    ]
    return pd.DataFrame(rows)


def _one_of(name: str | None, known: Iterable[str], what: str) -> str | None:
    """``name`` if it is None or in ``known``; otherwise `UnknownCode` with the near names."""
    names = set(known)
    if name is not None and name not in names:
        raise UnknownCode(f"Unknown {what} {name!r} in the seeds.", did_you_mean(str(name), names))
    return name


def _typed(rows: list[Record], columns: list[str], numeric: list[str]) -> pd.DataFrame:
    kinds: dict[str, Any] = {c: "float64" if c in numeric else "str" for c in columns}
    kinds["paragraph"] = "Int64"
    return pd.DataFrame({c: pd.array([r[c] for r in rows], dtype=kinds[c]) for c in columns})
