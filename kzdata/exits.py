"""How a command ended, as a number for the shell that started it.

The same number means the same in every command; ``kzdata help exit-codes`` prints this table.
"""

from __future__ import annotations

from kzdata.errors import KzdataError
from kzdata.fleet.outcomes import DRIFT, EXITS, FINDING, FINE, MISUSED, NOTHING_NEW, RENDERING

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
        from kzdata.fleet.job import status_of

        return EXITS.get(status_of(error), RENDERING)
    return next((_OF_ERRORS[name] for name in names if name in _OF_ERRORS), otherwise)
