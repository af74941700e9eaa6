"""The commands on figures: ``kzdata observations``, ``load``, ``sources``, ``export``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kzdata.cli import completion
from kzdata.cli.error_reporting import complain, exit_code_of
from kzdata.cli.shell import CommandOutput, Examples, answers, pairs
from kzdata.errors import KzdataError, ParameterError, UnknownCode


@click.command(
    cls=Examples,
    short_help="Print the figures of a pair as CSV.",
    epilog="""kzdata observations KAZ UZB > kaz-uzb.csv
    kzdata observations Kazakhstan Türkiye --flow X --start 2018
    kzdata observations KAZ ISR --dataflow fdi_net_inflow --json""",
)
@click.argument("reporter", shell_complete=completion.areas)
@click.argument("partner", required=False, shell_complete=completion.areas)
@click.option("--flow", metavar="CODE", help="X exports, M imports, RX re-exports, RM re-imports.")
@click.option("--product", metavar="CODE", help="A code as the source writes it, or all.")
@click.option("--start", metavar="PERIOD", help="From this year or SDMX period on.")
@click.option("--end", metavar="PERIOD", help="Up to this year or SDMX period.")
@click.option("--dataflow", metavar="NAME", default="trade_goods", show_default=True,
              help="What is measured, as fdi_net_inflow.")  # fmt: skip
@click.option("--freq", metavar="CODE", help="A yearly, S half-yearly, Q quarterly, M monthly.")
@click.option("--source", metavar="SOURCE", help="Of this source; all: every vintage of every one.")
@click.option("--as-of", metavar="DAY", help="Only what was known on this day.")
@answers
def observations(**asked: Any) -> CommandOutput:
    """Print what REPORTER publishes of PARTNER, a row a number, as kz.observations answers it.

    Names are taken as well as codes. Without PARTNER every partner answers.
    """
    from kzdata.store import query

    found = query.observations(asked.pop("reporter"), asked.pop("partner"), **asked)
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    return CommandOutput(rows, query.tidy_csv(found).decode().splitlines(), fixed=True)


@click.command(
    cls=Examples,
    short_help="Add published files to your store.",
    epilog="""kzdata load baci BACI_HS92_Y2021_V202401b.csv
    kzdata load bns_partners 2025-11.xlsx -p published=2026-01-15
    kzdata load comtrade answers/*.json -p published=2026-11-20""",
)
@click.argument("source", shell_complete=completion.sources_of_files)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...",
                type=click.Path(path_type=Path))  # fmt: skip
@click.option("-p", "options", multiple=True, callback=pairs, metavar="NAME=VALUE",
              help="An option of the source's reader, as published=2026-03.")  # fmt: skip
@answers
def load(source: str, paths: tuple[Path, ...], options: dict[str, str]) -> CommandOutput:
    """Add the published files at PATH... of SOURCE to your store.

    The store is in KZDATA_HOME, or in your data folder. Each file is added whole or not at all; one
    that is there already adds nothing, and one that is refused does not stop the others. kzdata
    sources lists the SOURCEs.
    """
    from kzdata.store import journal
    from kzdata.store import load as vintages

    read_as: dict[str, Any] = dict(options)
    if "limit" in read_as and read_as["limit"].isdecimal():
        read_as["limit"] = int(read_as["limit"])
    rows, codes = [], [0]
    for path in paths:
        try:
            done = vintages.load(source, path, **read_as)
        except (UnknownCode, ParameterError):
            raise  # the source or an option, so every other file would be refused alike
        except KzdataError as error:
            complain(str(error))
            rows.append({"path": path, "added": False, "error": str(error)})
            codes.append(exit_code_of(error))
            continue
        kept = {name: getattr(done.entry, name) for name in ("rows", "first", "last", "published")}
        rows.append({"path": path, "added": done.added, "error": None, **kept})
    store = journal.store_folder()
    return CommandOutput({"store": store, "files": rows}, _loaded(rows, store), max(codes))


def _loaded(rows: list[dict[str, Any]], store: Path) -> Iterator[str]:
    for row in rows:
        name = row["path"].name
        if row["error"]:
            yield f"{name}: refused"
            continue
        if not row["added"]:
            yield f"{name}: here already, nothing added"
            continue
        known = "" if row["published"] == "_U" else f", published {row['published']}"
        yield f"{name}: {row['rows']:,} observations, {row['first']} to {row['last']}{known}"
    yield f"Store: {store}"


@click.command(
    cls=Examples,
    short_help="List the sources: here, terms, how to refresh.",
    epilog="kzdata sources\nkzdata sources --json",
)
@answers
def sources() -> CommandOutput:
    """List the sources of figures: what is here, how fresh, on what terms, how to refresh it."""
    from kzdata.store.inventory import inventory_rows

    rows = inventory_rows()
    return CommandOutput(rows, _listed(rows))


def _listed(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['source']}: {row['title'] or 'not registered'}"
        for name, text in _told(row):
            yield f"  {name:10} {text}"


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
    covers = [("covers", row["coverage"])] if row["coverage"] else []
    return [
        ("publisher", row["publisher"] or "not registered"),
        *covers,
        ("here", here),
        ("vintage", vintage),
        ("terms", row["licence"] or "not stated"),
        ("tested", tested),
        ("refresh", row["refresh"]),
    ]


@click.command(
    cls=Examples,
    short_help="Write the observations as a Data Package.",
    epilog="kzdata export ./my-data\nkzdata export ./baci --source baci",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--source", "only", multiple=True, metavar="SOURCE",
              shell_complete=completion.sources_of_files,
              help="Only this source; may be repeated for others.")  # fmt: skip
@answers
def export(folder: Path, only: tuple[str, ...]) -> CommandOutput:
    """Write the observations to DIR as a Data Package, one CSV a source.

    Whoever gets it needs no kzdata: datapackage.json holds schema, sources, terms and checksums.
    """
    from kzdata.store.data_package import export as write

    made = write(folder, only)
    rows = [{name: each[name] for name in ("path", "rows", "bytes")} for each in made["resources"]]
    place = folder / "datapackage.json"
    text = "  {path:36} {rows:10,} observations, {bytes:,} bytes"
    lines = [*(text.format(**row) for row in rows), f"Data Package: {place}"]
    return CommandOutput({"datapackage": place, "resources": rows}, lines)
