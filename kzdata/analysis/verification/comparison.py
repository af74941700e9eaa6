"""One published answer beside ours, and what it takes for the two to agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# What arithmetic may add to a tolerance: a figure halfway between two printed ones counts as both.
_ARITHMETIC = 1e-9


@dataclass(frozen=True)
class Comparison:
    """A quantity as published and as computed; of several cells, the one that is furthest off."""

    quantity: str
    published: float
    computed: float
    tolerance: float
    printed: str
    cells: int = 1
    at: str = ""

    @property
    def difference(self) -> float:
        """Computed less published."""
        return self.computed - self.published

    @property
    def holds(self) -> bool:
        """Whether the two agree within the tolerance; a missing figure agrees with nothing."""
        slack = _ARITHMETIC * max(self.tolerance, abs(self.published) * 1e-6)
        return bool(abs(self.difference) <= self.tolerance + slack)


@dataclass(frozen=True)
class Check:
    """A published example that can be run again; ``run`` gets the folder of ``files``.

    ``folder`` is the one below ``oracles`` that holds ``files``, None for what the repository
    carries. ``needs`` names libraries beyond those that kzdata always has.
    """

    name: str
    title: str
    source: str
    run: Callable[[Path], Iterable[Comparison]]
    folder: str | None = None
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def figure(
    quantity: str, printed: str, computed: Any, *, tolerance: float | None = None
) -> Comparison:
    """A printed figure; by default ours has to round to it."""
    published = float(printed)
    if tolerance is None:
        decimals = len(printed.partition(".")[2])
        tolerance = 0.5 * 10.0**-decimals
    return Comparison(quantity, published, float(computed), tolerance, printed)


def worst(
    quantity: str,
    published: ArrayLike,
    computed: ArrayLike,
    labels: Iterable[object],
    tolerance: float,
    *,
    relative: bool = False,
) -> Comparison:
    """Many figures, by the one furthest off; ``relative`` to each published figure where asked."""
    there, ours = np.asarray(published, dtype=float), np.asarray(computed, dtype=float)
    if len(there) != len(ours) or not len(there):
        return Comparison(quantity, np.nan, np.nan, tolerance, f"{len(there)} figures")
    allowed = tolerance * np.abs(there) if relative else np.full(len(there), tolerance)
    off = np.abs(ours - there) - allowed
    place = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    at = str(list(labels)[place])
    return Comparison(
        quantity, there[place], ours[place], float(allowed[place]), f"{there[place]:.12g}",
        len(there), at,
    )  # fmt: skip
