"""``kzdata config``: each setting, and where its value came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from kzdata import settings
from kzdata.cli.shell import CommandOutput, Examples, answers


@click.command(
    cls=Examples,
    epilog="kzdata config\nkzdata config --json\nKZDATA_JOBS=4 kzdata config",
)
@answers
def config() -> CommandOutput:
    """Show every setting and where it was set.

    A flag wins over the environment (KZDATA_NAME), that over kzdata.toml in this folder or the
    nearest above it, that over kzdata.toml in your configuration folder.
    """
    rows = [_row(each) for each in settings.in_force()]
    for name, hint in settings.strangers().items():
        click.echo(f"Unknown setting {name}. {hint}", err=True)
    return CommandOutput(rows, _told(rows))


def _row(each: settings.Setting) -> dict[str, Any]:
    value = each.value if each.value is not None else _by_itself(each.name)
    return {
        "name": each.name,
        "value": list(value) if isinstance(value, list | tuple) else value,
        "origin": each.origin,
        "variable": settings.variable(each.name),
        "meaning": each.meaning,
    }


def _by_itself(name: str) -> Any:
    """What kzdata does where nobody set it."""
    if name == "home":
        return settings.user_folder()
    if name == "reports":
        return settings.reports_folder()
    return {
        "language": "en",
        "formats": ["html", "pdf", "xlsx"],
        "jobs": settings.at_once(),
        "engine": "warm",
    }[name]


def _told(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        value = row["value"]
        yield f"{row['name']:9} {','.join(value) if isinstance(value, list) else value}"
        yield f"{'':9} {row['meaning']}; from: {row['origin']}"
    yield f"Your own file: {settings.user_file()}"
