"""How a run is followed: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

from kzdata.reports.execute import Progress


def on_terminal() -> bool:
    """Whether the error stream is a terminal on which a line can be drawn over."""
    there = sys.stderr is not None and sys.stderr.isatty()
    return there and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def bar() -> Iterator[Progress | None]:
    """A bar for each notebook where the error stream is a terminal; nothing elsewhere."""
    if not on_terminal():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Bars(*columns, TextColumn("cells"), TimeElapsedColumn(), console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done)

        yield advance


@contextlib.contextmanager
def lines() -> Iterator[Progress | None]:
    """A bar on a terminal; in a log one line as each notebook begins and one as it ends."""
    with bar() as advance:
        if advance is not None:
            yield advance
            return
        begun: dict[str, float] = {}
        ended: set[str] = set()

        def say(name: str, done: int, total: int) -> None:
            now = time.monotonic()
            if name not in begun:
                begun[name] = now
                _log(f"{name}: running, {total} cells")
            if done >= total and name not in ended:
                ended.add(name)
                took = now - begun[name]
                _log(f"{name}: done, {took:.1f} s in its cells")

        yield say


def _log(line: str) -> None:
    # A log that is full or closed is no reason to give the report up.
    with contextlib.suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)
