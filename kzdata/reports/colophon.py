"""The particulars of a report: what was asked, as of when, made with what."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kzdata.errors import KzdataError
from kzdata.i18n.catalogue import spoken
from kzdata.i18n.sentences import t
from kzdata.reports import manifest
from kzdata.reports.blocks import slug
from kzdata.reports.execute import short_name

if TYPE_CHECKING:
    from kzdata.reports.editions import Edition

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.ipynb")

OLDEST = 315_532_800  # 1980-01-01: the first day that a zip file can name


@dataclass(frozen=True)
class Job:
    """One notebook and the value of each of its parameters."""

    notebook: Path
    values: dict[str, Any]


def about(jobs: Sequence[Job], asked: Edition | None) -> list[tuple[str, str]]:
    """The pairs of the colophon: parameters (shared ones once), notebooks, versions."""
    shared = set.intersection(*({(k, repr(v)) for k, v in job.values.items()} for job in jobs))
    pairs = [(t("Edition"), asked.name)] if asked else []
    pairs += [(t("Parameters"), _listed(dict(shared)))] if shared else []
    for job in jobs:
        own = {k: repr(v) for k, v in job.values.items() if (k, repr(v)) not in shared}
        if own:
            pairs.append((t("In {notebook}", notebook=short_name(job.notebook)), _listed(own)))
    pairs.append((t("Notebooks"), ", ".join(job.notebook.name for job in jobs)))
    made = [f"{name} {version}" for name, version in manifest.versions().items()]
    pairs.append((t("Made with"), ", ".join(made)))
    pairs.append(
        (t("Integrity"), t("{file} lists SHA-256 of what was read and written", file=manifest.NAME))
    )
    return pairs


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))


def plain_name(notebook: Path) -> str:
    """The name of a notebook in a report: its own, unless it holds signs that mean something."""
    if _PLAIN.fullmatch(notebook.name):
        return notebook.name
    return f"{slug(notebook.stem) or 'notebook'}.ipynb"


def kept(book: Any) -> bytes:
    """The executed notebook without what differs from run to run."""
    import nbformat

    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
    name = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book.metadata = {"kernelspec": name, "language_info": {"name": "python"}}
    return (nbformat.writes(nbformat.from_dict(book)) + "\n").encode()


def language_of_jobs(jobs: Sequence[Job]) -> str:
    """The language that the notebooks were asked to speak."""
    asked = [str(job.values["language"]) for job in jobs if job.values.get("language")]
    return asked[0] if asked else spoken()


def as_of(jobs: Sequence[Job]) -> dt.date | None:
    """The latest day as of which any of the notebooks reads its figures."""
    days = {str(job.values["as_of"]) for job in jobs if job.values.get("as_of")}
    return dt.date.fromisoformat(max(days)) if days else None


def epoch(jobs: Sequence[Job]) -> int:
    """The one time that files carry: reproducible-builds.org's variable, or the report's day."""
    named = os.environ.get("SOURCE_DATE_EPOCH")
    if named:
        if not named.isdigit():
            raise KzdataError(f"SOURCE_DATE_EPOCH is {named!r}, expected seconds since 1970.")
        return max(int(named), OLDEST)
    day = as_of(jobs)
    if day is None:
        return OLDEST
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())
