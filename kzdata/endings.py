"""How a command that failed ends: a message, the same for programs where they asked, a number."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kzdata import exits, terminal
from kzdata.cli_layout import ExamplesFirst
from kzdata.errors import KzdataError, did_you_mean
from kzdata.exits import FAILED, MISUSED, exit_code_of

TRACE = "KZDATA_TRACEBACK"
STANDS = "What stood before still stands."


class Refused(click.ClickException):
    """An error of kzdata on its way out; ``otherwise`` is its exit code where it has none."""

    def __init__(self, error: KzdataError, otherwise: int = FAILED):
        super().__init__(str(error))
        self.error, self.otherwise = error, otherwise


@dataclass(frozen=True)
class Ending:
    """Exit code, what went wrong by name, the fact, and what to type next."""

    code: int
    kind: str = ""
    fact: str = ""
    hint: str | None = None

    def told(self, as_json: bool) -> int:
        """Say it on the error stream and, where JSON was asked for, on the output; the code."""
        if self.fact:
            complain(self.fact if self.hint is None else f"{self.fact}\n  {self.hint}")
            if as_json:
                named = {"kind": self.kind, "message": self.fact, "hint": self.hint}
                with contextlib.suppress(OSError):
                    click.echo(as_text({"error": {**named, "exit": self.code}}))
        return self.code


def ending(error: BaseException) -> Ending:
    """How a command ends that met this."""
    kind = type(error).__name__
    match error:
        case click.exceptions.Abort():
            return Ending(exits.INTERRUPTED, "Interrupted", f"interrupted. {STANDS}")
        case terminal.Terminated():
            return Ending(exits.TERMINATED, kind, f"terminated. {STANDS}")
        case Refused():
            known = error.error
            code = exit_code_of(known, error.otherwise)
            return Ending(code, type(known).__name__, known.fact, known.hint)
        case KzdataError():
            return Ending(exit_code_of(error), kind, error.fact, error.hint)
        case click.UsageError():
            return Ending(MISUSED, "Misused", *_misused(error))
        case click.ClickException():
            return Ending(error.exit_code, kind, error.format_message())
        case SystemExit():
            # click leaves by itself after a completion and, with 1, where nobody reads on.
            if error.code == FAILED and "_KZDATA_COMPLETE" not in os.environ:
                return Ending(exits.CLOSED)
            return Ending(error.code if isinstance(error.code, int) else FAILED)
        case OSError(errno=errno.EPIPE):
            return Ending(exits.CLOSED)
        case OSError():
            return Ending(FAILED, kind, f"the system refuses: {error}")
        case MemoryError():
            hint = "Ask for less, or give --jobs 1."
            return Ending(FAILED, kind, "there is not enough memory.", hint)
    return _defect(error)


def complain(text: str) -> None:
    """A message on the error stream; its first word is red where the terminal shows colours."""
    head, _, rest = f"kzdata: {text}".partition(" ")
    if sys.stderr is not None and sys.stderr.isatty() and terminal.colour() is None:
        head = click.style(head, fg="red")
    with contextlib.suppress(OSError):  # the exit code still tells
        terminal.told(f"{head} {rest}", err=True)


def _misused(error: click.UsageError) -> tuple[str, str | None]:
    """The fact, and what to type, of a command line that cannot be understood."""
    fact, _, more = error.format_message().partition("\n  ")
    lines = [more] if more else []
    command = error.ctx.command if error.ctx else None
    if isinstance(error, click.NoSuchOption) and error.ctx and command:
        fact = f"No such option {error.option_name!r}."
        if isinstance(command, click.Group):
            lines.append("Options stand after the command's name.")
        else:
            known = [each for option in command.get_params(error.ctx) for each in option.opts]
            known = [each for each in known if each.startswith("-")]
            lines.append(did_you_mean(error.option_name, error.possibilities or known))
    if isinstance(error, click.MissingParameter) and isinstance(command, ExamplesFirst):
        lines.append(f"For example: {command.examples()[0].partition('  # ')[0]}")
    if error.ctx:
        lines.append(f"Help: {error.ctx.command_path} --help")
    return fact, "\n  ".join(lines) or None


def _defect(error: BaseException) -> Ending:
    if os.environ.get(TRACE):
        traceback.print_exception(error)
    from kzdata.reports.redaction import hide

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    name = type(error).__name__
    return Ending(
        exits.DEFECT,
        name,
        f"this is a defect of kzdata: {name}: {hide(str(error))} ({where})",
        f"{TRACE}=1 before the command shows all of it; please report it with that.",
    )


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
