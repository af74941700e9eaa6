"""The smallest value of a function on an interval: a grid, golden section, and a polish.

The last step matters: near a minimum a function is flat, so comparing its values leaves half of
the digits of the argument to rounding. The root of the slope of a polynomial through points
around it does not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_STEPS = 80
_TURNS = 24  # 0.618^24 < 1e-5 of the bracket; the polish does the rest
_GOLDEN = (5**0.5 - 1) / 2
_DEGREE = 8


def smallest(function: Callable[[float], float], low: float, high: float) -> float:
    """The argument in [low, high] at which ``function`` is smallest.

    A local search alone can stop at the wrong end: likelihoods of ρ have several peaks. The ends
    themselves are candidates.
    """
    grid = np.linspace(low, high, _STEPS + 1)
    values = [function(float(at)) for at in grid]
    best = int(np.argmin(values))
    a, b = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, _STEPS)])
    c, d = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
    at_c, at_d = function(c), function(d)
    for _ in range(_TURNS):
        if at_c <= at_d:
            b, d, at_d = d, c, at_c
            c = b - _GOLDEN * (b - a)
            at_c = function(c)
        else:
            a, c, at_c = c, d, at_d
            d = a + _GOLDEN * (b - a)
            at_d = function(d)
    inner = (a + b) / 2
    end = min((low, high), key=function)
    if function(end) <= function(inner):
        return end
    return _polished(function, inner, min(inner - low, high - inner, (high - low) / (2 * _STEPS)))


def _polished(function: Callable[[float], float], at: float, reach: float) -> float:
    """``at``, moved to where the slope of an interpolating polynomial is zero."""
    nodes = np.cos(np.pi * (np.arange(2 * _DEGREE) + 0.5) / (2 * _DEGREE))
    values = np.array([function(at + reach * float(node)) for node in nodes])
    curve = np.polynomial.Chebyshev.fit(nodes, values - values.min(), _DEGREE, domain=[-1, 1])
    roots = curve.deriv().roots()
    real = roots.real[(abs(roots.imag) < 1e-9) & (abs(roots.real) < 0.5)]
    return at + reach * float(real[np.argmin(abs(real))]) if len(real) else at
