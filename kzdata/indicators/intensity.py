"""Intensity of a pair's trade or investment: what the pair has, against what its sizes suggest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kzdata.errors import MeasureMismatch, NotAvailable
from kzdata.indicators import validation
from kzdata.indicators.grouping import Cells, because, cited, ratio
from kzdata.model.codes import WORLD

DENOMINATORS = ("world", "excluding_reporter")

INVESTMENT = ("fdi_gross_inflow", "fdi_net_inflow", "fdi_position")


def tii(frame: pd.DataFrame, denominator: str = "world") -> pd.DataFrame:
    """Trade intensity of a pair: TII_ij = (x_ij / X_i) / (M_j / W).

    Takes exports (flow X) by reporter and partner; products, where the frame has them, are kept
    apart. M_j is what the same reporters export to j, so that both shares are of one universe.
    Totals are the rows of partner WLD (X_i), reporter WLD (M_j) and both (W) where the frame has
    them, else sums. ``denominator="excluding_reporter"`` divides by M_j / (W − M_i), since i does
    not export to itself. 1 means trade in proportion to size.

    Missing, with the reason in ``note``: zero totals, totals with a missing part, an unknown M_i.
    Raises `NotAvailable` where M_j cannot be known. Sources: Brown (1949) and the UN ESCAP
    handbook (world); Kojima (1964), Drysdale and Garnaut (1982) (excluding the reporter).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["KAZ", "ISR", 20.0], ["KAZ", "CHN", 80.0]]
    >>> cells += [["TUR", "ISR", 10.0], ["TUR", "CHN", 190.0]]
    >>> exports = pd.DataFrame(cells, columns=["reporter", "partner", "value"]).assign(flow="X")
    >>> kz.tii(exports)[["reporter", "partner", "tii"]].round(2)
      reporter partner   tii
    0      KAZ     CHN  0.89
    1      KAZ     ISR  2.00
    2      TUR     CHN  1.06
    3      TUR     ISR  0.50
    """
    validation.choice("denominator", denominator, DENOMINATORS)
    exports = validation.side(frame, "X", ["reporter", "partner"], what="Trade intensity")
    cells, value, note, core = _intensity(exports, denominator)
    said = {"world": "M_j / W", "excluding_reporter": "M_j / (W − M_i)"}[denominator]
    result = cells.frame(core).assign(
        tii=value[core], variant=f"{denominator}: (x_ij / X_i) / ({said})", note=note[core]
    )
    return cited(result, exports, "period")


def fdi_intensity(frame: pd.DataFrame) -> pd.DataFrame:
    """Investment intensity of a pair: (FDI_ij / FDI_i) / (FDI_j / FDI_W).

    Takes one investment dataflow by reporter and partner, with the totals as in `tii`. Negative
    amounts of a pair are kept; a total of zero or less has no shares, so the result is missing.
    Positions are steadier than flows. Raises `MeasureMismatch` for a dataflow that states no
    concept. Sources: Petri (1994); UNCTAD.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> cells = [["KAZ", "ISR", 2.0], ["KAZ", "CHN", 8.0]]
    >>> cells += [["TUR", "ISR", 1.0], ["TUR", "CHN", 19.0]]
    >>> fdi = pd.DataFrame(cells, columns=["reporter", "partner", "value"])
    >>> fdi = fdi.assign(dataflow="fdi_position")
    >>> kz.fdi_intensity(fdi)[["reporter", "partner", "fdi_intensity"]].round(2)
      reporter partner  fdi_intensity
    0      KAZ     CHN           0.89
    1      KAZ     ISR           2.00
    2      TUR     CHN           1.06
    3      TUR     ISR           0.50
    """
    checked = investment(frame, ["reporter", "partner"])
    cells, value, note, core = _intensity(checked, "world", signed=True)
    result = cells.frame(core).assign(
        fdi_intensity=value[core],
        variant=_concept(frame) + ": (FDI_ij / FDI_i) / (FDI_j / FDI_W)",
        note=note[core],
    )
    return cited(result, checked, "period")


def investment(frame: pd.DataFrame, needs: list[str]) -> pd.DataFrame:
    """The rows, if they are of one investment dataflow whose concept is known."""
    checked = validation.measured(frame, needs, negative=True)
    if "dataflow" in frame.columns and frame["dataflow"].iloc[0] not in INVESTMENT:
        raise MeasureMismatch(
            f"{frame['dataflow'].iloc[0]} is not an investment dataflow of a known concept.",
            f"Choose one: {', '.join(INVESTMENT)}.",
        )
    return checked.drop(columns="flow", errors="ignore")


def _concept(frame: pd.DataFrame) -> str:
    return str(frame["dataflow"].iloc[0]) if "dataflow" in frame.columns else "investment"


def _intensity(
    frame: pd.DataFrame, denominator: str, *, signed: bool = False
) -> tuple[Cells, np.ndarray, np.ndarray, np.ndarray]:
    cells = Cells(frame, [key for key in validation.KEYS if key != "flow"])
    cells.once()
    cells.ordered()
    rest = [key for key in ("product", "period") if key in cells.labels]
    from_world, to_world = cells.has("reporter", WORLD), cells.has("partner", WORLD)
    core = ~from_world & ~to_world
    reporters = len(cells.labels["reporter"]) - bool(from_world.any())
    if reporters < 2 and not from_world.any():
        raise NotAvailable(
            f"What the world sends to each partner is not known from {cells.labels['reporter'][0]} "
            "alone.",
            "Add the rows of the reporter WLD, or of every reporter of the universe.",
        )
    of_reporter = _margin(cells, core, to_world & ~from_world, "reporter", rest)
    of_partner = _margin(cells, core, from_world & ~to_world, "partner", rest)
    world = _world(cells, core, from_world, to_world, rest)
    below, unknown = world, np.zeros(len(cells), dtype=bool)
    if denominator == "excluding_reporter":
        own, listed = _of_reporter_as_partner(cells, of_partner, rest)
        # With every reporter in the frame, an area that is nobody's partner imports nothing.
        unknown = ~listed & bool(from_world.any())
        below = world - np.where(listed, own, 0.0)
    bar = (lambda total: total <= 0) if signed else (lambda total: total == 0)
    value, note = because(
        ratio(ratio(cells.value, of_reporter), ratio(of_partner, below)),
        (bar(of_reporter), "the reporter's total is not above zero"),
        (bar(of_partner), "the partner's total is not above zero"),
        (below <= 0, "the world's total is not above zero"),
        (unknown, "what the world sends to the reporter itself is not known"),
        (
            np.isnan(of_reporter) | np.isnan(of_partner) | np.isnan(world),
            "a total has a missing part",
        ),
    )
    return cells, value, note, core


def _margin(
    cells: Cells, core: np.ndarray, given: np.ndarray, key: str, rest: Sequence[str]
) -> np.ndarray:
    """The published total of each row's group where there is one, else the sum of its parts."""
    published = cells.total(key, *rest, of=np.where(given, cells.value, 0.0))
    summed = cells.total(key, *rest, of=np.where(core, cells.value, 0.0))
    return np.where(cells.total(key, *rest, of=given.astype(float)) > 0, published, summed)


def _world(
    cells: Cells,
    core: np.ndarray,
    from_world: np.ndarray,
    to_world: np.ndarray,
    rest: Sequence[str],
) -> np.ndarray:
    """W: the published world total, else the sum of what the world sends, else of the reporters."""

    def total(mask: np.ndarray) -> np.ndarray:
        return cells.total(*rest, of=np.where(mask, cells.value, 0.0))

    def any_of(mask: np.ndarray) -> np.ndarray:
        return cells.total(*rest, of=mask.astype(float)) > 0

    both = from_world & to_world
    partners, given = from_world & ~to_world, to_world & ~from_world
    has_total = cells.total("reporter", *rest, of=given.astype(float)) > 0
    reporters = total(given | (core & ~has_total))
    return np.where(
        any_of(both), total(both), np.where(any_of(partners), total(partners), reporters)
    )


def _of_reporter_as_partner(
    cells: Cells, of_partner: np.ndarray, rest: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """M_i for each row, the partner total of the area that is its reporter, and if it is listed."""
    code, size = cells.group("partner", *rest)
    total, seen = np.zeros(size), np.zeros(size, dtype=bool)
    total[code], seen[code] = of_partner, True
    others, inner = cells.group(*rest)
    match = cells.labels["partner"].get_indexer(cells.labels["reporter"])[cells.code("reporter")]
    place = np.maximum(match, 0) * inner + others
    return total[place], seen[place] & (match >= 0)
