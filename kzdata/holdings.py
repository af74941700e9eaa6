"""What is at hand for a question, also where that is nothing."""

from __future__ import annotations

import pandas as pd

from kzdata import contract, store
from kzdata.errors import NotAvailable


def loaded(
    reporter: str | None = None,
    partner: str | None = None,
    *,
    flow: str | None = None,
    product: str | None = None,
    start: int | str | None = None,
    end: int | str | None = None,
    dataflow: str = "trade_goods",
    freq: str | None = None,
    source: str | None = None,
    sides: str = "reporter",
) -> pd.DataFrame:
    """What `kz.observations` returns, or a frame without rows where nothing fits.

    For a page that has to say what is not there; a calculation asks `kz.observations`, which
    raises. A misspelt name, code or source still raises `UnknownCode`.

    >>> import kzdata as kz
    >>> len(kz.loaded("KAZ", "ISR", start=2025)), len(kz.loaded("ISR", product="2709"))
    (2, 0)
    """
    store.shipped()  # a table that is not there at all is no answer
    try:
        return store.observations(
            reporter,
            partner,
            flow=flow,
            product=product,
            start=start,
            end=end,
            dataflow=dataflow,
            freq=freq,
            source=source,
            sides=sides,
        )
    except NotAvailable:
        return contract.empty()
