"""The official partner beside the final destination of goods in transit, by named scenarios.

A scenario says under which partner customs book a flow, which way the goods go, and what shows it.
How much ends elsewhere no source says, so that share is given by whoever computes.
"""

from __future__ import annotations

from kzdata.transit.delivery import official_and_delivered
from kzdata.transit.scenarios import transit_scenarios

__all__ = ["official_and_delivered", "transit_scenarios"]
