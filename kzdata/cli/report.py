"""``kzdata report`` and ``kzdata why``: one report, and where a figure is from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kzdata import settings
from kzdata.cli import completion
from kzdata.cli.shell import CommandOutput, Examples, answers, comma_list, pairs
from kzdata.errors import ParameterError, UnknownCode

LANGUAGE = "language"


@click.command(
    cls=Examples,
    short_help="Run one notebook and publish what it shows.",
    epilog="""kzdata report bilateral
    kzdata report bilateral -p partner=TUR -p start=2018
    kzdata report bilateral --language ru --format html
    kzdata report ./mine.ipynb --out ./my-report""",
)
@click.argument("notebook", shell_complete=completion.notebooks)
@click.option(
    "-p", "parameters", multiple=True, callback=pairs, metavar="NAME=VALUE",
    shell_complete=completion.parameters,
    help="A parameter of the notebook; may be repeated for others.",
)  # fmt: skip
@click.option("--language", metavar="LANG", shell_complete=completion.languages,
              help="Among en,ru,kk,he; else the setting.")  # fmt: skip
@click.option("--format", "formats", callback=comma_list, metavar="LIST",
              help="Among html,pdf,xlsx; else the setting, else all.")  # fmt: skip
@click.option("--engine", metavar="NAME", shell_complete=completion.engines,
              help="How the kernel is started, warm or plain; else the setting.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the report.")  # fmt: skip
@answers
def report(
    notebook: str,
    parameters: dict[str, str],
    language: str | None,
    formats: tuple[str, ...] | None,
    engine: str | None,
    out: Path | None,
) -> CommandOutput:
    """Run NOTEBOOK and publish what it shows.

    NOTEBOOK is the name of a shipped one, or the path of your own .ipynb.
    """
    from kzdata.reports.editions import FORMATS, check_formats
    from kzdata.reports.execute import foresee

    begun = time.monotonic()
    asked = check_formats(settings.value("formats", formats) or FORMATS)
    kernels = settings.value("engine", engine)
    path = _resolved(notebook)
    foresee(path, kernels or "warm")  # the imports that follow are done beside its own

    from kzdata.reports.build import make_one
    from kzdata.reports.parameters import bind
    from kzdata.reports.progress import lines

    values = bind(path, _with_language(path, parameters, language), as_text=True)
    with lines() as progress:
        made = make_one(path, values, out=out, formats=asked, engine=kernels, progress=progress)
    seconds = time.monotonic() - begun
    files = [each for each in (made.html, made.pdf, made.xlsx, made.manifest) if each]
    return CommandOutput(
        {
            "folder": made.folder,
            "files": {each.name: each.stat().st_size for each in files},
            "parameters": values,
            "seconds": round(seconds, 3),
        },
        _told(made, seconds),
    )


def _told(made: Any, seconds: float) -> Iterator[str]:
    yield f"Report: {made.folder}"
    for path in (made.html, made.pdf, made.xlsx):
        if path:
            yield f"  {path.name:12} {path.stat().st_size / 1024:8,.0f} KiB"
    yield f"Built in {seconds:.1f} s"


def _resolved(notebook: str) -> Path:
    from kzdata.reports.editions import read_editions
    from kzdata.reports.execute import resolve

    try:
        return resolve(notebook)
    except UnknownCode:
        if notebook in read_editions():
            raise UnknownCode(
                f"{notebook!r} is an edition, a report of several notebooks.",
                f"kzdata run {notebook}",
            ) from None
        raise


def _with_language(path: Path, given: dict[str, str], flag: str | None) -> dict[str, str]:
    """The parameters, with the language where the notebook takes one and nobody named it."""
    from kzdata.reports.parameters import parameters

    if flag and LANGUAGE in given:
        raise ParameterError("The language is given twice.", "Keep --language or -p language=…")
    wanted = settings.setting(LANGUAGE, flag)
    if LANGUAGE in given or wanted.value is None:
        return given
    if any(each.name == LANGUAGE for each in parameters(path)):
        return given | {LANGUAGE: wanted.value}
    if wanted.value != "en":
        fact = f"{path.name} has no parameter 'language', so it speaks English only"
        if flag:
            raise ParameterError(f"{fact}.", "Leave --language out.")
        click.echo(f"{fact}, not {wanted.value} as {wanted.origin} asks.", err=True)
    return given


@click.command(
    cls=Examples,
    short_help="Say where a printed number comes from.",
    epilog="""kzdata why "US$193.3 million"
    kzdata why 193.3 --report reports/kaz-isr
    kzdata why --json "−18.1%\"""",
)
@click.argument("text")
@click.option(
    "--report", "folder", type=click.Path(path_type=Path), metavar="DIR",
    help="Look in this report; otherwise in every report built here, then in the data.",
)  # fmt: skip
@answers
def why(text: str, folder: Path | None) -> CommandOutput:
    """Say where a printed number TEXT comes from: document, place, publisher, date."""
    from kzdata.present.provenance import why as explain
    from kzdata.reports.manifest import read

    if folder is not None and read(folder) is None:
        raise UnknownCode(f"No report in {folder}.", "Build one: kzdata run kaz-isr")
    found = explain(text, report=folder)
    rows = found.frame.astype(object).where(found.frame.notna(), None).to_dict("records")
    return CommandOutput(rows, str(found).split("\n"))
