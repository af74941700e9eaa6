"""The contenders of the fleet's benchmark; those of others import nothing of kzdata."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

JOBS = 2  # processors; kzdata's default is one job more, and the stock pool has both
AREAS = [
    "ARM", "AZE", "BLR", "CHN", "CZE", "DEU", "FRA", "GBR", "ISR", "ITA",
    "JPN", "KGZ", "KOR", "NLD", "POL", "TJK", "TKM", "TUR", "UKR", "UZB",
]  # fmt: skip


def values(number: int) -> dict[str, object]:
    """What report number N is asked for."""
    return {"partner": AREAS[number % len(AREAS)], "start": 2001 + number // len(AREAS) % 8}


def targets(out: str, number: int) -> tuple[Path, Path]:
    """The executed notebook and its page."""
    return Path(out) / f"{number}.ipynb", Path(out) / f"{number}.html"


def loop(notebook: str, out: str, count: int) -> None:
    """The shell loop: papermill and then jupyter nbconvert, a command each."""
    for number in range(count):
        book, page = targets(out, number)
        options = [part for name, v in values(number).items() for part in ("-p", name, str(v))]
        folder = str(Path(notebook).parent)
        papermill = ["-m", "papermill", "--no-progress-bar", "--cwd", folder, *options]
        nbconvert = ["-m", "jupyter", "nbconvert", "--to", "html", "--output", str(page)]
        for command in ([*papermill, notebook, str(book)], [*nbconvert, str(book)]):
            subprocess.run([sys.executable, *command], check=True, capture_output=True)


def _warm_exporter() -> None:
    global EXPORTER
    from nbconvert import HTMLExporter

    EXPORTER = HTMLExporter()


def _stock(notebook: str, out: str, number: int) -> None:
    from papermill import execute_notebook

    book, page = targets(out, number)
    done = execute_notebook(
        notebook, str(book), parameters=values(number), kernel_name="python3",
        progress_bar=False, request_save_on_cell_execute=False, autosave_cell_every=0,
        shutdown_kernel="immediate", cwd=str(Path(notebook).parent),
    )  # fmt: skip
    page.write_text(EXPORTER.from_notebook_node(done)[0], encoding="utf-8")


def pool(notebook: str, out: str, count: int, workers: int = JOBS) -> None:
    """The tuned stock pool: warm exporter, immediate shutdown, one save."""
    with ProcessPoolExecutor(workers, initializer=_warm_exporter) as executor:
        for done in [executor.submit(_stock, notebook, out, n) for n in range(count)]:
            done.result()


def pool_of_three(notebook: str, out: str, count: int) -> None:
    """The same with as many workers as kzdata has."""
    pool(notebook, out, count, JOBS + 1)


def ploomber(notebook: str, out: str, count: int) -> None:
    """ploomber-engine as it comes: one process, no kernel, state kept from report to report."""
    _warm_exporter()
    for number in range(count):
        _ploomber(notebook, out, number)


def ploomber_pool(notebook: str, out: str, count: int) -> None:
    """ploomber-engine in a process pool of our making."""
    with ProcessPoolExecutor(JOBS, initializer=_warm_exporter) as executor:
        for done in [executor.submit(_ploomber, notebook, out, n) for n in range(count)]:
            done.result()


def _ploomber(notebook: str, out: str, number: int) -> None:
    from ploomber_engine import execute_notebook

    book, page = targets(out, number)
    done = execute_notebook(
        notebook, str(book), parameters=values(number), progress_bar=False,
        cwd=str(Path(notebook).parent),
    )  # fmt: skip
    page.write_text(EXPORTER.from_notebook_node(done)[0], encoding="utf-8")


def _executed(notebook: str, number: int, engine: str) -> object:
    from kzdata.reports.execute import run

    with tempfile.TemporaryDirectory(prefix="kz-") as scratch:
        return run(
            Path(notebook), values(number), scratch=Path(scratch), epoch=1_767_225_600,
            engine=engine,
        )  # fmt: skip


def _document(done: object) -> object:
    from kzdata.reports.blocks import Document
    from kzdata.reports.document import section, spread

    part = section(done, "fleet")
    return Document(part.title, spread(part), as_of="", about=[], paged=False)


def _kzdata(notebook: str, out: str, number: int) -> None:
    import nbformat

    from kzdata.reports import html

    done = _executed(notebook, number, "warm")
    book, page = targets(out, number)
    nbformat.write(done, book)
    page.write_text(html.render(_document(done)), encoding="utf-8")


def _kzdata_nbconvert(notebook: str, out: str, number: int) -> None:
    import fleet_exporter
    import nbformat

    done = _executed(notebook, number, "warm")
    book, page = targets(out, number)
    nbformat.write(done, book)
    page.write_text(fleet_exporter.EXPORTER.from_notebook_node(done)[0], encoding="utf-8")


def _forked(job, modules: list[str], notebook: str, out: str, count: int) -> None:
    from kzdata.kernels.executor import WarmExecutor

    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    with WarmExecutor(JOBS + 1, deadline=300, modules=modules) as executor:
        for done in [executor.submit(job, notebook, out, n) for n in range(count)]:
            done.result()


def kzdata(notebook: str, out: str, count: int) -> None:
    """Warm kernels and jobs, kzdata's own page."""
    _forked(_kzdata, [], notebook, out, count)


def kzdata_nbconvert(notebook: str, out: str, count: int) -> None:
    """Warm kernels and jobs, nbconvert's page: the very work of the stock pool."""
    _forked(_kzdata_nbconvert, ["fleet_exporter"], notebook, out, count)


def cold(notebook: str, out: str, count: int) -> None:
    """One report at a time by kzdata's command, each from nothing."""
    for number in range(count):
        options = [part for name, v in values(number).items() for part in ("-p", f"{name}={v}")]
        asked = ["report", notebook, "--out", f"{out}/{number}", "--format", "html", *options]
        command = [sys.executable, "-m", "kzdata", *asked]
        subprocess.run(command, check=True, capture_output=True)


def formats(notebook: str, out: str, count: int) -> None:
    """Print the seconds that each format takes of a report that is executed already."""
    from kzdata.reports import html, pdf, xlsx

    document = _document(_executed(notebook, 0, "warm"))
    renderers = {
        "html": lambda: html.render(document),
        "pdf": lambda: pdf.render(document, epoch=1_767_225_600),
        "xlsx": lambda: xlsx.render(document, epoch=1_767_225_600),
    }
    taken: dict[str, list[float]] = {name: [] for name in renderers}
    for _ in range(count + 1):
        for name, render in renderers.items():
            begun = time.perf_counter()
            render()
            taken[name].append(time.perf_counter() - begun)
    print(json.dumps({name: min(each[1:]) for name, each in taken.items()}))


def floor(notebook: str, out: str, count: int) -> None:
    """Print the CPU seconds of the notebook's cells in a kernel that has run them before."""
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(notebook, 4)
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    probe = nbformat.v4.new_code_cell("import time\ntime.process_time()")
    book.cells = [
        nbformat.from_dict({**cell, "id": f"{turn}-{number}"})
        for turn in range(3)
        for number, cell in enumerate([*cells, probe])
    ]
    NotebookClient(book, resources={"metadata": {"path": str(Path(notebook).parent)}}).execute()
    probes = [book.cells[(len(cells) + 1) * (turn + 1) - 1] for turn in range(3)]
    first, second, third = (float(each.outputs[0]["data"]["text/plain"]) for each in probes)
    print(min(second - first, third - second))


if __name__ == "__main__":
    name, source, place, number_of = sys.argv[1:]
    # A pool pickles functions by the name of their module, which is not "__main__".
    import fleet_jobs

    getattr(fleet_jobs, name)(source, place, int(number_of))
