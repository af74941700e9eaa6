"""The contract's columns for whoever has no Python: a field of Table Schema each."""

from __future__ import annotations

from typing import Any

from kzdata.contract import CELL
from kzdata.vocabulary import BASES, FLOWS, FREQUENCIES, STATUSES, VALUATIONS

MEANING = {
    "dataflow": "what may be compared; what is not comparable has another name",
    "freq": "A annual, S half-yearly, Q quarterly, M monthly or a span of months, D a day",
    "reporter": "whose statistics; ISO 3166 alpha-3, WLD the world",
    "partner": "the other side; ISO 3166 alpha-3, WLD the world, _Z not applicable",
    "flow": "X exports, M imports, T turnover, B balance, RX re-exports, RM re-imports",
    "product": "TOTAL, or a code as text with its leading zeros",
    "valuation": "FOB, CIF, FOB/CIF for turnover and balance, unknown",
    "period": "SDMX time period: 2024, 2025-S1, 2025-Q3, 2025-11, 2025-01-01/P11M",
    "value": "in whole units; empty is missing, never zero",
    "unit": "ISO 4217 currency, percent, count, t and so on",
    "lower": "lower end of what the printed digits and words allow",
    "upper": "upper end of what the printed digits and words allow",
    "obs_status": "SDMX observation status",
    "basis": "reported by a publication, claimed by a statement, derived by arithmetic",
    "source": "id of the publication",
    "published": "its date as precisely as known, _U not stated; a revision is a new row",
    "locator": "the place in the publication",
    "note": "what a reader should know",
    "classification": "edition of the nomenclature of a product code",
    "series": "the publisher's own key",
    "quantity_t": "quantity in tonnes",
    "reporter_code": "the reporter as printed",
    "partner_code": "the partner as printed",
}
_LISTS = {
    "freq": FREQUENCIES,
    "flow": FLOWS,
    "valuation": VALUATIONS,
    "obs_status": STATUSES,
    "basis": BASES,
}
_FILLED = {*CELL, "unit", "source", "published", "locator", "obs_status", "basis"}


def field(column: str, number: bool) -> dict[str, Any]:
    """The Table Schema field of a column: type, meaning, and what its cells may be."""
    made: dict[str, Any] = {"name": column, "type": "number" if number else "string"}
    if column in MEANING:
        made["description"] = MEANING[column]
    if column in _FILLED:
        made["constraints"] = {"required": True}
    if column in _LISTS:
        made["constraints"] |= {"enum": sorted(_LISTS[column])}
    return made
