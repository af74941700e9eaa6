"""Charts worth publishing: each takes a frame and returns a `Chart` with its finding as title.

matplotlib is imported when a chart is made, not before.
"""

from __future__ import annotations

from kzdata.charts.balance import balance
from kzdata.charts.chart import Chart
from kzdata.charts.ranking import ranking
from kzdata.charts.share import share
from kzdata.charts.turnover import turnover

__all__ = ["Chart", "balance", "ranking", "share", "turnover"]
