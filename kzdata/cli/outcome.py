"""How the help of a command is laid out: examples before everything else."""

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

from kzdata.cli import terminal
from kzdata.errors import KzdataError, did_you_mean
from kzdata.reports.fleet.run import DRIFT, EXITS, FINDING, FINE, MISUSED, NOTHING_NEW, RENDERING


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


FAILED, DEFECT, LATER, INTERRUPTED, CLOSED, TERMINATED = 1, 70, 75, 130, 141, 143

MEANINGS = {
    FINE: "done",
    FAILED: "it could not be done, or nothing was found; the message says why",
    MISUSED: "asked wrongly: an unknown name, option, parameter or setting; nothing was done",
    NOTHING_NEW: "kzdata run: every edition is as it was",
    FINDING: "a finding: data or seeds break a rule, statements contradict each other anew, "
    "or a check does not hold",
    DRIFT: "a source drifted: a file is not what its manifest, journal or format says",
    RENDERING: "a report could not be made or published; the last one stands",
    DEFECT: "a defect in kzdata; the message says how to see all of it",
    LATER: "a publisher did not answer; asking again later can help",
    INTERRUPTED: "interrupted (Ctrl-C); what stood before still stands",
    CLOSED: "who read the output stopped reading, as head does",
    TERMINATED: "terminated; what stood before still stands",
}

# The nearest ancestor counts. By name: fetching and the store are not imported to say this.
_OF_ERRORS = {
    "ParameterError": MISUSED,
    "UnknownCode": MISUSED,
    "ParseError": MISUSED,
    "ContractError": FINDING,
    "SeedError": FINDING,
    "Incomparable": FINDING,
    "WrongFormat": DRIFT,
    "StoreUnusable": FAILED,
    "StoreError": DRIFT,
    "CorrectionOutdated": FINDING,
    "NotebookFailed": RENDERING,
    "PublishError": RENDERING,
}


def exit_code_of(error: KzdataError, otherwise: int = FAILED) -> int:
    """The exit code of an error; a notebook that met one in its cells has the code of that one."""
    if getattr(error, "retryable", False):
        return LATER
    names = [each.__name__ for each in type(error).__mro__]
    if "NotebookFailed" in names:
        from kzdata.reports.fleet.jobs import status_of

        return EXITS.get(status_of(error), RENDERING)
    return next((_OF_ERRORS[name] for name in names if name in _OF_ERRORS), otherwise)


TRACE = "KZDATA_TRACEBACK"

STANDS = "What stood before still stands."


class ReportedError(click.ClickException):
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
            return Ending(INTERRUPTED, "Interrupted", f"interrupted. {STANDS}")
        case terminal.Terminated():
            return Ending(TERMINATED, kind, f"terminated. {STANDS}")
        case ReportedError():
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
                return Ending(CLOSED)
            return Ending(error.code if isinstance(error.code, int) else FAILED)
        case OSError(errno=errno.EPIPE):
            return Ending(CLOSED)
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
        DEFECT,
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
