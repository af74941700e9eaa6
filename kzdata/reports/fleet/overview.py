"""The editions as a table: what they are, when each was last made, and when it is next due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kzdata import settings
from kzdata.errors import KzdataError
from kzdata.reports import manifest
from kzdata.reports.editions import Edition, read_editions
from kzdata.reports.fleet import records
from kzdata.reports.fleet.staleness import Planner


def overview(now: dt.datetime | None = None) -> list[dict[str, Any]]:
    """A row an edition, as texts; ``reasons`` is a list: what changed since it was made.

    ``built`` is the day of the report that stands, or "never"; ``last_run`` also counts a run that
    found nothing new; ``freshness`` is fresh, changed (its inputs have), due, failed (the last run
    did) or never built.
    """
    now = now or dt.datetime.now(dt.UTC)
    planner = Planner()
    rows = [_row(each, planner, now) for each in read_editions().values()]
    planner.save()
    return rows


def _row(each: Edition, planner: Planner, now: dt.datetime) -> dict[str, Any]:
    made = manifest.read(settings.reports_folder() / each.name)
    ran = records.record(each.name)
    next_due = records.next_due(each, now)
    try:
        reasons = planner.plan(each).reasons
    except KzdataError as error:
        reasons = [error.fact]
    return {
        "name": each.name,
        "title": each.title,
        "notebooks": ", ".join(each.notebooks),
        "parameters": ", ".join(f"{name}={value}" for name, value in each.parameters.items()),
        "formats": ", ".join(each.formats),
        "language": each.language,
        "calendar": f"{each.cron} {each.time_zone}" if each.cron else "",
        "built": str(made["generated"])[:10] if made else "never",
        "last_run": f"{ran['at']} {ran['status']}" if ran else "",
        "next_due": _clock(next_due, each.time_zone) if next_due else "",
        "freshness": _freshness(each, bool(made), ran, reasons, now),
        "reasons": reasons if made else [],
    }


def _clock(moment: dt.datetime, time_zone: str) -> str:
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(time_zone)).isoformat(timespec="minutes")


def _freshness(
    each: Edition, made: bool, ran: dict[str, Any] | None, reasons: list[str], now: dt.datetime
) -> str:
    if not made:
        return "never built"
    if ran and ran["status"] in {"failed", "drift"}:
        return "failed"
    if records.due_since(each, now):
        return "due"
    return "changed" if reasons else "fresh"
