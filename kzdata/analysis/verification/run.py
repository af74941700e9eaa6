"""Runs the checks and says what held, what did not, and what could not be run."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata.analysis.verification import models, structure
from kzdata.analysis.verification.comparison import Check
from kzdata.errors import KzdataError, UnknownCode
from kzdata.settings import HOME

SHARED = "KZDATA_SHARED"

COLUMNS = [
    "check", "quantity", "published", "printed", "computed", "difference", "tolerance", "cells",
    "at", "verdict", "reason", "title", "source",
]  # fmt: skip

ABSENT = "{file} is not in {folder}; --shared DIR or KZDATA_SHARED names another place"

LIBRARY = "needs the library {library}: pip install 'kzdata[gravity]'"


def checks() -> list[Check]:
    """Every check: what the repository carries first, then what needs published data sets."""
    return [
        *structure.example_checks(),
        *structure.advantage_checks(),
        *structure.price_checks(),
        *models.disaggregation_checks(),
        *models.gravity_checks(),
        *structure.nomenclature_checks(),
    ]


def verify(shared: str | Path | None = None) -> pd.DataFrame:
    """Published answers beside those that kzdata computes now, one row a comparison.

    Columns: check, quantity, published, printed (its digits), computed, difference, tolerance,
    cells (how many figures were compared; the row shows the one furthest off, named in ``at``),
    verdict (``holds``, ``fails``, ``skipped``), reason, title, source. What the repository carries
    always runs; the data sets of other publications are looked for in ``shared``, else in the
    folder that KZDATA_SHARED names, else beside the repository, and checks without theirs are
    skipped with the reason. Raises `UnknownCode` where ``shared`` is no folder.

    >>> import kzdata as kz
    >>> found = kz.verify()
    >>> found.loc[found["check"] == "hhi", ["printed", "computed", "verdict"]].values.tolist()
    [['2600', 2600.0, 'holds']]
    """
    folder = _shared(shared)
    rows = [row for check in checks() for row in run(check, folder)]
    return pd.DataFrame(rows, columns=COLUMNS)


def run(check: Check, shared: Path) -> list[dict[str, Any]]:
    """The comparisons of one check as rows of `verify`, or one row that says why there are none."""
    common = {"check": check.name, "title": check.title, "source": check.source}
    folder = shared / "oracles" / check.folder if check.folder else HOME
    for file in check.files:
        if not (folder / file).is_file():
            reason = ABSENT.format(file=file, folder=folder)
            return [common | {"verdict": "skipped", "reason": reason, "cells": 0}]
    for library in check.needs:
        if importlib.util.find_spec(library) is None:
            reason = LIBRARY.format(library=library)
            return [common | {"verdict": "skipped", "reason": reason, "cells": 0}]
    try:
        found = list(check.run(folder))
    except (KzdataError, OSError, LookupError, ValueError) as wrong:
        # One check that cannot be run is a failure to report, not an end to the others.
        reason = f"{type(wrong).__name__}: {wrong}"
        return [common | {"verdict": "fails", "reason": reason, "cells": 0}]
    return [
        common
        | {
            "quantity": each.quantity,
            "published": each.published,
            "printed": each.printed,
            "computed": each.computed,
            "difference": each.difference,
            "tolerance": each.tolerance,
            "cells": each.cells,
            "at": each.at,
            "verdict": "holds" if each.holds else "fails",
            "reason": "",
        }
        for each in found
    ]


def _shared(given: str | Path | None) -> Path:
    if given is not None:
        if not Path(given).is_dir():
            raise UnknownCode(
                f"{given} is not a folder.", "Name the folder that holds the folder oracles."
            )
        return Path(given)
    return Path(os.environ.get(SHARED, HOME.parent / "shared"))
