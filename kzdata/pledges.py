"""The value of promises, each value on its own basis: what is announced is not what is paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata import sources
from kzdata.errors import MeasureMismatch, NotAvailable, UnitMismatch
from kzdata.structure import inputs

BASES = ("announced", "committed", "financed", "disbursed")


def pledged(frame: pd.DataFrame, basis: str | None = None) -> pd.DataFrame:
    """The sum of the values of promises on one basis, in one unit: one row.

    ``frame`` has commitment, value, unit and value_basis, which is announced, committed, financed
    or disbursed; ``basis`` chooses one of them. ``value`` is missing where one of its parts is,
    since an unpublished value is unknown, not zero; ``known_value`` sums the published ones and
    ``known`` of ``items`` counts them.

    Raises `MeasureMismatch` for several bases, an unknown one, or a promise given twice on one;
    `UnitMismatch` for several units; `NotAvailable` where no row is on the basis.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> promises = pd.DataFrame(
    ...     [["gas", 300e6, "announced"], ["farm", 25e6, "announced"], ["gas", 80e6, "committed"]],
    ...     columns=["commitment", "value", "value_basis"],
    ... ).assign(unit="USD")
    >>> kz.pledged(promises, "announced")[["value", "known", "items", "unit"]]
             value  known  items unit
    0  325000000.0      2      2  USD
    """
    inputs.columns(frame, ["commitment", "value", "unit", "value_basis"])
    if basis is not None:
        inputs.choice("basis", basis, BASES)
        frame = frame[frame["value_basis"] == basis]
    if frame.empty:
        raise NotAvailable(
            f"No promise has a value that is {basis or 'given'}.",
            'See frame["value_basis"].value_counts().',
        )
    held = sorted(set(map(str, frame["value_basis"])))
    if len(held) > 1 or held[0] not in BASES:
        raise MeasureMismatch(
            f"Values are {' and '.join(held)}; what is announced, committed, financed and "
            "disbursed is the same money at different times, and is never summed.",
            f'Choose one basis of {", ".join(BASES)}: kz.pledged(frame, "{BASES[0]}")',
        )
    known = frame["value"].notna().to_numpy()
    units = sorted(set(map(str, frame.loc[known, "unit"])))
    if len(units) > 1:
        raise UnitMismatch(
            f"Values are in {' and '.join(units)}.",
            "Convert one of them at a stated, sourced rate.",
        )
    if frame["commitment"].duplicated().any():
        twice = frame.loc[frame["commitment"].duplicated(), "commitment"].iloc[0]
        raise MeasureMismatch(
            f"{twice} is given more than once.", "Keep one row a promise, the latest."
        )
    gone = int((~known).sum())
    total = float(frame.loc[known, "value"].sum()) if known.any() else np.nan
    made = pd.DataFrame(
        {
            "value_basis": held,
            "value": np.nan if gone else total,
            "known_value": total,
            "unit": units[0] if units else "unknown",
            "known": int(known.sum()),
            "items": len(frame),
            "note": f"{gone} of {len(frame)} values are not published" if gone else "",
        }
    )
    if "source" in frame.columns:
        made["source"] = sources.join(frame["source"].unique())
    return made
