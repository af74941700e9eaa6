"""The answers that a partial figure allows by arithmetic alone: like for like, bounds, 12/k."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.i18n import formats
from kzdata.i18n.sentences import term, written, written_together
from kzdata.indicators.growth import growth_bounds
from kzdata.model import contract, periods
from kzdata.model.comparable import one_unit
from kzdata.model.contract import Row

LIKE = term("100 × ({partial:.15g} / {base:.15g} − 1), same months")

NO_GROWTH = term(
    "No growth: the base {period} is {base:,.15g}, and growth is on a base above zero."
)

BOUNDS = term(
    "{same} is not published. If the remaining {rest} of 12 months had {share_low:.3g} to "
    "{share_high:.3g}% of {base:,.15g}, the base lies between {small:,.15g} and {large:,.15g}, "
    "and growth between {partial:,.15g} / {large:,.15g} − 1 = {low} and "
    "{partial:,.15g} / {small:,.15g} − 1 = {high}"
)

NAIVE = term("{partial:,.15g} × 12/{months}: ignores season, lumps and revision")

NO_ESTIMATE = term("no estimate: {fact} {hint}")

SINCE = term("published since")

SINCE_INSIDE = term("published since; inside the interval {low:,.0f} … {high:,.0f}")

SINCE_OUTSIDE = term("published since; outside the interval {low:,.0f} … {high:,.0f}")


def answer(kind: str, row: Row, **changed: Any) -> dict[str, Any]:
    """One row of `kzdata.partial_year`: ``row`` under the contract with what the answer changes."""
    blank = dict.fromkeys(["growth_pct", "growth_lower_pct", "growth_upper_pct"], float("nan"))
    kept = {column: row[column] for column in contract.COLUMNS}
    return {"answer": kind, **kept, "base_period": "", "level": float("nan"), **blank, **changed}


def like_for_like(partial: Row, base: Row) -> dict[str, Any]:
    """Growth on the same months of the year before; missing where these are not above zero."""
    one_unit([partial["unit"], base["unit"]], f"{partial['period']} and {base['period']}")
    derived = _derived(partial, base)
    if base["lower"] <= 0:
        return answer(
            "like_for_like", partial, note=written(NO_GROWTH, **_figures(base)), **derived
        )
    corners = [
        100 * (value / against - 1)
        for value in (partial["lower"], partial["upper"])
        for against in (base["lower"], base["upper"])
    ]
    return answer(
        "like_for_like",
        partial,
        growth_pct=100 * (partial["value"] / base["value"] - 1),
        growth_lower_pct=min(corners),
        growth_upper_pct=max(corners),
        note=written(LIKE, partial=partial["value"], base=base["value"]),
        **derived,
    )


def bounds(
    partial: Row, base: Row, months: int, rest_share: tuple[float, float] | None
) -> dict[str, Any]:
    """Growth between the two ends of the base that the whole year before allows."""
    one_unit([partial["unit"], base["unit"]], f"{partial['period']} and {base['period']}")
    same = periods.previous_year(partial["period"])
    derived = {"period": same, "value": float("nan"), **_derived(partial, base)}
    if base["value"] <= 0:
        missing = {"lower": float("nan"), "upper": float("nan"), "obs_status": "M"}
        note = written(NO_GROWTH, **_figures(base))
        return answer("bounds", partial, note=note, **missing, **derived)
    low, high, small, large = growth_bounds(partial["value"], base["value"], months, rest_share)
    note = written(
        BOUNDS,
        same=formats.as_written(same),
        rest=12 - months,
        share_low=100 * (1 - large / base["value"]),
        share_high=100 * (1 - small / base["value"]),
        base=base["value"],
        small=small,
        large=large,
        partial=partial["value"],
        low=formats.percent(low),
        high=formats.percent(high),
    )
    growth = {"growth_lower_pct": min(low, high), "growth_upper_pct": max(low, high)}
    return answer("bounds", partial, lower=small, upper=large, note=note, **growth, **derived)


def _derived(partial: Row, base: Row) -> dict[str, Any]:
    return {
        "base_period": base["period"],
        "basis": "derived",
        "source": contract.join_sources([partial["source"], base["source"]]),
        "locator": f"{partial['locator']}; base: {base['locator']}",
    }


def _figures(base: Row) -> dict[str, Any]:
    return {"period": formats.as_written(base["period"]), "base": base["value"]}


def naive(partial: Row, months: int) -> dict[str, Any]:
    """The figure times 12/k, which reads every month as average."""
    factor = 12 / months
    return answer(
        "naive",
        partial,
        freq="A",
        period=partial["period"][:4],
        **{column: partial[column] * factor for column in contract.NUMERIC},
        obs_status="E",
        basis="derived",
        note=written(NAIVE, partial=partial["value"], months=months),
    )


def no_estimate(partial: Row, short: NotAvailable) -> dict[str, Any]:
    """The full year where the past at hand is too short to estimate it and its interval."""
    return answer(
        "estimate",
        partial,
        freq="A",
        period=partial["period"][:4],
        **dict.fromkeys(contract.NUMERIC, float("nan")),
        obs_status="M",
        basis="derived",
        note=written(NO_ESTIMATE, fact=short.fact, hint=short.hint),
    )


def outcome(since: Row, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The year as published since, and whether the interval of the estimate held it."""
    (estimate,) = [each for each in answers if each["answer"] == "estimate"]
    if pd.isna(estimate["value"]):
        note = written(SINCE)
    else:
        held = estimate["lower"] <= since["value"] <= estimate["upper"]
        template = SINCE_INSIDE if held else SINCE_OUTSIDE
        note = written(template, low=estimate["lower"], high=estimate["upper"])
    return answer(
        "outcome", since, note=written_together([part for part in (since["note"], note) if part])
    )
