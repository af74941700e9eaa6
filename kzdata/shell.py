"""What the commands share: answers for people and programs, refusals, help with examples first."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kzdata import exits, terminal
from kzdata.cli_layout import ExamplesFirst
from kzdata.errors import KzdataError, did_you_mean
from kzdata.exits import FAILED, FINE, MISUSED, exit_code_of

TRACE = "KZDATA_TRACEBACK"


@dataclass(frozen=True)
class Answer:
    """What a command has to say: plain ``data`` for programs, ``lines`` for people.

    ``fixed`` lines are never broken, however narrow the terminal is.
    """

    data: Any
    lines: Iterable[str] = ()
    code: int = FINE
    fixed: bool = False


class Refused(click.ClickException):
    """An error of kzdata on its way out: one message on the error stream, and its exit code."""

    def __init__(self, error: KzdataError, otherwise: int = FAILED):
        super().__init__(str(error))
        self.error, self.otherwise = error, otherwise

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """See `exits`."""
        return exit_code_of(self.error, self.otherwise)

    def show(self, file: Any = None) -> None:
        """Print it."""
        complain(self.message)


def answers(command: Callable[..., Answer | None]) -> Callable[..., None]:
    """A command that returns an `Answer`: ``--json`` prints its data, otherwise its lines."""

    @click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
    @wraps(command)
    def answered(*args: Any, as_json: bool, **options: Any) -> None:
        try:
            answer = command(*args, **options)
        except KzdataError as error:
            raise Refused(error) from error
        if answer is None:
            return
        if as_json:
            click.echo(as_text(answer.data))
        else:
            for line in answer.lines:
                (click.echo if answer.fixed else terminal.told)(line)
        if answer.code:
            click.get_current_context().exit(answer.code)

    return answered


def as_text(data: Any) -> str:
    """Strict JSON: paths as text, and null for a number that is missing."""
    return json.dumps(_plain(data), ensure_ascii=False, indent=1, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def complain(text: str) -> None:
    """A message on the error stream; its first word is red where the terminal shows colours."""
    head, _, rest = f"kzdata: {text}".partition(" ")
    if sys.stderr is not None and sys.stderr.isatty() and terminal.colour() is None:
        head = click.style(head, fg="red")
    with contextlib.suppress(OSError):  # the exit code still tells
        terminal.told(f"{head} {rest}", err=True)


class Examples(ExamplesFirst, click.Command):
    """A command whose help begins with examples; they are its epilog."""


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
        with terminal.stopped_gently():
            code = _code(lambda: click.Group.main(self, args, "kzdata", *others, **more))
        if not terminal.close_quietly() and code == FINE:
            code = exits.CLOSED
        sys.exit(code)


def _code(run: Callable[[], Any]) -> int:
    """Run it, say what went wrong, and answer with the exit code."""
    try:
        returned = run()
        return returned if isinstance(returned, int) else FINE
    except click.exceptions.Abort:
        complain("interrupted. What stood before still stands.")
        return exits.INTERRUPTED
    except terminal.Terminated:
        complain("terminated. What stood before still stands.")
        return exits.TERMINATED
    except Refused as refused:
        refused.show()
        return refused.exit_code
    except click.UsageError as error:
        complain(_misused(error))
        return MISUSED
    except click.ClickException as error:
        complain(error.format_message())
        return error.exit_code
    except KzdataError as error:
        Refused(error).show()
        return exit_code_of(error)
    except SystemExit as error:
        # click leaves by itself after a completion and, with 1, where nobody reads on.
        if error.code == FAILED and "_KZDATA_COMPLETE" not in os.environ:
            return exits.CLOSED
        return error.code if isinstance(error.code, int) else FAILED
    except OSError as error:
        if error.errno == errno.EPIPE:
            return exits.CLOSED
        complain(f"the system refuses: {error}")
        return FAILED
    except MemoryError:
        complain("there is not enough memory. Ask for less, or give --jobs 1.")
        return FAILED
    except Exception as error:
        _defect(error)
        return exits.DEFECT


def _misused(error: click.UsageError) -> str:
    text = error.format_message()
    command = error.ctx.command if error.ctx else None
    lines = [text]
    if isinstance(error, click.NoSuchOption) and isinstance(command, Commands):
        # Options stand after the command that they belong to.
        lines = [text.partition(" Did you mean")[0], "Options stand after the command's name."]
    if isinstance(error, click.MissingParameter) and isinstance(command, ExamplesFirst):
        lines.append(f"For example: {command.examples()[0].partition('  # ')[0]}")
    if error.ctx:
        lines.append(f"Help: {error.ctx.command_path} --help")
    return "\n  ".join(lines)


def _defect(error: Exception) -> None:
    if os.environ.get(TRACE):
        traceback.print_exception(error)
    from kzdata.reports.redaction import hide

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    complain(
        f"this is a defect of kzdata: {type(error).__name__}: {hide(str(error))} ({where})\n"
        f"  {TRACE}=1 before the command shows all of it; please report it with that."
    )


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
