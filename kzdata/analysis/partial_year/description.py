"""What an estimate says of itself: which estimator, why it, from whose season, how sure.

Whole sentences with named fields, so that each can be said in another language.
"""

from __future__ import annotations

import math
from typing import Any

from kzdata.analysis.partial_year.estimators import (
    CARRIED,
    DAMPED,
    LAST,
    MEAN,
    SMOOTH,
    YEARS_OF_SEASON,
)
from kzdata.analysis.partial_year.interval import Volatility
from kzdata.analysis.partial_year.selection import BORROWED, OWN, Foreseen, Season
from kzdata.i18n.sentences import term, written, written_together

ESTIMATOR = {
    SMOOTH: term("Estimator: damped exponential smoothing of the logarithms of the months (ETS)."),
    MEAN: term(
        "Estimator: the mean share that the first {months} months had in up to {mean_of} years."
    ),
    LAST: term("Estimator: the share that the first {months} months had in the last whole year."),
    DAMPED: term(
        "Estimator: damped growth; the rest of the last year, grown by the power {carried} of "
        "the growth so far."
    ),
}

STANDS = term(
    "Chosen because in a rolling-origin test of {years} years no other of {number} estimators had "
    "a clearly lower error: it missed the year by {error:.2f}% on average, × 12/{months} by "
    "{naive:.2f}%."
)

BETTER = term(
    "Chosen because in a rolling-origin test of {years} years its error was clearly the lowest of "
    "{number} estimators: what was chosen then missed the year by {error:.2f}% on average, "
    "× 12/{months} by {naive:.2f}%."
)

ARITHMETIC = term(
    "{partial:,.15g} × {factor:.4f} = {value:,.0f}: the geometric mean of that estimator, weight "
    "{weight:.2f}, and of × 12/{months}, weight {other:.2f}, weighted by past error."
)

SEASON_OWN = term("Season: the flow's own months.")

SEASON_LENT = term("Season: lent by the {reporter}–{partner} total.")

INTERVAL = term(
    "{level:g}% interval: rolling-origin error of the rest {season:.1f}% ({tested} years), "
    "revision between vintages {revision:.1f}% ({figures} figures)."
)

INTERVAL_UNREVISED = term(
    "{level:g}% interval: rolling-origin error of the rest {season:.1f}% ({tested} years); no "
    "figure at hand shows the usual revision."
)

VOLATILITY = term(
    "The interval is widened by the flow's own volatility: lumpiness {lumps:.0f}% (coefficient of "
    "variation of a month), drift {drift:.0f}% a year ({changes} annual changes)."
)


def account(
    foreseen: Foreseen,
    season: Season,
    months: int,
    own: Volatility,
    *,
    spread: float,
    tested: int,
    revision: float,
    figures: int,
    level: float,
) -> str:
    """The sentences on an estimate and its interval; errors and levels as shares of one."""
    chosen = foreseen.choice
    facts: dict[str, Any] = {
        "months": months,
        "mean_of": YEARS_OF_SEASON,
        "carried": CARRIED,
        "number": len(season.names) + 1,
        "years": chosen.years,
        "error": 100 * chosen.error,
        "naive": 100 * chosen.naive_error,
        "partial": foreseen.first,
        "factor": foreseen.factor,
        "value": foreseen.value,
        "weight": chosen.weight,
        "other": 1 - chosen.weight,
        "reporter": season.monthly["reporter"].iloc[0],
        "partner": season.monthly["partner"].iloc[0],
        "level": 100 * level,
        "season": 100 * spread,
        "tested": tested,
        "revision": 100 * revision,
        "figures": figures,
        "lumps": 100 * own.lumps,
        "drift": 100 * own.drift,
        "changes": own.changes,
    }
    stands = chosen.name == (BORROWED if season.lent else OWN)[0]
    said = [
        ESTIMATOR[chosen.name],
        STANDS if stands else BETTER,
        ARITHMETIC,
        SEASON_LENT if season.lent else SEASON_OWN,
        INTERVAL_UNREVISED if math.isnan(revision) else INTERVAL,
        *([VOLATILITY] if season.lent else []),
    ]
    return written_together([written(sentence, **facts) for sentence in said], " ")
