"""Every error that kzdata raises on purpose.

    KzdataError                 root; also the class of an impossible request that fits no leaf
    ├── ParseError              a printed amount or period that cannot be read without guessing
    ├── UnknownCode             a country, source, notebook or other name that is not in its list
    ├── ContractError           a frame that breaks the tidy contract; lists every failing row
    ├── Incomparable            two figures that must not be put in one formula
    │   ├── PeriodMismatch      they cover different spans
    │   ├── UnitMismatch        they are in different units
    │   ├── ValuationMismatch   one is FOB, the other CIF
    │   └── MeasureMismatch     they are different dataflows, flows or sources
    ├── NotAvailable            the question is sound but the figures are not loaded
    ├── SeedError               a seed file or an article disagrees with what is typed in seeds/
    ├── ParameterError          a notebook parameter that is unknown, missing or ill-typed
    ├── NotebookFailed          a cell failed, or the kernel died; the previous report stays
    ├── JobFailed               a process of its own passed its deadline or died before its answer
    ├── PublishError            the report could not be written; the previous report stays
    └── MissingMessage          a sentence that a language's catalogue does not hold

A message names the fact, what was expected, and, on a line of its own, the next thing to type.
"""

from __future__ import annotations

import difflib
import sysconfig
import traceback
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """How a command ended: the same number means the same in every command."""

    DONE = 0
    FAILED = 1
    MISUSED = 2
    UNCHANGED = 10
    FINDING = 20
    DRIFT = 30
    REPORT_FAILED = 40
    DEFECT = 70
    RETRY_LATER = 75
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143


class KzdataError(Exception):
    """Root of the tree. ``fact`` says what is wrong, ``hint`` what to type next.

    >>> import kzdata as kz
    >>> try:
    ...     kz.area_name("KAX")
    ... except kz.KzdataError as error:
    ...     print(error.fact)
    Unknown ISO 3166 alpha-3 code 'KAX'.
    """

    # Of a command that meets this error; None leaves it to the command, FAILED unless it says.
    exit_code: ExitCode | None = None

    def __init__(self, fact: str, hint: str | None = None):
        self.fact = fact
        self.hint = hint
        super().__init__(fact if hint is None else f"{fact}\n  {hint}")

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows, asked for by IPython: the user's line and the message.

        After ``%xmode Verbose`` it is the full traceback, as of any other error.
        """
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        if shell is not None and shell.InteractiveTB.mode == "Verbose":
            return shell.InteractiveTB.structured_traceback(
                type(self), self, self.__traceback__, tb_offset=1
            )
        frames = [
            frame
            for frame in traceback.extract_tb(self.__traceback__)
            if frame.line and not frame.filename.startswith(_NOT_THE_USERS)
        ]
        lines = []
        if frames:
            frame = frames[-1]
            kind, place = "File", frame.filename
            if shell is not None:
                kind, place = shell.compile.format_code_name(frame.filename) or (kind, place)
            lines = [f"{kind} {place}, line {frame.lineno}", f"----> {frame.line}", ""]
        message = "".join(traceback.format_exception_only(type(self), self)).rstrip()
        message = message.removeprefix(f"{type(self).__module__}.")
        return [*lines, message, "", "%xmode Verbose shows the full traceback of the next error."]


# Where the frames lie that a user did not write: kzdata, the libraries, Python itself.
_NOT_THE_USERS = tuple(
    str(Path(folder))
    for folder in {
        str(Path(__file__).parent),
        *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")),
    }
)


class ParseError(KzdataError, ValueError):
    """A printed amount or period that cannot be read without guessing."""

    exit_code = ExitCode.MISUSED


class UnknownCode(KzdataError, LookupError):
    """A name that is not in its list."""

    exit_code = ExitCode.MISUSED


class ContractError(KzdataError, ValueError):
    """A frame that breaks the tidy contract. ``failures`` has one row per broken rule and row."""

    exit_code = ExitCode.FINDING

    def __init__(self, fact: str, hint: str | None = None, failures=None):
        super().__init__(fact, hint)
        self.failures = failures


class Incomparable(KzdataError, ValueError):
    """Two figures that must not be put in one formula."""

    exit_code = ExitCode.FINDING


class PeriodMismatch(Incomparable):
    """They cover different spans."""


class UnitMismatch(Incomparable):
    """They are in different units."""


class ValuationMismatch(Incomparable):
    """One is valued FOB, the other CIF."""


class MeasureMismatch(Incomparable):
    """They are different dataflows, flows or sources."""


class NotAvailable(KzdataError, LookupError):
    """The question is sound but the figures are not loaded."""


class SeedError(KzdataError):
    """A seed file or an article disagrees with what is typed in ``seeds/``."""

    exit_code = ExitCode.FINDING


class ParameterError(KzdataError, ValueError):
    """A notebook parameter that is unknown, missing or ill-typed."""

    exit_code = ExitCode.MISUSED


class NotebookFailed(KzdataError):
    """A cell failed or the kernel died; the previous report stays in place."""

    exit_code = ExitCode.REPORT_FAILED


class JobFailed(KzdataError, RuntimeError):
    """A job passed its deadline, or its process died before it answered."""


class PublishError(KzdataError):
    """The report could not be written; the previous report stays in place."""

    exit_code = ExitCode.REPORT_FAILED


class MissingMessage(KzdataError, LookupError):
    """A sentence that the catalogue of a language does not hold."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``"Did you mean 'a' or 'b'?"``, or the sorted list where nothing is near."""
    known = sorted(known)
    plain = {each.casefold().replace("_", "-"): each for each in reversed(known)}
    found = difflib.get_close_matches(name.casefold().replace("_", "-"), plain, n=3, cutoff=0.6)
    near = [plain[each] for each in found]
    if near:
        return "Did you mean " + " or ".join(repr(each) for each in near) + "?"
    return "Known: " + ", ".join(known) + "."
