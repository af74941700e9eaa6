"""The code lists of the tidy contract, in SDMX's and Comtrade's words."""

from __future__ import annotations

from kzdata.model.codes import NOT_APPLICABLE, UNKNOWN

DATAFLOWS = {
    "trade_goods": "trade in goods",
    "fdi_gross_inflow": "gross inflow of foreign direct investment",
    "fdi_net_inflow": "net inflow of foreign direct investment",
    "fdi_position": "inward position of foreign direct investment",
    "fdi_as_reported": "investment as a statement reports it, concept not stated",
    "fdi_net_outflow": "net outflow of foreign direct investment",
    "fdi_position_outward": "outward position of foreign direct investment",
    "trade_services": "trade in services",
    "exchange_rate": "units of one currency for one unit of another",
    "energy": "oil and other energy volumes and shares",
    "companies": "numbers of companies",
    "people": "numbers of people",
    "event": "dates of events",
    "agreements": "counts, ordinals and terms of agreements and meetings",
}

FLOWS = {
    "X": "exports",
    "M": "imports",
    "RX": "re-exports",
    "RM": "re-imports",
    "DX": "domestic exports",
    "FM": "foreign imports",
    "MIP": "imports for inward processing",
    "MOP": "imports after outward processing",
    "XIP": "exports after inward processing",
    "XOP": "exports for outward processing",
    "T": "turnover",
    "B": "balance",
    NOT_APPLICABLE: "not applicable",
    UNKNOWN: "not stated",
}

# What a reader asks of a report, in the order in which its summary answers.
QUESTIONS = {
    "level": "How much trade is there?",
    "change": "What changed?",
    "agreement": "Do the sources agree?",
    "investment": "How much is invested?",
    "promises": "What became of the promises?",
    "limits": "What is uncertain?",
}

VALUATIONS = {"FOB", "CIF", "FOB/CIF", "unknown", NOT_APPLICABLE}

FREQUENCIES = {"A", "S", "Q", "M", "D", UNKNOWN}

BASES = {"reported", "claimed", "derived"}

# SDMX code list CL_OBS_STATUS; the statuses that carry no number are those of MISSING.
STATUSES = {
    "A": "normal",
    "B": "break in the series",
    "D": "definition differs",
    "E": "estimated",
    "F": "forecast",
    "I": "imputed",
    "L": "exists but is not collected",
    "M": "missing",
    "N": "not significant",
    "O": "missing",
    "P": "provisional",
    "Q": "suppressed",
    "U": "low reliability",
    "V": "unvalidated",
}

MISSING = {"L", "M", "O", "Q"}
