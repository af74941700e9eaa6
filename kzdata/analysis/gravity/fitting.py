"""One Poisson pseudo-maximum-likelihood fit by pyfixest, free of units, sure to converge."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import Incomparable, NotAvailable
from kzdata.indicators import validation

CONSTANT = "constant"

# What multiplies the variance, with clusters and without.
ADJUSTMENTS = {
    "clusters": ("G / (G − 1)", "N / (N − 1)"),
    "parameters": ("G / (G − 1) × (N − 1) / (N − K)", "N / (N − K)"),
}

# Relative change of the deviance at which the iterations stop, and of the fixed effects within one.
_STEP, _WITHIN, _ITERATIONS = 1e-10, 1e-10, 200

# A variance of the coefficients of standardised covariates below this is a sum that cancels.
_ROUNDING = (100 * np.finfo(float).eps) ** 2


@dataclass(frozen=True)
class Fit:
    """A fit; ``kept`` marks the rows that are not separated, ``log_mean`` is ln μ of those.

    ``coefficients`` and ``covariance`` are of ``terms``, in the units of the input; ``absorbed``
    are the covariates that the effects or other covariates leave nothing of.
    """

    terms: tuple[str, ...]
    coefficients: np.ndarray
    covariance: np.ndarray
    absorbed: tuple[str, ...]
    kept: np.ndarray
    log_mean: np.ndarray
    deviance: float
    unsettled: bool


def poisson(
    value: np.ndarray,
    x: np.ndarray,
    terms: tuple[str, ...],
    effects: dict[str, np.ndarray],
    *,
    clusters: dict[str, np.ndarray] | None = None,
    weights: np.ndarray | None = None,
    adjustment: str = "clusters",
    thorough: bool = True,
) -> Fit:
    """Fit E[value] = exp(x b + effects) by Poisson pseudo-maximum likelihood.

    Without ``effects`` there is a constant. Without ``clusters`` the covariance is robust to
    heteroskedasticity only. ``thorough`` looks for every separated observation (Correia, Guimarães
    and Zylkin's iterative rectifier), otherwise only for effects without a flow above zero.

    Raises `NotAvailable` where pyfixest is not installed or the iterations do not converge,
    `Incomparable` where no covariate is left.
    """
    validation.choice("adjustment", adjustment, ADJUSTMENTS)
    scale, spread = value.mean(), x.std(axis=0)
    if not scale > 0:
        raise Incomparable("Every flow is zero; there is nothing to explain.", "Add flows.")
    spread = np.where(spread > 0, spread, 1.0)
    table = pd.DataFrame(
        {"y": value / scale}
        | {f"x{k}": column for k, column in enumerate((x / spread).T)}
        | {f"f{k}": code for k, code in enumerate(effects.values())}
        | {f"g{k}": code for k, code in enumerate((clusters or {}).values())}
    )
    if weights is not None:
        table["w"] = weights
    kept, unsettled = np.ones(len(value), dtype=bool), False
    names = [f"x{k}" for k in range(len(terms))]
    fixed = [f"f{k}" for k in range(len(effects))]
    if thorough and not fixed:
        # pyfixest looks for separation only beside effects; one that all share changes nothing.
        _, dropped, unsettled = _fepois(table.assign(f0=0), names, ["f0"], thorough=True)
        kept[dropped] = False
        table = table[kept].reset_index(drop=True)
    groups = [f"g{k}" for k in range(len(clusters or {}))]
    model, dropped, loose = _fepois(
        table, names, fixed, clusters=groups, adjustment=adjustment, thorough=thorough
    )
    unsettled |= loose
    kept[np.flatnonzero(kept)[dropped]] = False
    found = _read(model, terms, kept, scale, spread, unsettled)
    if clusters or adjustment != "clusters":
        return found
    # Each row is a cluster of its own; pyfixest leaves the variance without a multiplier here.
    n = int(kept.sum())
    return replace(found, covariance=found.covariance * n / (n - 1))


def _fepois(
    table: pd.DataFrame,
    names: list[str],
    fixed: list[str],
    *,
    clusters: list[str] | None = None,
    adjustment: str = "clusters",
    thorough: bool,
) -> tuple[Any, np.ndarray, bool]:
    """The fitted model, the places of separated rows, and if the search for them was cut short."""
    try:
        import pyfixest
    except ImportError:
        raise NotAvailable(
            "The gravity equation needs the library pyfixest.", "pip install 'kzdata[gravity]'"
        ) from None
    formula = "y ~ " + " + ".join(names) + (" | " + " + ".join(fixed) if fixed else "")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            model: Any = pyfixest.fepois(
                formula,
                table,
                vcov={"CRV1": " + ".join(clusters)} if clusters else "hetero",
                ssc=pyfixest.ssc(k_adj=adjustment == "parameters", G_adj=True),
                weights="w" if "w" in table else None,
                fixef_rm="none",
                iwls_tol=_STEP,
                iwls_maxiter=_ITERATIONS,
                separation_check=["fe", "ir"] if thorough else ["fe"],
                demeaner=pyfixest.MapDemeaner(fixef_tol=_WITHIN),
            )
        except ValueError as wrong:
            if "collinear" not in str(wrong):
                raise
            raise Incomparable(
                "The effects leave nothing of any covariate, so none can be estimated.",
                "Take covariates that vary inside the effects, or fewer effects.",
            ) from None
    # pyfixest's own check of this comes after its last iteration and is never reached.
    if not model.convergence:
        raise NotAvailable(
            f"The fit did not converge in {_ITERATIONS} iterations.",
            "Look for covariates of wildly different sizes, or effects with few flows.",
        )
    cut = any("maximum number of iterations" in str(each.message) for each in said)
    return model, np.asarray(model.na_index, dtype=int), cut


def _read(
    model: Any,
    terms: tuple[str, ...],
    kept: np.ndarray,
    scale: float,
    spread: np.ndarray,
    unsettled: bool,
) -> Fit:
    found = list(model._coefnames)
    names = {f"x{k}": term for k, term in enumerate(terms)} | {"Intercept": CONSTANT}
    sizes = {f"x{k}": size for k, size in enumerate(spread)} | {"Intercept": 1.0}
    size = np.array([sizes[each] for each in found])
    coefficients = np.asarray(model._beta_hat, dtype=float) / size
    if "Intercept" in found:
        coefficients[found.index("Intercept")] += np.log(scale)
    covariance = np.asarray(model._vcov, dtype=float)
    covariance = np.where(abs(covariance) < _ROUNDING, 0.0, covariance)
    return Fit(
        terms=tuple(names[each] for each in found),
        coefficients=coefficients,
        covariance=covariance / np.outer(size, size),
        absorbed=tuple(term for k, term in enumerate(terms) if f"x{k}" not in found),
        kept=kept,
        log_mean=np.asarray(model.predict(type="link"), dtype=float) + np.log(scale),
        deviance=float(model.deviance * scale),
        unsettled=unsettled,
    )
