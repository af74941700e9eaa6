"""What is written beside a body, and finding it again: ``fetched.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from kzdata.errors import NotAvailable
from kzdata.fetch import storage
from kzdata.fetch.endpoints import Request
from kzdata.fetch.failures import NotKept
from kzdata.files import sha256_of


@dataclass(frozen=True)
class Fetched:
    """A body that was accepted: its place, its record, and the observations in it.

    ``frame`` is none where the body was read in part only (an archive of gigabytes) or holds no
    data (a list of files). ``record`` has source, service, parameters, url, final_url, status,
    headers, retrieved (UTC), file, bytes, unpacked, sha256, reader, options, rows and kzdata (the
    version).
    """

    path: Path
    record: dict[str, Any]
    frame: pd.DataFrame | None


def folder_name(request: Request, at: datetime) -> str:
    """The folder of one fetch: its time, then its request."""
    return f"{at:%Y%m%dT%H%M%SZ}-{request.digest}"


def latest(root: Path, source: str, service: str | None, parameters: Mapping[str, str]) -> Path:
    """The latest recorded folder of a source whose parameters agree with those given.

    Raises `NotAvailable` where none is recorded, `NotKept` for a damaged record.
    """
    found = []
    for place in (root / source).glob(f"*/{storage.RECORD}"):
        about = read(place.parent)
        agrees = all(about["parameters"].get(n) == str(v) for n, v in parameters.items())
        if agrees and service in (None, about["service"]):
            found.append((about["retrieved"], place.parent.name, place.parent))
    if not found:
        raise NotAvailable(
            f"{root / source} holds no recorded answer of {source} with these parameters.",
            "Fetch it once without --replay.",
        )
    return max(found)[2]


def read(folder: Path) -> dict[str, Any]:
    """The record of a folder. Raises `NotKept` where it cannot be read."""
    path = folder / storage.RECORD
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        if Path(about["file"]).name != about["file"]:
            raise ValueError("its file is elsewhere")
        _ = (
            about["parameters"],
            about["service"],
            about["retrieved"],
            about["sha256"],
            about["options"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotKept(
            f"{path} is damaged: {error!r}.", "Remove the folder and fetch again."
        ) from None
    return about


def body(folder: Path, about: dict[str, Any]) -> Path:
    """The recorded body, checked against its SHA-256."""
    path = folder / about["file"]
    try:
        found = sha256_of(path)
    except OSError as error:
        raise NotKept(f"{path} is not there: {error.strerror}.", "Fetch it again.") from None
    if found != about["sha256"]:
        raise NotKept(
            f"{path} has SHA-256 {found[:12]}…, its record says {about['sha256'][:12]}….",
            "It was edited or damaged: fetch it again.",
        )
    return path
