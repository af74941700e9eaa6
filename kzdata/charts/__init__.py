"""Charts worth publishing: each takes a frame and returns a `Chart` with its finding as title.

matplotlib is imported when a chart is made, not before.
"""

from __future__ import annotations

from kzdata.charts.back_test import back_test
from kzdata.charts.balance import balance
from kzdata.charts.chart import Chart
from kzdata.charts.claims import claims
from kzdata.charts.contribution import contribution
from kzdata.charts.flow_map import flow_map
from kzdata.charts.ladder import ladder
from kzdata.charts.mirror import mirror
from kzdata.charts.net_inflow import net_inflow
from kzdata.charts.official_delivered import official_delivered
from kzdata.charts.partial_year import partial_year
from kzdata.charts.peers import peers
from kzdata.charts.ranking import ranking
from kzdata.charts.reading import frame_of
from kzdata.charts.series import series
from kzdata.charts.share import share
from kzdata.charts.timeline import timeline
from kzdata.charts.treemap import treemap
from kzdata.charts.turnover import turnover
from kzdata.charts.vintages import vintages

__all__ = [
    "Chart",
    "back_test",
    "balance",
    "claims",
    "contribution",
    "flow_map",
    "frame_of",
    "ladder",
    "mirror",
    "net_inflow",
    "official_delivered",
    "partial_year",
    "peers",
    "ranking",
    "series",
    "share",
    "timeline",
    "treemap",
    "turnover",
    "vintages",
]
