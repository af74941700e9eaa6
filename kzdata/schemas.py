"""YAML validated by pydantic: every problem of a file in one line each, with key and expectation.

The schemas are `TypedDict` classes or dataclasses beside the code that uses them. A field that has
no text of its own gives its expectation as `Expected`, a list of codes as `OneOf`.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from annotated_types import Predicate
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import core_schema

from kzdata.errors import KzdataError, did_you_mean
from kzdata.files import GivenTwice, yaml_once

_File = TypeVar("_File")

_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class Expected:
    """What a refused value should have been, in the words of the message."""

    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.custom_error_schema(
            handler(source), "expected", custom_error_message=self.words
        )


@dataclass(frozen=True)
class OneOf:
    """One of the codes of a list that is kept elsewhere."""

    known: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.literal_schema(list(self.known))


Text = Annotated[str, Field(pattern=r"^\S(?s:.*\S)?$"), Expected("text")]

Number = Annotated[int | float, Predicate(lambda given: given == given), Expected("a number")]


def closed(kind: type[_File]) -> type[_File]:
    """Decorate the class of a whole file: unknown keys and coerced types are refused in all of it.

    It is compiled here, where its module is imported, so that a warm kernel need not.
    """
    compiled: Any = with_config(_STRICT)(kind)
    _adapter(compiled)
    return kind


def check(kind: Any, content: Any) -> tuple[Any, list[str]]:
    """``content`` validated as ``kind``, and no problem; or None, and one line a problem."""
    try:
        return _adapter(kind).validate_python(content), []
    except ValidationError as error:
        return None, [_line(kind, content, each) for each in error.errors(include_url=False)]


def read(path: Path, kind: Any) -> tuple[Any, list[str]]:
    """The same of a YAML file, which may also be no text, no YAML, or have a key twice."""
    import yaml

    try:
        content = yaml_once(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return None, [f"cannot be read: {error.strerror or error}"]
    except UnicodeDecodeError:
        return None, ["is not text in UTF-8; save it again as UTF-8"]
    except GivenTwice as twice:
        return None, [f"line {twice.line}: {twice.key}: duplicate key; leave one of them out"]
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # ValueError: 30 February
        return None, ["is not YAML: " + " ".join(str(error).split())]
    return check(kind, content)


def load_yaml(path: Path, kind: Any, error: type[KzdataError], hint: str) -> Any:
    """The content of a YAML file. Raises ``error`` with the file and every problem in it."""
    content, problems = read(path, kind)
    refuse(path, problems, error, hint)
    return content


def refuse(path: Path, problems: list[str], error: type[KzdataError], hint: str) -> None:
    """Raise ``error`` with the file and its problems if there are any."""
    if problems:
        raise error("\n    ".join([f"{path}:", *problems]), hint)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    # A class has its configuration from `closed` or of its own.
    return TypeAdapter(kind, config=_STRICT if typing.get_origin(kind) else None)


def _line(kind: Any, content: Any, error: Any) -> str:
    *above, last = error["loc"] or ("",)
    path = ": ".join(_path(content, error["loc"]))
    return (f"{path}: " if path else "") + _said(kind, error, above, last)


def _said(kind: Any, error: Any, above: list[Any], last: Any) -> str:
    given = error["input"]
    shown = repr(given) if isinstance(given, str) else str(given)
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    match error["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"unknown field. {did_you_mean(str(last), _fields(kind, above))}"
        case "too_short":
            return "empty; expected at least one entry"
        case "literal_error":
            known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            near = did_you_mean(str(given), known)
            hint = f". {near}" if near.startswith("Did") else ""
            expected = f"one of {', '.join(known)}{hint}"
        case "dict_type" | "dataclass_type":
            expected = "a mapping of fields"
        case _:
            expected = error["msg"].removeprefix("Input should be ")
    return f"empty; expected {expected}" if given is None else f"{shown} is not {expected}"


def _path(content: Any, loc: tuple[Any, ...]) -> list[str]:
    """The keys down to a value; a record of a list is named by its id, name or number."""
    path: list[str] = []
    for part in loc:
        within = isinstance(content, list) and isinstance(part, int) and part < len(content)
        try:
            content = content[part]
        except (LookupError, TypeError):
            content = None
        if not within:
            path.append(str(part))
        elif isinstance(content, dict) and isinstance(content.get("id"), str):
            path = [content["id"]]  # unique in its file, so what leads to it is left out
        else:
            name = content.get("name", part + 1) if isinstance(content, dict) else part + 1
            path[-1:] = [" ".join([*path[-1:], str(name)])]
    return path


def _fields(kind: Any, loc: list[Any]) -> Collection[str]:
    """The names of the fields that a schema has at a place."""
    for part in loc:
        kind = _step(kind, part)
    return typing.get_type_hints(kind)


def _step(kind: Any, part: Any) -> Any:
    arguments = typing.get_args(kind)
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return _step(next(each for each in arguments if each is not type(None)), part)
    return arguments[-1] if arguments else typing.get_type_hints(kind)[part]
