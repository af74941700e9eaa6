"""Fetching from publishers: the only part of kzdata that opens a connection.

``retrieve`` asks one service that ``seeds/endpoints.yml`` declares, keeps the body exactly as it
came beside a record of where and when, and only if the reader of its source reads it.
"""

from __future__ import annotations

from kzdata.fetch.failures import FetchError
from kzdata.fetch.fetching import retrieve
from kzdata.fetch.record import Fetched

__all__ = ["FetchError", "Fetched", "retrieve"]
