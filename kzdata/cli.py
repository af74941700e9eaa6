"""The command line: reports, editions, checks, and where a number comes from."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from kzdata import __version__
from kzdata.cli_config import config
from kzdata.cli_data import export, load, sources
from kzdata.cli_fetch import fetch
from kzdata.cli_fleet import editions, run, schedule
from kzdata.cli_verify import literature
from kzdata.errors import KzdataError, UnknownCode
from kzdata.shell import Examples, answers, listed, pairs


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Run kzdata COMMAND --help for examples of each.",
)
@click.version_option(__version__, prog_name="kzdata")
def main() -> None:
    """Trade and investment figures of a country pair: cited, comparable, reported.

    \b
    kzdata run kaz-isr                         the report on Kazakhstan and Israel
    kzdata report bilateral -p partner=TUR     one notebook, another partner
    kzdata why "US$193.3 million"              where a printed number comes from
    """


for _command in (run, editions, schedule, fetch, load, sources, export, literature, config):
    main.add_command(_command)

_out = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the report."
)
_format = click.option(
    "--format", "formats", callback=listed, metavar="LIST", help="Among html,pdf,xlsx; all."
)


@main.command(
    cls=Examples,
    epilog="""kzdata report bilateral
    kzdata report bilateral -p partner=TUR -p start=2018
    kzdata report ./mine.ipynb --out ./my-report --format html""",
)
@click.argument("notebook")
@click.option(
    "-p", "parameters", multiple=True, callback=pairs, metavar="NAME=VALUE",
    help="A parameter of the notebook; may be repeated for others.",
)  # fmt: skip
@_out
@_format
@answers
def report(
    notebook: str, parameters: dict[str, str], out: Path | None, formats: tuple[str, ...] | None
) -> None:
    """Run NOTEBOOK and publish what it shows.

    NOTEBOOK is the name of a shipped one, or the path of your own .ipynb.
    """
    from kzdata.reports.build import make_one
    from kzdata.reports.engine import resolve
    from kzdata.reports.formats import FORMATS, check_formats
    from kzdata.reports.parameters import bind
    from kzdata.reports.progress import lines

    begun = time.monotonic()
    asked = check_formats(formats or FORMATS)
    path = resolve(notebook)
    values = bind(path, parameters, as_text=True)
    with lines() as progress:
        made = make_one(path, values, out=out, formats=asked, progress=progress)
    _say_where(made, begun)


def _say_where(made: Any, begun: float) -> None:
    click.echo(f"Report: {made.folder}")
    for path in (made.html, made.pdf, made.xlsx):
        if path:
            click.echo(f"  {path.name:12} {path.stat().st_size / 1024:8,.0f} KiB")
    click.echo(f"Built in {time.monotonic() - begun:.1f} s")


@main.command(cls=Examples, epilog="kzdata check")
@answers
def check() -> None:
    """Check what is shipped: the seeds load, the tidy table keeps its contract and is current."""
    from kzdata import seeds, sources, store
    from kzdata.fetch import endpoints
    from kzdata.reports.editions import read_editions

    built = store.build_tidy()
    if not store.TIDY.exists() or store.tidy_csv(built) != store.TIDY.read_bytes():
        raise KzdataError(f"{store.TIDY} is not what data/raw makes.", "Make it again: kzdata tidy")
    click.echo(f"data/tidy: {len(built):,} observations, as data/raw makes them")
    seeds.load()
    click.echo(f"seeds: whole, {len(sources.registry())} sources registered")
    click.echo(f"addresses: {len(endpoints.load())} sources can be fetched")
    for each in read_editions().values():
        each.bound()
        click.echo(f"edition {each.name}: its notebooks take its parameters")


@main.command(cls=Examples, epilog="kzdata tidy")
@answers
def tidy() -> None:
    """Make data/tidy again from data/raw, byte for byte."""
    from kzdata import store

    built = store.build_tidy()
    store.TIDY.parent.mkdir(parents=True, exist_ok=True)
    store.TIDY.write_bytes(store.tidy_csv(built))
    click.echo(f"{len(built):,} observations in {store.TIDY}")


@main.group()
def seeds() -> None:
    """What a person typed: claims, events, commitments, sources.

    \b
    kzdata seeds verify ../articles     find every printed figure again in its article
    """


@seeds.command(cls=Examples, epilog="kzdata seeds verify ../articles")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@answers
def verify(folder: Path) -> None:
    """Find the printed figure of every claim in the article and paragraph that it names."""
    from kzdata.seeds.verification import verify as verify_seeds

    found = verify_seeds(folder)
    articles = found["source"].nunique()
    click.echo(f"All {len(found)} checks hold in {articles} articles of {folder}.")


@main.command(
    cls=Examples,
    epilog="""kzdata why "US$193.3 million"
    kzdata why 193.3 --report reports/kaz-isr""",
)
@click.argument("text")
@click.option(
    "--report", "folder", type=click.Path(path_type=Path), metavar="DIR",
    help="Look in this report; otherwise in every report built here, then in the data.",
)  # fmt: skip
@answers
def why(text: str, folder: Path | None) -> None:
    """Say where a printed number TEXT comes from: document, place, publisher, date."""
    from kzdata.provenance import why as explain
    from kzdata.reports.manifest import read

    if folder is not None and read(folder) is None:
        raise UnknownCode(f"{folder} holds no report.", "Build one: kzdata run kaz-isr")
    click.echo(str(explain(text, report=folder)))


if __name__ == "__main__":
    main()
