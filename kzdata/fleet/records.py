"""When an edition was last run, and how it went: one small file each beside the reports.

The report itself is not touched by a run that finds nothing new; the calendar still has to know
that the run took place.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from pathlib import Path
from typing import Any

from kzdata import home
from kzdata.errors import PublishError
from kzdata.fleet.hashes import replace
from kzdata.reports import calendars
from kzdata.reports.editions import Edition

FOLDER = ".fleet"


def folder() -> Path:
    """Where records and remembered hashes are kept."""
    return home.reports_folder() / FOLDER


def record(name: str) -> dict[str, Any] | None:
    """``at`` (UTC), ``status`` and ``message`` of the last run of an edition."""
    try:
        found = json.loads((folder() / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "at" in found else None


def keep(name: str, status: str, message: str, at: dt.datetime) -> None:
    """Put down how a run of an edition went. Raises `PublishError` where that cannot be written."""
    said = {"at": at.isoformat(timespec="seconds"), "status": status, "message": message}
    try:
        replace(folder() / f"{name}.json", json.dumps(said, ensure_ascii=False).encode())
    except OSError as error:
        raise PublishError(
            f"The record of {name} cannot be written to {folder()}: {error.strerror or error}.",
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
    wanted = calendars.latest(edition.cron, edition.time_zone, now)
    last = last_run(edition)
    return wanted if last is None or last < wanted else None


def next_due(edition: Edition, now: dt.datetime) -> dt.datetime | None:
    """When the calendar next asks for an edition: at once if it waits, None without a calendar."""
    if not edition.cron:
        return None
    waiting = due_since(edition, now)
    return waiting or calendars.upcoming(edition.cron, edition.time_zone, now)
