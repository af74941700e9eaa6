"""Mirror statistics: both reports of a flow compared, made FOB, weighed and reconciled.

A flow is seen from the exporter: ``reporter`` exports to ``partner``. Investment goes through the
same functions, with the investor in the exporter's place; it has no carriage.
"""

from __future__ import annotations

from kzdata.mirroring.combination import reconcile
from kzdata.mirroring.comparison import mirror
from kzdata.mirroring.freight import fob
from kzdata.mirroring.freight_fit import Carriage, carriage
from kzdata.mirroring.scatter import reliability
from kzdata.mirroring.sides import both_sides

__all__ = ["Carriage", "both_sides", "carriage", "fob", "mirror", "reconcile", "reliability"]
