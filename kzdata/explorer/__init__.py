"""The explorer: choose a pair, a flow and a period; see chart, table and the line that makes them.

`kzdata.explorer.selection` says what is asked for, `choices` what can be, `view` what is shown or
why nothing is; all three know nothing of notebooks. `live` draws it with ipywidgets, `twin`
without.
"""

from __future__ import annotations

from kzdata.explorer.opening import explore

__all__ = ["explore"]
