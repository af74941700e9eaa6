"""The commands on schedules: ``kzdata schedule install``, ``list`` and ``remove``."""

from __future__ import annotations

from typing import Any

import click

from kzdata.errors import ParameterError
from kzdata.shell import Answer, Commands, Examples, answers


@click.group(
    short_help="Let the system run what is due.",
    cls=Commands,
    epilog="""kzdata schedule install --cron             # show the lines for cron
    kzdata schedule install --systemd --write  # install a timer of systemd""",
)
def schedule() -> None:
    """Let the system run the editions when their calendar asks for it."""


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
def install(kind: str | None, write: bool) -> Answer:
    """Show the files of a schedule, or write them."""
    from kzdata.fleet import schedules

    wanted = schedules.schedule_of(_asked(kind))
    left = schedules.install(wanted.kind) if write else wanted.then
    lines = [
        f"{'' if write else 'would write '}{path}:\n\n{text}" for path, text in wanted.files.items()
    ]
    lines += [f"then run: {line}" for line in left]
    if not write:
        lines.append("Nothing was written. Add --write to install it.")
    files = {str(path): text for path, text in wanted.files.items()}
    about = {"kind": wanted.kind, "written": write, "files": files, "then": left}
    return Answer(about, lines, fixed=True)


@schedule.command("list", cls=Examples, epilog="kzdata schedule list")
@answers
def list_schedules() -> Answer:
    """Say which schedules are installed, and what they would run next."""
    from kzdata.fleet import schedules
    from kzdata.fleet.overview import overview

    found = schedules.installed()
    rows = [row for row in overview() if row["calendar"]]
    lines = [f"{kind}: {', '.join(places)}" for kind, places in found.items()]
    lines = lines or ["No schedule is installed."]
    lines += [f"  {row['name']}: {row['freshness']}, next {row['next_due']}" for row in rows]
    return Answer({"installed": found, "editions": rows}, lines)


@schedule.command(cls=Examples, epilog="kzdata schedule remove --cron")
@_kind
@answers
def remove(kind: str | None) -> Answer:
    """Take a schedule away again; nothing else is touched."""
    from kzdata.fleet import schedules

    gone = schedules.remove(_asked(kind))
    lines = [f"Removed: {', '.join(gone)}" if gone else "There was nothing to remove."]
    if gone and kind == "systemd":
        lines.append("then run: systemctl --user disable --now kzdata-editions.timer")
    return Answer({"kind": kind, "removed": gone}, lines)
