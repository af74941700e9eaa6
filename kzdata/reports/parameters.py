"""The typed parameters of a notebook, and whether what was given fits them.

A notebook says what it can be asked in one cell tagged ``parameters``, as annotated literals::

    partner: str = "ISR"  # trade partner, ISO 3166 alpha-3
    start: int = 2015  # first year shown

The cell is read, never run. Only names declared there are ever handed on, and only as data.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kzdata.errors import KzdataError, ParameterError, did_you_mean
from kzdata.reports.meaning import check_meaning
from kzdata.reports.values import REQUIRED, TYPES, Misfit, from_text, typed


@dataclass(frozen=True)
class Parameter:
    """One thing that a notebook can be asked. ``default`` is `REQUIRED` where there is none."""

    name: str
    type: str
    default: Any = REQUIRED
    help: str = ""

    def __str__(self) -> str:
        default = "(required)" if self.default is REQUIRED else f"= {self.default!r}"
        return f"{self.name}: {self.type} {default}" + (f"  # {self.help}" if self.help else "")


def parameters(notebook: Path | str) -> list[Parameter]:
    """What a notebook can be asked, in the order of its ``parameters`` cell.

    Raises `ParameterError` where that cell holds anything but literals of a known type, and where
    there are two: what is given is set after the first, and the second would set it back.
    """
    from kzdata.reports.engine import TAG, read_notebook

    path = Path(notebook)
    cells = [
        cell
        for cell in read_notebook(path).cells
        if cell.cell_type == "code" and TAG in cell.metadata.get("tags", [])
    ]
    if len(cells) > 1:
        raise ParameterError(
            f"{path.name} has {len(cells)} cells tagged {TAG}.", "Put them together in one."
        )
    return [each for cell in cells for each in declared(cell.source, where=path.name)]


def declared(source: str, *, where: str = "the notebook") -> list[Parameter]:
    """The parameters that the source of a ``parameters`` cell declares."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ParameterError(
            f"The parameters cell of {where} is not Python: {error.msg} in line {error.lineno}.",
            "It holds annotated literals and nothing else, e.g. start: int = 2015  # first year",
        ) from None
    comments = _comments(source)
    return [
        _parameter(node, comments, where)
        for node in tree.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def _parameter(node: ast.stmt, comments: dict[int, str], where: str) -> Parameter:
    misuse = ParameterError(
        f"The parameters cell of {where} holds {ast.unparse(node).splitlines()[0]!r}, "
        "which is no annotated literal.",
        "Write name: type = literal  # help, with a type among " + ", ".join(TYPES) + ".",
    )
    value: ast.expr | None
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        name, value, kind = node.target.id, node.value, ast.unparse(node.annotation)
    elif (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
    ):
        name, value, kind = node.targets[0].id, node.value, ""
    else:
        raise misuse
    default = REQUIRED
    if value is not None:
        try:
            default = ast.literal_eval(value)
        except ValueError:
            raise misuse from None
    kind = kind or type(default).__name__
    if kind not in TYPES:
        raise misuse
    if default is not REQUIRED:
        try:
            default = typed(default, kind)
        except Misfit:
            raise misuse from None
    return Parameter(name, kind, default, comments.get(node.end_lineno or node.lineno, ""))


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def bind(
    notebook: Path | str, given: Mapping[str, Any], *, as_text: bool = False
) -> dict[str, Any]:
    """The value of every parameter of a notebook: what was given, the defaults for the rest.

    Values must have the declared type; with ``as_text`` (a command line) they are strings, and
    are read by that type: "010121" stays text for ``str``, "2018" is a year for ``int``.
    reporter and partner must be areas, as_of a day, start and end years or SDMX periods, level
    a probability.
    Raises one `ParameterError` with everything that is wrong, before any kernel starts.
    """
    path = Path(notebook)
    return bind_declared(parameters(path), given, where=path.stem, as_text=as_text)


def bind_declared(
    known: Iterable[Parameter], given: Mapping[str, Any], *, where: str, as_text: bool = False
) -> dict[str, Any]:
    """`bind` for parameters already read; ``where`` is the name that messages use."""
    by_name = {each.name: each for each in known}
    problems = [_unknown(name, by_name) for name in given if name not in by_name]
    values: dict[str, Any] = {}
    for name, parameter in by_name.items():
        try:
            values[name] = _value(parameter, given, as_text)
        except KzdataError as error:
            advice = f" {error.hint}" if error.hint else ""
            problems.append(f"{name}: {error.fact}{advice}")
        except Misfit as misfit:
            problems.append(f"{name}: {misfit}")
    if problems:
        fact = "\n  ".join([f"{where} cannot run as asked:", *problems])
        raise ParameterError(fact, _menu(by_name))
    return values


def _value(parameter: Parameter, given: Mapping[str, Any], as_text: bool) -> Any:
    if parameter.name not in given:
        if parameter.default is REQUIRED:
            raise Misfit(f"is missing; it has no default ({parameter.type}).")
        return parameter.default
    raw = given[parameter.name]
    value = from_text(raw, parameter.type) if as_text else typed(raw, parameter.type)
    if value in ("", []) and parameter.default not in ("", []):
        raise Misfit("is given empty; leave it out to have its default, or give a value.")
    return check_meaning(parameter.name, value, parameter.help)


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    hint = did_you_mean(name, known)
    guess = f" {hint}" if hint.startswith("Did") else ""
    return f"{name!r} is not one of its parameters.{guess}"


def _menu(known: Mapping[str, Parameter]) -> str:
    if not known:
        return "It takes no parameters."
    return "\n    ".join(["It takes:", *map(str, known.values())])
