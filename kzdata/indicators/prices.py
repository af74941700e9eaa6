"""Unit-value indices of trade, and the terms of trade that they give."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kzdata.errors import KzdataError, NotAvailable, UnitMismatch
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio

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
    def of(
        cls,
        value: np.ndarray,
        quantity: np.ndarray,
        total: np.ndarray,
        trim: float | None = None,
    ) -> Items:
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


_MONEY = re.compile(r"[A-Z]{3}$")


def price_index(
    frame: pd.DataFrame,
    method: str = "fisher",
    *,
    chained: bool = True,
    base: str | None = None,
    trim: float | None = None,
) -> pd.DataFrame:
    """Unit-value index of the products of each group of reporter, partner and flow; base = 100.

    Takes two rows per cell, one in a currency and one in a quantity (kg, t, …); the unit value is
    p = value / quantity. ``laspeyres`` Σ p1 q0 / Σ p0 q0; ``paasche`` Σ p1 q1 / Σ p0 q1;
    ``fisher`` the root of their product; ``tornqvist`` Π (p1/p0)^((s0 + s1) / 2);
    ``geks`` and ``geks_tornqvist`` the geometric mean over every period l of (P_0l P_lt) with
    Fisher or Törnqvist, which has no chain drift. ``chained`` multiplies the links of
    neighbouring periods, else each period is compared with ``base`` (the first period).

    Only products with both figures in both periods enter; ``matched_share`` is their part of the
    period's value. ``trim`` leaves out unit values that lie over ``trim`` × MAD from the median
    of ln p of their product. Unit values are not prices: a change of mix inside a product moves
    them. Missing, with the reason in ``note``: no product matched, or a link of the chain missing.
    Raises `UnitMismatch` for several currencies or a product in several quantity units,
    `NotAvailable` without quantities. Sources: IMF Export and Import Price Index Manual; Diewert.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["27", "2023", 100.0, 10.0], ["27", "2024", 99.0, 9.0]]
    >>> cells += [["10", "2023", 50.0, 25.0], ["10", "2024", 60.0, 24.0]]
    >>> wide = pd.DataFrame(cells, columns=["product", "period", "USD", "t"])
    >>> wide = wide.assign(reporter="KAZ", partner="ISR", flow="X")
    >>> trade = wide.melt(["reporter", "partner", "flow", "product", "period"], var_name="unit")
    >>> kz.price_index(trade)[["period", "price_index"]].round(2)
      period  price_index
    0   2023       100.00
    1   2024       115.11
    """
    validation.choice("method", method, METHODS)
    wide = _unit_values(frame)
    group = [key for key in ("reporter", "partner", "flow") if key in wide.columns]
    ordered = validation.in_order(pd.unique(wide["period"]))
    if base is not None and base not in ordered:
        validation.pairs(ordered, base)
    validation.no_nesting(pd.unique(wide["product"]), "product")
    if trim is not None and not trim > 0:
        raise KzdataError(f"trim={trim} leaves nothing.", "Give a number above zero, such as 3.5.")
    # Codes once, then plain arrays: a frame may hold tens of thousands of pairs.
    wide = wide.sort_values(group, ignore_index=True)
    product = pd.factorize(wide["product"])[0]
    place = pd.Index(ordered).get_indexer(pd.Index(wide["period"]))
    figures = wide[["value", "value_q"]].to_numpy()
    starts = np.flatnonzero((wide[group] != wide[group].shift()).any(axis=1).to_numpy())
    wanted = ordered.index(base) if base is not None else -1
    found = []
    for first, last in zip(starts, [*starts[1:], len(wide)], strict=True):
        rows = slice(first, last)
        held, at = np.unique(place[rows], return_inverse=True)
        items = _items(at, product[rows], figures[rows], len(held), trim)
        based = base is None or wanted in held
        start = int(np.searchsorted(held, wanted)) if base is not None and based else 0
        value, matched = _series(items, method, chained, start)
        constant = np.ones(len(held))
        base_at = held[start] if based else wanted
        found.append(
            (
                np.array(
                    [first * constant, held, value, matched, base_at * constant, based * constant]
                ),
                items.trimmed,
            )
        )
    first_row, period, value, matched, base_place, based = np.hstack([each for each, _ in found])
    number, note = because(
        value,
        (based == 0, "no figures for the base"),
        (np.isnan(value) & (matched == 0), "no product is matched"),
        (np.isnan(value), "a link of the chain is missing"),
    )
    cut = np.concatenate([each for _, each in found])
    for row in np.flatnonzero((cut > 0) & (note == "")):
        note[row] = f"{cut[row]} of the products trimmed"
    how = "all periods" if method.startswith("geks") else "chained" if chained else "fixed base"
    names = np.array(ordered, dtype=object)
    result = wide.loc[first_row.astype(int), group].reset_index(drop=True)
    result = result.assign(
        period=names[period.astype(int)],
        base_period=names[base_place.astype(int)],
        price_index=number,
        matched_share=np.where(based == 0, np.nan, matched),
        variant=f"{method}, {how}, base = 100",
        note=note,
    )
    return cited(result, frame, *group)


def terms_of_trade(
    frame: pd.DataFrame, method: str = "fisher", *, chained: bool = True, base: str | None = None
) -> pd.DataFrame:
    """Net barter terms of trade: 100 × unit-value index of exports / that of imports.

    Arguments and input as in `price_index`, with both flows; both indices have one base period.
    Missing, with the reason in ``note``, where one of the two is. Source: UNCTAD.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["X", "2023", 100.0, 10.0], ["X", "2024", 99.0, 9.0]]
    >>> cells += [["M", "2023", 50.0, 25.0], ["M", "2024", 60.0, 24.0]]
    >>> wide = pd.DataFrame(cells, columns=["flow", "period", "USD", "t"])
    >>> wide = wide.assign(reporter="KAZ", partner="ISR", product="27")
    >>> trade = wide.melt(["reporter", "partner", "flow", "product", "period"], var_name="unit")
    >>> kz.terms_of_trade(trade)[["period", "terms_of_trade"]].round(2)
      period  terms_of_trade
    0   2023           100.0
    1   2024            88.0
    """
    validation.columns(frame, ["flow", "period"])
    frame = frame[frame["flow"].isin(["X", "M"])]
    held = [set(frame.loc[frame["flow"] == flow, "period"]) for flow in ("X", "M")]
    common = held[0] & held[1]
    if not common:
        raise NotAvailable(
            "The exports and the imports have no period in common.",
            'Look at both: frame.groupby("flow")["period"].unique()',
        )
    frame = frame[frame["period"].isin(list(common))]
    both = price_index(
        frame, method, chained=chained, base=base or min(validation.in_order(common))
    )
    keys = [key for key in ("reporter", "partner", "period") if key in both.columns]
    x, m = (
        both[both["flow"] == flow].drop(
            columns=["flow", "matched_share", "source"], errors="ignore"
        )
        for flow in ("X", "M")
    )
    sides = x.merge(m, on=keys, how="outer", suffixes=("", "_m")).sort_values(
        keys, ignore_index=True
    )
    exports, imports = sides["price_index"].to_numpy(), sides["price_index_m"].to_numpy()
    value, note = because(
        100 * ratio(exports, imports),
        (np.isnan(exports), "the index of exports is missing"),
        (np.isnan(imports), "the index of imports is missing"),
    )
    result = sides[[*keys, "base_period"]].assign(
        terms_of_trade=value, variant=both["variant"].iloc[0], note=note
    )
    return cited(result, frame, *(key for key in keys if key != "period"))


def _unit_values(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per cell with value v and quantity q, NaN where one is not given."""
    needs = ["reporter", "flow", "product", "period", "unit"]
    checked = validation.measured(frame, needs, mixed=["unit"])
    money = checked["unit"].map({u: bool(_MONEY.match(str(u))) for u in checked["unit"].unique()})
    values, quantities = checked[money.astype(bool)], checked[~money.astype(bool)]
    if values.empty or quantities.empty:
        raise NotAvailable(
            f"A unit value needs {'quantities' if quantities.empty else 'values'}; the frame's "
            f"units are {', '.join(sorted(map(str, checked['unit'].unique())))}.",
            "Give each cell two rows: one in a currency, one in kg, t or another quantity.",
        )
    if len(currencies := sorted(values["unit"].unique())) > 1:
        raise UnitMismatch(
            f"The values are in {' and '.join(currencies)}.",
            f'Choose one: frame[frame["unit"] != "{currencies[0]}"]',
        )
    units = quantities.groupby("product")["unit"].nunique()
    if (units > 1).any():
        product = units.idxmax()
        named = quantities.loc[quantities["product"] == product, "unit"].unique()
        raise UnitMismatch(
            f"The quantities of {product} are in {' and '.join(sorted(named))}.",
            "Convert them to one unit, or leave the product out.",
        )
    for side in (values, quantities):
        Cells(side, validation.KEYS).once()
    keys = [key for key in validation.KEYS if key in checked.columns]
    return values[[*keys, "value"]].merge(
        quantities[[*keys, "value"]], on=keys, how="outer", suffixes=("", "_q")
    )


def _items(
    place: np.ndarray, product: np.ndarray, figures: np.ndarray, length: int, trim: float | None
) -> Items:
    """Rows of one group as arrays of ``length`` periods × products."""
    products, which = np.unique(product, return_inverse=True)
    value, quantity = np.full((2, length, len(products)), np.nan)
    value[place, which], quantity[place, which] = figures[:, 0], figures[:, 1]
    total = np.bincount(place, figures[:, 0], minlength=length)
    return Items.of(value, quantity, total, trim)


def _series(items: Items, method: str, chained: bool, start: int) -> tuple[np.ndarray, np.ndarray]:
    """The index with 100 in the base period, and the matched share of each period's value."""
    relatives = price_relatives(items, method)
    matched = items.matched_share()
    number = np.arange(len(relatives))
    if method.startswith("geks"):
        return 100 * relatives[start], matched[start]
    if not chained:
        return 100 * relatives[start], matched[start]
    links = np.concatenate([[1.0], relatives[number[:-1], number[1:]]])
    level = np.cumprod(links)
    if np.isnan(level[start]):
        return np.full(len(level), np.nan), matched[np.maximum(number - 1, 0), number]
    return 100 * level / level[start], matched[np.maximum(number - 1, 0), number]
