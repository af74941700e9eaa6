"""The command ``kzdata fetch``: one body from a publisher, or from the record of one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from kzdata.cli import completion
from kzdata.cli.shell import CommandOutput, Examples, answers, pairs

_EXAMPLES = """kzdata fetch nbk_rates -p day=20.11.2026
    kzdata fetch comtrade -p reporter=398 -p partner=376 -p period=2024
    kzdata fetch comtrade -p period=2024 --replay
    kzdata fetch baci -p version=202601 --show"""


@click.command(
    cls=Examples, short_help="Fetch one answer of a publisher, as it comes.", epilog=_EXAMPLES
)
@click.argument("source", shell_complete=completion.sources_to_fetch)
@click.option("-p", "parameters", multiple=True, callback=pairs, metavar="NAME=VALUE",
              help="What to ask for; may be repeated for others.")  # fmt: skip
@click.option("--service", help="One of the source's services; the first that can be asked.")
@click.option("--replay", is_flag=True, help="Read the recorded answer; open no connection.")
@click.option("--show", is_flag=True, help="Say what would be asked, and ask nothing.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Keep it below DIR, not in the user's data folder.")  # fmt: skip
@click.option("--endpoints", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Addresses of your own, in the shape of seeds/endpoints.yml.")  # fmt: skip
@answers
def fetch(
    source: str,
    parameters: dict[str, str],
    service: str | None,
    replay: bool,
    show: bool,
    out: Path | None,
    endpoints: Path | None,
) -> CommandOutput:
    """Fetch one answer of SOURCE, exactly as it comes, if its reader reads it.

    Keys come from KZDATA_<SOURCE>_KEY or, where the package keyring is installed, from the system's
    keyring (keyring set kzdata SOURCE). They leave in a header and are written nowhere.
    """
    from kzdata.fetch.download import prepare, retrieve

    if show:
        request, key = prepare(source, parameters, service=service, declared=endpoints)
        return _asked(request, key is not None)
    with _progress(source) as progress:
        done = retrieve(
            source,
            parameters,
            service=service,
            replay=replay,
            out=out,
            declared=endpoints,
            progress=progress,
            notice=lambda text: click.echo(text, err=True),
        )
    if done.record["rows"] == 0:
        click.echo("The answer is whole and holds no observation.", err=True)
    return CommandOutput({"path": done.path, **done.record}, _told(done))


def _told(done: Any) -> Iterator[str]:
    about = done.record
    rows = "not counted" if about["rows"] is None else f"{about['rows']:,} observations"
    yield f"{about['source']} {about['service']}: {rows}, {about['bytes']:,} bytes"
    for name, text in (
        ("body", done.path),
        ("asked", about["url"]),
        ("retrieved", about["retrieved"]),
        ("sha256", about["sha256"]),
    ):
        yield f"  {name:10} {text}"


def _asked(request: Any, with_key: bool) -> CommandOutput:
    endpoint = request.endpoint
    about = {
        "source": endpoint.source,
        "service": endpoint.service,
        "url": request.url,
        "key": with_key if endpoint.key_header else None,
        "seconds_between": endpoint.seconds_between,
        "attempts": endpoint.attempts,
        "max_bytes": endpoint.max_bytes,
        "max_unpacked": endpoint.max_unpacked,
        "truncation": endpoint.truncation,
    }
    lines = [f"{endpoint.source} {endpoint.service}: GET {request.url}"]
    if endpoint.key_header:
        lines.append(f"  key        {'at hand' if with_key else 'not at hand'}, in a header")
    lines += [
        f"  every      {endpoint.seconds_between:g} s, up to {endpoint.attempts} times",
        f"  at most    {endpoint.max_bytes:,} bytes, {endpoint.max_unpacked:,} unpacked",
        f"  if cut     {endpoint.truncation}",
    ]
    return CommandOutput(about, lines)


@contextmanager
def _progress(source: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar of bytes where the error stream is a terminal; nothing elsewhere."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda here, whole: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    bars = Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True))
    with bars:
        task = bars.add_task(source, total=None)
        yield lambda here, whole: bars.update(task, completed=here, total=whole)
