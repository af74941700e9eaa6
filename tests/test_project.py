"""The promises that the project makes about itself."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from conftest import ROOT

import kzdata as kz
from kzdata.store import query


def requirements(lines):
    return {re.sub(r"\s", "", line).lower() for line in lines}


def test_conda_and_pip_ask_for_the_same_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (by_pip,) = [each["pip"] for each in conda if isinstance(each, dict)]
    plain = [each for each in conda if isinstance(each, str)]
    asked = requirements([*plain, *by_pip]) - {"pip", "--editable."}
    python = "python" + project["requires-python"]
    assert asked == requirements([*project["dependencies"], *extras, python])


def test_pins_carry_no_address_and_cover_what_is_asked_for():
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert "--" not in pins
    pinned = {re.split("==", line)[0].lower().replace("_", "-") for line in pins.split()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    asked = {re.split(r"[<>=]", each)[0].lower() for each in [*project["dependencies"], *extras]}
    assert asked <= pinned


def test_importing_kzdata_loads_nothing_heavy():
    heavy = (
        "matplotlib papermill IPython babel pycountry yaml typst xlsxwriter jinja2 pandas pydantic"
    )
    code = f"import sys, kzdata; print([m for m in {heavy.split()!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_public_name_is_there_and_documented():
    for name in kz.__all__:
        found = getattr(kz, name)
        if callable(found):
            assert found.__doc__, f"kz.{name} has no docstring"
    with pytest.raises(AttributeError, match="observations"):
        kz.observation  # noqa: B018


def test_no_public_name_is_hidden_by_a_module_once_that_is_imported():
    modules = {path.stem for path in (ROOT / "kzdata").glob("*.py")}
    folders = {path.parent.name for path in (ROOT / "kzdata").glob("*/__init__.py")}
    public = {name for name in kz.__all__ if not isinstance(getattr(kz, name), type(kz))}
    assert not public & (modules | folders)


def test_the_readme_runs_as_pasted(capsys):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) == 5
    exec(compile(code, "README.md", "exec"), {})
    assert "−18.1" in capsys.readouterr().out


def test_the_codebook_in_the_readme_names_every_column_in_order():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("## Codebook") :]
    named = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    assert named == list(query.shipped().columns)


def test_the_repository_names_no_place_but_its_own():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode:
        pytest.skip("not a git checkout")
    home = str(ROOT.parent)
    for name in tracked.stdout.split():
        path = ROOT / name
        if path.suffix in {".py", ".yml", ".md", ".toml", ".ipynb", ".txt", ""} and path.is_file():
            assert f"{home}/" not in path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_the_paths_that_a_page_names_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"(?:kzdata|tests|seeds|notebooks)/[a-z_/]+(?:\.\w+|/|\b)", text)
    assert len(named) > 10
    assert not [path for path in named if not (ROOT / path).exists()]


def made(folder, *words, damaged=False):
    """What make answers in a folder that has only what its rules ask for, never a network."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    if damaged:
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "python").symlink_to(folder / "gone")
        for stamp in ("pyvenv.cfg", ".base"):
            (folder / ".venv" / stamp).touch()
    asked = ["make", *words]
    return subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)


def test_make_refuses_an_old_python_before_it_makes_an_environment(tmp_path):
    old = tmp_path / "python3.10"
    old.write_text('#!/bin/sh\ntest "$1" = --version && echo Python 3.10.14 && exit\nexit 1\n')
    old.chmod(0o755)
    done = made(tmp_path, "report", f"PYTHON={old}")
    assert done.returncode
    assert re.search(r"3\.11 or later.*Python 3\.10\.14; .*make report PYTHON=", done.stderr)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("damaged", [True, False])
def test_make_replaces_an_environment_whose_python_is_gone(tmp_path, damaged):
    done = made(tmp_path, "--dry-run", "report", damaged=damaged)
    assert ("Replacing .venv" in done.stdout) == damaged
    assert "-m venv --clear .venv" in done.stdout
