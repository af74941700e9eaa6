"""What part of a year says about the year: like for like, bounds, an estimate with its interval.

Eleven months are not a year. Growth is given like for like where the same months of the year
before are published; otherwise the base is bounded by what the missing months can hold. The full
year is estimated by what the years before make of as many months (`selection`), beside
the naive 12/k and, once known, what it became.
"""

from __future__ import annotations

import math

import pandas as pd

from kzdata.analysis.partial_year.answers import (
    answer,
    bounds,
    like_for_like,
    naive,
    no_estimate,
    outcome,
)
from kzdata.analysis.partial_year.back_test import limits
from kzdata.analysis.partial_year.description import account
from kzdata.analysis.partial_year.interval import NONE, TESTED_YEARS, revision_spread, volatility
from kzdata.analysis.partial_year.months import before, is_month, single_months, whole_years
from kzdata.analysis.partial_year.selection import Season
from kzdata.errors import KzdataError, MeasureMismatch, NotAvailable, PeriodMismatch
from kzdata.indicators import aggregates
from kzdata.model import contract, periods
from kzdata.model.codes import UNKNOWN, WORLD
from kzdata.model.comparable import one_unit
from kzdata.model.contract import Row, records
from kzdata.seeds import frames
from kzdata.store import query

WHOLE_YEARS = TESTED_YEARS + 1

"""Fewest whole years of months that make an estimate: each tested year has one before it."""


def partial_year(
    period: str,
    frame: pd.DataFrame,
    *,
    flow: str = "T",
    claims: pd.DataFrame | None = None,
    seasonal: pd.DataFrame | None = None,
    rest_share: tuple[float, float] | None = None,
    level: float = 0.8,
) -> pd.DataFrame:
    """What the first k months of a year say about it, one row per answer.

    ``period`` is a span from January, such as ``"2025-01-01/P11M"``; ``frame`` holds the
    observations of one pair, X and M or T, and ``flow`` says which of them is asked. The partial
    figure is taken from ``frame`` or, if it is not there, from ``claims`` (by default the seeds'
    claims on trade of the same pair); its base is first looked for where the figure came from.
    ``seasonal`` is a monthly frame that lends its seasonality: by default the pair's own months
    where three whole years in a row are at hand, else the reporter's national total, which widens
    the interval by the pair's own volatility. ``rest_share`` bounds the share of the year before
    that its remaining months may have had.

    The rows under the tidy contract, with ``answer`` in front and base_period, growth_pct,
    growth_lower_pct, growth_upper_pct behind:

    - ``published``: the partial figure itself;
    - ``like_for_like``: growth on the same months a year earlier, where these are published;
    - ``bounds``: otherwise, growth between the two ends of the bounded base;
    - ``estimate``: the full year by the estimator that erred least in a rolling-origin test,
      averaged with 12/k, its interval of ``level``, and in ``note`` which estimator and why;
      missing where the past at hand is too short, and ``note`` says what is lacking;
    - ``naive``: the figure times 12/k, for comparison only;
    - ``outcome``: the full year as published since, and whether the interval held it.

    Nothing of the year itself beyond the k months enters the estimate. Raises `PeriodMismatch`
    for a span that does not begin in January or is a whole year, `NotAvailable` when no figure
    for it is at hand, `MeasureMismatch` when ``frame`` holds several pairs.

    >>> import kzdata as kz
    >>> trade = kz.observations("KAZ", "ISR")
    >>> answers = kz.partial_year("2025-01-01/P11M", trade)
    >>> answers[["answer", "value", "growth_pct"]].round(1)
          answer        value  growth_pct
    0  published  162400000.0         NaN
    1     bounds          NaN         NaN
    2   estimate  178090457.0         NaN
    3      naive  177163636.4         NaN
    4    outcome  193287817.2         NaN
    """
    span = periods.span(period)
    months = span.months
    if span.start.month != 1 or months is None or not 1 <= months <= 11:
        raise PeriodMismatch(
            f"{period} is not the first months of one year.",
            'Name a span from January, such as "2025-01-01/P11M".',
        )
    if not 0 < level < 1:
        raise KzdataError(
            f"level={level} is not a probability.", "level=0.8 gives an 80% interval."
        )
    contract.need(frame, contract.COLUMNS, contract.OBSERVATIONS)
    pair = _pair(frame)
    series = _of_flow(frame[frame["period"] != UNKNOWN], flow)
    book = records(series, contract.COLUMNS)
    said = _said(frames.claims(topic="trade") if claims is None else claims, pair, flow)
    partial, origin = _find(period, [book, said])
    if partial is None:
        raise NotAvailable(
            f"No figure for {period} of {pair['reporter']} with {pair['partner']} is at hand.",
            "Pass one in claims=, or load a year-to-date edition.",
        )
    first, other = (book, said) if origin is book else (said, book)
    answers = [answer("published", partial)]
    like, _ = _find(periods.previous_year(period), [first, other])
    year_before = str(span.start.year - 1)
    if like is not None:
        answers.append(like_for_like(partial, like))
    else:
        base, _ = _find(year_before, [first, other])
        if base is not None:
            answers.append(bounds(partial, base, months, rest_share))
    try:
        season = _seasonal(seasonal, frame, pair, flow, span.start.year)
        answers.append(_estimate(partial, _annual(series), months, season, level))
    except NotAvailable as short:
        answers.append(no_estimate(partial, short))
    answers.append(naive(partial, months))
    since, _ = _find(str(span.start.year), [book, said])
    if since is not None:
        answers.append(outcome(since, answers))
    return pd.DataFrame(answers)


def _pair(frame: pd.DataFrame) -> dict[str, str]:
    names = ["dataflow", "reporter", "partner", "product"]
    pairs = frame[names].drop_duplicates()
    if len(pairs) != 1:
        raise MeasureMismatch(
            f"The frame holds {len(pairs)} pairs or products; a partial year is of one.",
            'Choose it first: kz.observations("KAZ", "ISR")',
        )
    return {name: str(pairs[name].iloc[0]) for name in names}


def _of_flow(frame: pd.DataFrame, flow: str) -> pd.DataFrame:
    if flow == "T":
        # A side whose valuation nobody states makes no official turnover; stated turnover stays.
        stated = (frame["flow"] == "T") | (frame["valuation"] != "unknown")
        book = aggregates.turnover(frame[stated])
    else:
        book = frame[frame["flow"] == flow]
    return book[book["value"].notna()]


def _said(claims: pd.DataFrame, pair: dict[str, str], flow: str) -> list[Row]:
    """The figures of the flow that are not in doubt."""
    asked = pair | {"flow": flow}
    return [
        row
        for row in records(claims, [*contract.COLUMNS, "doubt"])
        if all(row[column] == value for column, value in asked.items())
        and pd.notna(row["value"])
        and (pd.isna(row["doubt"]) or row["doubt"] == "")
    ]


def _find(period: str, places: list[list[Row]]) -> tuple[Row | None, list[Row] | None]:
    """The figure of a period in the first place that has it, the most precise one there."""
    for place in places:
        hits = [row for row in place if row["period"] == period]
        if not hits:
            months = (row for row in place if is_month(row["period"]))
            hits = [row for row in aggregates.sums(months, period) if pd.notna(row["value"])]
        if hits:
            return min(hits, key=lambda row: row["upper"] - row["lower"]), place
    return None, None


def _seasonal(
    seasonal: pd.DataFrame | None, frame: pd.DataFrame, pair: dict[str, str], flow: str, year: int
) -> pd.DataFrame:
    """The months that lend the season: what was passed, else the pair's own where these are long
    enough, else the reporter's total."""
    if seasonal is not None:
        return _of_flow(single_months(seasonal), flow)
    own = _of_flow(single_months(frame), flow)
    if pair["partner"] == WORLD or len(before(whole_years(own), year)) >= WHOLE_YEARS:
        return own
    total = query.observations(pair["reporter"], WORLD, freq="M", dataflow=pair["dataflow"])
    world = _of_flow(single_months(total), flow)
    return own if world.empty else world


def _estimate(
    partial: Row, annual: dict[int, float], months: int, seasonal: pd.DataFrame, level: float
) -> Row:
    year = int(partial["period"][:4])
    lent = seasonal.empty or bool((seasonal["partner"] != partial["partner"]).any())
    season = Season(seasonal, lent=lent)
    spread, tested = season.spread(months, year)
    if tested < TESTED_YEARS:
        run = len(before(season.years, year))
        raise NotAvailable(
            f"Only {run} complete years of months before {year} are at hand.",
            "A back-tested estimate needs at least three in a row; pass a longer series in "
            "seasonal=.",
        )
    if not lent:
        one_unit([partial["unit"], *season.monthly["unit"].head(1)], f"The year {year}")
    foreseen = season.foresee(year, float(partial["value"]), months)
    own = volatility(annual, year, season.totals(partial["unit"])) if lent else NONE
    revision, figures = revision_spread(frames.claims(topic="trade"), _published())
    usual = 0.0 if math.isnan(revision) else revision
    low, high = limits(foreseen, months, spread, own, usual, level)
    return answer(
        "estimate",
        partial,
        freq="A",
        period=str(year),
        value=foreseen.value,
        lower=low,
        upper=high,
        level=level,
        obs_status="E",
        basis="derived",
        source=contract.join_sources([partial["source"], *season.monthly["source"].unique()]),
        locator=f"{partial['locator']}; season: {season.monthly['locator'].iloc[0].split(',')[0]}",
        note=account(
            foreseen, season, months, own, spread=spread, tested=tested, revision=revision,
            figures=figures, level=level,
        ),
    )  # fmt: skip


def _annual(series: pd.DataFrame) -> dict[int, float]:
    years = series[series["period"].str.fullmatch(r"\d{4}")]
    return {int(p): v for p, v in zip(years["period"], years["value"], strict=True)}


def _published() -> pd.DataFrame:
    goods = query.observations(dataflow="trade_goods")
    return goods[goods["freq"].isin(["A", "M"])]
