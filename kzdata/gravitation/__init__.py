"""The gravity equation of trade, and what a pair would trade if it did as the others do.

Estimated by pyfixest (extra ``gravity``), which is imported when a function is called.
"""

from __future__ import annotations

from kzdata.gravitation.estimates import gravity
from kzdata.gravitation.potential import trade_potential

__all__ = ["gravity", "trade_potential"]
