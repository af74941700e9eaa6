"""One value of each flow from both reports, weighted by how reliable the reporters are."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from kzdata.analysis.mirror.freight import IMF_FACTOR, Carriage, InFob, in_fob
from kzdata.analysis.mirror.pairing import pair
from kzdata.analysis.mirror.pairs import TRADE, Pairs
from kzdata.analysis.mirror.reliability import LEVEL, Scatter, measure
from kzdata.errors import KzdataError
from kzdata.i18n.sentences import term
from kzdata.indicators import validation
from kzdata.indicators.grouping import noted
from kzdata.model import contract
from kzdata.model.codes import UNKNOWN

# Partners that can be anywhere. Regional remainders ("Other Africa") are left where they are:
# handing them to a flow outside their region would invent trade.
ANYWHERE = ("_X", UNKNOWN)


def allocate(pairs: Pairs, x: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much of what is reported without a partner the flows without a mirror account for.

    Of one reporter, product and period: the least of what it reports without a partner, what the
    other side reports of it in flows that it does not report, and by how much its reports fall
    short of the other side's in all. Shared out in proportion to those flows, so that
    |x + share − m| ≤ |x − m| in each. Returns (share of each flow, rest of each flow that has
    no partner); ``x`` and ``m`` are both FOB, NaN where not known.
    Source: the appendix of Gaulier and Zignago (2010), BACI.
    """
    anywhere = np.isin(pairs.areas, ANYWHERE)
    share = np.zeros(len(pairs))
    rest = np.where(np.isnan(x), m, x)
    sides = ((x, m, pairs.exporter, pairs.importer), (m, x, pairs.importer, pairs.exporter))
    for own, other, reporter, partner in sides:
        loose = anywhere[partner] & (own > 0)
        if not loose.any():
            continue
        code = (reporter * len(pairs.products) + pairs.product) * len(pairs.periods) + pairs.period
        groups = np.unique(code[loose])
        place = np.minimum(np.searchsorted(groups, code), len(groups) - 1)
        inside = (groups[place] == code) & ~pairs.nes()
        alone = inside & np.isnan(own) & (other > 0)
        size = len(groups)

        def total(
            of: np.ndarray, rows: np.ndarray, place: np.ndarray = place, size: int = size
        ) -> np.ndarray:
            return np.bincount(place[rows], np.nan_to_num(of[rows]), minlength=size)

        unmatched, loose_total = total(other, alone), total(own, loose)
        short = total(other, inside) - total(own, inside)
        taken = np.clip(np.minimum.reduce([loose_total, unmatched, short]), 0, None)
        part = np.divide(taken, unmatched, out=np.zeros(size), where=unmatched > 0)
        share[alone] += other[alone] * part[place[alone]]
        rest[loose] = own[loose] * (1 - taken / loose_total)[place[loose]]
    return share, rest


COMBINE = ("log", "baci")

_SPLIT = term("the reporters' reliability cannot be told apart, so it is split evenly")

_ODD = {
    "exporter": term("the exporter's report left out: its valuation does not tell its FOB value"),
    "importer": term("the importer's report left out: its valuation does not tell its FOB value"),
    "investor": term("the investor's report left out: its valuation does not tell its FOB value"),
    "host": term("the host's report left out: its valuation does not tell its FOB value"),
}

_POOLED = term("reliability of the reporter not known: that of the others taken")


def reconcile(
    frame: pd.DataFrame,
    factor: float | Carriage = IMF_FACTOR,
    *,
    where: str | None = None,
    reliability: pd.DataFrame | None = None,
    combine: str = "log",
    level: float = LEVEL,
) -> pd.DataFrame:
    """One FOB value of each flow from both reports, by how reliable the reporters are.

    ``log`` combines logarithms by inverse variance, ln v = w ln x + (1 − w) ln m with
    w = s_j² / (s_i² + s_j²), the best estimate under the model of `reliability`; ``baci`` the
    reports, v = w x + (1 − w) m with w = V_j / (V_i + V_j), V = exp(s²)(exp(s²) − 1). Imports are
    made FOB as in `fob`. One row a flow, seen from the exporter: ``value``, ``lower``, ``upper``
    (at ``level``; the variance of ln v is s_i² s_j² / (s_i² + s_j²), and the interval is wider
    where s rests on few flows), ``weight`` of the exporter's report, ``class`` as in `mirror`.

    A flow with one report keeps it, made FOB, with that reporter's scatter. Where one side says
    zero the other's report stands and the interval reaches to zero. Reports without a partner are
    counted against the flows that the reporter does not have, never beyond them: ``from_nes`` of
    such a flow, taken off the flow without a partner. The interval holds the independent errors
    of two reporters; what both miss, such as goods in transit, it cannot know.

    ``reliability`` is the frame of `kz.reliability` on a wider frame; without it, it is estimated
    here, together with the scales of products and periods. Missing, with the reason in ``note``:
    no usable report. Rows of the world are set aside as in `mirror`. Raises what `mirror` raises,
    `MeasureMismatch` for products of several levels, and `KzdataError` for an option.
    Source: Gaulier and Zignago (2010), BACI, equations 2 to 5 and appendix.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["X", "KAZ", "ISR", 100.0], ["M", "ISR", "KAZ", 110.0], ["X", "KAZ", "TUR", 200.0]]
    >>> cells += [["M", "TUR", "KAZ", 260.0], ["X", "ISR", "TUR", 50.0], ["M", "TUR", "ISR", 70.0]]
    >>> reports = pd.DataFrame(cells, columns=["flow", "reporter", "partner", "value"])
    >>> valuation = reports["flow"].map({"X": "FOB", "M": "CIF"})
    >>> reports = reports.assign(valuation=valuation, unit="USD")
    >>> found = kz.reconcile(reports)
    >>> found[["reporter", "partner", "value", "lower", "upper", "weight"]].round(2)
      reporter partner   value   lower   upper  weight
    0      ISR     TUR   55.23   44.37   68.73    0.64
    1      KAZ     ISR  101.78   84.41  122.71    0.52
    2      KAZ     TUR  214.17  172.82  265.42    0.66
    """
    validation.choice("combine", combine, COMBINE)
    if not 0 < level < 1:
        raise KzdataError(
            f"level={level!r} is not a probability.", "The usual choice is level=0.90."
        )
    pairs = pair(frame, summed=True)
    fob = in_fob(pairs, factor, where)
    x, m = (np.where(side < 0, np.nan, side) for side in (fob.x, fob.m))
    scatter = measure(pairs, fob) if reliability is None else _given(reliability, pairs)
    share, rest = allocate(pairs, x, m)
    weight, spread, known = _weights(pairs, scatter, x, m)
    value = np.where(pairs.nes(), rest, _combined(x, m, weight, combine, scatter, pairs))
    quantile = _quantile(pairs, scatter, weight, level)
    half = np.where(known, np.exp(quantile * spread), np.nan)
    lower, upper = value / half, value * half
    zero = (x == 0) | (m == 0)
    lower[zero & ~np.isnan(value)] = 0.0
    both_zero = zero & (value == 0)
    upper[both_zero] = 0.0
    made = pairs.keys().assign(
        value=value,
        lower=lower,
        upper=upper,
        weight=np.where(np.isnan(value), np.nan, weight),
        valuation="FOB" if pairs.dataflow in TRADE else "_Z",
        reported=pairs.x,
        mirrored=pairs.m,
        mirrored_fob=fob.m,
        from_nes=share,
        obs_status=np.where(np.isnan(value), "M", "E"),
        basis="derived",
        variant=f"{combine}, {100 * level:g}%; {fob.said}{pairs.aside()}",
        note=_note(pairs, fob, scatter, share, rest, known),
        locator="both reports of the flow",
    )
    made["class"] = pairs.classes(pairs.x, pairs.m)
    if "source" in frame.columns:
        made["source"] = pairs.joined("source", contract.join_sources)
    if "published" in frame.columns:
        made["published"] = pairs.joined("published", _latest)
    return made


def _given(reliability: pd.DataFrame, pairs: Pairs) -> Scatter:
    """The scatter of a frame of `kz.reliability`; areas that it does not hold are unknown."""
    validation.columns(reliability, ["reporter", "sigma"])
    if reliability["reporter"].duplicated().any() or not (reliability["sigma"] > 0).all():
        raise KzdataError(
            "The reliability has a reporter twice, or a sigma that is not above zero.",
            "Give what kz.reliability returned.",
        )
    by = reliability.set_index("reporter")
    sigma = by["sigma"].reindex(pairs.areas).to_numpy(dtype=float)
    variance = np.zeros(len(sigma))
    if "upper" in by.columns:
        z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
        wide = by["upper"].reindex(pairs.areas).to_numpy(dtype=float)
        variance = np.nan_to_num(2 * np.log(wide / sigma) / z) ** 2
    held = ~np.isnan(sigma)
    noted = by["note"] if "note" in by.columns else pd.Series("", index=by.index)
    apart = held & (noted.reindex(pairs.areas) == "").to_numpy(dtype=bool)
    pooled = float((reliability["sigma"] ** 2).mean()) if len(reliability) else np.nan
    filled = np.where(held, sigma**2, pooled)
    ones = (np.ones(len(pairs.products)), np.ones(len(pairs.periods)))
    return Scatter(
        np.log(filled), np.diag(variance), held.astype(int), held.astype(int), apart, *ones
    )


def _weights(
    pairs: Pairs, scatter: Scatter, x: np.ndarray, m: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weight of x, the standard deviation of ln v, and whether there is any scatter to use."""
    variance = np.exp(scatter.log_variance)
    one, other = variance[pairs.exporter], variance[pairs.importer]
    both, only_x = (x > 0) & (m > 0), (x > 0) & ~(m > 0)
    weight = np.where(both, other / (one + other), np.where(only_x, 1.0, 0.0))
    weight[(x == 0) & (m == 0)] = 0.5
    weight[(x == 0) & np.isnan(m)] = 1.0
    spread = np.sqrt(np.where(both, one * other / (one + other), np.where(only_x, one, other)))
    known = np.full(len(pairs), bool(scatter.cells.any()))
    return weight, spread * scatter.scale(pairs), known


def _combined(
    x: np.ndarray,
    m: np.ndarray,
    weight: np.ndarray,
    combine: str,
    scatter: Scatter,
    pairs: Pairs,
) -> np.ndarray:
    value = np.where(weight > 0, x, m)
    both = (x > 0) & (m > 0)
    if combine == "log":
        w = weight[both]
        value[both] = np.exp(w * np.log(x[both]) + (1 - w) * np.log(m[both]))
        return value
    square = np.exp(scatter.log_variance)
    scale = scatter.scale(pairs)[both] ** 2
    of_x, of_m = (square[side[both]] * scale for side in (pairs.exporter, pairs.importer))
    # V = exp(s²)(exp(s²) − 1), with expm1 because s² may be small.
    v_x, v_m = (np.exp(each) * np.expm1(each) for each in (of_x, of_m))
    weight[both] = v_m / (v_x + v_m)
    value[both] = weight[both] * x[both] + (1 - weight[both]) * m[both]
    return value


def _quantile(pairs: Pairs, scatter: Scatter, weight: np.ndarray, level: float) -> np.ndarray:
    """Of the error of ln v, as Student's: its variance is itself estimated.

    ln of the variance has the gradient (w, 1 − w) in ln s² of the two, and a variance of 2/ν for
    ν degrees of freedom; the quantile is expanded in 1/ν.
    """
    of = np.diag(scatter.covariance)
    shaky = weight**2 * of[pairs.exporter] + (1 - weight) ** 2 * of[pairs.importer]
    z = NormalDist().inv_cdf(0.5 + level / 2)
    inverse = shaky / 2
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + (z**3 + z) / 4 * inverse + second * inverse**2


def _note(
    pairs: Pairs,
    fob: InFob,
    scatter: Scatter,
    share: np.ndarray,
    rest: np.ndarray,
    known: np.ndarray,
) -> Any:
    """Why a value or its interval is missing, or what it rests on; the first reason that holds."""
    one, other = pairs.sides
    has_x, has_m = fob.x >= 0, fob.m >= 0
    below, nes = (fob.x < 0) | (fob.m < 0), pairs.nes()
    missing = ~has_x & ~has_m
    judged, apart = scatter.cells > 0, scatter.apart
    pooled = (has_x & ~judged[pairs.exporter]) | (has_m & ~judged[pairs.importer])
    split = has_x & has_m & ~(apart[pairs.exporter] & apart[pairs.importer])
    reasons = [
        (missing & (fob.odd_x | fob.odd_m), term("no report whose valuation tells its FOB value")),
        (
            missing & fob.unknown_cost,
            term("no distance for the pair, so the carriage is not known"),
        ),
        (missing & below, term("a value below zero has no place in a model of logarithms")),
        (missing, term("neither side has a figure")),
        (~known, term("no interval: no flow is reported by both sides")),
        (
            nes & (rest < np.where(has_x, fob.x, fob.m)),
            term("less what flows without a mirror take up"),
        ),
        (nes, term("partner not specified")),
        (share > 0, term("the side that does not report it has trade without a partner")),
        (
            has_x & has_m & ((fob.x == 0) != (fob.m == 0)),
            term("one side reports zero, the other not"),
        ),
        (below, term("a report below zero left out")),
        (fob.odd_x, _ODD[one]),
        (fob.odd_m, _ODD[other]),
        (pooled, _POOLED),
        (split, _SPLIT),
    ]
    return noted(len(pairs), reasons)


def _latest(published: list[str]) -> str:
    return UNKNOWN if UNKNOWN in published else max(published)
