"""The commands on figures: ``kzdata load``, ``kzdata sources``, ``kzdata export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kzdata.shell import Examples, answers, pairs


@click.command(
    cls=Examples,
    epilog="""kzdata load baci BACI_HS92_Y2021_V202401b.csv
    kzdata load bns_partners 2025-11.xlsx -p published=2026-01-15
    kzdata load comtrade answers/*.json -p published=2026-11-20""",
)
@click.argument("source")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...",
                type=click.Path(path_type=Path))  # fmt: skip
@click.option("-p", "options", multiple=True, callback=pairs, metavar="NAME=VALUE",
              help="An option of the source's reader, as published=2026-03.")  # fmt: skip
@answers
def load(source: str, paths: tuple[Path, ...], options: dict[str, str]) -> None:
    """Add the published files at PATH... of SOURCE to your store.

    The store is in KZDATA_HOME, or in your data folder. Each file is added whole or not at all; one
    that is there already adds nothing. kzdata sources lists the SOURCEs.
    """
    from kzdata import vintages

    read_as: dict[str, Any] = dict(options)
    if "limit" in read_as and read_as["limit"].isdecimal():
        read_as["limit"] = int(read_as["limit"])
    for path in paths:
        done = vintages.load(source, path, **read_as)
        entry = done.entry
        told = f"{path.name}: {entry.rows:,} observations, {entry.first} to {entry.last}"
        known = "" if entry.published == "_U" else f", published {entry.published}"
        click.echo(f"{told}{known}" if done.added else f"{path.name}: here already, nothing added")
    click.echo(f"Store: {vintages.store_folder()}")


@click.command(cls=Examples, epilog="kzdata sources\nkzdata sources --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@answers
def sources(as_json: bool) -> None:
    """List the sources of figures: what is here, how fresh, on what terms, how to refresh it."""
    from kzdata.coverage import coverage

    rows = coverage()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['source']}: {row['title'] or 'not registered'}")
        for name, text in _told(row):
            click.echo(f"  {name:10} {text}")


def _told(row: dict[str, Any]) -> list[tuple[str, str]]:
    here = row["here"]
    if row["observations"]:
        span = f"{row['first']} to {row['last']}" if row["first"] else "no period stated"
        here += f", {row['observations']:,} observations, {span}, {', '.join(row['dataflows'])}"
    tested = {
        True: "on originals",
        False: "not on originals: none was at hand",
        None: "every figure is in data/tidy, which a test makes again",
    }[row["tested_on_originals"]]
    vintage = row["latest_vintage"] or ("undated" if row["observations"] else "none")
    if row["vintages"] > 1:
        vintage += f", of {row['vintages']}"
    return [
        ("publisher", row["publisher"] or "not registered"),
        ("here", here),
        ("vintage", vintage),
        ("terms", row["licence"] or "not stated"),
        ("tested", tested),
        ("refresh", row["refresh"]),
    ]


@click.command(cls=Examples, epilog="kzdata export ./my-data\nkzdata export ./baci --source baci")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--source", "only", multiple=True, metavar="SOURCE",
              help="Only this source; may be repeated for others.")  # fmt: skip
@answers
def export(folder: Path, only: tuple[str, ...]) -> None:
    """Write the observations to DIR as a Data Package, one CSV a source.

    Whoever gets it needs no kzdata: datapackage.json holds schema, sources, terms and checksums.
    """
    from kzdata.datapackage import export as write

    made = write(folder, only)
    for each in made["resources"]:
        click.echo(f"  {each['path']:36} {each['rows']:10,} observations, {each['bytes']:,} bytes")
    click.echo(f"Data Package: {folder / 'datapackage.json'}")
