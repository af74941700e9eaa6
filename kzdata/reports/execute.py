"""Find, read and run a notebook; raise an error that names the cell that failed."""

from __future__ import annotations

import contextlib
import logging
import secrets
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kzdata import settings
from kzdata.errors import KzdataError, NotebookFailed, UnknownCode, did_you_mean
from kzdata.kernels.environment import base

KINDS = {"code", "markdown", "raw"}


@contextlib.contextmanager
def light_imports() -> Iterator[None]:
    """Import nbformat without what no notebook needs."""
    # Where JupyterLab is installed, jsonschema builds a whole grammar of internationalised
    # addresses when nbformat is imported: over a second, for a check that no notebook needs.
    hidden = "rfc3987_syntax"
    absent = hidden not in sys.modules
    if absent:
        sys.modules[hidden] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        if absent:
            sys.modules.pop(hidden, None)


def read_notebook(path: Path) -> Any:
    """The notebook in a file, in the current format.

    Raises `KzdataError` if it is none, or one of another language than Python.
    """
    with light_imports():
        import nbformat
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are given one
            found = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        book = nbformat.from_dict(found)  # papermill takes no notebook of an old format's class
        kinds = {str(cell.cell_type) for cell in book.cells} - KINDS
        foreign = _languages(book.metadata)
    except (OSError, ValueError, AttributeError, TypeError, nbformat.ValidationError) as error:
        raise KzdataError(f"{path.name} cannot be read as a notebook: {error}") from None
    if kinds:
        raise KzdataError(f"{path.name} has cells of no known kind: {', '.join(sorted(kinds))}.")
    if foreign:
        raise KzdataError(
            f"{path.name} is written in {foreign[0]}; reports are made of notebooks in Python.",
            "If its cells are Python, choose a Python kernel in JupyterLab and save it.",
        )
    return book


def _languages(metadata: Any) -> list[str]:
    """The languages other than Python that the notebook says it is in."""
    said = [
        metadata.get("kernelspec", {}).get("language"),
        metadata.get("language_info", {}).get("name"),
    ]
    return [str(each) for each in said if each and "python" not in str(each).casefold()]


CELL_SECONDS = 600

ROOM = 1 << 16  # bytes that a kernel writes before its first cell, and more

ENGINES = {"warm": "kzdata-warm", "plain": None}

TAG, INJECTED = "parameters", "injected-parameters"

Progress = Callable[[str, int, int], None]

"""Called with the notebook's name, the code cells done, and how many there are."""


def notebooks() -> dict[str, Path]:
    """The shipped notebooks in reading order: ``bilateral`` is ``notebooks/01_bilateral.ipynb``."""
    found = sorted((settings.HOME / "notebooks").glob("*.ipynb"))
    return {short_name(path): path for path in found}


def short_name(path: Path) -> str:
    """The name without its reading number."""
    number, _, rest = path.stem.partition("_")
    return rest if number.isdigit() and rest else path.stem


def resolve(notebook: str | Path) -> Path:
    """The file of a notebook given by name, or by the path of a local ``.ipynb``.

    An address is refused: what runs here was read by the person who runs it. Raises `UnknownCode`.
    """
    shipped = notebooks()
    name = str(notebook)
    if name in shipped:
        return shipped[name]
    if "://" in name:
        raise UnknownCode(
            f"{name!r} is an address; only notebooks on this machine are run.",
            "Download it, read it, then give its path: kzdata report ./mine.ipynb",
        )
    path = Path(notebook).expanduser()
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    if path.suffix == ".ipynb":
        raise UnknownCode(f"Unknown notebook {name}.", did_you_mean(name, shipped))
    raise UnknownCode(f"Unknown notebook {name!r}.", did_you_mean(name, shipped))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the machinery's own warnings and log from the screen.

    Filters of warnings belong to the process: who runs several notebooks in threads wraps them all.
    """
    # What goes wrong is raised by us, once; the kernel's own warnings stay in the notebook.
    log = logging.getLogger("papermill")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def foresee(notebook: Path, engine: str = "warm") -> None:
    """Let the server of kernels begin: it imports while the caller goes on.

    Raises `UnknownCode` where there is no such engine.
    """
    if engine not in ENGINES:
        raise UnknownCode(f"Unknown engine {engine!r}.", did_you_mean(engine, ENGINES))
    if engine == "warm":
        from kzdata.kernels import client, preload

        named = notebook.is_file() and b"kzdata" in notebook.read_bytes()
        client.foresee(base(), [preload.OWN] if named else [])


def run(
    notebook: Path,
    values: dict[str, Any],
    *,
    scratch: Path,
    epoch: int,
    progress: Progress | None = None,
    engine: str = "warm",
) -> Any:
    """The executed notebook, whole: every code cell ran in order and the kernel outlived them.

    ``values`` come from `parameters.bind` and are handed on as data. The kernel is this
    interpreter's, works in the notebook's own folder, and keeps its private files in ``scratch``.
    With ``engine="plain"`` it is a started process; with ``"warm"`` it is forked from this
    process's warm server and shows the same. Where that cannot be it is started, and the log says
    so.
    Raises `NotebookFailed` naming notebook, cell and error.
    """
    from kzdata.reports.kernel import kernel_manager, refuse_few_handles

    refuse_few_handles()
    foresee(notebook, engine)
    with light_imports():
        import nbformat
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from papermill import execute_notebook
        from papermill.exceptions import PapermillExecutionError

    book = read_notebook(notebook)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    token = secrets.token_hex(8)
    book.cells.append(nbformat.v4.new_code_cell(f'(get_ipython().exit_now, "{token}")'))
    total = sum(cell.cell_type == "code" for cell in book.cells) - 1 + bool(values)
    reached = 0

    def started(cell: Any, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index

    def executed(cell: Any, cell_index: int, execute_reply: Any) -> None:
        if progress and cell.execution_count:
            progress(short_name(notebook), min(cell.execution_count, total), total)

    try:
        with quiet():
            done = execute_notebook(
                book,
                None,
                parameters=values,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                execution_timeout=CELL_SECONDS,
                kernel_manager_class=kernel_manager(scratch, epoch, ENGINES[engine]),
                shutdown_kernel="immediate",
                resources={"metadata": {"path": str(notebook.parent)}},
                on_cell_start=started,
                on_cell_executed=executed,
            )
    except PapermillExecutionError as error:
        # papermill puts a marker before the cell that failed and one on top: count by source.
        raise _failed(notebook, error.source, f"{error.ename}: {error.evalue}", book) from None
    except DeadKernelError:
        source = _source(book, values, reached)
        raise _failed(notebook, source, "the kernel died", book) from None
    except RuntimeError as error:
        if not str(error).startswith("Kernel d"):
            raise
        (scratch / "room").write_bytes(bytes(ROOM))  # a full disk is told as such
        raise NotebookFailed(
            f"{short_name(notebook)}: no kernel came up: {error}.", "Try --engine plain."
        ) from None
    except CellTimeoutError:
        source = _source(book, values, reached)
        raise _failed(notebook, source, f"no answer in {CELL_SECONDS} s", book) from None
    return _checked(done, notebook, token)


def _checked(done: Any, notebook: Path, token: str) -> Any:
    codes = [cell for cell in done.cells if cell.cell_type == "code" and cell.source.strip()]
    for position, cell in enumerate(codes, start=1):
        errors = [each for each in cell.outputs if each.output_type == "error"]
        if errors:
            said = f"{errors[0].ename}: {errors[0].evalue}"
            raise _failed(notebook, cell.source, said, done)
        if cell.execution_count != position:
            raise _failed(notebook, cell.source, "it was not run in its turn", done)
    answer = "".join(each.get("data", {}).get("text/plain", "") for each in codes[-1].outputs)
    if answer != f"(False, '{token}')":
        last = codes[-2].source if len(codes) > 1 else ""
        raise _failed(notebook, last, "the kernel was told to quit in this cell or before", done)
    done.cells = [cell for cell in done.cells if cell is not codes[-1]]
    for cell in done.cells:
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED  # papermill draws one at random
    return done


def _source(book: Any, values: dict[str, Any], index: int) -> str:
    """The source of the cell at an index of the book as papermill ran it: one cell longer."""
    tagged = (n for n, cell in enumerate(book.cells) if TAG in cell.metadata.get("tags", []))
    inserted = next(tagged, -1) + 1
    shift = 1 if values and index > inserted else 0
    return book.cells[min(max(index - shift, 0), len(book.cells) - 1)].source


def _failed(notebook: Path, source: str, said: str, book: Any) -> NotebookFailed:
    sources = [cell.source for cell in book.cells if INJECTED not in cell.metadata.get("tags", [])]
    number = sources.index(source) + 1 if source in sources else 0
    where = f"cell {number}" if number else "the cell of the parameters given"
    first = next((line for line in source.splitlines() if line.strip()), "")
    return NotebookFailed(
        f"{short_name(notebook)}, {where} ({first.strip()[:80]!r}): {said}",
        f"Open {notebook} in JupyterLab with the same parameters to see it fail.",
    )
