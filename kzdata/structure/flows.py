"""One list of exports read from both ends."""

from __future__ import annotations

import pandas as pd

from kzdata.structure import inputs


def both_flows(frame: pd.DataFrame) -> pd.DataFrame:
    """Exports, and the same rows as the imports of their partners.

    For databases that hold each flow once, such as BACI, whose values are reconciled: what i
    exports to j is there what j imports from i, in the same valuation (FOB), so these imports are
    no customs figures. Takes flow X by reporter and partner, other columns are kept; rows of other
    flows are left out. Raises `NotAvailable` without exports and `MeasureMismatch` where the world
    stands among its parts.
    """
    exports = inputs.side(frame, "X", ["reporter", "partner", "flow", "value"])
    exports = frame.loc[exports.index]
    inputs.no_nesting(exports["partner"].unique(), "partner")
    turned = exports.rename(columns={"reporter": "partner", "partner": "reporter"})
    return pd.concat([exports, turned.assign(flow="M")[frame.columns]], ignore_index=True)
