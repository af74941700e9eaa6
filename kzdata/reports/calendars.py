"""When an edition is to appear: a cron expression read on the clock of a time zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from kzdata.errors import KzdataError


def check_calendar(cron: str, time_zone: str) -> None:
    """Raise `KzdataError` for what is no cron expression, or names no day, or no time zone."""
    latest(cron, time_zone, dt.datetime.now(dt.UTC))


def latest(cron: str, time_zone: str, now: dt.datetime) -> dt.datetime:
    """The last moment up to ``now`` at which the edition was to appear, in UTC.

    Hours that a change of the clock skips or repeats are treated as Debian's cron does.
    """
    # The minute that has just begun counts, so look back from within it.
    return _first(cron, time_zone, now + dt.timedelta(microseconds=1), backwards=True)


def upcoming(cron: str, time_zone: str, now: dt.datetime) -> dt.datetime:
    """The next moment after ``now`` at which the edition is to appear, in UTC."""
    return _first(cron, time_zone, now, backwards=False)


def _first(cron: str, time_zone: str, now: dt.datetime, *, backwards: bool) -> dt.datetime:
    from cronsim import CronSim, CronSimError

    try:
        zone = ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        raise KzdataError(
            f"{time_zone!r} is no time zone.", "Write one of the tz database: Asia/Almaty, UTC."
        ) from None
    hint = 'Write minute hour day month weekday: "0 6 * * 1" is every Monday at six.'
    if len(cron.split()) != 5:  # cronsim would take a sixth in front for seconds
        raise KzdataError(f"{cron!r} is no cron expression: Wrong number of fields.", hint)
    try:
        moment = next(CronSim(cron, now.astimezone(zone), reverse=backwards), None)
    except CronSimError as error:
        raise KzdataError(f"{cron!r} is no cron expression: {error}.", hint) from None
    if moment is None:
        raise KzdataError(f"{cron!r} names no day of the next fifty years.", hint)
    return moment.astimezone(dt.UTC)
