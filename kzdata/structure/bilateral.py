"""Price indices between every two periods of one set of products, by matrix products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kzdata.structure.cells import ratio

METHODS = ("laspeyres", "paasche", "fisher", "tornqvist", "geks", "geks_tornqvist")


@dataclass(frozen=True)
class Items:
    """Values v, quantities q and unit values p by period and product; zero where not ``used``."""

    v: np.ndarray
    q: np.ndarray
    p: np.ndarray
    used: np.ndarray
    total: np.ndarray
    trimmed: np.ndarray

    @classmethod
    def of(cls, value: np.ndarray, quantity: np.ndarray, total: np.ndarray, trim=None) -> Items:
        """From arrays of periods × products, NaN where not given; ``total`` value by period."""
        used = (value > 0) & (quantity > 0)
        log = np.full(value.shape, np.nan)
        log[used] = np.log(value[used] / quantity[used])
        trimmed = np.zeros(len(value), dtype=int)
        if trim is not None:
            far = _far(log, trim)
            trimmed, used = far.sum(axis=1), used & ~far
        v, q = np.where(used, value, 0.0), np.where(used, quantity, 0.0)
        return cls(v, q, np.where(used, ratio(v, q), 0.0), used, total, trimmed)

    def matched_share(self) -> np.ndarray:
        """[s, t]: the part of the value of period t that is in products used in both s and t."""
        return ratio(
            self.used.astype(float) @ self.v.T, np.broadcast_to(self.total, (len(self.v),) * 2)
        )


def _far(log: np.ndarray, trim: float) -> np.ndarray:
    """Which ln unit values lie more than ``trim`` × MAD from their product's median."""
    far = np.zeros(log.shape, dtype=bool)
    for column in range(log.shape[1]):
        known = ~np.isnan(log[:, column])
        if known.any():
            gap = np.abs(log[known, column] - np.median(log[known, column]))
            far[known, column] = gap > trim * np.median(gap) if np.median(gap) > 0 else False
    return far


def price_relatives(items: Items, method: str) -> np.ndarray:
    """[s, t]: the price index of period t on period s; NaN where no product is in both."""
    if method.startswith("geks"):
        single = price_relatives(items, "tornqvist" if method == "geks_tornqvist" else "fisher")
        log = np.log(single)
        # ln P_st is the mean over every l of ln P_sl + ln P_lt; a missing pair makes it missing.
        return np.exp(log.mean(axis=1)[:, None] + log.mean(axis=0)[None, :])
    used = items.used.astype(float)
    if method == "tornqvist":
        return np.exp(_log_tornqvist(items, used))
    laspeyres = ratio(items.q @ items.p.T, items.v @ used.T)
    paasche = ratio(used @ items.v.T, items.p @ items.q.T)
    if method == "laspeyres":
        return laspeyres
    return paasche if method == "paasche" else np.sqrt(laspeyres * paasche)


def _log_tornqvist(items: Items, used: np.ndarray) -> np.ndarray:
    """½ Σ (s_s + s_t)(ln p_t − ln p_s), with the shares of the matched products."""
    log = np.log(np.where(items.used, items.p, 1.0))
    own = items.v @ used.T  # [s, t]: value of s in products used in both
    weighted = (items.v * log) @ used.T  # [s, t]: Σ v_s ln p_s over the matched
    crossed = items.v @ log.T  # [s, t]: Σ v_s ln p_t over the matched
    forward = ratio(crossed - weighted, own)
    return 0.5 * (forward - forward.T)
