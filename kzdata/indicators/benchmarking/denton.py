"""The method of Denton as corrected by Cholette."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import ContractError, KzdataError, MeasureMismatch
from kzdata.indicators.benchmarking.alignment import aligned

CRITERIA = ("proportional", "additive")


def denton_cholette(
    low: pd.Series | pd.DataFrame,
    indicator: pd.Series | pd.DataFrame | None = None,
    *,
    to: str | None = None,
    criterion: str = "proportional",
    h: int = 1,
    conversion: str = "sum",
) -> pd.Series | pd.DataFrame:
    """Spread long periods over short ones so that the movement of an indicator is kept.

    With z the result and p the indicator, minimises the sum of squared ``h``-th differences of
    z / p (``proportional``) or z − p (``additive``), over the differences that need nothing from
    before the first period: that is Cholette's correction. The parts of a long period sum (or
    average, ``conversion``) to it exactly. Beyond the last long period the last ratio is carried
    on. Without an indicator, which is then constant, ``to`` is M, Q or S.

    ``low`` and ``indicator`` are series indexed by SDMX periods, or frames under the contract with
    one series each; the result has the form of ``low``, in a frame with status E and no interval.
    A result below zero is possible and noted. Raises `ContractError` for a proportional indicator
    that is not above zero, and the errors of gaps, missing values and mixed measures. Sources:
    Denton (1971); Cholette (1984); IMF Quarterly National Accounts Manual, chapter 6.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> years = pd.Series([40.0, 52.0, 48.0], ["2022", "2023", "2024"])
    >>> quarters = [f"{year}-Q{n}" for year in (2022, 2023, 2024) for n in (1, 2, 3, 4)]
    >>> indicator = pd.Series([9.0, 10, 12, 11, 12, 13, 15, 14, 11, 12, 13, 12], quarters)
    >>> kz.denton_cholette(years, indicator).head(4).round(2)
    period
    2022-Q1     8.57
    2022-Q2     9.52
    2022-Q3    11.43
    2022-Q4    10.48
    dtype: float64
    """
    if criterion not in CRITERIA:
        raise KzdataError(f"Unknown criterion={criterion!r}.", f"Choose {' or '.join(CRITERIA)}.")
    problem = aligned(low, indicator, to=to, conversion=conversion)
    if len(problem.names) > 1:
        raise MeasureMismatch(
            f"Denton–Cholette takes one indicator, not {len(problem.names)}.",
            "Choose one, or kz.chow_lin(low, indicators).",
        )
    if not (isinstance(h, int) and 1 <= h < len(problem.periods)):
        raise KzdataError(
            f"The order of differences h={h!r} is not supported.", "The usual choice is h=1."
        )
    p, c, y = problem.x[:, 0], problem.c, problem.y
    if criterion == "proportional":
        if (p <= 0).any():
            where = problem.periods[int(np.argmax(p <= 0))]
            raise ContractError(
                f"The indicator of {where} is {p[p <= 0][0]:.15g}; a ratio to it means nothing.",
                'criterion="additive" takes differences instead.',
            )
        weight = p / p.mean()
        z = weight * _smoothest(c * weight, y, h)
        said = "Denton–Cholette, proportional"
    else:
        z = p + _smoothest(c, y - c @ p, h)
        said = "Denton–Cholette, additive"
    said += "" if h == 1 else f", differences of order {h}"
    return problem.result(z, said, {"criterion": criterion, "h": h})


def _smoothest(constraint: np.ndarray, y: np.ndarray, h: int) -> np.ndarray:
    """The r with the smallest sum of squared h-th differences such that constraint · r = y."""
    n, k = constraint.shape[1], len(y)
    scale = np.abs(y).max() or 1.0
    d = np.diff(np.eye(n), h, axis=0)
    system = np.block([[d.T @ d, constraint.T], [constraint, np.zeros((k, k))]])
    right = np.concatenate([np.zeros(n), y / scale])
    try:
        return scale * np.linalg.solve(system, right)[:n]
    except np.linalg.LinAlgError:
        raise KzdataError(
            f"{k} long periods do not determine differences of order {h}.",
            "Give more, or a lower h.",
        ) from None
