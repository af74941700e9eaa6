"""The report on A4, typeset by Typst: tagged for reading aloud, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from pathlib import Path

from kzdata.errors import PublishError
from kzdata.reports.blocks import Document
from kzdata.reports.html import TEMPLATES
from kzdata.reports.typeset import tree


def render(document: Document, *, epoch: int) -> bytes:
    """The PDF. ``epoch`` (seconds) is the one time it carries, as its creation date.

    Type comes with the typesetter (Libertinus Serif) and with matplotlib (DejaVu Sans, for what
    the former lacks): nothing of the machine's is used, so every machine prints the same.
    """
    import typst
    from matplotlib import get_data_path

    content, files = tree(document)
    content["date"] = list(dt.datetime.fromtimestamp(epoch, dt.UTC).timetuple()[:3])
    with tempfile.TemporaryDirectory(prefix="kzdata-pdf-") as folder:
        root = Path(folder)
        for name, picture in files.items():
            (root / name).write_bytes(picture)
        (root / "document.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        shutil.copy(TEMPLATES / "report.typ", root / "report.typ")
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[f"{get_data_path()}/fonts/ttf"])
        compiler = typst.Compiler(str(root / "report.typ"), root=str(root), font_paths=fonts)
        try:
            # PDF/UA-1 (ISO 14289-1): every picture described, every table headed, in reading order.
            printed = compiler.compile(
                format="pdf", pdf_standards="ua-1", timestamp=epoch, pretty=False
            )
        except typst.TypstError as error:
            raise PublishError(
                f"The report could not be typeset: {error.message}. {' '.join(error.hints)}",
                "Leave the PDF out for now: --format html,xlsx",
            ) from None
    assert isinstance(printed, bytes)
    return printed
