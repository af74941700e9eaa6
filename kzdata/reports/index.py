"""The page over all reports of a folder: which there are, in which languages, what changed.

``reports/index.html`` and its twins in the other languages load nothing and work from the file
system. Without script they are a table, the newest report first; the one script that stands in
the page adds search and sorting, and a browser runs no other.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kzdata.errors import KzdataError, PublishError
from kzdata.files import write_whole
from kzdata.i18n.catalogue import LANGUAGES, check_spoken, speaking
from kzdata.i18n.formats import format_period
from kzdata.i18n.sentences import known_word, t, term, tn
from kzdata.reports import manifest
from kzdata.reports.bidi import in_order
from kzdata.reports.editions import FILES
from kzdata.reports.html import TEMPLATES, environment

FRESHNESS = {
    "fresh": term("up to date"),
    "changed": term("inputs have changed"),
    "due": term("due"),
    "failed": term("the last run failed"),
}

# What waits for someone comes first where the page is sorted by it.
_URGENCY = ("failed", "due", "changed", "fresh", "")

CHANGES = "changes.json"


@dataclass(frozen=True)
class PublishedReport:
    """One report of the folder. ``changed`` is None where there is none before it to compare."""

    folder: str
    title: str
    language: str
    family: str
    reporter: str
    partner: str
    as_of: str
    made: str
    findings: tuple[str, ...]
    files: tuple[str, ...]
    changed: int | None = None
    since: str = ""
    state: str = ""


@dataclass(frozen=True)
class IndexEntry:
    """One line of the page: the report in the page's language, or else the first; and its twins."""

    shown: PublishedReport
    editions: tuple[PublishedReport, ...] = field(default_factory=tuple)


def found(
    folder: Path,
    *,
    families: Mapping[str, str] | None = None,
    states: Mapping[str, str] | None = None,
) -> list[PublishedReport]:
    """Every report in a folder, by name; what is no report of kzdata's, or is damaged, is left out.

    ``families`` names what a report is a language of, ``states`` how fresh it is (`FRESHNESS`).
    """
    try:
        places = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    except OSError:
        return []
    read = [_edition(each, families or {}, states or {}) for each in places]
    return [each for each in read if each]


def _edition(
    place: Path, families: Mapping[str, str], states: Mapping[str, str]
) -> PublishedReport | None:
    made = manifest.read(place)
    if made is None:
        return None
    asked = made.get("parameters") or {}
    named = str(made.get("edition") or place.name)
    changed = _changes(place)
    return PublishedReport(
        folder=place.name,
        title=str(made.get("title") or place.name),
        language=str(made.get("language") or "en"),
        family=families.get(named, named) if named == place.name else place.name,
        reporter=_first(asked, "reporter"),
        partner=_first(asked, "partner"),
        as_of=str(made.get("as_of") or ""),
        made=str(made.get("generated") or "")[:10],
        findings=tuple(str(each) for each in made.get("findings") or ()),
        files=tuple(each for each in FILES.values() if each in (made.get("outputs") or {})),
        changed=len(changed["changes"]) if changed else None,
        since=str(changed["since"])[:10] if changed else "",
        state=states.get(place.name, ""),
    )


def _first(asked: Mapping[str, Any], name: str) -> str:
    values = (each.get(name) for each in asked.values() if isinstance(each, dict))
    return next((str(each) for each in values if each), "")


def _changes(place: Path) -> dict[str, Any] | None:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads((place / CHANGES).read_bytes())
        if isinstance(told, dict) and isinstance(told.get("changes"), list) and "since" in told:
            return told
    return None


def entries(editions: list[PublishedReport], language: str) -> list[IndexEntry]:
    """The lines of the page, the newest first: one for each report, whatever its languages."""
    families: dict[str, list[PublishedReport]] = {}
    for each in editions:
        families.setdefault(each.family, []).append(each)
    order = list(LANGUAGES)
    made = []
    for group in families.values():
        group = sorted(group, key=lambda each: order.index(each.language))
        shown = next((each for each in group if each.language == language), group[0])
        made.append(IndexEntry(shown, tuple(group)))
    made.sort(key=lambda each: each.shown.folder)
    return sorted(made, key=lambda each: max(e.made for e in each.editions), reverse=True)


def page_name(language: str) -> str:
    """``index.html`` in English, ``index-ru.html`` and so on."""
    return "index.html" if language == "en" else f"index-{language}.html"


def render(editions: list[PublishedReport], language: str = "en") -> str:
    """The page in one language: same reports, same bytes."""
    from markupsafe import Markup

    script = (TEMPLATES / "index.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    css = "".join((TEMPLATES / n).read_text(encoding="utf-8") for n in ("report.css", "index.css"))
    with speaking(check_spoken(language)):
        lines = entries([_readable(each) for each in editions], language)
        return (
            environment()
            .get_template("index.html.j2")
            .render(
                entries=lines,
                language=language,
                languages=LANGUAGES,
                page_name=page_name,
                direction="rtl" if language == "he" else "ltr",
                policy=policy,
                css=Markup(css),
                script=Markup(script),
                t=t,
                tn=tn,
                area=_area,
                day=_day,
                state=lambda each: known_word(FRESHNESS[each]) if each in FRESHNESS else "",
                urgency=_URGENCY.index,
                files=FILES,
            )
        )


def _readable(each: PublishedReport) -> PublishedReport:
    """A report of a language or a state that this kzdata does not know is shown all the same."""
    language = each.language if each.language in LANGUAGES else "en"
    return replace(
        in_order(each), language=language, state=each.state if each.state in _URGENCY else ""
    )


def _area(code: str) -> str:
    from kzdata.i18n.formats import area_name

    try:
        return area_name(code) if code else ""
    except KzdataError:
        return code


def _day(text: str) -> str:
    try:
        return format_period(dt.date.fromisoformat(text).isoformat())
    except ValueError:
        return text


def write(folder: Path, editions: list[PublishedReport]) -> list[Path]:
    """Write the page in every language, each in one step; the page in English is the last.

    Raises `PublishError` where the folder cannot be written to.
    """
    languages = [*(each for each in LANGUAGES if each != "en"), "en"]
    written = []
    for language in languages:
        place = folder / page_name(language)
        try:
            write_whole(place, render(editions, language).encode())
        except OSError as error:
            raise PublishError(
                f"The index cannot be written to {place}: {error.strerror or error}.",
                "The reports are whole. Free the disk, or mend the permissions: kzdata index",
            ) from None
        written.append(place)
    return written[::-1]
