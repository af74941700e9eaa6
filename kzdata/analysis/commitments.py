"""How many promises come true, and how long it takes: stages as survival times.

A promise that has not moved by the day of looking is not a failure but an unfinished observation;
leaving it out, or counting it as never, would both mislead.
"""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd

from kzdata.errors import (
    ContractError,
    KzdataError,
    MeasureMismatch,
    NotAvailable,
    ParseError,
    UnitMismatch,
)
from kzdata.indicators import validation
from kzdata.model import contract
from kzdata.seeds.commitments import stage_histories
from kzdata.seeds.schemas import LADDER, LAPSED, day_expected

BASES = ("announced", "committed", "financed", "disbursed")


def commitment_total(frame: pd.DataFrame, basis: str | None = None) -> pd.DataFrame:
    """The sum of the values of promises on one basis, in one unit: one row.

    ``frame`` has commitment, value, unit and value_basis, which is announced, committed, financed
    or disbursed; ``basis`` chooses one of them. ``value`` is missing where one of its parts is,
    since an unpublished value is unknown, not zero; ``known_value`` sums the published ones and
    ``known`` of ``items`` counts them.

    Raises `MeasureMismatch` for several bases, an unknown one, or a promise given twice on one;
    `UnitMismatch` for several units; `NotAvailable` where no row is on the basis.

    >>> import pandas as pd
    >>> import kzdata as kz
    >>> promises = pd.DataFrame(
    ...     [["gas", 300e6, "announced"], ["farm", 25e6, "announced"], ["gas", 80e6, "committed"]],
    ...     columns=["commitment", "value", "value_basis"],
    ... ).assign(unit="USD")
    >>> kz.commitment_total(promises, "announced")[["value", "known", "items", "unit"]]
             value  known  items unit
    0  325000000.0      2      2  USD
    """
    validation.columns(frame, ["commitment", "value", "unit", "value_basis"])
    if basis is not None:
        validation.choice("basis", basis, BASES)
        frame = frame[frame["value_basis"] == basis]
    if frame.empty:
        raise NotAvailable(
            f"No promise has a value that is {basis or 'given'}.",
            'See frame["value_basis"].value_counts().',
        )
    held = sorted(set(map(str, frame["value_basis"])))
    if len(held) > 1 or held[0] not in BASES:
        raise MeasureMismatch(
            f"Values are {' and '.join(held)}; what is announced, committed, financed and "
            "disbursed is the same money at different times, and is never summed.",
            f'Choose one basis of {", ".join(BASES)}: kz.commitment_total(frame, "{BASES[0]}")',
        )
    known = frame["value"].notna().to_numpy()
    units = sorted(set(map(str, frame.loc[known, "unit"])))
    if len(units) > 1:
        raise UnitMismatch(
            f"Values are in {' and '.join(units)}.",
            "Convert one of them at a stated, sourced rate.",
        )
    if frame["commitment"].duplicated().any():
        twice = frame.loc[frame["commitment"].duplicated(), "commitment"].iloc[0]
        raise MeasureMismatch(
            f"{twice} is given more than once.", "Keep one row a promise, the latest."
        )
    gone = int((~known).sum())
    total = float(frame.loc[known, "value"].sum()) if known.any() else np.nan
    made = pd.DataFrame(
        {
            "value_basis": held,
            "value": np.nan if gone else total,
            "known_value": total,
            "unit": units[0] if units else "unknown",
            "known": int(known.sum()),
            "items": len(frame),
            "note": f"{gone} of {len(frame)} values are not published" if gone else "",
        }
    )
    if "source" in frame.columns:
        made["source"] = contract.join_sources(frame["source"].unique())
    return made


LEVEL = 0.95

_ORDER = [*LADDER, LAPSED]

_EVIDENCE = ["commitment", "stage", "date"]


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
        validation.choice(name, stage, LADDER)
    if LADDER.index(start) >= LADDER.index(end):
        raise KzdataError(
            f"{end} does not come after {start}.", f"The ladder is {' < '.join(LADDER)}."
        )
    if not 0 < level < 1:
        raise KzdataError(
            f"level={level!r} is not a probability.", "The usual choice is level=0.95."
        )
    histories = stage_histories() if histories is None else histories
    validation.columns(histories, [*_EVIDENCE, *([by] if by else [])])
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
        raise ParseError(f"as_of={as_of!r} is not a date.", f"Expected {expected}.")
    return date.fromisoformat(text)


def _legal(histories: pd.DataFrame) -> None:
    """Raise with every row whose stage, date or order of stages is invalid."""
    ordered = histories.sort_values("date", kind="stable", key=lambda each: each.astype(str))
    wrong: dict[object, str] = {}
    reached: dict[object, int] = {}
    for row, name, stage, when in zip(
        ordered.index, ordered["commitment"], ordered["stage"], ordered["date"], strict=True
    ):
        if stage not in _ORDER or day_expected(when):
            wrong[row] = "unknown stage or invalid date"
            continue
        rank = _ORDER.index(stage)
        if rank < reached.get(name, 0):
            wrong[row] = f"a step back from {_ORDER[reached[name]]} to {stage}"
        reached[name] = max(rank, reached.get(name, 0))
    if "learned" in histories.columns:
        odd = histories["learned"].notna() & histories["learned"].map(
            lambda v: bool(day_expected(v))
        )
        wrong |= dict.fromkeys(histories.index[odd], "learned is not a date")
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
