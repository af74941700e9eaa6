"""The commands on editions: ``kzdata run``, ``editions``, ``index``, ``schedule``."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kzdata import settings
from kzdata.cli import completion
from kzdata.cli.shell import CommandOutput, Examples, answers, comma_list
from kzdata.errors import ExitCode, KzdataError, ParameterError, UnknownCode


def refresh(folder: Path | None = None) -> list[Path]:
    """Write the page over the reports of a folder again, with how fresh each one is."""
    from kzdata.reports import index
    from kzdata.reports.editions import read_editions
    from kzdata.reports.fleet.overview import overview

    place = folder or settings.reports_folder()
    known = read_editions()
    # How fresh a report is, is known of those that stand where editions are made.
    rows = overview() if place == settings.reports_folder() else []
    states = {row["name"]: row["freshness"] for row in rows}
    families = {each.name: each.family for each in known.values()}
    return index.write(place, index.found(place, families=families, states=states))


@click.command(
    name="index",
    cls=Examples,
    short_help="Write the page over all reports.",
    epilog="kzdata index\nkzdata index --out ./published",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder with reports in it; without this, the reports of kzdata.")  # fmt: skip
@answers
def index_command(out: Path | None) -> CommandOutput:
    """Write the page over all reports: search them, sort them by partner, change, freshness.

    It stands in the folder of the reports as index.html, and in the other languages beside it.
    """
    written = [str(each) for each in refresh(out)]
    return CommandOutput({"pages": written}, written, fixed=True)


_RUN = """kzdata run kaz-isr
    kzdata run --due
    kzdata run --all --jobs 2 --json
    kzdata run --dry-run --why"""


@click.command(cls=Examples, short_help="Bring editions up to date.", epilog=_RUN)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=completion.editions)
@click.option("--all", "every", is_flag=True, help="Every edition; also without any NAME.")
@click.option("--due", is_flag=True, help="Only those whose calendar waits for a run.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="So many side by side.")
@click.option("--engine", metavar="NAME", shell_complete=completion.engines,
              help="How kernels are started: warm or plain.")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler: tcp://host:8786.")
@click.option("--force", is_flag=True, help="Make them although nothing has changed.")
@click.option("--why", is_flag=True, help="Say which input changed.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be made, and make nothing.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the report, of one edition.")  # fmt: skip
@click.option("--format", "formats", callback=comma_list, metavar="LIST",
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
    out: Path | None,
    formats: tuple[str, ...] | None,
) -> CommandOutput:
    """Bring the editions of these NAMEs up to date, or all of them.

    An edition is made when its notebooks, parameters, data, code or libraries have changed. One
    that fails leaves its last report in place and does not stop the others.

    Exit: 0 made, 10 nothing new, 20 finding in the data, 30 source drift, 40 a report failed, 2
    misused.
    """
    from kzdata.reports.editions import check_formats
    from kzdata.reports.fleet.jobs import Wishes
    from kzdata.reports.fleet.run import exit_code
    from kzdata.reports.fleet.run import run as run_editions
    from kzdata.reports.progress import lines

    begun = time.monotonic()
    try:
        chosen = _chosen(names, every, due)
        if out and len(chosen) != 1:
            raise ParameterError(
                "--out is one folder, for one edition.", "Name one: kzdata run NAME --out DIR"
            )
        wishes = Wishes(
            jobs=settings.value("jobs", jobs) or settings.at_once(),
            engine=settings.value("engine", engine),
            scheduler=scheduler,
            force=force,
            dry=dry,
            out=out,
            formats=check_formats(formats) if formats else None,
        )
        with lines() as progress:
            outcomes = run_editions(chosen, wishes, told=_told, progress=progress)
    except KzdataError as error:
        if error.exit_code is None:
            error.exit_code = ExitCode.MISUSED  # nothing was run
        raise
    if not dry and not out:
        _index(outcomes)
    code = exit_code(outcomes)
    said = [dataclasses.asdict(each) for each in outcomes]
    shown = _said(outcomes, why, time.monotonic() - begun)
    return CommandOutput({"exit": code, "editions": said}, shown, code)


def _chosen(names: tuple[str, ...], every: bool, due: bool) -> list[Any]:
    import datetime as dt

    from kzdata.reports.editions import read_editions
    from kzdata.reports.fleet.records import due_since

    if names and every:
        raise ParameterError("Give names or --all, not both.")
    if not read_editions():
        raise KzdataError("No editions are defined.", "Write one in reports/editions.yml.")
    chosen = _selected(names)
    if due:
        now = dt.datetime.now(dt.UTC)
        chosen = [each for each in chosen if due_since(each, now)]
    return chosen


def _index(outcomes: list[Any]) -> None:
    """The page over all reports, again; that it cannot be written does not undo the reports."""
    try:
        if outcomes:
            refresh()
    except KzdataError as error:
        click.echo(f"kzdata: {error}", err=True)


def _selected(names: tuple[str, ...]) -> list[Any]:
    from kzdata.reports.editions import select
    from kzdata.reports.execute import notebooks

    try:
        return select(names)
    except UnknownCode:
        if found := [each for each in names if each in notebooks()]:
            raise UnknownCode(
                f"{found[0]!r} is a notebook, not an edition.", f"kzdata report {found[0]}"
            ) from None
        raise


def _told(outcome: Any) -> None:
    if outcome.status == "waiting":
        click.echo(f"{outcome.name}: another run makes it; waiting for that", err=True)
    elif outcome.status != "unchanged":
        click.echo(f"{outcome.name}: {outcome.status}, {outcome.seconds:.1f} s", err=True)


def _said(outcomes: list[Any], why: bool, seconds: float) -> Iterator[str]:
    wide = max((len(each.name) for each in outcomes), default=0)
    for each in outcomes:
        yield f"{each.name:{wide}}  {each.status:9}  {each.seconds:6.1f} s  {each.folder}"
        for reason in each.reasons if why else []:
            yield f"{'':{wide}}  because {reason}"
        if each.changes and each.published:
            count = len(each.changes["changes"])
            yield f"{'':{wide}}  changes since {each.changes['since'][:10]}: {count}"
        for line in each.message.splitlines():
            yield f"{'':{wide}}  {line}"
    counts = {each.status: 0 for each in outcomes}
    for each in outcomes:
        counts[each.status] += 1
    listing = ", ".join(f"{count} {status}" for status, count in counts.items())
    yield f"{listing or 'No edition is due'}; {seconds:.1f} s in all"


@click.command(
    cls=Examples,
    short_help="List the editions: last made, next due.",
    epilog="kzdata editions\nkzdata editions --json",
)
@answers
def editions() -> CommandOutput:
    """List the editions: when each was last made, whether it is fresh, and when it is next due."""
    from kzdata.reports.fleet.overview import overview

    rows = overview()
    return CommandOutput(rows, _listed(rows))


def _listed(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['name']}: {row['title']}"
        for key, value in row.items():
            if key not in {"name", "title", "reasons"} and value:
                yield f"  {key:11} {value}"


class _Printing(Examples):
    """A command that installs nothing, and says so to whoever asks it to."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse the words of a program that edits a machine, with what to type instead."""
        for word in {"install", "remove", "list"}.intersection(args):
            raise click.UsageError(
                f"kzdata schedule has no {word!r}: it prints text that you paste.\n"
                f"  Print it: {self.examples()[0]}. Paste or remove it: crontab -e; see "
                "docs/scheduling.md",
                ctx,
            )
        return super().parse_args(ctx, args)


@click.command(
    cls=_Printing,
    short_help="Print what lets the system run what is due.",
    epilog="""kzdata schedule --cron
    kzdata schedule --systemd
    kzdata schedule --github-actions > .github/workflows/kzdata-editions.yml""",
)
@click.option("--cron", "kind", flag_value="cron", default=None, help="A line for crontab -e.")
@click.option("--systemd", "kind", flag_value="systemd", help="A service and its timer.")
@click.option("--github-actions", "kind", flag_value="github-actions", help="A workflow.")
@answers
def schedule(kind: str | None) -> CommandOutput:
    """Print text to paste, by which the system runs the editions when their calendar asks for it.

    Nothing is written: put the text where its first line says.
    """
    from kzdata.reports.fleet.schedules import schedule_of

    if kind is None:
        raise ParameterError(
            "The kind of schedule is missing.", "Give --cron, --systemd or --github-actions."
        )
    wanted = schedule_of(kind)
    return CommandOutput(dataclasses.asdict(wanted), wanted.lines, fixed=True)
