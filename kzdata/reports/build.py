"""Build a report: run its notebooks, make its document, render every format, publish the folder."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import datetime as dt
import io
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kzdata import files, query_log, settings
from kzdata.i18n.catalogue import speaking
from kzdata.i18n.formats import format_period
from kzdata.i18n.sentences import known_word, t
from kzdata.reports import annexes, manifest
from kzdata.reports.blocks import ChartBlock, Document, Section, StatementBlock, slug
from kzdata.reports.colophon import Job, about, as_of, epoch, kept, language_of_jobs, plain_name
from kzdata.reports.document import section, spread
from kzdata.reports.editions import FILES, FORMATS, Edition, check_formats
from kzdata.reports.execute import Progress, quiet, resolve, run, short_name
from kzdata.reports.kernel import ended, give_up
from kzdata.reports.parameters import REQUIRED, bind, parameters
from kzdata.reports.publish import staging


def figure_files(document: Document) -> dict[str, bytes]:
    """``figures/01-name.svg``, ``.png`` and ``.csv`` for each chart, numbered as in the report."""
    found: dict[str, bytes] = {}
    for number, chart in enumerate(document.all(ChartBlock), start=1):
        stem = f"figures/{number:02d}-{chart.name}"
        found[f"{stem}.svg"] = chart.svg.encode()
        found[f"{stem}.png"] = chart.png
        found[f"{stem}.csv"] = _csv(chart).encode()
    return found


def _csv(chart: ChartBlock) -> str:
    text = io.StringIO()
    names = [each["name"] for each in chart.fields]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in chart.data:
        writer.writerow(["" if row.get(name) is None else row[name] for name in names])
    return text.getvalue()


AT_ONCE = 4


@dataclass(frozen=True)
class Report:
    """A published report: the folder, and the files in it that were asked for."""

    folder: Path
    html: Path | None
    pdf: Path | None
    xlsx: Path | None
    manifest: Path

    def __repr__(self) -> str:
        made = [path.name for path in (self.html, self.pdf, self.xlsx) if path]
        return f"Report in {self.folder} ({', '.join([*made, 'figures', self.manifest.name])})"


def report(
    notebook: str | Path,
    *,
    out: str | Path | None = None,
    formats: Iterable[str] = FORMATS,
    **given: Any,
) -> Report:
    """Run a notebook with these parameters and publish what it shows.

    ``notebook`` is the name of a shipped one (``"bilateral"``) or the path of your own;
    ``formats`` are among html, pdf and xlsx. Without ``out`` the report stands in
    ``reports/<notebook and parameters>``. A report already there stays until the new one is whole.

    Raises `ParameterError` before anything runs, `NotebookFailed` where a cell fails, and
    `PublishError` where the report cannot be written.

        kz.report("bilateral", partner="TUR", start=2018)

    >>> import kzdata as kz
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = kz.report("bilateral", out=f"{folder}/kaz-tur", formats=["html"], partner="TUR")
    ...     made.folder.name
    'kaz-tur'
    """
    from kzdata.reports.progress import bar

    path = resolve(notebook)
    with bar() as progress:
        return make_one(path, bind(path, given), out=out, formats=formats, progress=progress)


def make_one(
    path: Path,
    values: dict[str, Any],
    *,
    out: str | Path | None = None,
    formats: Iterable[str] = FORMATS,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """`report` for a notebook already resolved and values already bound."""
    target = Path(out) if out else settings.reports_folder() / folder_name(path, values)
    return _make([Job(path, values)], target, check_formats(formats), engine, progress)


def folder_name(path: Path, values: Mapping[str, Any]) -> str:
    """The notebook's name, and what was asked of it other than the defaults: no two alike."""
    parts = [slug(short_name(path)) or "notebook"]
    for each in parameters(path):
        value = values[each.name]
        if each.default is REQUIRED or value != each.default:
            text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
            parts += [slug(each.name), slug(text) or files.sha256(text.encode())[:8]]
    name = "-".join(parts)
    return name if len(name) <= 80 else f"{name[:71]}-{files.sha256(name.encode())[:8]}"


def _make(
    jobs: list[Job],
    target: Path,
    formats: tuple[str, ...],
    engine: str | None,
    progress: Progress | None,
) -> Report:
    with staging(target) as stage:
        composed = compose(jobs, formats, engine=engine, progress=progress)
        stage.fill(composed.outputs, composed.manifest)
    return published(stage.target, formats)


def published(where: Path, formats: tuple[str, ...]) -> Report:
    """The report at a place, and the files in it of these formats."""
    files = {each: where / FILES[each] if each in formats else None for each in FORMATS}
    return Report(where, **files, manifest=where / manifest.NAME)


@dataclass(frozen=True)
class Composed:
    """A report that stands nowhere yet: its files by path, and its manifest."""

    outputs: dict[str, bytes]
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Closing:
    """What is known once the notebooks have run: a last section, files, entries of the manifest."""

    section: Section | None
    files: dict[str, bytes]
    entries: dict[str, Any]
    fresh: frozenset[str] = frozenset()  # findings that the edition before did not have


def compose(
    jobs: list[Job],
    formats: tuple[str, ...],
    *,
    asked: Edition | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
    closing: Callable[[Document, list[str]], Closing] | None = None,
) -> Composed:
    """Run the notebooks and render what they show; nothing is written that stays.

    ``closing`` is given the document and the questions that the notebooks asked of the data.
    """
    moment = epoch(jobs)
    with files.scratch() as scratch:
        done = _run(jobs, scratch, moment, progress, engine)
        lists = scratch.glob(f"*/{query_log.NAME}")
        questions = sorted({each for one in lists for each in query_log.questions(one)})
    with speaking(language_of_jobs(jobs)):
        document = _document(jobs, done, asked)
        last = closing(document, questions) if closing else Closing(None, {}, {})
        document = with_changes(document, last, first=asked is not None)
        document = annexes.completed(document, annexes.called(done))
        outputs = dict(figure_files(document)) | last.files
        outputs |= {FILES[each]: _rendered(document, each, moment) for each in formats}
    for job, book in zip(jobs, done, strict=True):
        outputs[f"notebooks/{plain_name(job.notebook)}"] = kept(book)
    made = manifest.manifest(
        document,
        edition=asked.name if asked else None,
        parameters={short_name(job.notebook): job.values for job in jobs},
        notebooks={job.notebook.name: files.sha256(job.notebook.read_bytes()) for job in jobs},
        outputs=outputs,
        generated=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )
    return Composed(outputs, made | last.entries)


def with_changes(document: Document, last: Closing, *, first: bool) -> Document:
    """The document with what changed since the edition before, which its head tells in short."""
    if last.section:
        news = [b.markdown for b in last.section.blocks if isinstance(b, StatementBlock)]
        parts = [*document.sections, last.section]
        return replace(document, sections=parts, news=news, fresh=last.fresh)
    said = t("This is the first edition; there is none before it to hold it against.")
    return replace(document, news=[said]) if first else document


def _run(
    jobs: list[Job], scratch: Path, epoch: int, progress: Progress | None, engine: str | None
) -> list[Any]:
    # Kernels are processes of their own: threads are enough to keep every core at work.
    workers = min(len(jobs), os.cpu_count() or 1, AT_ONCE)
    with quiet(), ThreadPoolExecutor(workers) as pool:
        futures = [
            pool.submit(_run_one, job, scratch / str(number), epoch, progress, engine)
            for number, job in enumerate(jobs)
        ]
        try:
            from kzdata.reports import html

            html.template()  # imported and compiled while the kernels are at work
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            give_up(scratch)  # leaving the pool waits for its threads, and they for their kernels
            raise


def _run_one(
    job: Job, scratch: Path, epoch: int, progress: Progress | None, engine: str | None
) -> Any:
    scratch.mkdir()
    chosen: dict[str, Any] = {"engine": engine} if engine else {}
    try:
        return run(
            job.notebook, job.values, scratch=scratch, epoch=epoch, progress=progress, **chosen
        )
    finally:
        ended(scratch)
        # The client opens an event loop for this thread of ours and leaves it open.
        with contextlib.suppress(RuntimeError):
            asyncio.get_event_loop().close()


def _document(jobs: list[Job], done: list[Any], asked: Edition | None) -> Document:
    parts = []
    for job, book in zip(jobs, done, strict=True):
        with speaking(language_of_jobs([job])):  # a notebook that takes no language is in English
            parts.append(section(book, short_name(job.notebook)))
    day = as_of(jobs)
    said: dict[str, Any] = {
        "as_of": format_period(day.isoformat()) if day else "",
        "about": about(jobs, asked),
        "language": language_of_jobs(jobs),
    }
    if asked is None:
        return Document(parts[0].title, spread(parts[0]), **said, paged=False)
    edition_named = t("Edition {name}", name=asked.name)
    return Document(known_word(asked.title), parts, **said, edition=edition_named)


def _rendered(document: Document, form: str, epoch: int) -> bytes:
    from kzdata.reports import html, pdf, xlsx

    if form == "html":
        return html.render(document).encode()
    return (pdf if form == "pdf" else xlsx).render(document, epoch=epoch)
