"""Who published what: the register of sources, and the citation of any frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from kzdata import resource
from kzdata.errors import KzdataError, UnknownCode, did_you_mean
from kzdata.home import HOME
from kzdata.language import isolated, known_word, retold, t
from kzdata.readers.manifests import load
from kzdata.typed import yaml_of

if TYPE_CHECKING:
    import pandas as pd

# The columns that name sources by id: of the row, of its growth and of its share.
_NAMING = {"source", "growth_source", "share_source"}
CITED = ["source", "publisher", "title", "edition", "published", "accessed_via", "url", "licence"]


@cache
def manifests() -> dict[str, dict[str, Any]]:
    """The manifest of every folder of ``data/raw``, by source id.

    Raises `ContractError` where one is not what a manifest is.
    """
    found = {}
    for path in sorted((HOME / "data" / "raw").glob("*/manifest.yml")):
        found[path.parent.name] = load(path)
    return found


@cache
def registry() -> dict[str, dict[str, Any]]:
    """Every source by id: official series from their manifests, articles and press from seeds."""
    typed = yaml_of(HOME / "seeds" / "sources.yml")["sources"]
    known = dict(manifests())
    for each in typed:
        if each["id"] in known:
            raise KzdataError(
                f"The source {each['id']!r} is declared twice.", "Rename one in seeds/sources.yml."
            )
        known[each["id"]] = {"source": each["id"], **each}
    return known


def source(name: str) -> dict[str, Any]:
    """What is known of one source; raises `UnknownCode` with the near names."""
    if name not in registry():
        raise UnknownCode(f"{name!r} is no source.", did_you_mean(name, registry()))
    return registry()[name]


def publisher(joined: str) -> str:
    """Who publishes the sources of a row; an unregistered source stands for itself."""
    known = registry()
    return join(known[n]["publisher"] if n in known else n for n in split(joined))


def reference(name: str) -> str:
    """One line of Markdown that names publisher, title, edition, date, address and copy."""
    each = source(name)
    title = retold(str(each.get("title") or "")) or t("untitled")
    told = [retold(str(each.get(key) or "")) for key in ("series", "edition")]
    details = [*told, each.get("published") or t("undated")]
    named = known_word(str(each["publisher"]))
    what = isolated(f"{title}. {', '.join(str(d) for d in details if d)}.")
    line = f"**{named}**. {what}"
    if each.get("url"):
        line += f" <{each['url']}>."
    if each.get("accessed_via"):
        line += " " + t("Read through: {copy}.", copy=retold(str(each["accessed_via"])))
    if each.get("licence"):
        line += " " + t("Terms: {terms}.", terms=retold(str(each["licence"])))
    return line


@dataclass(frozen=True)
class Citation:
    """The sources of a frame, as Markdown and as rows."""

    text: str
    frame: pd.DataFrame

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        data = {"kind": "sources", "text": self.text, "data": resource.records(self.frame)}
        return resource.bundle(self.text, data, text_markdown=resource.markdown(self.text))


def cite(*frames: pd.DataFrame) -> Citation:
    """The publications that the rows of one or several frames come from, each once.

    A derived row names its sources joined by `` + ``. Raises `KzdataError` when a frame has no
    ``source`` column, `UnknownCode` when a source is not registered.

    >>> import kzdata as kz
    >>> cited = kz.cite(kz.observations("KAZ", "ISR", start=2025))
    >>> print(str(cited)[:72])
    - **Bureau of National Statistics of the Republic of Kazakhstan**. Trade
    """
    import pandas as pd

    names: set[str] = set()
    for frame in frames:
        if "source" not in getattr(frame, "columns", []):
            raise KzdataError(
                f"{type(frame).__name__} has no column 'source', so it cannot be cited.",
                'Keep the contract\'s columns: kz.observations("KAZ", "ISR").pipe(kz.turnover)',
            )
        for column in _NAMING.intersection(frame.columns):
            names |= {one for joined in frame[column].dropna() for one in split(joined)}
    rows = [{key: str(source(n).get(key) or "") for key in CITED} for n in sorted(names)]
    text = "\n".join(f"- {reference(name)}" for name in sorted(names))
    return Citation(text, pd.DataFrame(rows, columns=CITED))


def join(names) -> str:
    """Several source ids as the one string that a derived row carries."""
    return " + ".join(sorted({one for joined in names for one in split(joined)}))


def split(joined: str) -> list[str]:
    """The source ids in a derived row's ``source``."""
    return [one for one in str(joined).split(" + ") if one]
