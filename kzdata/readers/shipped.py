"""The shipped files to observations. Each raw folder holds files and the manifest that says what
they are, who published them and which reader turns them into the tidy contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata.errors import ContractError, KzdataError, UnknownCode, did_you_mean
from kzdata.files import sha256_of
from kzdata.model import contract
from kzdata.model.amounts import observation
from kzdata.model.codes import WORLD
from kzdata.readers import nbk_fdi

FLOWS = (("exports", "X", "FOB"), ("imports", "M", "CIF"))


def annual_flows(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns reporter, partner, year and exports_*, imports_*: an annual bilateral series."""
    return _melt(
        raw,
        manifest,
        lambda row: {
            "freq": "A",
            "reporter": row["reporter"],
            "partner": row["partner"],
            "period": row["year"],
        },
    )


def annual_partners(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns year, iso3, name_ru and exports_*, imports_*: one reporter, every partner."""
    return _melt(
        raw,
        manifest,
        lambda row: {
            "freq": "A",
            "reporter": "KAZ",
            "partner": row["iso3"],
            "period": row["year"],
            "locator": f"row «{row['name_ru']}»",
        },
    )


def monthly_totals(raw: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Columns month (YYYY-MM) and exports_*, imports_*: national totals, partner WLD."""
    return _melt(
        raw,
        manifest,
        lambda row: {
            "freq": "M",
            "reporter": "KAZ",
            "partner": WORLD,
            "period": row["month"],
        },
    )


def _melt(
    raw: pd.DataFrame, manifest: dict[str, Any], cell: Callable[[dict[Any, str]], dict[str, str]]
) -> pd.DataFrame:
    rows = []
    for line, row in enumerate(raw.to_dict("records"), start=2):
        for word, flow, valuation in FLOWS:
            (column,) = [name for name in raw.columns if name.startswith(word + "_")]
            known = cell(row)
            where = known.pop("locator", f"line {line}")
            rows.append(
                observation(
                    manifest,
                    row[column],
                    flow=flow,
                    valuation=valuation,
                    locator=f"{manifest['file']}, {where}, column {column}",
                    **known,
                )
            )
    return pd.DataFrame(rows)


READERS = {
    "annual_flows": annual_flows,
    "annual_partners": annual_partners,
    "monthly_totals": monthly_totals,
    "nbk_fdi": nbk_fdi.net_inflow,
}

# What each needs; a name that ends in _ begins that of one column.
COLUMNS = {
    "annual_flows": ("reporter", "partner", "year", "exports_", "imports_"),
    "annual_partners": ("year", "iso3", "name_ru", "exports_", "imports_"),
    "monthly_totals": ("month", "exports_", "imports_"),
    "nbk_fdi": ("report_date", "amount_musd"),
}


def read_source(folder: Path, manifest: dict[str, Any]) -> pd.DataFrame:
    """The observations of one raw folder, checked against the contract.

    Raises `KzdataError` when the file's SHA-256 is not the one in the manifest, `ContractError` for
    a file that is not its reader's, and with every failing row.
    """
    path = folder / manifest["file"]
    found = sha256_of(path)
    if found != manifest["sha256"]:
        raise KzdataError(
            f"{path} has SHA-256 {found[:12]}…, its manifest says {manifest['sha256'][:12]}….",
            "Restore the file, or record the new edition in manifest.yml.",
        )
    if manifest["reader"] not in READERS:
        raise UnknownCode(
            f"{folder.name}/manifest.yml names the reader {manifest['reader']!r}.",
            did_you_mean(manifest["reader"], READERS),
        )
    raw = _table(path, manifest["reader"])
    frame = READERS[manifest["reader"]](raw, manifest)
    frame = _declare_missing(frame, manifest)
    frame = _flag(frame, manifest)
    try:
        return contract.check(contract.order(frame))
    except ContractError as error:
        raise ContractError(f"{path}: {error.fact}", error.hint, error.failures) from None


def _table(path: Path, reader: str) -> pd.DataFrame:
    hint = (
        f"The reader {reader} needs a CSV in UTF-8 with the columns {', '.join(COLUMNS[reader])}."
    )
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ContractError(f"{path} cannot be read as a table: {error}", hint) from None
    for wanted in COLUMNS[reader]:
        count = sum(
            name.startswith(wanted) if wanted[-1] == "_" else name == wanted for name in raw.columns
        )
        if count != 1:
            said = "has no column" if count == 0 else f"has {count} columns"
            raise ContractError(f"{path} {said} {wanted}.", hint)
    return raw


def _declare_missing(frame: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Add the rows that the manifest declares missing at source, without a value."""
    rows = []
    for declared in manifest.get("missing", []):
        like = frame[frame["partner"] == declared["partner"]].drop_duplicates("flow")
        for period in declared["periods"]:
            rows.append(
                like.assign(
                    period=period,
                    value=float("nan"),
                    lower=float("nan"),
                    upper=float("nan"),
                    obs_status="M",
                    locator="no row",
                    note=declared["note"],
                )
            )
    return pd.concat([frame, *rows], ignore_index=True) if rows else frame


def _flag(frame: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Set the observation status that the manifest declares for some cells."""
    for flag in manifest.get("flags", []):
        hit = (frame["flow"] == flag["flow"]) & frame["period"].isin(flag["periods"])
        if not hit.any():
            raise KzdataError(
                f"The manifest of {manifest['source']} flags {flag['flow']} "
                f"{', '.join(flag['periods'])}, which the file does not hold.",
                "Remove the flag or correct its flow and periods.",
            )
        frame.loc[hit, "obs_status"] = flag["obs_status"]
        frame.loc[hit, "note"] = flag["note"]
    return frame
