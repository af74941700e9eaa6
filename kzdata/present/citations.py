"""The citation of any frame: who published the figures, where and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kzdata.errors import KzdataError
from kzdata.i18n.sentences import isolated, known_word, retold, t
from kzdata.model.contract import split_sources
from kzdata.present import mime
from kzdata.seeds.sources import source

if TYPE_CHECKING:
    import pandas as pd

# The columns that name sources by id: of the row, of its growth and of its share.
_NAMING = {"source", "growth_source", "share_source"}

CITED = ["source", "publisher", "title", "edition", "published", "accessed_via", "url", "licence"]


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
        data = {"kind": "sources", "text": self.text, "data": mime.records(self.frame)}
        return mime.bundle(self.text, data, text_markdown=mime.markdown(self.text))


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
            names |= {one for joined in frame[column].dropna() for one in split_sources(joined)}
    rows = [{key: str(source(n).get(key) or "") for key in CITED} for n in sorted(names)]
    text = "\n".join(f"- {reference(name)}" for name in sorted(names))
    return Citation(text, pd.DataFrame(rows, columns=CITED))
