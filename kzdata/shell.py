"""What the commands of the command line share: errors, examples first, name=value."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from kzdata.errors import KzdataError, ParameterError, UnknownCode

FAILED, MISUSED = 1, 2


def answers(command: Callable[..., Any]) -> Callable[..., Any]:
    """What kzdata refuses becomes one message on the error stream, and an exit code."""

    @wraps(command)
    def answered(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except KzdataError as error:
            click.echo(f"kzdata: {error}", err=True)
            sys.exit(MISUSED if isinstance(error, ParameterError | UnknownCode) else FAILED)

    return answered


class Examples(click.Command):
    """A command whose help begins with examples; they are its epilog."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then usage, text and options."""
        with formatter.section("Examples"):
            for line in (self.epilog or "").strip().splitlines():
                formatter.write_text(line.strip())
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)


def pairs(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """``-p name=value``, any number of times, each name once.

    A value is never repeated in a message: somebody will type a key there.
    """
    values: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.isidentifier():
            raise click.BadParameter("-p takes name=value, for example partner=TUR.")
        if name in values:
            raise click.BadParameter(f"{name} is given twice.")
        values[name] = value
    return values


def listed(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> tuple[str, ...] | None:
    """``a,b,c``; None where nothing is given."""
    return None if given is None else tuple(each.strip() for each in given.split(","))
