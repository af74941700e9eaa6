"""From a notebook and its parameters to a published report.

parameters   what a notebook asks for, and whether an answer fits
engine       papermill runs it in a private folder; the run is then distrusted and checked
document     the executed notebook, read as headings, statements, tables, charts and sources
html  pdf  xlsx  figures    one document, four renderings
manifest     what went in, what came out, and where every printed number stands
publish      whole or not at all: a new report replaces the old one in one step
build  editions             the two ways to ask: one notebook, or an edition by name
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kzdata.reports.build import Report as Report
    from kzdata.reports.build import report as report


def __getattr__(name: str) -> Any:
    # What runs notebooks and draws pages is imported only by those who ask for it.
    if name in {"Report", "report"}:
        from kzdata.reports import build

        return getattr(build, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
