"""The formats of a report, and the file that each one is."""

from __future__ import annotations

from collections.abc import Iterable

from kzdata.errors import ParameterError, did_you_mean

FORMATS = ("html", "pdf", "xlsx")
FILES = {"html": "report.html", "pdf": "report.pdf", "xlsx": "data.xlsx"}


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """The formats in their order, each once. Raises `ParameterError` for any other."""
    asked = [formats] if isinstance(formats, str) else list(formats)
    for each in asked:
        if each not in FORMATS:
            raise ParameterError(
                f"{each!r} is no format of a report.", did_you_mean(str(each), FORMATS)
            )
    if not asked:
        raise ParameterError("No format is asked for.", "Give one or more of html, pdf, xlsx.")
    return tuple(each for each in FORMATS if each in asked)
