"""Poisson fits to many draws from the same flows, started where all of them together ended.

A bootstrap refits the same equation a few hundred times. Started at the fit to all flows, Newton's
method needs a handful of steps, each one sparse factorisation; setting up each draw afresh costs
five to ten times more. The fit itself stays with pyfixest, and a test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kzdata.gravitation.dyads import Dyads

# Effects are known up to a constant, so the equations are singular; a share of the diagonal this
# small lets them be solved, and steps of refinement take its trace out again.
_RIDGE = 1e-9
_REFINEMENTS = 3
# How far a combination of fitted rows may miss the row wanted, relative to that row.
_MISS = 1e-6
_STEPS, _SETTLED = 40, 1e-9
# A mean this far below the average flow is zero.
_NOTHING = 1e-10


@dataclass(frozen=True)
class Equations:
    """Fitted rows and wanted rows over the same columns: covariates, then one an effect's level.

    ``levels`` has, by effect, the level of each fitted row; ``known`` marks the wanted rows whose
    levels all occur among the fitted ones.
    """

    fitted: Any
    wanted: Any
    value: np.ndarray
    levels: list[np.ndarray]
    known: np.ndarray


def equations(fitted: Dyads, wanted: Dyads) -> Equations:
    """The equations of a fit to ``fitted`` that is to say the mean of ``wanted``."""
    from scipy import sparse

    spread = fitted.x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    rows, targets = [sparse.csr_array(fitted.x / spread)], [sparse.csr_array(wanted.x / spread)]
    levels, known = [], np.ones(len(wanted.value), dtype=bool)
    for name, code in fitted.effects.items():
        names, level = np.unique(code, return_inverse=True)
        place = np.minimum(np.searchsorted(names, wanted.effects[name]), len(names) - 1)
        known &= names[place] == wanted.effects[name]
        rows.append(_dummies(level, len(names)))
        targets.append(_dummies(place, len(names)))
        levels.append(level)
    if not levels:
        rows.append(sparse.csr_array(np.ones((len(fitted.value), 1))))
        targets.append(sparse.csr_array(np.ones((len(wanted.value), 1))))
    scale = fitted.value.mean()
    return Equations(
        sparse.hstack(rows).tocsr(), sparse.hstack(targets).tocsr(), fitted.value / scale, levels,
        known,
    )  # fmt: skip


def _dummies(code: np.ndarray, levels: int) -> Any:
    from scipy import sparse

    place = (np.arange(len(code)), code)
    return sparse.csr_array((np.ones(len(code)), place), shape=(len(code), levels))


def log_mean(
    system: Equations, start: np.ndarray, scale: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """ln μ of the wanted rows after a fit with ``weights``, NaN where it does not determine them.

    ``start`` is ln μ of the fitted rows to begin from, ``scale`` the mean of their value. A wanted
    row is determined where it is a combination of fitted rows; its ln μ is that combination of
    theirs. That asks for no choice of a base effect.
    """
    weights = np.ones(len(system.value)) if weights is None else weights
    held = _with_flow(system, weights)
    found = np.full(system.wanted.shape[0], np.nan)
    if not held.any():
        return found
    design, value, weights = system.fitted[held], system.value[held], weights[held]
    index = start[held] - np.log(scale)
    for _ in range(_STEPS):
        mean = np.exp(np.clip(index, -700, 700))
        solve = _solver(design, weights * mean)
        if solve is None:
            return found
        step = design @ solve(design.T @ (weights * (value - mean)))
        index = index + np.clip(step, -5, 5)
        # A mean that goes to zero, because nothing above zero shares its covariates, never settles.
        if np.abs(step[mean > _NOTHING]).max(initial=0.0) < _SETTLED:
            break
    else:
        return found
    weight = weights * np.exp(index)
    for n in np.flatnonzero(system.known):
        target = system.wanted[[n]].toarray().ravel()
        combination = solve(target)
        for _ in range(_REFINEMENTS):
            combination += solve(target - design.T @ (weight * (design @ combination)))
        rest = target - design.T @ (weight * (design @ combination))
        if np.linalg.norm(rest) <= _MISS * np.linalg.norm(target):
            found[n] = (weight * (design @ combination)) @ index + np.log(scale)
    return found


def _with_flow(system: Equations, weights: np.ndarray) -> np.ndarray:
    """The rows drawn, but for those of an effect that has no flow above zero among them."""
    held = weights > 0
    while True:
        flow = np.where(held, weights * system.value, 0.0)
        alive = held.copy()
        for level in system.levels:
            alive &= np.bincount(level, flow)[level] > 0
        if (alive == held).all():
            return held
        held = alive


def _solver(design: Any, weight: np.ndarray) -> Any:
    """A function that solves (A′WA) u = b, or None where that has no solution at all."""
    from scipy import sparse
    from scipy.sparse.linalg import splu

    normal = (design.T @ (design * weight[:, None])).tocsc()
    diagonal = normal.diagonal()
    # A column without rows in this draw has nothing to say and must not stop the others.
    diagonal = np.where(diagonal > 0, diagonal, diagonal.max())
    try:
        return splu(normal + _RIDGE * sparse.diags_array(diagonal, format="csc")).solve
    except RuntimeError:
        return None
