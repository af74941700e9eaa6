"""The commands on editions: ``kzdata run``, ``kzdata editions``, ``kzdata schedule``."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from kzdata import settings
from kzdata.errors import KzdataError, ParameterError
from kzdata.shell import MISUSED, Examples, answers, listed

_RUN = """kzdata run kaz-isr
    kzdata run --due
    kzdata run --all --jobs 2 --json
    kzdata run --dry-run --why"""


@click.command(cls=Examples, epilog=_RUN)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="Every edition; also without any NAME.")
@click.option("--due", is_flag=True, help="Only those whose calendar waits for a run.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="So many side by side.")
@click.option("--engine", type=click.Choice(["warm", "plain"]), help="How kernels are started.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler: tcp://host:8786.")
@click.option("--force", is_flag=True, help="Make them although nothing has changed.")
@click.option("--why", is_flag=True, help="Say which input changed.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the report, of one edition.")  # fmt: skip
@click.option("--format", "formats", callback=listed, metavar="LIST",
              help="Among html,pdf,xlsx, in place of the edition's own.")  # fmt: skip
@answers
def run(
    names: tuple[str, ...],
    every: bool,
    due: bool,
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    force: bool,
    why: bool,
    dry: bool,
    as_json: bool,
    out: Path | None,
    formats: tuple[str, ...] | None,
) -> None:
    """Bring the editions of these NAMEs up to date, or all of them.

    An edition is made when its notebooks, parameters, data, code or libraries have changed. One
    that fails leaves its last report in place and does not stop the others.

    Exit: 0 made, 10 nothing new, 20 finding in the data, 30 source drift, 40 a report failed, 2
    misused.
    """
    from kzdata.fleet.outcomes import exit_code
    from kzdata.fleet.running import Wishes
    from kzdata.fleet.running import run as run_editions
    from kzdata.reports.formats import check_formats
    from kzdata.reports.progress import lines

    begun = time.monotonic()
    try:
        chosen = _chosen(names, every, due)
        if out and len(chosen) != 1:
            raise ParameterError(
                "--out is one folder, for one edition.", "Name one: kzdata run NAME --out DIR"
            )
        wishes = Wishes(
            jobs=settings.setting("jobs", jobs).value or _cores(),
            engine=settings.setting("engine", engine).value,
            scheduler=scheduler,
            force=force,
            dry=dry,
            out=out,
            formats=check_formats(formats) if formats else None,
        )
        with lines() as progress:
            outcomes = run_editions(chosen, wishes, told=_told, progress=progress)
    except KzdataError as error:
        click.echo(f"kzdata: {error}", err=True)
        sys.exit(MISUSED)
    code = exit_code(outcomes)
    if as_json:
        said = [dataclasses.asdict(each) for each in outcomes]
        report = {"exit": code, "editions": said}
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _say(outcomes, why, time.monotonic() - begun)
    sys.exit(code)


def _chosen(names: tuple[str, ...], every: bool, due: bool) -> list[Any]:
    import datetime as dt

    from kzdata.fleet.records import due_since
    from kzdata.reports.editions import read_editions, select

    if names and every:
        raise ParameterError("Give names or --all, not both.")
    if not read_editions():
        raise KzdataError("There are no editions.", "Write one in reports/editions.yml.")
    chosen = select(names)
    if due:
        now = dt.datetime.now(dt.UTC)
        chosen = [each for each in chosen if due_since(each, now)]
    return chosen


def _cores() -> int:
    import os

    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, 8)


def _told(outcome: Any) -> None:
    if outcome.status != "unchanged":
        click.echo(f"{outcome.name}: {outcome.status}, {outcome.seconds:.1f} s", err=True)


def _say(outcomes: list[Any], why: bool, seconds: float) -> None:
    wide = max((len(each.name) for each in outcomes), default=0)
    for each in outcomes:
        click.echo(f"{each.name:{wide}}  {each.status:9}  {each.seconds:6.1f} s  {each.folder}")
        for reason in each.reasons if why else []:
            click.echo(f"{'':{wide}}  because {reason}")
        if each.changes and each.published:
            count = len(each.changes["changes"])
            click.echo(f"{'':{wide}}  changes since {each.changes['since'][:10]}: {count}")
        for line in each.message.splitlines():
            click.echo(f"{'':{wide}}  {line}")
    counts = {each.status: 0 for each in outcomes}
    for each in outcomes:
        counts[each.status] += 1
    listing = ", ".join(f"{count} {status}" for status, count in counts.items())
    click.echo(f"{listing or 'No edition is due'}; {seconds:.1f} s in all")


@click.command(cls=Examples, epilog="kzdata editions\nkzdata editions --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@answers
def editions(as_json: bool) -> None:
    """List the editions: when each was last made, whether it is fresh, and when it is next due."""
    from kzdata.fleet.overview import overview

    rows = overview()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['name']}: {row['title']}")
        for key, value in row.items():
            if key not in {"name", "title", "reasons"} and value:
                click.echo(f"  {key:11} {value}")


@click.group()
def schedule() -> None:
    """Let the system run the editions when their calendar asks for it.

    \b
    kzdata schedule install --cron             show the lines for cron
    kzdata schedule install --systemd --write  install a timer of systemd
    """


def _kind(command: Any) -> Any:
    for kind in reversed(("cron", "systemd", "github-actions")):
        command = click.option(
            f"--{kind}", "kind", flag_value=kind, default=None, help=f"For {kind}."
        )(command)
    return command


def _asked(kind: str | None) -> str:
    if kind is None:
        raise ParameterError(
            "Which kind of schedule is not said.", "Give --cron, --systemd or --github-actions."
        )
    return kind


@schedule.command(
    cls=Examples,
    epilog="kzdata schedule install --cron\nkzdata schedule install --systemd --write",
)
@_kind
@click.option("--write", is_flag=True, help="Write it; without this it is only shown.")
@answers
def install(kind: str | None, write: bool) -> None:
    """Show the files of a schedule, or write them."""
    from kzdata.fleet import schedules

    wanted = schedules.schedule_of(_asked(kind))
    for path, text in wanted.files.items():
        click.echo(f"{'' if write else 'would write '}{path}:\n\n{text}")
    left = schedules.install(wanted.kind) if write else wanted.then
    for line in left:
        click.echo(f"then run: {line}")
    if not write:
        click.echo("Nothing was written. Add --write to install it.")


@schedule.command("list", cls=Examples, epilog="kzdata schedule list")
@answers
def list_schedules() -> None:
    """Say which schedules are installed, and what they would run next."""
    from kzdata.fleet import schedules
    from kzdata.fleet.overview import overview

    found = schedules.installed()
    for kind, places in found.items():
        click.echo(f"{kind}: {', '.join(places)}")
    if not found:
        click.echo("No schedule is installed.")
    for row in overview():
        if row["calendar"]:
            click.echo(f"  {row['name']}: {row['freshness']}, next {row['next_due']}")


@schedule.command(cls=Examples, epilog="kzdata schedule remove --cron")
@_kind
@answers
def remove(kind: str | None) -> None:
    """Take a schedule away again; nothing else is touched."""
    from kzdata.fleet import schedules

    gone = schedules.remove(_asked(kind))
    click.echo(f"Removed: {', '.join(gone)}" if gone else "There was nothing to remove.")
    if gone and kind == "systemd":
        click.echo("then run: systemctl --user disable --now kzdata-editions.timer")
