"""Output: streams, encodings, colours, the width of a terminal, JSON, and signals to end."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

_LABEL = re.compile(r" +\S+ {2,}|\S+: {2,}| *")

_NARROWEST = 20


def open_streams() -> None:
    """Point streams that were closed (``>&-``) at the null device, not at the next opened file."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # It takes the lowest free number, this one; kernels expect to inherit it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, "w" if number else "r", encoding="utf-8"))


def write_utf8() -> None:
    """Write names in four languages in every locale.

    Files and pipes get UTF-8. A terminal keeps its own encoding, with a mark for what it lacks; so
    does a stream whose encoding was asked for by PYTHONIOENCODING.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper) or stream.encoding.lower() in ("utf-8", "utf8"):
            continue
        chosen = stream.encoding if os.environ.get("PYTHONIOENCODING") else None
        if chosen is None and (stream.encoding.lower() == "ascii" or not stream.isatty()):
            chosen = "utf-8"
        stream.reconfigure(encoding=chosen or stream.encoding, errors="replace")


def colour() -> bool | None:
    """Return False if NO_COLOR or TERM=dumb asks for none, else None: colours on terminals only."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def help_width() -> int | None:
    """Return the width of help for a terminal narrower than its usual layout."""
    width = shutil.get_terminal_size().columns - 2
    return max(width, _NARROWEST) if width < 50 else None


def print_line(line: str, *, err: bool = False) -> None:
    """Print a line; a terminal too narrow for it shows the rest below where its text begins."""
    stream = sys.stderr if err else sys.stdout
    if stream is not None and stream.isatty():
        width = shutil.get_terminal_size().columns
        line = "\n".join(wrapped(each, width) for each in line.split("\n"))
    click.echo(line, err=err)


def wrapped(line: str, width: int) -> str:
    """Return the line within ``width`` columns. Paths and addresses are never cut.

    >>> print(wrapped("  publisher  National Bank of Kazakhstan", 30))
      publisher  National Bank of
                 Kazakhstan
    """
    if len(click.unstyle(line)) <= width:
        return line
    found = _LABEL.match(line)
    indent = found.end() if found else 0
    if not indent or width - indent < _NARROWEST:
        indent = len(line) - len(line.lstrip()) + 2
    return textwrap.fill(
        line,
        max(width, _NARROWEST),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


class Terminated(BaseException):
    """The system asked kzdata to end; work in progress is removed first."""


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` on SIGTERM and SIGHUP, so that kernels and half-made folders go too."""

    def stop(number: int, frame: Any) -> None:
        raise Terminated

    kinds = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}
    # Only the main thread may ask; what is ignored (nohup) stays ignored.
    with contextlib.suppress(ValueError):
        for kind in kinds:
            if signal.getsignal(kind) == signal.SIG_DFL:
                before[kind] = signal.signal(kind, stop)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def close_streams() -> bool:
    """Flush the streams; return whether all output arrived. Nothing complains after this."""
    arrived = True
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            arrived = False
            # The interpreter flushes once more as it ends, and would print a traceback.
            with contextlib.suppress(OSError, ValueError):
                if stream.fileno() == number:
                    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return arrived


def json_text(data: Any) -> str:
    """Return strict JSON: paths as text, null for a missing number."""
    return json.dumps(_plain(data), ensure_ascii=False, indent=1, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
