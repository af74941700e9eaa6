"""When an edition was last run, and how it went: small files beside the reports.

The report itself is not touched by a run that finds nothing new; the calendar still has to know
that the run took place.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kzdata import settings
from kzdata.errors import PublishError
from kzdata.files import write_whole
from kzdata.reports import editions
from kzdata.reports.editions import Edition

FOLDER = ".fleet"

UNCHANGED = "unchanged.at.json"  # the name of no edition holds a dot


def folder() -> Path:
    """Where records and remembered hashes are kept."""
    return settings.reports_folder() / FOLDER


def record(name: str) -> dict[str, Any] | None:
    """``at`` (UTC), ``status`` and ``message`` of the last run of an edition."""
    found = _read(folder() / f"{name}.json")
    known = found if "at" in found else None
    looked = _looked(folder()).get(name)
    if looked and (known is None or str(known["at"]) < looked):
        return {"at": looked, "status": "unchanged", "message": ""}
    return known


def keep(
    name: str, status: str, message: str, at: dt.datetime, reports: Path | None = None
) -> None:
    """Put down how a run of an edition went, beside its report in ``reports``.

    Raises `PublishError` where that cannot be written.
    """
    said = {"at": at.isoformat(timespec="seconds"), "status": status, "message": message}
    _write((reports / FOLDER if reports else folder()) / f"{name}.json", said, name)


def keep_unchanged(names: Sequence[str], at: dt.datetime, reports: Path | None = None) -> None:
    """Put down that these editions were found unchanged: all of them in one step.

    Two runs may do so at once, and one of them be forgotten: then its editions are looked at again.
    """
    place = reports / FOLDER if reports else folder()
    said = {**_looked(place), **dict.fromkeys(names, at.isoformat(timespec="seconds"))}
    _write(place / UNCHANGED, said, "what is unchanged")


def _looked(place: Path) -> dict[str, str]:
    return {name: at for name, at in _read(place / UNCHANGED).items() if isinstance(at, str)}


def _read(place: Path) -> dict[str, Any]:
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(place: Path, said: dict[str, Any], of: str) -> None:
    try:
        write_whole(place, json.dumps(said, ensure_ascii=False).encode())
    except OSError as error:
        raise PublishError(
            f"The record of {of} cannot be written to {place.parent}: {error.strerror or error}.",
            "The report itself is whole. Free the disk, or mend the permissions.",
        ) from None


def last_run(edition: Edition) -> dt.datetime | None:
    """When an edition was last made or found unchanged; a run that failed does not count."""
    known = record(edition.name)
    if known is None or known["status"] not in {"built", "unchanged", "finding"}:
        return None
    with contextlib.suppress(ValueError):
        return dt.datetime.fromisoformat(known["at"])
    return None


def due_since(edition: Edition, now: dt.datetime) -> dt.datetime | None:
    """The moment of its calendar from which an edition waits, None where it does not.

    However many moments were missed, it is due once.
    """
    if not edition.cron:
        return None
    wanted = editions.latest(edition.cron, edition.time_zone, now)
    last = last_run(edition)
    return wanted if last is None or last < wanted else None


def next_due(edition: Edition, now: dt.datetime) -> dt.datetime | None:
    """When the calendar next asks for an edition: at once if it waits, None without a calendar."""
    if not edition.cron:
        return None
    waiting = due_since(edition, now)
    return waiting or editions.upcoming(edition.cron, edition.time_zone, now)
