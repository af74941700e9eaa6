"""What a notebook asked for while it ran, so that its report is made again when an answer changes.

The kernel of a report finds the name of a file in KZDATA_READS; the functions that answer from data
or seeds, and carry `recorded`, add a line to it for each question. Elsewhere nothing is written.
"""

from __future__ import annotations

import datetime as dt
import errno
import inspect
import json
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

VARIABLE, NAME = "KZDATA_READS", "reads.jsonl"

Question = TypeVar("Question", bound=Callable[..., Any])


def recorded(question: Question) -> Question:
    """The same function; in the kernel of a report its arguments are noted."""
    signature = inspect.signature(question)

    @wraps(question)
    def asked(*args: Any, **given: Any) -> Any:
        if place := os.environ.get(VARIABLE):
            try:
                said = dict(signature.bind(*args, **given).arguments)
            except TypeError:  # wrongly called: the function itself will say so
                return question(*args, **given)
            if isinstance(said.get("path"), str):  # asked again it is from another folder
                said["path"] = str(Path(said["path"]).absolute())
            _add(place, f"{question.__module__}.{question.__qualname__}", said)
        return question(*args, **given)

    return asked  # type: ignore[return-value]


def _add(place: str, name: str, said: dict[str, Any]) -> None:
    try:
        line = json.dumps(
            {"ask": name, "given": said}, sort_keys=True, ensure_ascii=False, default=_plain
        )
    except (TypeError, ValueError):  # a frame among the arguments: not to be asked again
        line = json.dumps({"ask": name, "given": None})
    # One write to a file opened for adding: lines of several threads stay whole.
    content = (line + "\n").encode()
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        if os.write(handle, content) < len(content):  # half a question could not be asked again
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), place)
    finally:
        os.close(handle)


def _plain(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return str(Path(value).absolute())
    raise TypeError


def questions(place: Path) -> list[str]:
    """The questions in such a file, each once, as JSON with ``ask`` and ``given``, sorted."""
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return sorted(set(lines))
