"""Words of fixed lists that stand in data and are translated where they are shown.

The code lists of the contract, the ladder of stages and the verdicts are read from their own
modules. What is typed in seeds is listed here; a test holds the list against the seeds.
"""

from __future__ import annotations

KINDS_OF_EVENT = (
    "agreement",
    "business",
    "ceremony",
    "commission",
    "contact",
    "defence",
    "diplomacy",
    "trade",
    "training",
    "visa",
    "visit",
)
STATUSES_OF_EVENT = ("happened", "planned", "status")
STATUSES_OF_INDICATOR = ("met", "no evidence yet", "lapsed", "unknown")
TOPICS = (
    "agreements",
    "commitments",
    "companies",
    "diplomacy",
    "energy",
    "investment",
    "trade",
    "training",
    "visits",
)
LEFT_OPEN = (
    "crude or all oil",
    "crude or crude and condensate",
    "currency",
    "date",
    "day",
    "definition of joint",
    "end of the period",
    "figure",
    "first and last month",
    "first year",
    "flow",
    "fuel or crude",
    "gross, net or position",
    "how a destination is told",
    "measure",
    "office",
    "period",
    "registered or active",
    "reporter",
    "start of the period",
    "start of the term",
    "statistical office",
    "valuation",
    "volume or value",
)
INSTRUMENTS = (
    "announcement",
    "investment agreement",
    "joint announcement",
    "memorandum",
    "statement of intent",
)
PUBLISHERS = (
    "Adilet, legal information system of Kazakhstan",
    "Bank of Israel",
    "Bureau of National Statistics of the Republic of Kazakhstan",
    "Bureau of National Statistics, Kazakhstan",
    "Central Bureau of Statistics, Israel",
    "Embassy of Kazakhstan in Israel",
    "International Monetary Fund",
    "Ministry of Foreign Affairs, Israel",
    "National Bank of Kazakhstan",
    "UN Comtrade",
    "United Nations Statistics Division",
    "World Bank",
    "World Bank, World Integrated Trade Solution",
    "not named in the copy",
)
CONCEPTS = (
    "as reported",
    "gross inflow",
    "net inflow",
    "net outflow",
    "position",
    "position outward",
)
CONCEPTS_OF_ENERGY = (
    "both value",
    "both volume",
    "crude and products volume",
    "crude export share",
    "crude exports value",
    "crude exports volume",
    "crude import share aze kaz",
    "crude imports volume",
    "oil import share",
    "oil import share caspian",
    "oil import share kurdistan",
    "oil imports value",
    "oil share of demand kurdistan",
    "oil supplier rank",
)
DATED_EVENTS = (
    "Accords accession announced",
    "Chamber of commerce established",
    "Diplomatic relations established",
    "Joint commission formed",
    "Kazakh embassy in israel open",
    "Mashav training begins",
    "Military cooperation agreement",
    "Ministerial visits recorded",
    "Relations active since",
    "Tokayev explains accords",
    "Visit nazarbayev 1995",
    "Visit nazarbayev 2000",
    "Visit nazarbayev 2013",
    "Visit netanyahu 2016",
    "Visit peres 2009",
    "Visit peres 2015",
    "Visit saar 2026",
)
PLACES = ("text",)
UNITS = ("count", "hours", "months", "ordinal", "years")
COLUMNS_OF_SOURCES = (
    "Accessed via",
    "Edition",
    "Licence",
    "Published",
    "Publisher",
    "Source",
    "Title",
    "Url",
)
VERDICTS = ("confirmed", "rounds to", "differs", "other measure", "unverifiable")
ANSWERS = ("published", "like for like", "bounds", "estimate", "naive", "outcome")
CONTRADICTIONS = ("spans", "oil share", "concept", "dates", "values", "parts")
OF_SEEDS = (
    *KINDS_OF_EVENT,
    *STATUSES_OF_EVENT,
    *STATUSES_OF_INDICATOR,
    *TOPICS,
    *LEFT_OPEN,
    *INSTRUMENTS,
    *PUBLISHERS,
    *CONCEPTS,
    *CONCEPTS_OF_ENERGY,
    *DATED_EVENTS,
    *COLUMNS_OF_SOURCES,
    *PLACES,
    *UNITS,
    *VERDICTS,
    *ANSWERS,
    *CONTRADICTIONS,
)
