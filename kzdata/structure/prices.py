"""Unit-value indices of trade, and the terms of trade that they give."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from kzdata.errors import KzdataError, NotAvailable, UnitMismatch
from kzdata.structure import inputs, spans
from kzdata.structure.bilateral import METHODS, Items, price_relatives
from kzdata.structure.cells import Cells, because, cited, ratio

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
    """
    inputs.choice("method", method, METHODS)
    wide = _unit_values(frame)
    group = [key for key in ("reporter", "partner", "flow") if key in wide.columns]
    ordered = spans.in_order(pd.unique(wide["period"]))
    if base is not None and base not in ordered:
        spans.pairs(ordered, base)
    inputs.no_nesting(pd.unique(wide["product"]), "product")
    parts = []
    for key, rows in wide.groupby(group, sort=True):
        held = [period for period in ordered if period in set(rows["period"])]
        items = _items(rows, held, trim)
        start = held.index(base) if base in held else 0
        if base is not None and base not in held:
            value, matched = np.full(len(held), np.nan), np.full(len(held), np.nan)
        else:
            value, matched = _series(items, method, chained, start)
        number, note = because(
            value,
            (np.full(len(held), base is not None and base not in held), "no figures for the base"),
            (np.isnan(value) & (matched == 0), "no product is matched"),
            (np.isnan(value), "a link of the chain is missing"),
        )
        cut = items.trimmed
        made = pd.DataFrame({"period": held, "base_period": held[start]})
        made = made.assign(
            price_index=number,
            matched_share=matched,
            note=[
                n or (f"{c} of the products trimmed" if c else "")
                for n, c in zip(note, cut, strict=True)
            ],
        )
        parts.append(made.assign(**{k: str(v) for k, v in zip(group, key, strict=True)}))
    result = pd.concat(parts, ignore_index=True)
    how = "all periods" if method.startswith("geks") else "chained" if chained else "fixed base"
    result = result.assign(variant=f"{method}, {how}, base = 100")
    named = ["period", "base_period", "price_index", "matched_share", "variant", "note"]
    return cited(result[[*group, *named]], frame, *group)


def terms_of_trade(
    frame: pd.DataFrame, method: str = "fisher", *, chained: bool = True, base: str | None = None
) -> pd.DataFrame:
    """Net barter terms of trade: 100 × unit-value index of exports / that of imports.

    Arguments and input as in `price_index`, with both flows; both indices have one base period.
    Missing, with the reason in ``note``, where one of the two is. Source: UNCTAD.
    """
    inputs.columns(frame, ["flow", "period"])
    frame = frame[frame["flow"].isin(["X", "M"])]
    held = [set(frame.loc[frame["flow"] == flow, "period"]) for flow in ("X", "M")]
    common = held[0] & held[1]
    if not common:
        raise NotAvailable(
            "The exports and the imports have no period in common.",
            'Look at both: frame.groupby("flow")["period"].unique()',
        )
    frame = frame[frame["period"].isin(list(common))]
    both = price_index(frame, method, chained=chained, base=base or min(spans.in_order(common)))
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
    checked = inputs.measured(frame, needs, mixed=["unit"])
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
        Cells(side, inputs.KEYS).once()
    keys = [key for key in inputs.KEYS if key in checked.columns]
    return values[[*keys, "value"]].merge(
        quantities[[*keys, "value"]], on=keys, how="outer", suffixes=("", "_q")
    )


def _items(rows: pd.DataFrame, held: list[str], trim: float | None) -> Items:
    product, products = pd.factorize(rows["product"])
    place = pd.Index(held).get_indexer(pd.Index(rows["period"]))
    value, quantity = np.full((2, len(held), len(products)), np.nan)
    value[place, product], quantity[place, product] = rows["value"], rows["value_q"]
    if trim is not None and not trim > 0:
        raise KzdataError(f"trim={trim} leaves nothing.", "Give a number above zero, such as 3.5.")
    total = np.bincount(place, rows["value"], minlength=len(held))
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
