"""What a notebook asked for, asked again: an answer that is the same makes no new report."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Iterable
from typing import Any

import yaml

from kzdata.errors import KzdataError
from kzdata.files import combined

# A question comes from a file, so only these are ever asked.
ASKED = {
    "kzdata.store.observations",
    "kzdata.store.totals",
    "kzdata.seeds.claims",
    "kzdata.seeds.events",
    "kzdata.seeds.assumption",
    "kzdata.pipeline.commitments",
    "kzdata.pipeline.follow_through",
    "kzdata.survival.stage_histories",
    "kzdata.transit.scenarios.transit_scenarios",
    "kzdata.revising.diff",
    "kzdata.readers.reading.read",
}


def answers(questions: Iterable[str], *, strict: bool = False) -> tuple[dict[str, str], list[str]]:
    """The hash of each answer, and the ids of the sources that the answers come from.

    A question that only the whole of the data answers (its arguments hold a frame) is left out;
    see `whole`. With ``strict`` observations must keep the contract: raises `ContractError`.
    """
    found: dict[str, str] = {}
    named: set[str] = set()
    for question in questions:
        asked = json.loads(question)
        if asked["ask"] not in ASKED or asked["given"] is None:
            continue
        answer = _asked(asked["ask"], asked["given"])
        if strict and asked["ask"] == "kzdata.store.observations" and _is_frame(answer):
            from kzdata import contract

            contract.check(answer)
        sources = _sources(answer)
        named |= set(sources)
        found[question] = combined([_digest(answer), _registered(sources)])
    return found, sorted(named)


def whole(questions: Iterable[str]) -> bool:
    """Whether anything was asked that cannot be asked again, or nothing at all was asked."""
    asked = [json.loads(each) for each in questions]
    return not asked or any(e["given"] is None or e["ask"] not in ASKED for e in asked)


def _asked(name: str, given: dict[str, Any]) -> Any:
    module, _, function = name.rpartition(".")
    positional = {key: value for key, value in given.items() if key not in {"options", "vintages"}}
    try:
        call = getattr(importlib.import_module(module), function)
        return call(**positional, **given.get("options", {}))
    except (KzdataError, OSError) as error:
        # That there is no answer is an answer; its words may name what else is loaded.
        return f"{type(error).__name__}"


def _is_frame(answer: Any) -> bool:
    return hasattr(answer, "columns")


def _digest(answer: Any) -> str:
    if not _is_frame(answer):
        return combined(answer)
    from pandas.util import hash_pandas_object

    try:
        content = hash_pandas_object(answer, index=False).to_numpy().tobytes()
    except TypeError:  # lists in cells
        content = answer.to_json(orient="split", index=False, double_precision=15).encode()
    return hashlib.sha256(repr(list(answer.columns)).encode() + content).hexdigest()


def _sources(answer: Any) -> list[str]:
    from kzdata import sources

    if not _is_frame(answer) or "source" not in answer:
        return []
    joined = answer["source"].dropna().unique()
    return sorted({one for each in joined for one in sources.split(each)})


def _registered(names: list[str]) -> list[Any]:
    from kzdata import sources

    try:
        known = sources.registry()
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return ["a manifest or the register cannot be read"]  # which one is told as a drift
    return [known.get(name) for name in names]
