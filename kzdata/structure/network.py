"""The matrix of who exports what with advantage, and the proximity of products in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kzdata.codes import WORLD
from kzdata.errors import NotAvailable
from kzdata.structure import inputs
from kzdata.structure.advantage import advantages
from kzdata.structure.cells import Cells

# RCA of exactly 1 must not depend on the last bit, or a change of unit would move an economy.
ROUNDING = 1e-12
_BLOCK = 1024


@dataclass(frozen=True)
class Network:
    """One period. ``m`` is 1 where RCA ≥ 1: a row per reporter, a column per product."""

    period: dict[str, str]
    reporters: pd.Index
    products: pd.Index
    m: np.ndarray
    known: bool
    variant: str

    @property
    def diversity(self) -> np.ndarray:
        """In how many products each reporter has an advantage."""
        return self.m.sum(axis=1)

    @property
    def ubiquity(self) -> np.ndarray:
        """How many reporters have an advantage in each product."""
        return self.m.sum(axis=0)

    def proximity(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Blocks of columns of φ_kl, the reporters that export both over the larger ubiquity.

        Products in which nobody has an advantage have proximity zero to all.
        """
        u = self.ubiquity
        for start in range(0, len(u), _BLOCK):
            block = slice(start, min(start + _BLOCK, len(u)))
            together = self.m.T @ self.m[:, block]
            together /= np.maximum(np.maximum(u[:, None], u[None, block]), 1)
            yield block, together


def networks(frame: pd.DataFrame, what: str) -> tuple[list[Network], pd.DataFrame]:
    """The network of each period of exports by reporter and product, and the exports used."""
    exports = inputs.side(frame, "X", ["reporter", "product"], what=what)
    cells = Cells.summed(exports, ["reporter", "product", "period"])
    world = cells.has("reporter", WORLD)
    if len(cells.labels["reporter"]) - bool(world.any()) < 3:
        raise NotAvailable(
            f"{what} compares economies; the frame has "
            f"{', '.join(map(str, cells.labels['reporter']))}.",
            "Add the exports of every reporter of the universe.",
        )
    value, _, variant = advantages(cells, world)
    code, _ = cells.group("period")
    found = []
    for number, period in enumerate(cells.labels.get("period", pd.Index([""]))):
        rows = np.flatnonzero((code == number) & ~world)
        products = cells.labels["product"]
        here, who = np.unique(cells.code("reporter")[rows], return_inverse=True)
        listed, which = np.unique(cells.code("product")[rows], return_inverse=True)
        m = np.zeros((len(here), len(listed)))
        m[who, which] = value[rows] >= 1 - ROUNDING
        key = {"period": period} if "period" in cells.labels else {}
        known = not np.isnan(cells.value[code == number]).any()
        reporters = cells.labels["reporter"][here]
        found.append(Network(key, reporters, products[listed], m, known, variant))
    return found, exports


@dataclass(frozen=True)
class Complexity:
    """ECI and PCI of a network before they are put on a scale, and why they may be missing."""

    eci: np.ndarray
    pci: np.ndarray
    why: str


def raw_complexity(network: Network) -> Complexity:
    """The second eigenvector of D⁻¹ M U⁻¹ Mᵀ, positively correlated with diversity.

    Solved in the symmetric form D^-½ M U⁻¹ Mᵀ D^-½, which has the same eigenvalues, on the smaller
    of the two sides. Reporters and products without any advantage have NaN.
    """
    d, u = network.diversity, network.ubiquity
    rows, columns = d > 0, u > 0
    eci, pci = np.full(len(d), np.nan), np.full(len(u), np.nan)
    if not network.known:
        return Complexity(eci, pci, "exports of the period have a missing part")
    if rows.sum() < 3 or columns.sum() < 3:
        return Complexity(eci, pci, "fewer than three reporters or products have an advantage")
    m = network.m[np.ix_(rows, columns)]
    half = m / np.sqrt(d[rows])[:, None] / np.sqrt(u[columns])[None, :]
    wide = half.shape[0] <= half.shape[1]
    values, vectors = np.linalg.eigh(half @ half.T if wide else half.T @ half)
    if values[-2] > 1 - 1e-9:
        return Complexity(eci, pci, "the network falls into parts that share no product")
    if values[-2] < 1e-9 or values[-2] - values[-3] < 1e-9:
        return Complexity(eci, pci, "two eigenvectors are tied, so none is the second")
    vector = vectors[:, -2]
    left = half @ vector if not wide else vector
    kp = (half.T @ left) / np.sqrt(u[columns])
    kc = (m @ kp) / d[rows]
    spread = d[rows] - d[rows].mean()
    sign = spread @ (kc - kc.mean())
    if abs(sign) < 1e-9 * np.linalg.norm(spread) * np.linalg.norm(kc) or not spread.any():
        return Complexity(eci, pci, "diversity does not tell which end is complex")
    eci[rows], pci[columns] = np.sign(sign) * kc, np.sign(sign) * kp
    return Complexity(eci, pci, "")
