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
from collections.abc import Iterable


class KzdataError(Exception):
    """Root of the tree. ``fact`` says what is wrong, ``hint`` what to type next.

    >>> import kzdata as kz
    >>> try:
    ...     kz.area_name("KAX")
    ... except kz.KzdataError as error:
    ...     print(error.fact)
    'KAX' is no ISO 3166 alpha-3 code.
    """

    def __init__(self, fact: str, hint: str | None = None):
        self.fact = fact
        self.hint = hint
        super().__init__(fact if hint is None else f"{fact}\n  {hint}")


class ParseError(KzdataError, ValueError):
    """A printed amount or period that cannot be read without guessing."""


class UnknownCode(KzdataError, LookupError):
    """A name that is not in its list."""


class ContractError(KzdataError, ValueError):
    """A frame that breaks the tidy contract. ``failures`` has one row per broken rule and row."""

    def __init__(self, fact: str, hint: str | None = None, failures=None):
        super().__init__(fact, hint)
        self.failures = failures


class Incomparable(KzdataError, ValueError):
    """Two figures that must not be put in one formula."""


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


class ParameterError(KzdataError, ValueError):
    """A notebook parameter that is unknown, missing or ill-typed."""


class NotebookFailed(KzdataError):
    """A cell failed or the kernel died; the previous report stays in place."""


class JobFailed(KzdataError, RuntimeError):
    """A job passed its deadline, or its process died before it answered."""


class PublishError(KzdataError):
    """The report could not be written; the previous report stays in place."""


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
