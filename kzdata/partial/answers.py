"""The answers that a partial figure allows by arithmetic alone: like for like, bounds, 12/k."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kzdata import amounts, contract, periods, sources
from kzdata.bounds import growth_bounds
from kzdata.comparable import one_unit
from kzdata.errors import NotAvailable


def answer(kind: str, row: pd.Series, **changed: Any) -> dict[str, Any]:
    """One row of `kzdata.partial_year`: ``row`` under the contract with what the answer changes."""
    blank = dict.fromkeys(["growth_pct", "growth_lower_pct", "growth_upper_pct"], float("nan"))
    kept = {column: row[column] for column in contract.COLUMNS}
    return {"answer": kind, **kept, "base_period": "", "level": float("nan"), **blank, **changed}


def like_for_like(partial: pd.Series, base: pd.Series) -> dict[str, Any]:
    """Growth on the same months of the year before."""
    one_unit(pd.DataFrame([partial, base]), f"{partial['period']} and {base['period']}")
    value = 100 * (partial["value"] / base["value"] - 1)
    return answer(
        "like_for_like",
        partial,
        base_period=base["period"],
        growth_pct=value,
        growth_lower_pct=100 * (partial["lower"] / base["upper"] - 1),
        growth_upper_pct=100 * (partial["upper"] / base["lower"] - 1),
        basis="derived",
        source=sources.join([partial["source"], base["source"]]),
        locator=f"{partial['locator']}; base: {base['locator']}",
        note=f"100 × ({partial['value']:.15g} / {base['value']:.15g} − 1), same months",
    )


def bounds(
    partial: pd.Series, base: pd.Series, months: int, rest_share: tuple[float, float] | None
) -> dict[str, Any]:
    """Growth between the two ends of the base that the whole year before allows."""
    one_unit(pd.DataFrame([partial, base]), f"{partial['period']} and {base['period']}")
    low, high, small, large = growth_bounds(partial["value"], base["value"], months, rest_share)
    shares = (1 - large / base["value"], 1 - small / base["value"])
    same = periods.previous_year(partial["period"])
    return answer(
        "bounds",
        partial,
        period=same,
        value=float("nan"),
        lower=small,
        upper=large,
        base_period=base["period"],
        growth_lower_pct=low,
        growth_upper_pct=high,
        basis="derived",
        source=sources.join([partial["source"], base["source"]]),
        locator=f"{partial['locator']}; base: {base['locator']}",
        note=(
            f"{same} is not published. If the remaining {12 - months} of 12 months had "
            f"{100 * shares[0]:.3g} to {100 * shares[1]:.3g} % of {base['value']:,.15g}, the base "
            f"lies between {small:,.15g} and {large:,.15g}, and growth between "
            f"{partial['value']:,.15g} / {large:,.15g} − 1 = "
            f"{amounts.format_amount(low, 'percent')} and "
            f"{partial['value']:,.15g} / {small:,.15g} − 1 = "
            f"{amounts.format_amount(high, 'percent')}"
        ),
    )


def naive(partial: pd.Series, months: int) -> dict[str, Any]:
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
        note=f"{partial['value']:,.15g} × 12/{months}: ignores season, lumps and revision",
    )


def no_estimate(partial: pd.Series, short: NotAvailable) -> dict[str, Any]:
    """The full year where the past at hand is too short to estimate it and its interval."""
    return answer(
        "estimate",
        partial,
        freq="A",
        period=partial["period"][:4],
        **dict.fromkeys(contract.NUMERIC, float("nan")),
        obs_status="M",
        basis="derived",
        note=f"no estimate: {short.fact} {short.hint}",
    )


def outcome(since: pd.Series, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The year as published since, and whether the interval of the estimate held it."""
    (estimate,) = [each for each in answers if each["answer"] == "estimate"]
    if pd.isna(estimate["value"]):
        note = "published since"
    else:
        held = estimate["lower"] <= since["value"] <= estimate["upper"]
        verdict = "inside" if held else "outside"
        limits = f"{estimate['lower']:,.0f} … {estimate['upper']:,.0f}"
        note = f"published since; {verdict} the interval {limits}"
    return answer("outcome", since, note="; ".join(part for part in (since["note"], note) if part))
