"""The commands on what is shipped: ``kzdata check``, ``kzdata tidy``, ``kzdata seeds``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kzdata.cli.error_reporting import exit_code_of
from kzdata.cli.shell import CommandOutput, Commands, Examples, answers
from kzdata.errors import ContractError, KzdataError


@click.command(
    cls=Examples,
    short_help="Check seeds, tidy table and editions.",
    epilog="kzdata check\nkzdata check --json",
)
@answers
def check() -> CommandOutput:
    """Check what is shipped: the seeds load, the tidy table keeps its contract and is current.

    Every check is made, also after one that failed.
    """
    rows, codes = [], [0]
    for name, made in _checks():
        try:
            rows.append({"check": name, "holds": True, "message": made()})
        except KzdataError as error:
            rows.append({"check": name, "holds": False, "message": str(error)})
            codes.append(exit_code_of(error))
    return CommandOutput(rows, map(_told, rows), max(codes))


def _told(row: dict[str, Any]) -> str:
    return f"{row['check']}: {'' if row['holds'] else 'FAILS: '}{row['message']}"


def _checks() -> Iterator[tuple[str, Any]]:
    from kzdata.reports.editions import read_editions

    yield "data/tidy", _tidy_is_current
    yield "seeds", _seeds_load
    yield "addresses", _addresses_load
    try:
        known = read_editions()
    except KzdataError as error:
        yield "reports/editions.yml", _raising(error)
        return
    for each in known.values():
        yield f"edition {each.name}", lambda each=each: each.bound() and _BOUND


_BOUND = "its notebooks take its parameters"


def _raising(error: KzdataError) -> Any:
    def fail() -> str:
        raise error

    return fail


def _tidy_is_current() -> str:
    from kzdata.store import query

    built = query.build_tidy()
    if not query.TIDY.exists() or query.tidy_csv(built) != query.TIDY.read_bytes():
        raise ContractError(
            f"{query.TIDY} is not what data/raw makes.", "Make it again: kzdata tidy"
        )
    return f"{len(built):,} observations, as data/raw makes them"


def _seeds_load() -> str:
    from kzdata.seeds import load, sources

    load.load()
    return f"whole, {len(sources.registry())} sources registered"


def _addresses_load() -> str:
    from kzdata.fetch import endpoints

    return f"{len(endpoints.load())} sources can be fetched"


@click.command(cls=Examples, short_help="Make data/tidy again from data/raw.", epilog="kzdata tidy")
@answers
def tidy() -> CommandOutput:
    """Make data/tidy again from data/raw, byte for byte."""
    from kzdata.files import write_whole
    from kzdata.store import query

    built = query.build_tidy()
    write_whole(query.TIDY, query.tidy_csv(built))
    about = {"path": query.TIDY, "observations": len(built)}
    return CommandOutput(about, [f"{len(built):,} observations in {query.TIDY}"])


@click.group(
    short_help="Check what a person typed.",
    cls=Commands,
    epilog="kzdata seeds verify ../articles  # every printed figure, found again",
)
def seeds() -> None:
    """What a person typed: claims, events, commitments, sources."""


@seeds.command(cls=Examples, epilog="kzdata seeds verify ../articles")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@answers
def verify(folder: Path) -> CommandOutput:
    """Find the printed figure of every claim in the article and paragraph that it names."""
    from kzdata.seeds.verification import verify as verify_seeds

    found = verify_seeds(folder)
    articles = found["source"].nunique()
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    return CommandOutput(
        rows, [f"All {len(found)} checks hold in {articles} articles of {folder}."]
    )
