"""Report errors on the error stream, as JSON on request, and turn them into exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from pathlib import Path

import click

from kzdata.cli import terminal
from kzdata.errors import ExitCode, KzdataError, NotebookFailed, did_you_mean

TRACE = "KZDATA_TRACEBACK"

UNCHANGED = "Existing files are unchanged."


def exit_code_of(error: KzdataError) -> ExitCode:
    """Return the exit code of an error; a failed notebook has the code of the error in its cell."""
    if isinstance(error, NotebookFailed):
        from kzdata.reports.fleet.run import code_of

        return code_of(error)
    return ExitCode.FAILED if error.exit_code is None else error.exit_code


def report_error(error: BaseException, as_json: bool) -> int:
    """Print an error, on the output too if JSON was asked for, and return the exit code."""
    code, kind, fact, hint = _described(error)
    if fact:
        complain(fact if hint is None else f"{fact}\n  {hint}")
        if as_json:
            about = {"kind": kind, "message": fact, "hint": hint, "exit": code}
            with contextlib.suppress(OSError):
                click.echo(terminal.json_text({"error": about}))
    return code


def complain(text: str) -> None:
    """Print a message on the error stream; on a terminal with colours its first word is red."""
    head, _, rest = f"kzdata: {text}".partition(" ")
    if sys.stderr is not None and sys.stderr.isatty() and terminal.colour() is None:
        head = click.style(head, fg="red")
    with contextlib.suppress(OSError):  # the exit code still tells
        terminal.print_line(f"{head} {rest}", err=True)


def _described(error: BaseException) -> tuple[int, str, str, str | None]:
    """Exit code, kind, fact and what to type next; without a fact nothing is printed."""
    kind = type(error).__name__
    match error:
        case click.exceptions.Abort():
            return ExitCode.INTERRUPTED, "Interrupted", f"interrupted. {UNCHANGED}", None
        case terminal.Terminated():
            return ExitCode.TERMINATED, kind, f"terminated. {UNCHANGED}", None
        case KzdataError():
            return exit_code_of(error), kind, error.fact, error.hint
        case click.UsageError():
            return ExitCode.MISUSED, "Misused", *_misused(error)
        case click.ClickException():
            return error.exit_code, kind, error.format_message(), None
        case SystemExit():
            # click leaves by itself after a completion and, with 1, where nobody reads on.
            if error.code == ExitCode.FAILED and "_KZDATA_COMPLETE" not in os.environ:
                return ExitCode.PIPE_CLOSED, kind, "", None
            return error.code if isinstance(error.code, int) else ExitCode.FAILED, kind, "", None
        case OSError(errno=errno.EPIPE):
            return ExitCode.PIPE_CLOSED, kind, "", None
        case OSError():
            return ExitCode.FAILED, kind, f"the system refuses: {error}", None
        case MemoryError():
            hint = "Ask for less, or give --jobs 1."
            return ExitCode.FAILED, kind, "there is not enough memory.", hint
    return ExitCode.DEFECT, kind, *_defect(error)


def _misused(error: click.UsageError) -> tuple[str, str | None]:
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
    if isinstance(error, click.MissingParameter) and command and command.epilog:
        lines.append(f"For example: {command.epilog.splitlines()[0].partition('  # ')[0]}")
    if error.ctx:
        lines.append(f"Help: {error.ctx.command_path} --help")
    return fact, "\n  ".join(lines) or None


def _defect(error: BaseException) -> tuple[str, str]:
    if os.environ.get(TRACE):
        traceback.print_exception(error)
    from kzdata.reports.redaction import hide

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return (
        f"this is a defect of kzdata: {type(error).__name__}: {hide(str(error))} ({where})",
        f"{TRACE}=1 before the command shows all of it; please report it with that.",
    )
