"""What the code of a notebook names beside data and seeds: modules that it imports, files it opens.

Read from the source, nothing is run: a path counts where it is written out, also in parts
(``Path("mine") / "tariffs.csv"``), and is there. What a notebook finds in another way is declared
under ``reads`` in ``reports/editions.yml``.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

LONGEST = 1024
_JOINING = {"Path", "PurePath", "join", "joinpath"}


@dataclass(frozen=True)
class Named:
    """Modules by their first name, and texts that may be paths."""

    modules: frozenset[str]
    texts: frozenset[str]


def files(notebook: Path, parameters: Mapping[str, Any]) -> list[Path]:
    """The files that a notebook names, in its code or by the value of a parameter.

    Modules beside the notebook are among them, and what they import from there.
    """
    own = _own_modules(notebook)
    beside = _beside(notebook.parent)
    places = {place for path in [notebook, *own] for place in _places(named(path), beside)}
    places |= _places(
        Named(frozenset(), frozenset(v for v in parameters.values() if isinstance(v, str))), beside
    )
    return sorted({*own, *(Path(place) for place in places if os.path.isfile(place))})  # noqa: PTH113


def libraries(notebook: Path) -> dict[str, str]:
    """The version of each library that a notebook, or a module beside it, imports."""
    beside = _beside(notebook.parent)
    modules = {m for path in [notebook, *_own_modules(notebook)] for m in named(path).modules}
    foreign = modules - sys.stdlib_module_names - {"kzdata"}
    return {name: _version(name) for name in sorted(foreign) if not beside.module(name)}


@dataclass(frozen=True)
class Beside:
    """What stands beside a notebook: many texts are asked about, and few of them are names."""

    folder: str
    names: frozenset[str]

    def module(self, name: str) -> list[Path]:
        """The files of a module that stands here, where Python finds it first."""
        place = Path(self.folder)
        if name in self.names and (place / name / "__init__.py").is_file():
            return sorted((place / name).rglob("*.py"))
        return [place / f"{name}.py"] if f"{name}.py" in self.names else []


def _beside(folder: Path) -> Beside:
    try:
        return _beside_then(os.fspath(folder), folder.stat().st_mtime_ns)
    except OSError:
        return Beside(os.fspath(folder), frozenset())


@lru_cache(maxsize=64)
def _beside_then(folder: str, written: int) -> Beside:
    return Beside(folder, frozenset(os.listdir(folder)))  # noqa: PTH208 -- names are all it needs


@lru_cache(maxsize=4096)
def _places(of: Named, beside: Beside) -> frozenset[str]:
    """Where the files would be that these texts name."""
    return frozenset(
        os.path.normpath(os.path.join(beside.folder, os.path.expanduser(text)))  # noqa: PTH111, PTH118
        for text in of.texts
        if _may_be_path(text, beside.names)
    )


def _may_be_path(text: str, names: frozenset[str]) -> bool:
    """Whether it is worth asking the disk; most texts of a notebook are prose."""
    if not 0 < len(text) <= LONGEST or not text.isprintable() or "://" in text:
        return False
    return (
        text[0] in "/~"
        or text.removeprefix("./").partition("/")[0] in names
        or text.startswith("../")
    )


def named(path: Path) -> Named:
    """What a notebook, or a Python file, names."""
    try:
        about = path.stat()
    except OSError:
        return Named(frozenset(), frozenset())
    return _named_then(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1024)
def _named_then(path: Path, written: int, size: int) -> Named:
    modules: set[str] = set()
    texts: set[str] = set()
    bound: dict[str, str] = {}
    for source in _sources(path):
        for node in ast.walk(_tree(source)):
            if isinstance(node, ast.Import):
                modules |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
            elif isinstance(node, ast.expr) and (text := _text(node, bound)) is not None:
                texts.add(text)
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                value = _text(node.value, bound)
                for each in targets:
                    if isinstance(each, ast.Name) and value is not None:
                        bound[each.id] = value
    return Named(frozenset(modules), frozenset(texts))


def _sources(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".ipynb":
            yield text
            return
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # whoever runs it will be told


def _tree(source: str) -> ast.AST:
    for text in (source, "\n".join(_without_magic(source))):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            continue
    return ast.Module([], [])


def _without_magic(source: str) -> Iterator[str]:
    for line in source.splitlines():
        begun = line.lstrip()
        yield "" if begun.startswith(("%", "!", "?")) or begun.endswith("?") else line


def _text(node: ast.expr, bound: Mapping[str, str]) -> str | None:
    """The text that an expression is, where that can be read off it."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return bound.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        return _joined([node.left, node.right], bound, plain=isinstance(node.op, ast.Add))
    if isinstance(node, ast.Call) and not node.keywords:
        called = node.func
        name = getattr(called, "id", getattr(called, "attr", ""))
        if name in _JOINING:
            if isinstance(called, ast.Attribute) and name == "joinpath":
                return _joined([called.value, *node.args], bound)
            return _joined(node.args, bound)
    return None


def _joined(
    nodes: Iterable[ast.expr], bound: Mapping[str, str], *, plain: bool = False
) -> str | None:
    parts = [_text(each, bound) for each in nodes]
    known = [each for each in parts if each is not None]
    if not known or len(known) < len(parts):
        return None
    return "".join(known) if plain else os.path.join(*known)  # noqa: PTH118 -- as the notebook does


def _own_modules(notebook: Path) -> list[Path]:
    beside = _beside(notebook.parent)
    found: list[Path] = []
    waiting = [notebook]
    while waiting:
        for name in sorted(named(waiting.pop()).modules):
            for path in beside.module(name):
                if path not in found:
                    found.append(path)
                    waiting.append(path)
    return found


@cache
def _version(module: str) -> str:
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        pass
    known = _distributions().get(module)
    if known:
        return ", ".join(f"{each} {metadata.version(each)}" for each in sorted(set(known)))
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.origin or not Path(spec.origin).is_file():
        return "not installed"
    from kzdata.reports.manifest import sha256

    return sha256(Path(spec.origin).read_bytes())[:12]


@cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()
