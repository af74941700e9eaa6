"""Charts worth publishing: each takes a frame and returns a `Chart` with its finding as title.

matplotlib is imported when a chart is made, not before.
"""

from kzdata.present.charts.back_test import back_test
from kzdata.present.charts.balance import balance
from kzdata.present.charts.chart import Chart, frame_of
from kzdata.present.charts.claims import claims
from kzdata.present.charts.contribution import contribution
from kzdata.present.charts.flow_map import flow_map
from kzdata.present.charts.ladder import ladder
from kzdata.present.charts.mirror import mirror
from kzdata.present.charts.net_inflow import net_inflow
from kzdata.present.charts.official_delivered import official_delivered
from kzdata.present.charts.partial_year import partial_year
from kzdata.present.charts.peers import peers
from kzdata.present.charts.ranking import ranking
from kzdata.present.charts.series import series
from kzdata.present.charts.share import share
from kzdata.present.charts.timeline import timeline
from kzdata.present.charts.treemap import treemap
from kzdata.present.charts.turnover import turnover
from kzdata.present.charts.vintages import vintages

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
