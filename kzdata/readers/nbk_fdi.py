"""The National Bank of Kazakhstan's open-data form of foreign direct investment.

``report_date`` is the first day after the quarter: 2005-04-01 is the first quarter of 2005.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from kzdata.codes import NOT_APPLICABLE, WORLD
from kzdata.errors import ContractError
from kzdata.readers.printed import observation


def net_inflow(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns report_date and amount_musd: quarterly flow from all partners, negatives kept."""
    return pd.DataFrame(
        [
            observation(
                manifest,
                row["amount_musd"],
                freq="Q",
                reporter="KAZ",
                partner=WORLD,
                flow=NOT_APPLICABLE,
                product=NOT_APPLICABLE,
                valuation=NOT_APPLICABLE,
                period=quarter_before(row["report_date"]),
                locator=f"{manifest['file']}, report_date {row['report_date']}",
            )
            for row in raw.to_dict("records")
        ]
    )


def quarter_before(report_date: str) -> str:
    """The quarter that ends the day before ``report_date``."""
    day = date.fromisoformat(report_date)
    if day.day != 1 or day.month not in (1, 4, 7, 10):
        raise ContractError(
            f"report_date {report_date} is not the day after a quarter's end.",
            "The form dates quarters on 1 January, 1 April, 1 July and 1 October.",
        )
    last = day - timedelta(days=1)
    return f"{last.year}-Q{last.month // 3}"
