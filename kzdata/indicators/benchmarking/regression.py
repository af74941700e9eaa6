"""Regression methods: the series depends on indicators, with errors that hang together in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from kzdata.errors import Incomparable, KzdataError
from kzdata.indicators.benchmarking.alignment import Problem, aligned

CHOW_LIN = ("maxlog", "minrss", "minrss_quilis", "fixed")

LITTERMAN = ("maxlog", "minrss", "fixed")

HIGHEST_RHO = 0.999

_GRID, _DEGREE = 80, 8


def chow_lin(
    low: pd.Series | pd.DataFrame,
    indicator: pd.Series | pd.DataFrame,
    *,
    method: str = "maxlog",
    rho: float = 0.5,
    truncated_rho: float | None = 0.0,
    conversion: str = "sum",
) -> pd.Series | pd.DataFrame:
    """Chow–Lin: z = a + b x + u, where u is autoregressive, u_t = ρ u_{t−1} + e_t.

    Estimated by generalised least squares on the long periods; what they leave unexplained is
    spread over the short ones by the covariance of u. ``method`` finds ρ: ``maxlog`` by maximum
    likelihood, ``minrss`` by the smallest weighted sum of squares with the correlations of u
    (Barbone, Bodo and Visco), ``minrss_quilis`` with its covariances, ``fixed`` takes ``rho``. The
    search is global, between ``truncated_rho`` (None: −0.999) and 0.999: a negative ρ makes the
    result jump from period to period.

    Input, output and errors as in `denton_cholette`; several indicators are allowed. The result's
    ``attrs["fit"]`` has rho, coefficients, standard_errors and r2_adjusted. Raises `Incomparable`
    where the long periods are too few or the indicators move as one. Sources: Chow and Lin
    (1971); Bournay and Laroque (1979); Sax and Steiner (2013).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> years = pd.Series([40.0, 52.0, 48.0], ["2022", "2023", "2024"])
    >>> quarters = [f"{year}-Q{n}" for year in (2022, 2023, 2024) for n in (1, 2, 3, 4)]
    >>> indicator = pd.Series([9.0, 10, 12, 11, 12, 13, 15, 14, 11, 12, 13, 12], quarters)
    >>> kz.chow_lin(years, indicator).head(4).round(2)
    period
    2022-Q1     8.5
    2022-Q2     9.5
    2022-Q3    11.5
    2022-Q4    10.5
    dtype: float64
    """
    _check("method", method, CHOW_LIN)
    problem = aligned(low, indicator, to=None, conversion=conversion)
    n = len(problem.periods)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))

    def correlation(r: float) -> np.ndarray:
        return (r ** np.arange(n))[apart]

    def covariance(r: float) -> np.ndarray:
        return correlation(r) / (1 - r**2)

    searched = correlation if method == "minrss" else covariance
    return _estimated(problem, "Chow–Lin", method, rho, truncated_rho, searched, covariance)


def fernandez(
    low: pd.Series | pd.DataFrame,
    indicator: pd.Series | pd.DataFrame,
    *,
    conversion: str = "sum",
) -> pd.Series | pd.DataFrame:
    """Fernández: z = a + b x + u, where u is a random walk.

    Input, output and errors as in `chow_lin`; there is no ρ to find. Source: Fernández (1981).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> years = pd.Series([40.0, 52.0, 48.0], ["2022", "2023", "2024"])
    >>> quarters = [f"{year}-Q{n}" for year in (2022, 2023, 2024) for n in (1, 2, 3, 4)]
    >>> indicator = pd.Series([9.0, 10, 12, 11, 12, 13, 15, 14, 11, 12, 13, 12], quarters)
    >>> kz.fernandez(years, indicator).head(4).round(2)
    period
    2022-Q1     8.58
    2022-Q2     9.52
    2022-Q3    11.38
    2022-Q4    10.51
    dtype: float64
    """
    problem = aligned(low, indicator, to=None, conversion=conversion)
    walk = _walk(len(problem.periods))
    return _estimated(problem, "Fernández", "fixed", 0.0, 0.0, walk, walk)


def litterman(
    low: pd.Series | pd.DataFrame,
    indicator: pd.Series | pd.DataFrame,
    *,
    method: str = "maxlog",
    rho: float = 0.5,
    truncated_rho: float | None = 0.0,
    conversion: str = "sum",
) -> pd.Series | pd.DataFrame:
    """Litterman: z = a + b x + u, where the steps of u are autoregressive with ρ.

    ``method``: ``maxlog``, ``minrss`` or ``fixed``; with ρ = 0 it is `fernandez`. Otherwise as
    `chow_lin`. Source: Litterman (1983).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> years = pd.Series([40.0, 52.0, 48.0], ["2022", "2023", "2024"])
    >>> quarters = [f"{year}-Q{n}" for year in (2022, 2023, 2024) for n in (1, 2, 3, 4)]
    >>> indicator = pd.Series([9.0, 10, 12, 11, 12, 13, 15, 14, 11, 12, 13, 12], quarters)
    >>> kz.litterman(years, indicator).head(4).round(2)
    period
    2022-Q1     8.57
    2022-Q2     9.52
    2022-Q3    11.39
    2022-Q4    10.52
    dtype: float64
    """
    _check("method", method, LITTERMAN)
    problem = aligned(low, indicator, to=None, conversion=conversion)
    walk = _walk(len(problem.periods))
    return _estimated(problem, "Litterman", method, rho, truncated_rho, walk, walk)


def _check(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise KzdataError(f"Unknown {name}={given!r}.", f"Choose {', '.join(known)}.")


def _walk(n: int) -> Callable[[float], np.ndarray]:
    """Covariance of a sum of steps that are autoregressive with ρ, from a start at zero."""
    steps = np.tril(np.ones((n, n)))
    lag = np.subtract.outer(np.arange(n), np.arange(n))

    def covariance(r: float) -> np.ndarray:
        filtered = np.where(lag >= 0, r ** np.maximum(lag, 0), 0.0)
        root = steps @ filtered
        return root @ root.T

    return covariance


class _Fit(NamedTuple):
    beta: np.ndarray
    errors: np.ndarray
    rss: float
    log_det: float
    r2_adjusted: float


def _gls(y: np.ndarray, x: np.ndarray, v: np.ndarray) -> _Fit:
    """Generalised least squares of y on x with errors of covariance v, up to a factor."""
    root = np.linalg.cholesky(v)
    white = np.linalg.solve(root, np.column_stack([y, x, np.ones(len(y))]))
    y, ones, x = white[:, 0], white[:, -1], white[:, 1:-1]
    size = np.linalg.norm(x, axis=0)
    q, r = np.linalg.qr(x / size)
    beta = np.linalg.solve(r, q.T @ y) / size
    rss = float(((y - x @ beta) ** 2).sum())
    n, m = x.shape
    inverse = np.linalg.inv(r)
    errors = np.sqrt(rss / (n - m) * (inverse**2).sum(axis=1)) / size
    tss = float(((y - ones * (ones @ y) / (ones @ ones)) ** 2).sum())
    r2 = 1 - rss * (n - 1) / (tss * (n - m)) if tss else float("nan")
    return _Fit(beta, errors, rss, 2 * float(np.log(np.diag(root)).sum()), r2)


def minimise(function: Callable[[float], float], low: float, high: float) -> float:
    """The argument in [low, high] at which ``function`` is smallest.

    A grid first: likelihoods of ρ have several peaks. Near a minimum a function is flat, so that
    comparing its values leaves half of the digits of the argument to rounding; the root of the
    slope of a polynomial through points around it does not.
    """
    step = (high - low) / _GRID
    best = min(np.linspace(low, high, _GRID + 1).tolist(), key=function)
    least = function(best)
    for reach in (step, step / 2, step / 2):
        window = [max(low, best - reach), min(high, best + reach)]
        curve = np.polynomial.Chebyshev.interpolate(
            np.vectorize(lambda at: function(at) - least), 2 * _DEGREE - 1, window
        )
        roots = curve.deriv().roots()
        real = roots.real[abs(roots.imag) < 1e-9 * step]
        inside = real[(window[0] < real) & (real < window[1])].tolist()
        best = min([*inside, best], key=function)
    return best


def _estimated(
    problem: Problem,
    name: str,
    method: str,
    rho: float,
    truncated_rho: float | None,
    searched: Callable[[float], np.ndarray],
    covariance: Callable[[float], np.ndarray],
) -> pd.Series | pd.DataFrame:
    c, y = problem.c, problem.y
    x = np.column_stack([np.ones(len(problem.periods)), problem.x])
    names = ["intercept", *problem.names]
    long = c @ x
    if len(y) <= x.shape[1]:
        raise Incomparable(
            f"{len(y)} long periods cannot tell {x.shape[1]} coefficients.",
            "Give more of them, or kz.denton_cholette(low, indicator).",
        )
    sized = long / np.maximum(np.linalg.norm(long, axis=0), np.finfo(float).tiny)
    if np.linalg.cond(sized) > 1e10:
        raise Incomparable(
            "Over the long periods the indicators move as one, or one of them is constant.",
            "Leave one out, or kz.denton_cholette(low, indicator).",
        )

    def loss(r: float) -> float:
        fit = _gls(y, long, c @ searched(r) @ c.T)
        if method == "maxlog":
            return len(y) * np.log(max(fit.rss, np.finfo(float).tiny)) + fit.log_det
        return fit.rss

    lowest = -HIGHEST_RHO if truncated_rho is None else truncated_rho
    if method == "fixed":
        if not -1 < rho < 1:
            raise KzdataError(f"rho={rho} is not between −1 and 1.", "rho=0.5 is a usual one.")
        found = float(rho)
    else:
        if not -HIGHEST_RHO <= lowest < HIGHEST_RHO:
            raise KzdataError(
                f"truncated_rho={truncated_rho} is out of range.", "0 is the usual one."
            )
        found = minimise(loss, lowest, HIGHEST_RHO)
    q = covariance(found)
    v = c @ q @ c.T
    fit = _gls(y, long, v)
    z = x @ fit.beta + q @ c.T @ np.linalg.solve(v, y - long @ fit.beta)
    terms = " + ".join(f"{b:.6g} × {n}" for b, n in zip(fit.beta, names, strict=True))
    said = f"{name} ({method}), rho {found:.4g}: {terms}" if method != "fixed" or found else ""
    return problem.result(
        z,
        said or f"{name}: {terms}",
        {
            "rho": found,
            "rho_at_bound": method != "fixed" and found in (lowest, HIGHEST_RHO),
            "coefficients": dict(zip(names, fit.beta.tolist(), strict=True)),
            "standard_errors": dict(zip(names, fit.errors.tolist(), strict=True)),
            "r2_adjusted": fit.r2_adjusted,
        },
    )
