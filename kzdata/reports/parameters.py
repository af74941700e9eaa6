"""Parameters of a notebook: read what it declares, check and convert what is given."""

from __future__ import annotations

import ast
import datetime as dt
import io
import sys
import tokenize
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kzdata.errors import KzdataError, ParameterError, did_you_mean


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final[Any] = _Required()

SCALARS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}

TYPES = (
    *SCALARS,
    *(f"list[{each}]" for each in SCALARS),
    *(f"{each} | None" for each in (*SCALARS, *(f"list[{each}]" for each in SCALARS))),
)

TRUTH = {"true": True, "yes": True, "false": False, "no": False}


class Misfit(Exception):
    """A value that its declared type does not hold; the text says what was expected."""


def typed(value: Any, kind: str) -> Any:
    """The value, if it already has the declared type; an int is also a float, a bool is no int."""
    kind, optional = _optional(kind)
    if value is None and optional:
        return None
    if kind.startswith("list["):
        if not isinstance(value, list | tuple):
            raise Misfit(f"{value!r} is {_a(value)}, expected {kind}, e.g. {_example(kind)}.")
        return [typed(each, kind[5:-1]) for each in value]
    if isinstance(value, int | float) and not abs(value) <= sys.float_info.max:
        raise Misfit("the number is not finite, or exceeds the float range.")
    if kind == "float" and type(value) is int:
        return float(value)
    if type(value) is not SCALARS[kind]:
        raise Misfit(f"{value!r} is {_a(value)}, expected {kind}, e.g. {_example(kind)}.")
    return value


def from_text(text: str, kind: str) -> Any:
    """The value that a string means where this type is declared. Nothing is guessed for str."""
    kind, optional = _optional(kind)
    if optional and text in ("", "None"):
        return None
    if kind.startswith("list["):
        return [from_text(each.strip(), kind[5:-1]) for each in text.split(",")] if text else []
    try:
        if kind == "bool":
            return TRUTH[text.casefold()]
        if kind == "int" and "_" in text:
            raise ValueError
        return typed(SCALARS[kind](text), kind)
    except (ValueError, KeyError):
        raise Misfit(f"{text!r} is not of type {kind}; expected e.g. {_example(kind)}.") from None


def _optional(kind: str) -> tuple[str, bool]:
    return (kind.removesuffix(" | None"), True) if kind.endswith(" | None") else (kind, False)


def _a(value: Any) -> str:
    name = "None" if value is None else type(value).__name__
    return f"an {name}" if name == "int" else name if value is None else f"a {name}"


def _example(kind: str) -> str:
    examples = {"str": '"ISR"', "int": "2018", "float": "0.5", "bool": "true"}
    if kind.startswith("list["):
        inner = {"str": '["ISR", "TUR"]', "int": "[2018, 2019]", "float": "[0.1, 0.9]"}
        return inner.get(kind[5:-1], "[true, false]")
    return examples[kind]


FIRST_YEAR, LAST_YEAR = 1900, 2100


def check_meaning(name: str, value: Any, help: str = "") -> Any:
    """The value, with an area's name and a printed period turned into their codes.

    A parameter whose ``help`` begins with "probability" is held to be one, whatever its name.
    Raises `Misfit`, `UnknownCode` or `ParseError`.
    None and "" stand for "not asked" and are left to the notebook.
    """
    check = MEANINGS.get(name)
    if check is None and help.casefold().startswith("probability"):
        check = _probability
    if check is None or value is None or value == "":
        return value
    return [check(each) for each in value] if isinstance(value, list) else check(value)


def _area(value: Any) -> Any:
    from kzdata.model.codes import area

    if not isinstance(value, str):
        raise Misfit(f"unknown area {value!r}; expected an ISO 3166 alpha-3 code, e.g. 'ISR'.")
    return area(value)


def _day(value: Any) -> Any:
    try:
        # fromisoformat also reads 20260127 and 2026-W05-2; a report prints the plain form only.
        if len(value) == 10 and value[4] == value[7] == "-":
            dt.date.fromisoformat(value)
            return value
    except (TypeError, ValueError):
        pass
    raise Misfit(f"{value!r} is not a date; expected year-month-day, e.g. '2026-01-27'.")


def _year_or_period(value: Any) -> Any:
    from kzdata.errors import ParseError
    from kzdata.model.parsing.printed_periods import parse_period

    if isinstance(value, int):
        if FIRST_YEAR <= value <= LAST_YEAR:
            return value
        raise Misfit(f"{value} is not a year from {FIRST_YEAR} to {LAST_YEAR}.")
    try:
        if isinstance(value, str) and parse_period(value) == value:
            return value
    except ParseError:
        pass
    raise Misfit(
        f"{value!r} is neither a year nor an SDMX period; expected e.g. 2018, '2025-Q3' "
        "or '2025-01-01/P11M'."
    )


def _period(value: Any) -> Any:
    from kzdata.model.parsing.printed_periods import parse_period

    return parse_period(value) if isinstance(value, str) else _year_or_period(value)


def _probability(value: Any) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1:
        raise Misfit(f"{value!r} is not a probability between 0 and 1, e.g. 0.8.")
    return value


def _language(value: Any) -> Any:
    from kzdata.i18n.catalogue import check_spoken

    return check_spoken(value)


MEANINGS: dict[str, Callable[[Any], Any]] = {
    "reporter": _area,
    "partner": _area,
    "reporters": _area,
    "partners": _area,
    "as_of": _day,
    "known_by": _day,
    "start": _year_or_period,
    "end": _year_or_period,
    "period": _period,
    "level": _probability,
    "language": _language,
}


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
    from kzdata.reports.execute import TAG, read_notebook

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
        "which is not an annotated literal.",
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
