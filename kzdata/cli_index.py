"""The command ``kzdata index``: the page over all reports."""

from __future__ import annotations

from pathlib import Path

import click

from kzdata import home
from kzdata.shell import Answer, Examples, answers


def refresh(folder: Path | None = None) -> list[Path]:
    """Write the page over the reports of a folder again, with how fresh each one is."""
    from kzdata.fleet.overview import overview
    from kzdata.reports import index
    from kzdata.reports.editions import read_editions

    place = folder or home.reports_folder()
    known = read_editions()
    # How fresh a report is, is known of those that stand where editions are made.
    rows = overview() if place == home.reports_folder() else []
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
def index_command(out: Path | None) -> Answer:
    """Write the page over all reports: search them, sort them by partner, change, freshness.

    It stands in the folder of the reports as index.html, and in the other languages beside it.
    """
    written = [str(each) for each in refresh(out)]
    return Answer({"pages": written}, written, fixed=True)
