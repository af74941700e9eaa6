"""The months of one flow, as whole calendar years: what every estimator is given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import MeasureMismatch, NotAvailable
from kzdata.model import contract, periods
from kzdata.model.codes import UNKNOWN
from kzdata.model.comparable import one_measure

_ONE = ["dataflow", "reporter", "partner", "flow", "product"]


def single_months(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that cover one month."""
    return frame[np.array([is_month(p) for p in frame["period"].tolist()], dtype=bool)]


def is_month(period: str) -> bool:
    """Whether a period is known and covers one month."""
    return period != UNKNOWN and periods.span(period).months == 1


def one_flow(monthly: pd.DataFrame) -> pd.DataFrame:
    """The months of one flow, each once, in one unit and none of them negative; else an error."""
    contract.need(monthly, contract.COLUMNS, contract.OBSERVATIONS)
    months = single_months(monthly)
    flows = months[_ONE].drop_duplicates()
    if len(flows) > 1:
        named = " and ".join(" ".join(map(str, row)) for row in flows.head(2).to_numpy())
        raise MeasureMismatch(
            f"The months are of {len(flows)} flows ({named}); a year is made of one.",
            'Choose one, monthly[monthly["flow"] == "X"], or add the sides: kz.turnover(monthly)',
        )
    if len(months):
        one_measure(months)
    below = months[months["value"] < 0]
    if len(below):
        raise NotAvailable(
            f"{below['period'].iloc[0]} is negative ({below['value'].iloc[0]:,.15g}); a flow that "
            "changes its sign has no share of a year.",
            "Estimate gross flows instead: exports and imports, inflows and outflows.",
        )
    return months


def whole_years(monthly: pd.DataFrame) -> dict[int, np.ndarray]:
    """Year → its twelve values, for the years of which no month is missing."""
    values = {(int(p[:4]), int(p[5:7])): v for p, v in zip(
        monthly["period"], monthly["value"], strict=True
    ) if not np.isnan(v)}  # fmt: skip
    years = sorted({year for year, _ in values})
    whole = [year for year in years if all((year, m) in values for m in range(1, 13))]
    return {year: np.array([values[year, m] for m in range(1, 13)]) for year in whole}


def first_months(monthly: pd.DataFrame, year: int, months: int) -> np.ndarray:
    """The first months of ``year``, as many of them as follow each other from January."""
    values = dict(zip(monthly["period"], monthly["value"], strict=True))
    known = []
    for month in range(1, months + 1):
        value = values.get(f"{year}-{month:02d}", np.nan)
        if np.isnan(value):
            break
        known.append(value)
    return np.array(known)


def before(years: dict[int, np.ndarray], year: int) -> np.ndarray:
    """The last unbroken run of whole years before ``year``, a row each; it may end earlier."""
    known = [each for each in years if each < year]
    run: list[int] = []
    for each in reversed(known):
        if run and each != run[-1] - 1:
            break
        run.append(each)
    return np.array([years[each] for each in reversed(run)]).reshape(len(run), 12)
