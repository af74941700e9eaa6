"""Where a change in trade comes from: contributions, and constant market shares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import ContractError, NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio
from kzdata.model.codes import WORLD

OVER = ("product", "partner")

ORDERS = ("product_first", "market_first")

COMPONENTS = ["growth", "product", "market", "competitiveness", "new", "change"]


def contribution(
    frame: pd.DataFrame, over: str = "product", base: str | None = None
) -> pd.DataFrame:
    """Contribution of each product or partner to growth: c_k = 100 (V1_k − V0_k) / V0.

    In percentage points (unit ``pp``) of the growth of the group of the other keys, and adding up
    to it. The base is the same span a year earlier, or the period ``base``. What is listed in one
    of the two periods only is new or gone and counts with zero in the other.

    Missing, with the reason in ``note``: no figures for the base, a base total that is not above
    zero, or a part of either total missing. Raises `PeriodMismatch` for spans of several lengths.

    >>> import kzdata as kz
    >>> exports = kz.observations("KAZ", flow="X", start=2023, end=2024, freq="A")
    >>> found = kz.contribution(exports, "partner").query("period == '2024'")
    >>> found.nlargest(2, "contribution")[["partner", "contribution", "unit"]].round(1)
       partner  contribution unit
    15     ITA           7.4   pp
    20     USA           0.9   pp
    """
    validation.choice("over", over, OVER)
    checked = validation.measured(frame, ["reporter", over, "period"])
    parts = Cells.summed(checked, validation.KEYS)
    listed = parts.frame().assign(value=parts.value)
    group = [key for key in parts.keys if key not in (over, "period")]
    found = []
    for period, before in validation.pairs(parts.labels["period"], base):
        now, then = (listed[listed["period"] == p].drop(columns="period") for p in (period, before))
        both = now.merge(
            then, on=[*group, over], how="outer", suffixes=("_1", "_0"), indicator="in"
        )
        found.append(both.assign(period=period, base_period=before))
    both = pd.concat(found, ignore_index=True)
    by = [*group, "period"]
    v1 = both["value_1"].where(both["in"] != "right_only", 0.0)
    v0 = both["value_0"].where(both["in"] != "left_only", 0.0)
    sums = both.assign(
        v1=v1, v0=v0, based=both["in"] != "left_only", here=both["in"] != "right_only"
    )
    grouped = sums.groupby(by, sort=False)
    total1, total0 = (grouped[v].transform("sum", skipna=False) for v in ("v1", "v0"))
    value, note = because(
        100 * ratio((v1 - v0).to_numpy(), total0.to_numpy()),
        (~grouped["based"].transform("any").to_numpy(), "no figures for the base period"),
        (~grouped["here"].transform("any").to_numpy(), "no figures for the period"),
        ((total0 == 0).to_numpy(), "the base total is zero"),
        ((total0.isna() | total1.isna()).to_numpy(), "a total has a missing part"),
    )
    result = both[[*group, over, "period", "base_period"]].assign(
        contribution=value, unit="pp", variant=f"over {over}s", note=note
    )
    return cited(result, checked, *(key for key in group))


def constant_market_share(
    frame: pd.DataFrame, *, base: str | None = None, order: str = "product_first"
) -> pd.DataFrame:
    """Constant-market-share analysis of the change in a reporter's exports.

    Takes exports (flow X) by reporter, partner (market j) and product k. With r the growth of the
    world's exports, r_k of product k, r_kj of the cell, and V0, V1 the reporter's exports:
    ``growth`` r V0; ``product`` Σ_k (r_k − r) V0_k; ``market`` Σ_kj (r_kj − r_k) V0_kj;
    ``competitiveness`` Σ_kj (V1_kj − V0_kj − r_kj V0_kj); ``new`` the exports in cells where the
    world sold nothing in the base, which have no r_kj; ``change`` their sum, V1 − V0.
    ``market_first`` takes r_j for r_k, and so moves the border between product and market.

    One row per reporter, period and ``component``, in the unit of the frame. The world is the
    reporter WLD where the frame has it, else the sum of the reporters. The base is a year earlier,
    or the period ``base``. Missing, with the reason in ``note``: no base, a world that sold
    nothing, a part missing. Raises `NotAvailable` for one reporter without a world, `ContractError`
    where a reporter sells and the world does not. Sources: Leamer and Stern (1970), Richardson
    (1971).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["KAZ", "2023", 100.0], ["KAZ", "2024", 130.0]]
    >>> cells += [["TUR", "2023", 300.0], ["TUR", "2024", 310.0]]
    >>> exports = pd.DataFrame(cells, columns=["reporter", "period", "value"])
    >>> exports = exports.assign(flow="X", partner="ISR", product="27", unit="USD")
    >>> parts = kz.constant_market_share(exports)
    >>> mine = parts.query("reporter == 'KAZ' and period == '2024'")
    >>> mine[["component", "constant_market_share"]]
              component  constant_market_share
    6            growth                   10.0
    7           product                    0.0
    8            market                    0.0
    9   competitiveness                   20.0
    10              new                    0.0
    11           change                   30.0
    """
    validation.choice("order", order, ORDERS)
    needs = ["reporter", "partner", "product", "period"]
    exports = validation.side(frame, "X", needs, what="Constant market shares")
    cells = Cells.summed(exports, needs)
    is_world = cells.has("reporter", WORLD)
    if len(cells.labels["reporter"]) == 1:
        raise NotAvailable(
            f"Constant market shares need a world beside {cells.labels['reporter'][0]}.",
            "Add the exports of the reporter WLD, or of every reporter of the universe.",
        )
    parts = []
    for period, before in validation.pairs(cells.labels["period"], base):
        now, then = cells.has("period", period), cells.has("period", before)
        if then.any():
            parts.append(_decomposed(cells, is_world, now, then, order))
        else:
            absent = pd.DataFrame(
                {"reporter": cells.labels["reporter"].drop(WORLD, errors="ignore")}
            )
            parts.append(absent.assign(**dict.fromkeys(COMPONENTS, np.nan), why="no base period"))
        parts[-1] = parts[-1].assign(period=period, base_period=before)
    wide = pd.concat(parts, ignore_index=True)
    result = wide.melt(
        ["reporter", "period", "base_period", "why"],
        COMPONENTS,
        "component",
        "constant_market_share",
    ).rename(columns={"why": "note"})
    value, note = because(
        result["constant_market_share"].to_numpy(dtype=float),
        *((result["note"] == why, why) for why in wide["why"].unique() if why),
    )
    universe = "WLD" if is_world.any() else f"sum of {len(cells.labels['reporter'])} reporters"
    unit = {"unit": str(exports["unit"].iloc[0])} if "unit" in exports.columns else {}
    result = result.drop(columns="note").assign(
        constant_market_share=value, **unit, variant=f"{order}; world = {universe}", note=note
    )
    rank = {name: place for place, name in enumerate(COMPONENTS)}
    result = result.sort_values(
        ["reporter", "period", "component"],
        key=lambda column: column.map(rank) if column.name == "component" else column,
        ignore_index=True,
    )
    return cited(result, exports)


def _decomposed(
    cells: Cells, is_world: np.ndarray, now: np.ndarray, then: np.ndarray, order: str
) -> pd.DataFrame:
    rows = np.flatnonzero(now | then)
    cell, _ = cells.group("partner", "product")
    key = {"product": cells.code("product"), "market": cells.code("partner"), "cell": cell}
    key = {name: code[rows] for name, code in key.items()}
    who, value = cells.code("reporter")[rows], cells.value[rows]
    v1, v0 = np.where(now[rows], value, 0.0), np.where(then[rows], value, 0.0)
    counts = is_world[rows] if is_world.any() else np.ones(len(rows), dtype=bool)

    def world(code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """World exports of the group of each row, in the base and in the period."""
        code = np.unique(code, return_inverse=True)[1]
        then, now = (np.bincount(code, np.where(counts, v, 0.0))[code] for v in (v0, v1))
        return then, now

    totals = {name: world(code) for name, code in key.items()}
    w0, w1 = world(np.zeros(len(rows), dtype=int))
    r = ratio(w1, w0) - 1
    first = "product" if order == "product_first" else "market"
    growths = {name: np.where(b == 0, r, ratio(c, b) - 1) for name, (b, c) in totals.items()}
    fresh = totals["cell"][0] == 0
    if (fresh & (v0 > 0)).any():
        row = int(rows[np.flatnonzero(fresh & (v0 > 0))[0]])
        named = " ".join(str(cells.labels[k][cells.code(k)[row]]) for k in cells.keys)
        raise ContractError(
            f"{named} has exports of {cells.value[row]:.15g} where the world has none.",
            "Give a world that contains the reporter, or leave the world out to sum the reporters.",
        )
    mid, last = growths[first], np.where(fresh, growths[first], growths["cell"])
    second = "market" if first == "product" else "product"
    terms = {
        "growth": r * v0,
        first: (mid - r) * v0,
        second: (last - mid) * v0,
        "competitiveness": np.where(fresh, 0.0, v1 - (1 + last) * v0),
        "new": np.where(fresh, v1, 0.0),
        "change": v1 - v0,
    }
    labels = cells.labels["reporter"]
    sums = {name: np.bincount(who, term, minlength=len(labels)) for name, term in terms.items()}
    held = np.zeros(len(labels), dtype=bool)
    held[who] = True
    why = np.full(len(labels), "" if w0[0] != 0 else "the world sold nothing in the base")
    made = pd.DataFrame({"reporter": labels, **sums, "why": why})
    return made[held & (labels != WORLD)]
