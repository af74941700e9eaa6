"""How many promises come true, and how long it takes: stages as survival times.

A promise that has not moved by the day of looking is not a failure but an unfinished observation;
leaving it out, or counting it as never, would both mislead.
"""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd

from kzdata import codes
from kzdata.errors import ContractError, KzdataError, NotAvailable, ParseError
from kzdata.reads import recorded
from kzdata.seeds.files import load
from kzdata.seeds.shapes import LADDER, LAPSED, day_expected
from kzdata.structure import inputs

LEVEL = 0.95
_ORDER = [*LADDER, LAPSED]
_EVIDENCE = ["commitment", "stage", "date"]


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


def conversion(
    histories: pd.DataFrame | None = None,
    as_of: str | date | None = None,
    *,
    start: str = "memorandum",
    end: str = "contract",
    by: str | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Kaplan–Meier: the share of promises at ``start`` that have not reached ``end`` after t days.

    ``histories`` has a row for each piece of evidence: commitment, stage, date (a day), and
    optionally ``learned``, the day from which a promise was watched (it counts as at risk only from
    then). Without it, the recorded promises. A promise enters on the first day at ``start`` or
    beyond, and leaves when it reaches ``end``, lapses, or at ``as_of`` (today), whichever is first;
    later evidence is not yet known. Promises first seen beyond ``start`` entered on an unknown day
    and are left out, and counted.

    One row for each time at which something happened: ``days``, ``at_risk``, ``converted``,
    ``lapsed``, ``survival`` S(t) with ``lower`` and ``upper`` (Greenwood, log–log, ``level``), in
    which a lapse is only the end of watching; and ``converted_share`` and ``lapsed_share``, the
    cumulative incidences (Aalen–Johansen), which count a lapse as an end. ``by`` names a column of
    groups. Without a conversion S is 1 and its interval is missing, with the reason in ``note``.

    Raises `ContractError` with every step back, step after a lapse or date that is none in
    ``failures``; `NotAvailable` where no promise enters; `KzdataError` for an option.
    Source: Kaplan and Meier (1958); Kalbfleisch and Prentice (1980) for the interval; Aalen and
    Johansen (1978).

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> histories = pd.DataFrame(
    ...     [["a", "memorandum", "2025-01-10"], ["a", "contract", "2025-07-09"]]
    ...     + [["b", "memorandum", "2025-03-01"]],
    ...     columns=["commitment", "stage", "date"],
    ... )
    >>> kz.conversion(histories, "2026-03-01")[["days", "at_risk", "survival"]]
       days  at_risk  survival
    0   180        2       0.5
    1   365        1       0.5
    """
    for name, stage in (("start", start), ("end", end)):
        inputs.choice(name, stage, LADDER)
    if LADDER.index(start) >= LADDER.index(end):
        raise KzdataError(
            f"{end} does not come after {start}.", f"The ladder is {' < '.join(LADDER)}."
        )
    if not 0 < level < 1:
        raise KzdataError(f"level={level!r} is no probability.", "level=0.95 is the usual one.")
    histories = stage_histories() if histories is None else histories
    inputs.columns(histories, [*_EVIDENCE, *([by] if by else [])])
    day = _day(as_of)
    _legal(histories)
    groups = [(None, histories)] if by is None else list(histories.groupby(by))
    made, z = [], NormalDist().inv_cdf(0.5 + level / 2)
    for each, rows in groups:
        spells, left_out = _spells(rows, day, LADDER.index(start), LADDER.index(end))
        # Watched only after it had ended: never at risk while anybody looked.
        spells = spells[spells["watched"] < spells["days"]]
        if len(spells):
            group = {by: each} if by else {}
            made.append(_table(spells, z).assign(left_out=left_out, **group))
    if not made:
        raise NotAvailable(
            f"No promise is seen to enter {start} by {day}.",
            "Choose an earlier start, or a later as_of.",
        )
    result = pd.concat(made, ignore_index=True)
    result.insert(0, "stage_from", start)
    result.insert(1, "stage_to", end)
    return result.assign(
        variant=f"Kaplan–Meier from {start}, Greenwood log–log {100 * level:g}%",
        as_of=day.isoformat(),
    )


def _day(as_of: str | date | None) -> date:
    if as_of is None:
        return date.today()
    text = as_of.isoformat()[:10] if isinstance(as_of, date) else as_of
    if expected := day_expected(text):
        raise ParseError(f"as_of={as_of!r} is no day.", f"Expected {expected}.")
    return date.fromisoformat(text)


def _legal(histories: pd.DataFrame) -> None:
    """Raise with every row that is no dated stage, or that steps back or beyond a lapse."""
    ordered = histories.sort_values("date", kind="stable", key=lambda each: each.astype(str))
    wrong: dict[object, str] = {}
    reached: dict[object, int] = {}
    for row, name, stage, when in zip(
        ordered.index, ordered["commitment"], ordered["stage"], ordered["date"], strict=True
    ):
        if stage not in _ORDER or day_expected(when):
            wrong[row] = "no dated stage"
            continue
        rank = _ORDER.index(stage)
        if rank < reached.get(name, 0):
            wrong[row] = f"a step back from {_ORDER[reached[name]]} to {stage}"
        reached[name] = max(rank, reached.get(name, 0))
    if "learned" in histories.columns:
        odd = histories["learned"].notna() & histories["learned"].map(
            lambda v: bool(day_expected(v))
        )
        wrong |= dict.fromkeys(histories.index[odd], "learned is no day")
    if wrong:
        failures = histories.loc[list(wrong)].assign(rule=list(wrong.values()))
        row = failures.iloc[0]
        raise ContractError(
            f"{len(wrong)} of {len(histories)} pieces of evidence cannot stand; the first is "
            f"{row['commitment']}, {row['stage']!r} on {row['date']!r}: {row['rule']}.",
            f"The ladder is {' < '.join(LADDER)}, or {LAPSED} for good. See .failures.",
            failures,
        )


def _spells(rows: pd.DataFrame, day: date, start: int, end: int) -> tuple[pd.DataFrame, int]:
    """One row a promise: days from entry, how it ended, and the days before it was watched."""
    known = rows[rows["date"] <= day.isoformat()]
    spells, left_out = [], 0
    for _, own in known.groupby("commitment", sort=False):
        steps = sorted(
            (date.fromisoformat(when), _ORDER.index(stage))
            for when, stage in zip(own["date"], own["stage"], strict=True)
        )
        beyond = [when for when, rank in steps if start <= rank < len(LADDER)]
        if not beyond:
            continue
        if steps[0][1] > start:
            left_out += 1
            continue
        entry = beyond[0]
        reached = [when for when, rank in steps if end <= rank < len(LADDER)]
        gone = [when for when, rank in steps if rank == len(LADDER)]
        last, how = min(
            [(when, 0) for when in reached[:1]] + [(when, 1) for when in gone[:1]] + [(day, 2)]
        )
        learned = list(own["learned"].dropna()) if "learned" in own.columns else []
        watched = (date.fromisoformat(min(learned)) - entry).days if learned else -1
        spells.append((max(watched, -1), (last - entry).days, how))
    return pd.DataFrame(spells, columns=["watched", "days", "how"]), left_out


def _table(spells: pd.DataFrame, z: float) -> pd.DataFrame:
    days, how = spells["days"].to_numpy(), spells["how"].to_numpy()
    watched = spells["watched"].to_numpy()
    times = np.unique(days)
    at_risk = ((watched < times[:, None]) & (times[:, None] <= days)).sum(axis=1)
    converted, lapsed, censored = (
        ((days == times[:, None]) & (how == each)).sum(axis=1) for each in range(3)
    )
    survival = np.cumprod(1 - converted / at_risk)
    staying = np.cumprod(1 - (converted + lapsed) / at_risk)
    before = np.concatenate([[1.0], staying[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(converted / (at_risk * (at_risk - converted)))
        spread = np.exp(z * np.sqrt(greenwood) / np.abs(np.log(survival)))
        lower, upper = survival**spread, survival ** (1 / spread)
    inner = (survival > 0) & (survival < 1)
    return pd.DataFrame(
        {
            "days": times,
            "at_risk": at_risk,
            "converted": converted,
            "lapsed": lapsed,
            "censored": censored,
            "survival": survival,
            "lower": np.where(inner, lower, np.nan),
            "upper": np.where(inner, upper, np.nan),
            "converted_share": np.cumsum(before * converted / at_risk),
            "lapsed_share": np.cumsum(before * lapsed / at_risk),
            "items": len(spells),
            "note": np.select(
                [survival == 1, survival == 0],
                ["no conversion yet: no interval", "all at risk converted: no interval"],
                "",
            ),
        }
    )
