"""What the chart of events says of them in its title, and what the title does not count."""

from __future__ import annotations

import pandas as pd

from kzdata.language import Sentence, joined, said, said_number


def finding(shown: pd.DataFrame) -> tuple[Sentence, list[int]]:
    """The finding of the chart of events, and the counts it prints."""
    events = shown[shown["happened"]]
    if events.empty:
        return said_number(
            "{n} event planned or stated, none that happened",
            "{n} events planned or stated, none that happened",
            len(shown),
        ), []
    last, first = int(events["began"].max()), int(events["began"].min())
    recent = int((events["began"] >= last - 1).sum())
    visits = int(((events["kind"] == "visit") & ~events["disputed"]).sum())
    parts = {"first": first, "visits": visits, "recent": recent, "since": last - 1}
    numbers = [len(events), visits, recent, last - 1]
    if recent == len(events):
        return said_number(
            "{n} dated event, in {last}",
            "{n} dated events, the last of them in {last}",
            len(events),
            last=last,
        ), numbers
    if not 0 < visits < len(events):
        return said(
            "{n} dated events since {first}, {recent} of them in {since} or later",
            n=len(events),
            **parts,
        ), numbers
    return said(
        "{n} dated events since {first}: {visits} of them an undisputed visit, {recent} in {since} "
        "or later"
        if visits == 1
        else "{n} dated events since {first}: {visits} of them undisputed visits, {recent} in "
        "{since} or later",
        n=len(events),
        **parts,
    ), numbers


def rest(shown: pd.DataFrame) -> Sentence | str:
    """What the title does not count."""
    disputed = int(((shown["kind"] == "visit") & shown["happened"] & shown["disputed"]).sum())
    only = int((~shown["happened"]).sum())
    parts = [said("as visits, {number} that a source disputes", number=disputed)] * bool(disputed)
    parts += [said("as events, {number} planned or only stated", number=only)] * bool(only)
    if not parts:
        return ""
    return said("Not counted in the title: {entries}.", entries=joined(parts, "; "))
