"""What was promised, how far it has come, and whether the follow-through can be seen.

A memorandum is not a contract: each promise stands on a ladder (announced < intent < memorandum <
agreement < contract < financed < construction < operating, or lapsed) at the stage of its latest
dated evidence. A value that nobody published is NaN, and nothing here adds values up.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from kzdata.errors import (
    ParseError,
    UnknownCode,
    did_you_mean,
)
from kzdata.model import codes
from kzdata.query_log import recorded
from kzdata.seeds.load import load
from kzdata.seeds.schemas import LADDER, LAPSED, Record, day_expected

KINDS = ("project", "state")

COMMITMENT_COLUMNS = {
    "commitment": "str",
    "title": "str",
    "reporter": "str",
    "partner": "str",
    "kind": "str",
    "stage": "str",
    "stage_since": "str",
    "evidence": "str",
    "evidence_date": "str",
    "days_since": "int64",
    "instrument": "str",
    "parties": "str",
    "place": "str",
    "sector": "str",
    "value": "float64",
    "unit": "str",
    "source": "str",
    "published": "str",
    "locator": "str",
    "note": "str",
    "as_of": "str",
}

INDICATOR_COLUMNS = {
    "indicator": "str",
    "title": "str",
    "reporter": "str",
    "partner": "str",
    "condition": "str",
    "items": "str",
    "stage": "str",
    "fulfilled_at": "str",
    "status": "str",
    "checked": "str",
    "days_since": "int64",
    "looked_for": "str",
    "note": "str",
    "source": "str",
    "locator": "str",
    "as_of": "str",
}


@recorded
def commitments(
    as_of: str | date | None = None,
    *,
    kind: str | None = "project",
    reporter: str | None = None,
    partner: str | None = None,
) -> pd.DataFrame:
    """Each promise at the stage that the evidence dated up to ``as_of`` shows, one row each.

    ``as_of`` is a day (today if left out); ``kind`` is ``project`` (signed by companies or
    agencies), ``state`` (between states) or None for both; ``reporter`` is the host country and
    ``partner`` the other one. stage_since is the day of the first
    evidence of that stage, evidence the source and place of the latest, days_since the days from
    the latest evidence to ``as_of``. A promise without evidence by then is left out. ``value`` is
    NaN where no sum was published; it is unknown, not zero, so no total is given.

    Raises `ParseError` for a date that is none, `UnknownCode` for another kind, and `SeedError`
    where the recorded history steps backwards.

    >>> import kzdata as kz
    >>> found = kz.commitments("2026-03-01")
    >>> found[["commitment", "stage", "days_since"]].values.tolist()[0]
    ['mekorot-water', 'memorandum', 33]
    """
    if kind is not None and kind not in KINDS:
        raise UnknownCode(f"Unknown kind of commitment {kind!r}.", did_you_mean(kind, KINDS))
    day = _day(as_of)
    seeds = load()
    rows = []
    for each in seeds.commitments:
        known = _known(each, day)
        if not known or kind not in (None, each["kind"]):
            continue
        stage = known[-1]["stage"]
        at_stage = [one for one in known if one["stage"] == stage]
        # Where several sources tell of the same day, the first typed is the one that tells most.
        latest = next(one for one in at_stage if one["date"] == known[-1]["date"])
        locator = _locator(latest)
        rows.append(
            {
                "commitment": each["id"],
                "title": each["title"],
                "reporter": each["reporter"],
                "partner": each["partner"],
                "kind": each["kind"],
                "stage": stage,
                "stage_since": at_stage[0]["date"],
                "evidence": f"{latest['source']}, {locator}",
                "evidence_date": latest["date"],
                "days_since": (day - date.fromisoformat(latest["date"])).days,
                "instrument": latest["instrument"],
                "parties": "; ".join(each["parties"]),
                "place": each["place"],
                "sector": each["sector"],
                "value": each["value"],
                "unit": each["unit"] or "unknown",
                "source": " + ".join(sorted({one["source"] for one in at_stage})),
                "published": seeds.sources[latest["source"]]["published"] or "_U",
                "locator": locator,
                "note": latest["note"],
                "as_of": day.isoformat(),
            }
        )
    return _frame(rows, COMMITMENT_COLUMNS, reporter, partner)


@recorded
def follow_through(
    as_of: str | date | None = None,
    *,
    reporter: str | None = None,
    partner: str | None = None,
) -> pd.DataFrame:
    """Has each indicator of follow-through been met by ``as_of``? One row each.

    An indicator watches some promises, stands at the stage of the least advanced of them, and is
    ``met`` once that stage reaches ``fulfilled_at``; otherwise it has ``no evidence yet``, or is
    ``lapsed`` when one of its promises is. checked is the day up to which public records were
    looked through (never after ``as_of``): no public record found is not proof of absence.
    days_since counts from the day the promises were made. Indicators of a later day are left out.

    Raises `ParseError` for a date that is none.

    >>> import kzdata as kz
    >>> kz.follow_through("2026-03-01")[["indicator", "stage", "status", "days_since"]]
                   indicator       stage           status  days_since
    0    commission-convened   announced  no evidence yet          33
    1  visa-agreement-signed      intent  no evidence yet          33
    2    projects-contracted  memorandum  no evidence yet          33
    """
    day = _day(as_of)
    seeds = load()
    promised = {each["id"]: each for each in seeds.commitments}
    rows = []
    for each in seeds.indicators:
        since = date.fromisoformat(each["since"])
        if day < since:
            continue
        stage, status = progress(each, [promised[item] for item in each["items"]], day)
        checked = min(each["record"]["until"], day.isoformat())
        note = f"No public record found by {checked}: {each['record']['note']}"
        rows.append(
            {
                "indicator": each["id"],
                "title": each["title"],
                "reporter": each["reporter"],
                "partner": each["partner"],
                "condition": each["condition"],
                "items": ", ".join(each["items"]),
                "stage": stage,
                "fulfilled_at": each["fulfilled_at"],
                "status": status,
                "checked": checked,
                "days_since": (day - since).days,
                "looked_for": each["record"]["looked_for"],
                "note": each["record"]["note"] if each["record"]["found"] else note,
                "source": each["source"],
                "locator": _locator(each),
                "as_of": day.isoformat(),
            }
        )
    return _frame(rows, INDICATOR_COLUMNS, reporter, partner)


def progress(indicator: Record, items: list[Record], day: date) -> tuple[str, str]:
    """Stage of the least advanced item, and the status that follows from it."""
    stages = [known[-1]["stage"] if (known := _known(item, day)) else None for item in items]
    if LAPSED in stages:
        return LAPSED, LAPSED
    reached = [stage for stage in stages if stage is not None]
    if len(reached) < len(stages):
        return "unknown", "no evidence yet"
    least = min(reached, key=LADDER.index)
    met = LADDER.index(least) >= LADDER.index(indicator["fulfilled_at"])
    return least, "met" if met else "no evidence yet"


def _known(commitment: Record, day: date) -> list[Record]:
    return [one for one in commitment["history"] if one["date"] <= day.isoformat()]


def _locator(record: Record) -> str:
    return f"paragraph {record['paragraph']}" if "paragraph" in record else "text"


def _day(as_of: str | date | None) -> date:
    if as_of is None:
        return date.today()
    if isinstance(as_of, date):
        return date(as_of.year, as_of.month, as_of.day)
    if day_expected(as_of):
        raise ParseError(
            f"as_of={as_of!r} is not a date in the calendar.", 'Write year-month-day: "2026-03-01".'
        )
    return date.fromisoformat(as_of)


def _frame(
    rows: list[Record], columns: dict[str, str], reporter: str | None, partner: str | None
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object).astype(columns)
    for column, name in (("reporter", reporter), ("partner", partner)):
        if name is not None:
            frame = frame[frame[column] == codes.area(name)]
    return frame.reset_index(drop=True)


@recorded
def stage_histories(
    *, kind: str | None = None, reporter: str | None = None, partner: str | None = None
) -> pd.DataFrame:
    """The dated evidence of every recorded promise, one row each, as `conversion` takes it.

    Columns: commitment, kind, reporter, partner, sector, stage, date, source, locator, note.

    >>> import kzdata as kz
    >>> kz.stage_histories(kind="project")[["commitment", "stage", "date"]].head(3)
           commitment       stage        date
    0   mekorot-water  memorandum  2026-01-27
    1   mekorot-water  memorandum  2026-01-27
    2  atyrau-bitumen   agreement  2026-01-27
    """
    rows = [
        {
            "commitment": each["id"],
            "kind": each["kind"],
            "reporter": each["reporter"],
            "partner": each["partner"],
            "sector": each["sector"],
            "stage": one["stage"],
            "date": one["date"],
            "source": one["source"],
            "locator": f"paragraph {one['paragraph']}" if "paragraph" in one else "text",
            "note": one["note"],
        }
        for each in load().commitments
        for one in each["history"]
    ]
    frame = pd.DataFrame(rows)
    wanted = {"kind": kind, "reporter": reporter, "partner": partner}
    for column, value in wanted.items():
        if value is not None:
            frame = frame[frame[column] == (value if column == "kind" else codes.area(value))]
    return frame.reset_index(drop=True)
