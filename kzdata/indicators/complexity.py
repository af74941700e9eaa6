"""Economic complexity: ECI and PCI, density, and the outlook that they give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.advantage import advantages
from kzdata.indicators.grouping import Cells, because, cited
from kzdata.model.codes import NOT_APPLICABLE, WORLD

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
    exports = validation.side(frame, "X", ["reporter", "product"], what=what)
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


PCI_SCALES = ("eci", "own")

OUTLOOK_SCALES = ("growth_lab", "plain")


def complexity(frame: pd.DataFrame, pci_scale: str = "eci") -> pd.DataFrame:
    """Economic and product complexity: second eigenvectors of the network of RCA ≥ 1.

    Takes exports (flow X) by reporter and product; RCA and its universe as in `rca`. ``eci`` stands
    in rows of a reporter (product ``_Z``), with ``diversity``; ``pci`` in rows of a product
    (reporter ``_Z``), with ``ubiquity``. ECI has mean 0 and standard deviation 1 over reporters
    (divided by n), its sign from the correlation with diversity. ``pci_scale="eci"`` puts PCI on
    the scale of ECI, so that ECI is the mean PCI of what a reporter has; ``"own"`` gives PCI a mean
    of 0 and a deviation of 1.

    Leave out tiny economies first: one with five products can rank above Japan. Missing, with the
    reason in ``note``: a missing part in the period, a network in separate parts, tied
    eigenvectors, no advantage in anything. Raises `NotAvailable` for fewer than three reporters.
    Sources: Hidalgo and Hausmann (2009); Hausmann et al. (2014).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> sold = {"KAZ": [8.0, 4, 1, 0], "TUR": [1.0, 5, 4, 1]}
    >>> sold |= {"ISR": [0.0, 1, 5, 6], "JPN": [0.0, 0, 3, 9]}
    >>> wide = pd.DataFrame(sold, index=["27", "10", "84", "85"]).rename_axis("product")
    >>> exports = wide.melt(var_name="reporter", ignore_index=False).reset_index()
    >>> found = kz.complexity(exports)
    >>> found.loc[found["product"] == "_Z", ["reporter", "eci", "diversity"]].round(2)
      reporter   eci  diversity
    0      ISR -0.67        2.0
    1      JPN -1.18        1.0
    2      KAZ  1.39        2.0
    3      TUR  0.47        2.0
    """
    validation.choice("pci_scale", pci_scale, PCI_SCALES)
    found, exports = networks(frame, "Complexity")
    parts = []
    for network in found:
        raw = raw_complexity(network)
        eci, pci = _scaled(raw, pci_scale)
        parts.append(
            _rows(
                network,
                reporter=network.reporters,
                eci=eci,
                diversity=network.diversity,
                why=raw.why,
            )
        )
        parts.append(
            _rows(
                network, product=network.products, pci=pci, ubiquity=network.ubiquity, why=raw.why
            )
        )
    result = pd.concat(parts, ignore_index=True)
    named = ["eci", "pci", "diversity", "ubiquity", "variant", "note"]
    said = {"eci": "PCI on the scale of ECI", "own": "PCI on its own scale"}[pci_scale]
    result["variant"] = f"ECI and PCI, {said}; RCA ≥ 1; {found[0].variant}"
    keys = [key for key in ("reporter", "product", "period") if key in result.columns]
    return cited(result[[*keys, *named]], exports, "period")


def _rows(network: Network, why: str, **columns: Any) -> pd.DataFrame:
    made = {"reporter": NOT_APPLICABLE, "product": NOT_APPLICABLE, **network.period, **columns}
    score = next(name for name in ("eci", "pci") if name in columns)
    none = columns["diversity" if score == "eci" else "ubiquity"] == 0
    made[score], note = because(
        columns[score], (np.full(len(none), bool(why)), why), (none, "an advantage in nothing")
    )
    return pd.DataFrame(
        {
            "eci": np.nan,
            "pci": np.nan,
            "diversity": np.nan,
            "ubiquity": np.nan,
            **made,
            "note": note,
        }
    )


def _scaled(raw: Complexity, pci_scale: str) -> tuple[np.ndarray, np.ndarray]:
    if raw.why:
        return raw.eci, raw.pci
    mean, spread = np.nanmean(raw.eci), np.nanstd(raw.eci)
    eci = (raw.eci - mean) / spread
    if pci_scale == "eci":
        return eci, (raw.pci - mean) / spread
    return eci, (raw.pci - np.nanmean(raw.pci)) / np.nanstd(raw.pci)


def density(frame: pd.DataFrame) -> pd.DataFrame:
    """Density: how near a product is to what a reporter has, d_ik = Σ_l M_il φ_kl / Σ_l φ_kl.

    Takes exports as `complexity` does. φ_kl is the number of reporters with an advantage in both
    products over the larger of the two ubiquities. One row for every reporter and product, also
    those it does not export; ``density`` from 0 to 1, distance is 1 less it.

    Missing, with the reason in ``note``: a product in which nobody has an advantage, a period with
    a missing part. Source: Hidalgo, Klinger, Barabási and Hausmann (2007).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> sold = {"KAZ": [8.0, 4, 1, 0], "TUR": [1.0, 5, 4, 1]}
    >>> sold |= {"ISR": [0.0, 1, 5, 6], "JPN": [0.0, 0, 3, 9]}
    >>> wide = pd.DataFrame(sold, index=["27", "10", "84", "85"]).rename_axis("product")
    >>> exports = wide.melt(var_name="reporter", ignore_index=False).reset_index()
    >>> found = kz.density(exports)
    >>> found.loc[found["reporter"] == "KAZ", ["product", "density"]].round(2)
       product  density
    8       10     0.75
    9       27     1.00
    10      84     0.25
    11      85     0.00
    """
    found, exports = networks(frame, "Density")
    parts = []
    for network in found:
        value, _ = _density(network)
        parts.append(_grid(network, "density", value))
    result = pd.concat(parts, ignore_index=True)
    result.insert(len(result.columns) - 1, "variant", f"RCA ≥ 1; {found[0].variant}")
    return cited(result, exports, "period")


def _density(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """d and Σ_l φ_kl, NaN where nobody has an advantage in the product."""
    near, total = np.empty_like(network.m), np.empty(len(network.products))
    for block, phi in network.proximity():
        near[:, block], total[block] = network.m @ phi, phi.sum(axis=0)
    total[network.ubiquity == 0] = np.nan
    return near / total, total


def _grid(network: Network, name: str, value: np.ndarray, why: str = "") -> pd.DataFrame:
    none = np.broadcast_to(network.ubiquity == 0, value.shape).ravel()
    why = why or ("" if network.known else "exports of the period have a missing part")
    number, note = because(
        value.ravel(),
        (np.full(value.size, bool(why)), why),
        (none, "nobody has an advantage in the product"),
    )
    return pd.DataFrame(
        {
            "reporter": network.reporters.repeat(len(network.products)),
            "product": network.products[np.tile(np.arange(len(network.products)), len(value))],
            **network.period,
            name: number,
            "note": note,
        }
    )


def outlook(frame: pd.DataFrame, scale: str = "growth_lab") -> pd.DataFrame:
    """Complexity outlook: what a reporter does not have yet, how near and how complex it is.

    With M, φ and the density d as in `density`:
    ``coi`` COI_i = Σ_k d_ik (1 − M_ik) PCI_k stands in rows of a reporter (product ``_Z``);
    ``cog``, the gain from gaining k, COG_ik = (1 − M_ik) Σ_l (1 − M_il) φ_lk PCI_l / Σ_m φ_lm in
    rows of a reporter and product, 0 for what it has.

    ``growth_lab`` takes PCI as the unscaled eigenvector, gives COI a mean of 0 and a deviation of
    1, and divides COG by the deviation of the unscaled ECI, as the Growth Lab's program does;
    ``plain`` takes PCI on the scale of ECI and leaves both sums as they are. Missing values and
    errors as in `complexity`. Source: Hausmann et al. (2014), Atlas of Economic Complexity.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> sold = {"KAZ": [8.0, 4, 1, 0], "TUR": [1.0, 5, 4, 1]}
    >>> sold |= {"ISR": [0.0, 1, 5, 6], "JPN": [0.0, 0, 3, 9]}
    >>> wide = pd.DataFrame(sold, index=["27", "10", "84", "85"]).rename_axis("product")
    >>> exports = wide.melt(var_name="reporter", ignore_index=False).reset_index()
    >>> found = kz.outlook(exports)
    >>> found.loc[found["product"] == "_Z", ["reporter", "coi"]].round(2)
      reporter   coi
    0      ISR  1.57
    1      JPN -0.87
    2      KAZ -0.87
    3      TUR  0.16
    """
    validation.choice("scale", scale, OUTLOOK_SCALES)
    found, exports = networks(frame, "The outlook")
    parts = []
    for network in found:
        raw = raw_complexity(network)
        coi, cog = _outlook(network, raw, scale)
        coi, note = because(coi, (np.full(len(coi), bool(raw.why)), raw.why))
        head = {"reporter": network.reporters, "product": NOT_APPLICABLE, **network.period}
        parts.append(pd.DataFrame({**head, "coi": coi, "cog": np.nan, "note": note}))
        parts.append(_grid(network, "cog", cog, raw.why).assign(coi=np.nan))
    result = pd.concat(parts, ignore_index=True).assign(
        variant=f"{scale}; RCA ≥ 1; {found[0].variant}"
    )
    keys = [key for key in ("reporter", "product", "period") if key in result.columns]
    return cited(result[[*keys, "coi", "cog", "variant", "note"]], exports, "period")


def _outlook(network: Network, raw: Complexity, scale: str) -> tuple[np.ndarray, np.ndarray]:
    if raw.why:
        return np.full(len(network.reporters), np.nan), np.full(network.m.shape, np.nan)
    pci = raw.pci if scale == "growth_lab" else _scaled(raw, "eci")[1]
    lacking = 1 - network.m
    near, total = _density(network)
    pci, weight = np.nan_to_num(pci), np.nan_to_num(pci / total)
    coi = (np.nan_to_num(near) * lacking) @ pci
    cog = np.empty_like(network.m)
    source = lacking * weight
    for block, phi in network.proximity():
        cog[:, block] = source @ phi
    cog *= lacking
    if scale == "growth_lab":
        coi = (coi - coi.mean()) / coi.std()
        cog = cog / np.nanstd(raw.eci)
    return coi, cog
