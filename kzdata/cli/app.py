"""The command line: reports, editions, checks, and where a number comes from."""

from __future__ import annotations

import click

from kzdata import __version__
from kzdata.cli.check import check, seeds, tidy
from kzdata.cli.config import config
from kzdata.cli.data import export, load, observations, sources
from kzdata.cli.fetch import fetch
from kzdata.cli.fleet import editions, index_command, run, schedule
from kzdata.cli.help import help_
from kzdata.cli.report import report, why
from kzdata.cli.shell import Commands
from kzdata.cli.verify import literature


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""kzdata run kaz-isr  # the report on the country pair
    kzdata report bilateral -p partner=TUR  # one notebook, another partner
    kzdata why "US$193.3 million"  # where a printed number comes from
    kzdata help exit-codes  # or settings, streams""",
)
@click.version_option(__version__, prog_name="kzdata")
def main() -> None:
    """Trade and investment figures of a country pair: cited, comparable, reported."""


for _command in (
    *(run, editions, index_command, schedule, report, why),
    *(observations, fetch, load, sources, export),
    *(check, tidy, seeds, literature, config, help_),
):
    main.add_command(_command)

if __name__ == "__main__":
    main()
