"""Every public function shows in its docstring how it is called, and what it shows is so."""

from __future__ import annotations

import doctest
import inspect

import pytest

import kzdata as kz

PUBLIC = {f"kz.{n}": getattr(kz, n) for n in kz.__all__ if n not in {"charts", "__version__"}}
PUBLIC |= {f"kz.charts.{n}": getattr(kz.charts, n) for n in kz.charts.__all__}
IMPORTS = ("import pandas as pd\n", "import kzdata as kz\n")


def example(name):
    """The example of a public name, to be run with nothing but the names that it makes itself."""
    (found,) = doctest.DocTestFinder(recurse=False).find(PUBLIC[name], name, globs={})
    return found


@pytest.mark.parametrize("name", PUBLIC)
def test_an_example_begins_with_its_imports_and_calls_what_it_is_of(name):
    steps = [each.source for each in example(name).examples]
    assert steps, f"{name} has no example"
    assert "import kzdata as kz\n" in steps[:2]
    imported = [each for each in steps if each in IMPORTS]
    assert steps[: len(imported)] == imported
    called = {"kz.Amount": "kz.parse_amount(", "kz.charts.Chart": "kz.charts.turnover("}
    wanted = called.get(name, name if inspect.isclass(PUBLIC[name]) else f"{name}(")
    # A function that takes a frame alone may stand in a pipe.
    assert any(wanted in step or f".pipe({name})" in step for step in steps)


# They run a notebook, and fit models for a minute on a busy machine.
LONG = {"kz.gravity", "kz.report"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.nightly) if n in LONG else n for n in PUBLIC]
)
def test_an_example_shows_what_comes(name):
    told = []
    shown = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    failed, tried = shown.run(example(name), out=told.append)
    assert tried
    assert not failed, "".join(told)


def test_an_example_that_shows_what_is_not_so_fails():
    text = ">>> import kzdata as kz\n>>> kz.months_in('2025-Q3')\n4\n"
    made = doctest.DocTestParser().get_doctest(text, {}, "wrong", None, 0)
    failed, tried = doctest.DocTestRunner(verbose=False).run(made, out=lambda _: None)
    assert (failed, tried) == (1, 2)
