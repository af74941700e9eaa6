"""``kzdata config``: each setting, and where its value came from."""

from __future__ import annotations

import json

import click

from kzdata import settings
from kzdata.shell import Examples, answers


@click.command(
    cls=Examples,
    epilog="kzdata config\nkzdata config --json\nKZDATA_JOBS=4 kzdata config",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@answers
def config(as_json: bool) -> None:
    """Show every setting and where it was set.

    A flag wins over the environment (KZDATA_NAME), that over kzdata.toml in this folder or the
    nearest above it, that over kzdata.toml in your configuration folder.
    """
    found = settings.in_force()
    if as_json:
        rows = [
            {
                "name": each.name,
                "value": each.value if each.value is None else _plain(each.value),
                "origin": each.origin,
                "variable": settings.variable(each.name),
                "meaning": each.meaning,
            }
            for each in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for each in found:
        shown = "not set" if each.value is None else str(_plain(each.value))
        click.echo(f"{each.name:9} {shown}\n          {each.meaning}; from: {each.origin}")
    click.echo(f"Your own file: {settings.user_file()}")


def _plain(value: object) -> object:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value if isinstance(value, int) else str(value)
