"""The language that kzdata speaks to a reader: English, Russian, Kazakh or Hebrew.

Write every sentence as one whole literal in `t`, `tn`, `Sentence`, `kz.say`, `kz.table`, …;
run ``python -m kzdata.language.extract``, which puts what is new into ``catalogues/*.po``;
write the translations there, and run it again with ``--check``: it must find nothing missing.

Frames, CSV files and codes stay English. A sentence that stands in a frame is `written` in
English and told again in the reader's language (`retold`) when it is displayed.
"""

from __future__ import annotations

from kzdata.language.catalogue import has_message, translated
from kzdata.language.current import (
    LANGUAGES,
    RIGHT_TO_LEFT,
    check_spoken,
    direction,
    language_of,
    speak,
    speaking,
    spoken,
)
from kzdata.language.memory import retold, written, written_together
from kzdata.language.paragraphs import translate_markdown
from kzdata.language.sentences import (
    Later,
    Sentence,
    after,
    isolated,
    joined,
    known_word,
    listed,
    localised,
    said,
    said_number,
    t,
    term,
    tn,
    word,
)

__all__ = [
    "LANGUAGES",
    "RIGHT_TO_LEFT",
    "Later",
    "Sentence",
    "after",
    "check_spoken",
    "direction",
    "has_message",
    "isolated",
    "joined",
    "known_word",
    "language_of",
    "listed",
    "localised",
    "retold",
    "said",
    "said_number",
    "speak",
    "speaking",
    "spoken",
    "t",
    "term",
    "tn",
    "translate_markdown",
    "translated",
    "word",
    "written",
    "written_together",
]
