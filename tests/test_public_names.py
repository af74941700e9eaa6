import ast
import importlib
import subprocess
from pathlib import Path

import jedi
import pytest

import kzdata as kz

PACKAGE = Path(kz.__file__).parent


def offered(line):
    found = jedi.Script(f"import kzdata as kz\n{line}").complete(2, len(line))
    return {each.name for each in found if not each.name.startswith("__")}


def test_the_stub_names_what_the_package_offers_and_nothing_else():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    plain = [node.target.id for node in stub.body if isinstance(node, ast.AnnAssign)]
    named = [alias.asname for node in imports for alias in node.names]
    assert sorted([*named, *plain]) == sorted([*kz.__all__, "__all__"])
    for node in imports:
        for alias in node.names:
            assert alias.name == alias.asname  # else it is private to a type checker
            module = importlib.import_module(node.module)
            public = getattr(kz, alias.name)
            assert getattr(module, alias.name) is public, f"{node.module}.{alias.name}"


def test_an_editor_offers_every_public_name():
    assert offered("kz.") >= set(kz.__all__) - {"__version__"}


def test_an_editor_offers_charts_only_where_charts_are_asked_for():
    assert offered("kz.charts.") == set(kz.charts.__all__)


def test_the_interpreter_lists_charts_only():
    assert dir(kz.charts) == sorted(kz.charts.__all__)


@pytest.mark.parametrize("name", ["py.typed", "__init__.pyi"])
def test_what_type_checkers_read_is_tracked_so_that_the_wheel_has_it(name):
    listed = subprocess.run(
        ["git", "ls-files", "--error-unmatch", f"kzdata/{name}"],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if "not a git repository" in listed.stderr:
        pytest.skip("not a git checkout")
    assert listed.returncode == 0
