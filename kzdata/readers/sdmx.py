"""SDMX observations, whatever message they came in, to the contract.

The publisher's full key stays in ``series``: dimensions joined by dots, in the order of its data
structure, time apart. Concepts that agencies name alike fill the contract's columns; the rest is
in the key. A country group is no country: its area is ``_Z`` and its code is in the key.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import partial

import pandas as pd

from kzdata.model import codes, vocabulary
from kzdata.model.codes import NOT_APPLICABLE
from kzdata.readers import columns
from kzdata.readers import tidy as tidied
from kzdata.readers.payload import WrongFormat

REPORTER = ("REF_AREA", "COUNTRY", "REPORTER", "REPORTING_COUNTRY", "GEO")

PARTNER = ("COUNTERPART_AREA", "COUNTERPART_COUNTRY", "PARTNER", "VIS_AREA")

FREQUENCY = ("FREQ", "FREQUENCY")

STATUS = ("OBS_STATUS", "STATUS", "OBS_FLAG")

UNIT = ("UNIT_MEASURE", "UNIT", "CURRENCY_UNIT")

TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"

# Attributes that a message without its data structure may offer among the dimensions.
ATTRIBUTES = frozenset(
    {
        "ACTION",
        "BASE_PER",
        "COLLECTION",
        "COLL_METHOD",
        "COMMENT",
        "COMMENTS",
        "COMPILATION",
        "CONF_STATUS",
        "CONF_STATUS_OBS",
        "COUNTRY_UPDATE_DATE",
        "DECIMALS",
        "DECIMALS_DISPLAYED",
        "DERIVATION_TYPE",
        "EMBARGO_TIME",
        "NOTE_REF",
        "OBS_COM",
        "OBS_CONF",
        "OBS_FLAG",
        "OBS_PRE_BREAK",
        "OBS_STATUS",
        "OVERLAP",
        "PRECISION",
        "RELEASE_STATUS",
        "SCALE",
        "SOURCE_AGENCY",
        "STATUS",
        "TIME_FORMAT",
        "TITLE",
        "TITLE_COMPL",
        "UNIT_MULT",
    }
)

# IMF: goods by partner (IMTS) and direct investment positions (DIP). `FDI` there is an index of
# financial development, so it gets no name of ours.
_TRADE = {
    "XG_FOB_USD": ("X", "FOB"),
    "MG_CIF_USD": ("M", "CIF"),
    "MG_FOB_USD": ("M", "FOB"),
    "TBG_USD": ("B", "FOB/CIF"),
}

_POSITIONS = {
    "INWD_D_NETLA_FALL_ALL": "fdi_position",
    "OTWD_D_NETAL_FALL_ALL": "fdi_position_outward",
}

_FLOW_NAME = re.compile(r"(?:.*[:,/])?([A-Z0-9_]+)(?:\([^)]*\))?$")

# Statuses of CL_OBS_STATUS that the contract folds into its own: no fixing on a holiday, counted
# elsewhere, another category counted in, experimental.
_STATUSES = {"H": "M", "K": "M", "W": "D", "G": "U"}

# Eurostat's flags that mean another thing than the same letter of CL_OBS_STATUS.
_FLAGS = {"C": "Q", "R": "A", "S": "E", "Z": "M"}

_UNITS = {"PT": "percent", "PC": "percent"}


def tidy(
    raw: pd.DataFrame,
    dimensions: Iterable[str],
    *,
    flow: str | pd.Series,
    name: str,
    source: str,
    published: str,
) -> pd.DataFrame:
    """Text columns by concept id (and ``locator``) to a tidy frame.

    ``flow`` is the dataflow as the agency writes it, and becomes the row's dataflow unless it is
    one that the contract names. UNIT_MULT multiplies the value; IMF's SCALE is for display and
    does not. Raises `WrongFormat` for a missing concept or an unreadable value or period.
    """
    for concept in (TIME, VALUE):
        if concept not in raw:
            raise WrongFormat(
                f"{name} has no {concept}; it has: {', '.join(map(str, raw.columns))}.",
                "Ask the service for data, with all attributes.",
            )
    raw = raw.reset_index(drop=True)
    keyed = [d for d in dimensions if d != TIME and d in raw]
    value = columns.scaled(raw[VALUE], _power(raw, name), name=name)
    status, note = _status(raw, value["value"])
    reporter, partner = _area(raw, REPORTER), _area(raw, PARTNER)
    made = pd.DataFrame(
        {
            "dataflow": pd.Series(flow, index=raw.index, dtype=object),
            "reporter": reporter,
            "partner": partner,
            "flow": NOT_APPLICABLE,
            "product": NOT_APPLICABLE,
            "valuation": NOT_APPLICABLE,
            "period": tidied.period_column(raw[TIME], name),
            **{column: value[column] for column in value},
            "unit": _first(raw, UNIT, codes.UNKNOWN).map(lambda unit: _UNITS.get(unit, unit)),
            "obs_status": status,
            "note": note,
            "locator": raw["locator"],
            "series": raw[keyed].fillna("").agg(".".join, axis=1) if len(raw) else "",
        }
    )
    _name_known(made, raw)
    return tidied.tidy(made, source=source, published=published)


def _name_known(made: pd.DataFrame, raw: pd.DataFrame) -> None:
    """Give the dataflows that the contract knows their name, flow and valuation, in place."""
    if "INDICATOR" not in raw:
        return
    indicators = raw["INDICATOR"].fillna("").map(str)
    pairs = list(zip(made["dataflow"].map(str), indicators, strict=True))
    said = {pair: known(*pair) for pair in set(pairs)}
    for column in ("dataflow", "flow", "product", "valuation", "unit"):
        made[column] = [
            said[pair].get(column, usual) for pair, usual in zip(pairs, made[column], strict=True)
        ]


def known(flow: str, indicator: str) -> dict[str, str]:
    """What the contract says of an indicator of a dataflow that it knows; nothing of others."""
    short = _FLOW_NAME.sub(r"\1", flow)
    # Before 2025 the indicators of trade began with T: TXG_FOB_USD.
    indicator = re.sub(r"^T(?=[XM]G_)", "", indicator)
    if short in ("IMTS", "DOT") and indicator in _TRADE:
        direction, valuation = _TRADE[indicator]
        return {
            "dataflow": "trade_goods",
            "flow": direction,
            "product": "TOTAL",
            "valuation": valuation,
            "unit": "USD",
        }
    if short in ("DIP", "CDIS") and indicator in _POSITIONS:
        return {"dataflow": _POSITIONS[indicator], "unit": "USD"}
    return {}


def first(names: Container[str], concepts: tuple[str, ...]) -> str | None:
    """The first of these concepts that a message has."""
    return next((concept for concept in concepts if concept in names), None)


def _first(raw: pd.DataFrame, concepts: tuple[str, ...], otherwise: str) -> pd.Series:
    concept = first(raw.columns, concepts)
    if concept is None:
        return pd.Series(otherwise, index=raw.index, dtype=object)
    return raw[concept].fillna("").replace("", otherwise)


def _area(raw: pd.DataFrame, concepts: tuple[str, ...]) -> pd.Series:
    return _first(raw, concepts, NOT_APPLICABLE).map(area)


def area(code: str) -> str:
    """The area of an agency's code; a group of countries is none."""
    return codes.from_letters(code or NOT_APPLICABLE) or NOT_APPLICABLE


def unit(code: str) -> str:
    """The unit of an agency's code."""
    return _UNITS.get(code, code or codes.UNKNOWN)


def _status(raw: pd.DataFrame, value: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The contract's status, and a note where that is not the one published."""
    printed = _first(raw, STATUS, "A")
    ours = partial(status, flags=not {"OBS_STATUS", "STATUS"} & set(raw))
    found = printed.map(ours)
    made = found.where(value.notna() | found.isin(list(vocabulary.MISSING)), "M")
    return made, printed.map(lambda text: status_note(text, ours(text)))


def status(text: str, *, flags: bool) -> str:
    """The contract's status of a published one, or of Eurostat's ``flags``.

    Eurostat prints several letters together (``bd``): the first counts.
    """
    code = text[:1].upper() if flags else text
    code = (_FLAGS if flags else {}).get(code, _STATUSES.get(code, code))
    return code if code in vocabulary.STATUSES else "A"


def status_note(printed: str, ours: str) -> str:
    """A note on a published status that is not the contract's."""
    return "" if printed == ours else f"published status: {printed}"


def _power(raw: pd.DataFrame, name: str) -> pd.Series:
    printed = _first(raw, ("UNIT_MULT",), "0").astype("str").str.strip()
    return printed.map({each: power(each, name) for each in printed.unique()}).astype(int)


def power(text: str, name: str) -> int:
    """The power of ten that a UNIT_MULT names; raises `WrongFormat` for anything else."""
    if not re.fullmatch(r"-?\d{1,2}", text):
        raise WrongFormat(
            f"{name}: UNIT_MULT {text!r} is not a power of ten.", "Check the message's attributes."
        )
    return int(text)
