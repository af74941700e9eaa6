"""How much growth a part of a year beside a whole year allows."""

from __future__ import annotations

from kzdata.errors import KzdataError

EVEN_LOW, EVEN_HIGH = 0.6, 1.8
"""A month holds between 0.6 and 1.8 times its even share of a year: 5 to 15% for one month."""


def growth_bounds(
    value: float, base: float, months: int, rest_share: tuple[float, float] | None = None
) -> tuple[float, float, float, float]:
    """(growth_lower_pct, growth_upper_pct, base_lower, base_upper) of k months against a year.

    The base over the same months is Y0 (1 - u) … Y0 (1 - l) when the remaining months had a share
    between l and u of the year before (partial identification). By default each of the m missing
    months had between 0.6 and 1.8 times its even share, and each of the others at least 0.6.
    """
    rest = 12 - months
    low, high = rest_share or (
        EVEN_LOW * rest / 12,
        min(EVEN_HIGH * rest / 12, 1 - EVEN_LOW * months / 12),
    )
    if not 0 <= low <= high < 1:
        raise KzdataError(
            f"rest_share=({low}, {high}) is no range of shares.",
            "Give two shares of the year, the smaller first: rest_share=(0.05, 0.15)",
        )
    small, large = base * (1 - high), base * (1 - low)
    return 100 * (value / large - 1), 100 * (value / small - 1), small, large
