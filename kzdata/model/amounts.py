"""A printed number to whole units, with the interval that its digits imply."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from kzdata.errors import ContractError
from kzdata.model import contract

SCALES = {"USD": ("USD", 1), "kUSD": ("USD", 1_000), "MUSD": ("USD", 1_000_000)}


def parse(text: str, manifest: dict[str, Any]) -> tuple[float, float, float]:
    """(value, lower, upper) in whole units; an empty cell is missing, never zero.

    The interval is half a unit of the last digit: of the ``decimals`` or ``significant_digits``
    that the manifest declares, else of the last digit printed.
    """
    if text.strip() == "":
        return float("nan"), float("nan"), float("nan")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ContractError(
            f"{manifest['source']}: {text!r} is not a number.", "Correct the file or its reader."
        ) from None
    half = Decimal((0, (5,), _last_exponent(number, manifest) - 1))
    scale = SCALES[manifest["unit"]][1]
    return tuple(float(each * scale) for each in (number, number - half, number + half))  # type: ignore[return-value]


def _last_exponent(number: Decimal, manifest: dict[str, Any]) -> int:
    if "decimals" in manifest:
        return -int(manifest["decimals"])
    if "significant_digits" in manifest and number:
        return number.adjusted() - int(manifest["significant_digits"]) + 1
    return int(number.as_tuple().exponent)


def observation(manifest: dict[str, Any], text: str, **cell: str) -> dict[str, Any]:
    """One row under the contract; ``cell`` holds what the reader knows beyond the manifest."""
    value, lower, upper = parse(text, manifest)
    row = {
        "dataflow": manifest.get("dataflow", "trade_goods"),
        "product": "TOTAL",
        "value": value,
        "unit": SCALES[manifest["unit"]][0],
        "lower": lower,
        "upper": upper,
        "obs_status": "M" if pd.isna(value) else "A",
        "basis": "reported",
        "source": manifest["source"],
        "published": manifest["published"],
        "note": "",
        **cell,
    }
    return {column: row[column] for column in contract.COLUMNS}
