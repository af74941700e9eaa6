"""The types that a notebook parameter can have, and how a value is held against one."""

from __future__ import annotations

import sys
from typing import Any, Final


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
        raise Misfit("it is no finite number, or a larger one than can be counted with.")
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
        raise Misfit(f"{text!r} is no {kind}; expected e.g. {_example(kind)}.") from None


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
