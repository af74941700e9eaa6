"""SDMX observations, whatever message they came in, to the contract.

The publisher's full key stays in ``series``: dimensions joined by dots, in the order of its data
structure, time apart. Concepts that agencies name alike fill the contract's columns; the rest is
in the key. A country group is no country: its area is ``_Z`` and its code is in the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    short = made["dataflow"].map(lambda text: _FLOW_NAME.sub(r"\1", str(text)))
    # Before 2025 the indicators of trade began with T: TXG_FOB_USD.
    indicator = raw["INDICATOR"].str.replace(r"^T(?=[XM]G_)", "", regex=True)
    trade = short.isin(["IMTS", "DOT"]) & indicator.isin(list(_TRADE))
    for column, place in (("flow", 0), ("valuation", 1)):
        made.loc[trade, column] = indicator[trade].map(lambda code, at=place: _TRADE[code][at])
    made.loc[trade, ["dataflow", "product", "unit"]] = ["trade_goods", "TOTAL", "USD"]
    position = short.isin(["DIP", "CDIS"]) & indicator.isin(list(_POSITIONS))
    made.loc[position, "dataflow"] = indicator[position].map(_POSITIONS)
    made.loc[position, "unit"] = "USD"


def _first(raw: pd.DataFrame, concepts: tuple[str, ...], otherwise: str) -> pd.Series:
    for concept in concepts:
        if concept in raw:
            return raw[concept].fillna("").replace("", otherwise)
    return pd.Series(otherwise, index=raw.index, dtype=object)


def _area(raw: pd.DataFrame, concepts: tuple[str, ...]) -> pd.Series:
    printed = _first(raw, concepts, NOT_APPLICABLE)
    return printed.map(lambda code: codes.from_letters(code) or NOT_APPLICABLE)


def _status(raw: pd.DataFrame, value: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The contract's status, and a note where that is not the one published.

    Eurostat prints several letters together (``bd``): the first counts.
    """
    printed = _first(raw, STATUS, "A")
    flags = _FLAGS if not {"OBS_STATUS", "STATUS"} & set(raw) else {}

    def ours(text: str) -> str:
        code = text[:1].upper() if flags else text
        code = flags.get(code, _STATUSES.get(code, code))
        return code if code in vocabulary.STATUSES else "A"

    found = printed.map(ours)
    status = found.where(value.notna() | found.isin(list(vocabulary.MISSING)), "M")
    return status, ("published status: " + printed).where(printed != found, "")


def _power(raw: pd.DataFrame, name: str) -> pd.Series:
    printed = _first(raw, ("UNIT_MULT",), "0").astype("str").str.strip()
    wrong = ~printed.str.fullmatch(r"-?\d{1,2}").astype(bool)
    if wrong.any():
        raise WrongFormat(
            f"{name}: UNIT_MULT {printed[wrong].iloc[0]!r} is not a power of ten.",
            "Check the message's attributes.",
        )
    return printed.astype(int)
