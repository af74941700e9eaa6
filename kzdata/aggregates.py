"""Turnover, balance and sums over time, frame to frame.

A missing part makes a missing result; what cannot be put together raises an `Incomparable`.
Derived rows keep the sources and places of their parts, and ``note`` shows the arithmetic.
"""

from __future__ import annotations

import pandas as pd

from kzdata import contract, periods
from kzdata.comparable import one_unit
from kzdata.errors import MeasureMismatch, PeriodMismatch, ValuationMismatch

_PUBLICATION = [
    *(c for c in contract.CELL if c not in ("flow", "valuation")),
    "source",
    "published",
]


def turnover(frame: pd.DataFrame) -> pd.DataFrame:
    """Turnover T = X + M of one reporter, per partner, product, period and publication.

    Exports FOB plus imports CIF is the official definition, so the valuation is ``FOB/CIF``.
    Published rows of flow T pass through. Where one side is absent or missing the turnover is a
    row without a value. Raises `UnitMismatch`, `ValuationMismatch` or, for re-exports and other
    flows, `MeasureMismatch`.

    >>> import kzdata as kz
    >>> kz.observations("KAZ", "ISR", start=2025).pipe(kz.turnover)["value"].item()
    193287817.22
    """
    derived = _combine(frame, "T", "+")
    published = frame[frame["flow"] == "T"]
    return contract.order(pd.concat([derived, published], ignore_index=True))


def balance(frame: pd.DataFrame) -> pd.DataFrame:
    """Balance B = X - M of one reporter, per partner, product, period and publication.

    With exports FOB and imports CIF, the official definition, balanced trade shows a small
    deficit. Missing and errors as in `turnover`; published turnover takes no part.
    """
    return contract.order(_combine(frame[frame["flow"] != "T"], "B", "-"))


def _combine(frame: pd.DataFrame, flow: str, sign: str) -> pd.DataFrame:
    other = sorted(set(frame["flow"]) - {"X", "M", "T"})
    if other:
        raise MeasureMismatch(
            f"{flow} is made of X and M; the frame also holds {', '.join(other)}.",
            'Choose them first: frame[frame["flow"].isin(["X", "M"])]',
        )
    sides = frame[frame["flow"].isin(["X", "M"])]
    rows = []
    for key, group in sides.groupby(_PUBLICATION, sort=False, dropna=False):
        cell = dict(zip(_PUBLICATION, key, strict=True))
        one_unit(group, cell["period"])
        x, m = (group[group["flow"] == side] for side in ("X", "M"))
        _valued(x, m, cell["period"])
        cell |= {
            "flow": flow,
            "valuation": "FOB" if len(m) and (m["valuation"] == "FOB").all() else "FOB/CIF",
            "unit": group["unit"].iloc[0],
            "basis": "derived",
            "locator": "; ".join(group["locator"]),
            "obs_status": _worst(group["obs_status"]),
        }
        if len(x) == len(m) == 1 and group["value"].notna().all():
            a, b = x.iloc[0], m.iloc[0]
            both = (a["value"], b["value"])
            total = both[0] + both[1] if sign == "+" else both[0] - both[1]
            low, high = ("lower", "upper") if sign == "+" else ("upper", "lower")
            cell |= {
                "value": total,
                "lower": a["lower"] + b[low] if sign == "+" else a["lower"] - b[low],
                "upper": a["upper"] + b[high] if sign == "+" else a["upper"] - b[high],
                "note": f"{flow} = X {both[0]:.15g} {sign} M {both[1]:.15g}",
            }
        else:
            absent = "exports" if x["value"].isna().all() else "imports"
            cell |= dict.fromkeys(contract.NUMERIC, float("nan")) | {
                "obs_status": "M",
                "note": f"{absent} missing, so {flow} is missing",
            }
        rows.append(cell)
    return pd.DataFrame(rows, columns=contract.COLUMNS) if rows else contract.empty()


def _valued(x: pd.DataFrame, m: pd.DataFrame, period: str) -> None:
    for side, flow, good in ((x, "Exports", {"FOB"}), (m, "Imports", {"CIF", "FOB"})):
        odd = sorted(set(side["valuation"]) - good)
        if odd:
            raise ValuationMismatch(
                f"{flow} of {period} are valued {', '.join(odd)}; "
                f"expected {' or '.join(sorted(good))}.",
                "Correct the valuation at the source, or leave these rows out.",
            )


def _worst(statuses: pd.Series) -> str:
    """The status a derived cell inherits: anything but normal stays visible."""
    return next((s for s in statuses if s != "A"), "A")


def over(frame: pd.DataFrame, period: str) -> pd.DataFrame:
    """Sum of monthly or quarterly rows over a longer period, per series and publication.

    ``period`` is an SDMX period, such as ``"2024"`` or ``"2025-01-01/P11M"``. The sum is missing,
    with status M, when one of its parts is absent or missing; provisional parts make it
    provisional. Raises `PeriodMismatch` when the rows cannot be put together to the period.
    """
    wanted = periods.span(period)
    keys = [c for c in _PUBLICATION if c not in ("freq", "period")] + ["flow", "valuation", "unit"]
    rows = []
    for key, group in frame.groupby(keys, sort=False):
        spans = group["period"].map(periods.span)
        inside = group[[wanted.start <= s.start and s.end <= wanted.end for s in spans]]
        lengths = {periods.span(p).months for p in inside["period"]}
        if len(lengths) > 1:
            raise PeriodMismatch(
                f"Within {period} the rows cover {' and '.join(map(str, sorted(lengths)))} months.",
                'Choose one frequency: frame[frame["freq"] == "M"]',
            )
        months = sum(periods.span(p).months or 0 for p in inside["period"])
        whole = months == wanted.months and inside["value"].notna().all()
        cell = dict(zip(keys, key, strict=True)) | {
            "freq": periods.freq_of(period),
            "period": period,
            "basis": "derived",
            "obs_status": _worst(inside["obs_status"]) if whole else "M",
            "locator": f"{group['locator'].iloc[0].split(',')[0]}, rows of {period}",
            "note": f"sum of {len(inside)} rows of {period}"
            if whole
            else f"{months} of {wanted.months} months at hand",
        }
        for column in contract.NUMERIC:
            cell[column] = inside[column].sum() if whole else float("nan")
        rows.append(cell)
    return pd.DataFrame(rows, columns=contract.COLUMNS) if rows else contract.empty()


def annual(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum of monthly or quarterly rows over each calendar year that they touch; see `over`.

    A year with a part missing is a row without a value.
    """
    years = sorted({period[:4] for period in frame["period"]})
    parts = [over(frame[frame["period"].str[:4] == year], year) for year in years]
    return contract.order(pd.concat(parts, ignore_index=True)) if parts else contract.empty()
