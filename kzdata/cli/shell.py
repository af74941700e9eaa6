"""What commands share: output for people and programs, and help that begins with examples."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from kzdata.cli import terminal
from kzdata.cli.error_reporting import report_error
from kzdata.errors import ExitCode, did_you_mean


@dataclass(frozen=True)
class CommandOutput:
    """What a command has to say: plain ``data`` for programs, ``lines`` for people.

    ``fixed`` lines are never broken, however narrow the terminal is.
    """

    data: Any
    lines: Iterable[str] = ()
    code: int = ExitCode.DONE
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
        lines = terminal.json_text(answer.data).split("\n") if as_json else answer.lines
        for line in lines:
            (click.echo if as_json or answer.fixed else terminal.print_line)(line)
        if answer.code:
            click.get_current_context().exit(answer.code)

    return answered


class ExamplesFirst:
    """Help that begins with examples, one a line of the epilog; ``# …`` says what one does."""

    epilog: str | None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then usage, text, options and commands."""
        split = [line.partition("  # ") for line in self.examples()]
        commands = [(command.rstrip(), why) for command, _, why in split]
        column = max(len(command) for command, _ in commands) + 2
        with formatter.section("Examples"):
            indent = " " * formatter.current_indent
            beside = all(len(indent) + column + 2 + len(w) <= formatter.width for _, w in commands)
            for command, why in commands:
                # Never wrapped: an example is there to be pasted.
                if why and beside:
                    command = f"{command:{column}}# {why}"
                elif why:
                    formatter.write(f"{indent}# {why}\n")
                formatter.write(f"{indent}{command}\n")
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)  # type: ignore[attr-defined]
        self.format_help_text(ctx, formatter)  # type: ignore[attr-defined]
        self.format_options(ctx, formatter)  # type: ignore[attr-defined]

    def examples(self) -> list[str]:
        """The examples, one a line."""
        return [line.strip() for line in (self.epilog or "").strip().splitlines()]


class Examples(ExamplesFirst, click.Command):
    """A command whose help begins with examples; they are its epilog."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reject extra arguments with a suggestion."""
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
    """A group of commands. The outermost one turns every error into a message and a code."""

    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Show the help if no command is given."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they were added."""
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Return the command of this name; suggest near names for an unknown one."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            raise click.UsageError(
                f"Unknown command {args[0]!r} of {ctx.command_path}.\n"
                f"  {did_you_mean(args[0], known)}",
                ctx,
            )
        return super().resolve_command(ctx, args)

    def main(
        self, args: Any = None, prog_name: str | None = None, *others: Any, **more: Any
    ) -> Any:
        """Run the command line and leave with an `ExitCode`."""
        terminal.open_streams()
        terminal.write_utf8()
        more |= {"standalone_mode": False, "color": terminal.colour()}
        more |= {"terminal_width": terminal.help_width()}
        words = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in words[: words.index("--") if "--" in words else None]
        with terminal.terminable():
            code = _code(lambda: click.Group.main(self, args, "kzdata", *others, **more), as_json)
        if not terminal.close_streams() and code == ExitCode.DONE:
            code = ExitCode.PIPE_CLOSED
        sys.exit(code)


def _code(run: Callable[[], Any], as_json: bool) -> int:
    """Run the command, report what went wrong, and return the exit code."""
    try:
        returned = run()
    except (click.exceptions.Abort, terminal.Terminated, SystemExit, Exception) as error:
        return report_error(error, as_json)
    return returned if isinstance(returned, int) else ExitCode.DONE


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


def comma_list(
    context: click.Context, parameter: click.Parameter, given: str | None
) -> tuple[str, ...] | None:
    """Split ``a,b,c``; None if nothing is given."""
    return None if given is None else tuple(each.strip() for each in given.split(","))
