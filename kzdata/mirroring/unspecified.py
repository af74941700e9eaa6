"""Areas not elsewhere specified: a partner that no one reports, so a flow without a mirror."""

from __future__ import annotations

from functools import cache

from kzdata import areas
from kzdata.codes import UNKNOWN

_NO_ONE = {UNKNOWN, "X1", "X2", "XX"}  # not stated, bunkers, free zones, special categories
# "Other Asia, not elsewhere specified" is in practice one economy, which others report as such.
_ONE_ECONOMY = {"S19"}


@cache
def unspecified() -> frozenset[str]:
    """Codes of partners that stand for no economy, or for several."""
    named = {code for code, said in areas.extensions().items() if "not elsewhere" in said}
    return frozenset((named | _NO_ONE) - _ONE_ECONOMY)
