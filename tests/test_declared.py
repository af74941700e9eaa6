"""What kzdata imports, also inside a function, it asks for: a fresh machine has it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from conftest import ROOT

# The distribution of a module, where they are not of one name.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "markdown_it": "markdown-it-py",
    "python_calamine": "python-calamine",
    "sdmx": "sdmx1",
    "yaml": "pyyaml",
}
# What comes with a distribution that is asked for, in each of its versions; its metadata say so.
CARRIED = {
    "ipython": "ipykernel",
    "jupyter-client": "ipykernel",
    "markupsafe": "jinja2",
    "nbclient": "papermill",
    "nbformat": "papermill",
    "numpy": "pandas",
    "pydantic-core": "pydantic",
    "scipy": "pyfixest",
}


def name(requirement: str) -> str:
    """The distribution of a requirement, as PEP 503 writes names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[(]", requirement)[0]).lower()


def imported(path: Path) -> set[str]:
    """The packages that a module imports, from any place in it, and are not Python's own."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {each.split(".")[0] for each in found} - sys.stdlib_module_names - {"kzdata"}


MODULES = sorted(set().union(*(imported(path) for path in (ROOT / "kzdata").rglob("*.py"))))


@pytest.fixture(scope="module")
def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return {name(line) for line in [*project["dependencies"], *extras]}


def test_imports_inside_functions_are_seen():
    assert {"rich", "matplotlib", "typst", "yaml"} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_every_import_is_declared(module, declared):
    wanted = name(DISTRIBUTIONS.get(module, module))
    if wanted in declared:
        return
    carrier = CARRIED.get(wanted)
    assert carrier in declared, f"pyproject.toml asks for no {wanted}, which kzdata imports"
    always = {name(each) for each in metadata.requires(carrier) or () if "extra ==" not in each}
    assert wanted in always, f"{carrier} does not bring {wanted} with it"
