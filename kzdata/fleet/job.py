"""One edition made in a process of its own, here or on another machine: plain data in and out.

A job writes nothing that stays. Its report goes back as bytes, and one place publishes it.
"""

from __future__ import annotations

import dataclasses
import json
import re
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kzdata.errors import ContractError, KzdataError, NotebookFailed, ParameterError, SeedError
from kzdata.files import Hashes, combined
from kzdata.fleet import changes
from kzdata.fleet.answers import answers
from kzdata.fleet.inputs import data_state, inputs, key, own, standing
from kzdata.reports.editions import Edition
from kzdata.reports.engine import Progress

# A cell that fails with one of these says something about the data, not about the machinery.
_IN_THE_DATA = re.compile(r": (ContractError|SeedError|CorrectionOutdated): ")
_DRIFTED = re.compile(r": (StoreError|WrongFormat): ")


class ElsewhereOtherwise(KzdataError):
    """A worker whose code, libraries or data are not those of whoever asks it."""


def plain(edition: Edition) -> dict[str, Any]:
    """An edition as data that any process understands."""
    return dataclasses.asdict(edition)


def job(asked: Mapping[str, Any], *, progress: Progress | None = None) -> dict[str, Any]:
    """Make one edition. ``asked`` holds the ``edition`` as `plain` gives it, and perhaps:

    ``formats`` in place of its own, the ``engine``, ``before`` (see `changes.changes`),
    ``expected`` and ``own``, what the asker has: code, libraries, data, notebooks and the files
    that they read must be the same here; and ``elsewhere``, where the asker cannot know what is
    secret here.

    The answer has ``status``: ``built`` with ``outputs`` (bytes by path), ``manifest`` and
    ``changes``; else ``finding``, ``drift``, ``elsewhere`` or ``failed`` with a ``message``.
    Nothing is raised, and no message holds a secret.
    """
    begun = time.monotonic()
    answer: dict[str, Any]
    try:
        answer = {"status": "built", **_made(asked, progress)}
    except KzdataError as error:
        answer = {"status": status_of(error), "message": str(error)}
    except Exception as error:
        answer = {
            "status": "failed",
            "message": f"{type(error).__name__}: {error}",
            "traceback": traceback.format_exc(),
        }
    from kzdata.reports.redaction import hide

    for name in ("message", "traceback"):
        if name in answer:
            answer[name] = hide(answer[name])
    return answer | {"name": asked["edition"]["name"], "seconds": time.monotonic() - begun}


def status_of(error: KzdataError) -> str:
    """What an error makes of an edition: finding, drift, usage, failed or elsewhere."""
    if isinstance(error, ElsewhereOtherwise):
        return "elsewhere"
    said = error.fact if isinstance(error, NotebookFailed) else ""
    if isinstance(error, ContractError | SeedError) or _IN_THE_DATA.search(said):
        return "finding"
    if type(error).__name__ in {"StoreError", "WrongFormat"} or _DRIFTED.search(said):
        return "drift"
    return "usage" if isinstance(error, ParameterError) else "failed"


def _made(asked: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
    from kzdata.reports.blocks import Document
    from kzdata.reports.build import Closing, compose
    from kzdata.reports.colophon import Job
    from kzdata.reports.engine import resolve
    from kzdata.reports.formats import check_formats
    from kzdata.reports.manifest import NAME
    from kzdata.reports.redaction import refuse_secrets

    edition = Edition.of(asked["edition"])
    hashes = Hashes()
    here = standing(hashes)
    expected = asked.get("expected")
    if expected is not None:
        _same(expected, dataclasses.asdict(here))
    begun = own(edition, hashes)
    _same_own(asked.get("own") or begun, begun)
    told: dict[str, Any] = {}

    def closing(document: Document, questions: list[str]) -> Closing:
        answered, sources = answers(questions, strict=True)
        fresh = Hashes()
        if data_state(fresh) != here.data or own(edition, fresh) != begun:
            raise ElsewhereOtherwise(
                "The data, a notebook or a file that it reads changed while the edition was made.",
                "Run it again: kzdata run",
            )
        made_from = inputs(
            edition, here, fresh, questions=questions, answered=answered, sources=sources
        )
        said = changes.facts(document)
        told["changes"] = changes.changes(asked.get("before"), key(made_from), said)
        files = {changes.FACTS: _json(said)}
        if told["changes"] is not None:
            files[changes.CHANGES] = _json(told["changes"])
        told_of = told["changes"]
        return Closing(
            changes.section(told_of), files, {"inputs": made_from}, changes.new_findings(told_of)
        )

    composed = compose(
        [Job(resolve(each), values) for each, values in edition.bound().items()],
        check_formats(asked.get("formats") or edition.formats),
        asked=edition,
        engine=asked.get("engine"),
        progress=progress,
        closing=closing,
    )
    if asked.get("elsewhere"):
        refuse_secrets([*composed.outputs.items(), (NAME, _json(composed.manifest))])
    return {"outputs": composed.outputs, "manifest": composed.manifest, **told}


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _same_own(expected: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    other = []
    for kind in ("notebooks", "files"):
        names = {*expected[kind], *here[kind]}
        other += [n for n in sorted(names) if expected[kind].get(n) != here[kind].get(n)]
    if other:
        raise ElsewhereOtherwise(
            f"The worker is not what asks it; it differs in {', '.join(other)}.",
            "Put the same notebooks and files there, then run again.",
        )


def _same(expected: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    other = []
    for kind in ("code", "versions", "rules"):
        names = {*expected[kind], *here[kind]}
        other += [
            f"{kind} {name}"
            for name in sorted(names)
            if expected[kind].get(name) != here[kind].get(name)
        ]
    other += ["data"] if expected["data"] != here["data"] else []
    if other:
        listed = ", ".join(other[:12]) + (" and more" if len(other) > 12 else "")
        raise ElsewhereOtherwise(
            f"The worker is not what asks it; it differs in {listed}.",
            "Install the same kzdata, libraries, data and seeds on the worker, then run again.",
        )


def before(folder: Path) -> dict[str, Any] | None:
    """What the report in a folder said, to hold the next one against; None where there is none."""
    from kzdata.reports.manifest import read

    manifest = read(folder)
    if manifest is None or "inputs" not in manifest:
        return None
    try:
        said = json.loads((folder / changes.FACTS).read_bytes())
    except (OSError, ValueError):
        return None
    try:
        told = json.loads((folder / changes.CHANGES).read_bytes())
    except (OSError, ValueError):
        told = None
    try:
        made_from, generated = key(manifest["inputs"]), str(manifest["generated"])
    except (KeyError, TypeError, AttributeError):
        return None
    return {"key": made_from, "generated": generated, "facts": said, "changes": told}


def fingerprint() -> str:
    """One hash of the code, libraries, rules and data of this process."""
    return combined(dataclasses.asdict(standing(Hashes())))
