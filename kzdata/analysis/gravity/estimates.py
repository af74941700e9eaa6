"""The gravity equation, estimated and examined."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from kzdata.analysis.gravity.dyads import PAIR, Dyads, dyads
from kzdata.analysis.gravity.fitting import ADJUSTMENTS, Fit, poisson
from kzdata.errors import KzdataError
from kzdata.model import contract

VARIANT = "PPML; effects: {effects}; errors: {errors}"

CLUSTERED = "clustered by {names}, {adjustment}"

ROBUST = "robust to heteroskedasticity, {adjustment}"

NONE = "none, a constant"

ABSORBED = "the effects or other covariates leave nothing of it"

NO_ERROR = "the residuals of the clusters cancel, so its error has no estimate"

NO_ZEROS = "the frame holds no zero flow; pairs that do not trade belong in it"


def gravity(
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    effects: Sequence[str] | None = None,
    cluster: str | Sequence[str] | None = PAIR,
    adjustment: str = "clusters",
    missing: str = "refuse",
    level: float = 0.95,
) -> pd.DataFrame:
    """The gravity equation E[x_ij] = exp(b′z_ij + a_i + c_j), by Poisson pseudo-maximum likelihood.

    Takes one flow by reporter and partner, and by period where there are several, with the
    ``covariates`` as columns of numbers (logarithms are taken by the caller). Zero flows belong in
    the frame and stay; flows that are missing are refused, or left out and counted
    (``missing="drop"``). ``effects`` are the fixed effects, names of columns joined by ``^``; by
    default the reporter and the partner, each by period where there are several, which holds
    multilateral resistance; ``()`` leaves a constant. ``cluster`` is ``pair`` (both directions,
    every period), the name of a column or several, or None for errors that are robust to
    heteroskedasticity alone. ``adjustment`` says what multiplies the variance: ``clusters``
    G / (G − 1), N / (N − 1) without clusters, as Stata's ppml and the published tables do;
    ``parameters`` also (N − 1) / (N − K), as fixest does.

    One row a term: estimate, std_error, z, p_value, lower and upper (normal, at ``level``), n,
    variant, note. A covariate of which the effects leave nothing has a missing estimate, a
    term whose clusters' residuals cancel a missing error.
    ``attrs["fit"]`` has n, zeros, dropped, ``separated`` (the keys of flows that a zero mean would
    fit perfectly, left out because their effect has no estimate), clusters, r2 (squared correlation
    of flow and fit), deviance, and ``reset``: the test of Ramsey as Santos Silva and Tenreyro use
    it, on the square of the fitted index; a small p_value says that the form is wrong. Where a few
    large flows decide, errors are too small and the test rejects too often.

    Raises `ContractError` for columns absent, a cell twice, infinite or missing figures,
    `MeasureMismatch` for several flows or totals among their parts, `Incomparable` where nothing
    is left to estimate, `NotAvailable` without pyfixest or convergence. Sources: Santos Silva and
    Tenreyro (2006); Correia, Guimarães and Zylkin (2020) for separation.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> flows = pd.DataFrame(
    ...     [["KAZ", "ISR", 2.0, 0], ["KAZ", "TUR", 4.0, 0], ["ISR", "KAZ", 6.0, 0]]
    ...     + [["ISR", "TUR", 10.0, 1], ["TUR", "KAZ", 0.0, 1], ["TUR", "ISR", 20.0, 1]],
    ...     columns=["reporter", "partner", "value", "agreement"],
    ... )
    >>> fitted = kz.gravity(flows.assign(unit="USD"), ["agreement"], effects=(), cluster=None)
    >>> fitted[["term", "estimate"]].round(3)
            term  estimate
    0   constant     1.386
    1  agreement     0.916
    """
    if not 0 < level < 1:
        raise KzdataError(f"level={level} is not a probability.", "Give one such as 0.95.")
    given = dyads(frame, covariates, effects=effects, cluster=cluster, missing=missing)
    fit = poisson(
        given.value, given.x, given.terms, given.effects, clusters=given.clusters,
        adjustment=adjustment,
    )  # fmt: skip
    table = _table(given, fit, level)
    table = table.assign(variant=_variant(given, adjustment), note=_notes(table, fit))
    made = table
    if "source" in given.rows.columns:
        made = table.assign(source=contract.join_sources(pd.unique(given.rows["source"])))
    made.attrs["fit"] = _examined(given, fit, adjustment)
    return made


def _table(given: Dyads, fit: Fit, level: float) -> pd.DataFrame:
    normal = NormalDist()
    reach = normal.inv_cdf((1 + level) / 2)
    variance = np.diag(fit.covariance)
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    found = pd.DataFrame(
        {"estimate": fit.coefficients, "std_error": error}, index=list(fit.terms)
    ).reindex([*(term for term in fit.terms if term not in given.terms), *given.terms])
    found["z"] = found["estimate"] / found["std_error"]
    found["p_value"] = [_two_sided(z) for z in found["z"]]
    found["lower"] = found["estimate"] - reach * found["std_error"]
    found["upper"] = found["estimate"] + reach * found["std_error"]
    return found.rename_axis("term").reset_index().assign(n=int(fit.kept.sum()))


def _two_sided(z: float) -> float:
    return float("nan") if np.isnan(z) else 2 * NormalDist().cdf(-abs(float(z)))


def _notes(table: pd.DataFrame, fit: Fit) -> list[str]:
    return [
        ABSORBED if term in fit.absorbed else NO_ERROR if np.isnan(error) else ""
        for term, error in zip(table["term"], table["std_error"], strict=True)
    ]


def _variant(given: Dyads, adjustment: str) -> str:
    clustered, robust = ADJUSTMENTS[adjustment]
    errors = ROBUST.format(adjustment=robust)
    if given.clusters:
        errors = CLUSTERED.format(names=" and ".join(given.clusters), adjustment=clustered)
    return VARIANT.format(effects=" + ".join(given.effects) or NONE, errors=errors)


def _examined(given: Dyads, fit: Fit, adjustment: str) -> dict[str, Any]:
    held = given.of(fit.kept)
    mean = np.exp(fit.log_mean)
    zeros = int((given.value == 0).sum())
    return {
        "n": len(held.value),
        "zeros": zeros,
        "dropped": given.dropped,
        "separated": given.cells(~fit.kept),
        "separation_settled": not fit.unsettled,
        "effects": {name: len(np.unique(code)) for name, code in held.effects.items()},
        "clusters": {name: len(np.unique(code)) for name, code in held.clusters.items()},
        "absorbed": list(fit.absorbed),
        "deviance": fit.deviance,
        "r2": float(np.corrcoef(held.value, mean)[0, 1] ** 2),
        "reset": _reset(held, fit, adjustment),
        "note": "" if zeros else NO_ZEROS,
    }


def _reset(held: Dyads, fit: Fit, adjustment: str) -> dict[str, float]:
    """The square of the fitted index as one more covariate, and whether it matters.

    The index is centred and scaled first: beside effects or a constant that changes the
    coefficient but not its test, and keeps the square apart from the index itself.
    """
    index = fit.log_mean
    square = ((index - index.mean()) / (index.std() or 1.0)) ** 2
    used = [held.terms.index(term) for term in fit.terms if term in held.terms]
    terms = ("square", *(held.terms[k] for k in used))
    x = np.column_stack([square, held.x[:, used]])
    again = poisson(
        held.value, x, terms, held.effects, clusters=held.clusters, adjustment=adjustment,
        thorough=False,
    )  # fmt: skip
    if "square" not in again.terms:
        return {"z": float("nan"), "p_value": float("nan")}
    place = again.terms.index("square")
    variance = again.covariance[place, place]
    z = float(again.coefficients[place] / np.sqrt(variance)) if variance > 0 else float("nan")
    return {"z": z, "p_value": _two_sided(z)}
