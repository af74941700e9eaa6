"""How much investment an economy receives, against its size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kzdata.errors import KzdataError, NotAvailable, PeriodMismatch
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio
from kzdata.indicators.intensity import investment
from kzdata.model import periods
from kzdata.model.codes import WORLD


def fdi_performance(frame: pd.DataFrame, gdp: pd.DataFrame, years: int = 3) -> pd.DataFrame:
    """Inward FDI performance: (FDI_i / FDI_W) / (GDP_i / GDP_W), from sums over ``years`` years.

    Takes one investment dataflow by reporter and year (partners summed first), and ``gdp`` by
    reporter and year in one unit of its own. The world is the reporter WLD where both frames have
    it, else the sum of the reporters in both. 1 means investment in proportion to GDP; negative
    inflows are kept. Each row is the window that ends in ``period``.

    Missing, with the reason in ``note``: a year of the window or a figure missing, a world total
    of FDI or a GDP that is not above zero. Raises `PeriodMismatch` for periods that are not years.
    Source: UNCTAD, World Investment Report 2002.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["KAZ", 10.0, 100.0], ["ISR", 30.0, 300.0], ["TUR", 20.0, 400.0]]
    >>> both = pd.DataFrame(cells, columns=["reporter", "value", "gdp"]).assign(period="2024")
    >>> fdi = both.assign(dataflow="fdi_net_inflow")
    >>> gdp = both.assign(value=both["gdp"])
    >>> kz.fdi_performance(fdi, gdp, years=1)[["reporter", "fdi_performance"]].round(2)
      reporter  fdi_performance
    0      ISR             1.33
    1      KAZ             1.33
    2      TUR             0.67
    """
    if not (isinstance(years, int) and years >= 1):
        raise KzdataError(
            f"years={years!r} is not a valid number of years.", "The usual window is years=3."
        )
    fdi = Cells.summed(investment(frame, ["reporter", "period"]), ["reporter", "period"])
    size = Cells.summed(validation.measured(gdp, ["reporter", "period"]), ["reporter", "period"])
    flows, sizes = _wide(fdi), _wide(size)
    common = flows.columns.intersection(sizes.columns)
    years_of_both = flows.index.intersection(sizes.index)
    if len(common) < 2 or years_of_both.empty:
        raise NotAvailable(
            "FDI and GDP need years in common, and a world beside the reporter.",
            "Add the reporter WLD, or every reporter of the universe, to both.",
        )
    first, last = int(years_of_both.min()), int(years_of_both.max())
    span = pd.Index([str(year) for year in range(first, last + 1)])
    given = WORLD in common

    def windows(wide: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Of each reporter, and of the world, over each window."""
        own = wide.reindex(span)[common]
        world = own[[WORLD]].to_numpy() if given else own.to_numpy().sum(axis=1, keepdims=True)
        own_sums = _window(own.to_numpy(), years)
        return own_sums.ravel(), np.broadcast_to(_window(world, years), own_sums.shape).ravel()

    (flow, world_flow), (gross, world_gross) = windows(flows), windows(sizes)
    value, note = because(
        ratio(ratio(flow, world_flow), ratio(gross, world_gross)),
        (gross <= 0, "GDP is not above zero"),
        (world_flow <= 0, "the world's FDI is not above zero"),
        (
            np.isnan(flow + gross + world_flow + world_gross),
            f"a figure of the {years} years is missing",
        ),
    )
    universe = "WLD" if given else f"sum of {len(common)} reporters"
    made = pd.DataFrame(
        {
            "reporter": np.tile(common, len(span)),
            "period": np.repeat(span, len(common)),
            "fdi_performance": value,
            "variant": f"sums of {years} years; world = {universe}",
            "note": note,
        }
    )
    made = made[made["reporter"] != WORLD].sort_values(["reporter", "period"], ignore_index=True)
    named = [each[["source"]] for each in (frame, gdp) if "source" in each.columns]
    return cited(made, pd.concat(named)) if named else made


def _wide(cells: Cells) -> pd.DataFrame:
    """Years in order × reporters; what is not given is missing."""
    ordered = validation.in_order(cells.labels["period"])
    if any(periods.freq_of(p) != "A" for p in ordered):
        raise PeriodMismatch(
            f"{ordered[0]} is not a year; the index is defined over whole years.",
            "Sum first: frame.pipe(kz.annual)",
        )
    listed = cells.frame().assign(value=cells.value)
    return listed.pivot(index="period", columns="reporter", values="value").reindex(ordered)


def _window(values: np.ndarray, years: int) -> np.ndarray:
    """Sums over the last ``years`` rows; NaN where one of them is missing."""
    sums = np.full(values.shape, np.nan)
    for end in range(years - 1, len(values)):
        sums[end] = values[end - years + 1 : end + 1].sum(axis=0)
    return sums
