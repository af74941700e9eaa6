"""What the commands share: answers for people and programs, refusals, help with examples first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from kzdata.cli import outcome, terminal
from kzdata.cli.outcome import ExamplesFirst, as_text, ending
from kzdata.errors import did_you_mean
from kzdata.reports.fleet.run import FINE


@dataclass(frozen=True)
class CommandOutput:
    """What a command has to say: plain ``data`` for programs, ``lines`` for people.

    ``fixed`` lines are never broken, however narrow the terminal is.
    """

    data: Any
    lines: Iterable[str] = ()
    code: int = FINE
    fixed: bool = False


def answers(command: Callable[..., CommandOutput | None]) -> Callable[..., None]:
    """A command that returns `CommandOutput`: ``--json`` prints its data, otherwise its lines."""

    @click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
    @wraps(command)
    def answered(*args: Any, as_json: bool, **options: Any) -> None:
        answer = command(*args, **options)
        if answer is None:
            return
        # Line by line: an unbuffered stream may take a part of a long text and not say so.
        lines = as_text(answer.data).split("\n") if as_json else answer.lines
        for line in lines:
            (click.echo if as_json or answer.fixed else terminal.told)(line)
        if answer.code:
            click.get_current_context().exit(answer.code)

    return answered


class Examples(ExamplesFirst, click.Command):
    """A command whose help begins with examples; they are its epilog."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """A word too many is refused with how it was probably meant."""
        ctx.allow_extra_args = True
        extra = super().parse_args(ctx, args)
        if extra and not ctx.resilient_parsing:
            name, equals, _ = extra[0].partition("=")
            # The value is not repeated: somebody will type a key there.
            said = f"{name}=…" if equals else extra[0]
            hint = "A name or text with spaces stands in quotes."
            if equals and any("-p" in each.opts for each in self.params):
                hint = f"Did you mean -p {said}?"
            raise click.UsageError(f"{said!r} is a word too many.\n  {hint}", ctx)
        return extra


class Commands(ExamplesFirst, click.Group):
    """A group of commands. The outermost one turns whatever happens into words and a number."""

    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a word the help is the answer, not an error."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they were added."""
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command of this name; where there is none, the near ones are named."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            raise click.UsageError(
                f"{args[0]!r} is no command of {ctx.command_path}.\n"
                f"  {did_you_mean(args[0], known)}",
                ctx,
            )
        return super().resolve_command(ctx, args)

    def main(
        self, args: Any = None, prog_name: str | None = None, *others: Any, **more: Any
    ) -> Any:
        """Run the command line and leave with one of the codes of `exits`."""
        terminal.open_closed()
        terminal.write_utf8()
        more |= {"standalone_mode": False, "color": terminal.colour()}
        more |= {"terminal_width": terminal.narrow()}
        words = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in words[: words.index("--") if "--" in words else None]
        with terminal.stopped_gently():
            code = _code(lambda: click.Group.main(self, args, "kzdata", *others, **more), as_json)
        if not terminal.close_quietly() and code == FINE:
            code = outcome.CLOSED
        sys.exit(code)


def _code(run: Callable[[], Any], as_json: bool) -> int:
    """Run it, say what went wrong, and answer with the exit code."""
    try:
        returned = run()
    except (click.exceptions.Abort, terminal.Terminated, SystemExit, Exception) as error:
        return ending(error).told(as_json)
    return returned if isinstance(returned, int) else FINE


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
