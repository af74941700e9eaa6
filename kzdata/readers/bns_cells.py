"""Cells of the Bureau of National Statistics: numbers, marks for missing, and blanks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple

from kzdata.readers.received import WrongFormat

# Latin x and Cyrillic х alike: suppressed. Dashes and dots: not there.
_MARKS = {"-": "M", "–": "M", "—": "M", "…": "M", "...": "M", "x": "Q", "х": "Q"}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Cell(NamedTuple):
    """A value in whole units with its interval; NaN where the status says missing."""

    value: float
    lower: float
    upper: float
    obs_status: str
    note: str


def number(cell: Any, where: str, *, scale: int = 1_000) -> Cell:
    """A cell in thousands to whole units. Blank is no flow, 0; a mark is missing.

    Spaces between digits, a decimal comma and a star or footnote number after the digits are
    understood; a star is provisional. Raises `WrongFormat` with the place for any other text.
    """
    # 15 digits are all that a workbook stores; the rest of a float is noise of binary fractions.
    text = format(cell, ".15g") if isinstance(cell, float) else str(cell)
    text = re.sub(r"\s", "", text)
    if text == "":
        return Cell(0.0, 0.0, 0.0, "A", "blank cell: no flow")
    mark = _MARKS.get(text.casefold())
    if mark:
        nan = float("nan")
        return Cell(nan, nan, nan, mark, f"printed as {text}")
    bare = re.sub(r"(\*+|(?<=\d)\d\))$", "", text).replace("\u2212", "-")
    bare = bare.replace(",", ".")
    if re.search(r"[eE]", bare):
        bare = format(Decimal(bare), "f") if re.fullmatch(r"-?[\d.]+[eE][+-]?\d+", bare) else bare
    if not _NUMBER.fullmatch(bare):
        raise WrongFormat(
            f"{where}: {str(cell)!r} is no number and no mark for missing.",
            "If the publisher uses it as a mark, add it to kzdata.readers.bns_cells.",
        )
    printed = Decimal(bare)
    half = Decimal((0, (5,), int(printed.as_tuple().exponent) - 1))
    value, lower, upper = (
        float(each * scale) for each in (printed, printed - half, printed + half)
    )
    return Cell(value, lower, upper, "P" if text.endswith("*") else "A", "")
