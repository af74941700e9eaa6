"""The report on A4, typeset by Typst: tagged for reading aloud, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from typing import Any

from kzdata.errors import PublishError
from kzdata.files import scratch
from kzdata.reports.blocks import Document
from kzdata.reports.fitting import Spot, fit
from kzdata.reports.html import TEMPLATES
from kzdata.reports.ordering import in_order
from kzdata.reports.typeset import tree


def render(document: Document, *, epoch: int) -> bytes:
    """The PDF. ``epoch`` (seconds) is the one time it carries, as its creation date.

    Type comes with the typesetter (Libertinus Serif) and with matplotlib (DejaVu Sans, for what
    the former lacks): nothing of the machine's is used, so every machine prints the same.
    """
    import typst
    from matplotlib import get_data_path

    content, files = tree(in_order(document))
    content["date"] = list(dt.datetime.fromtimestamp(epoch, dt.UTC).timetuple()[:3])
    with scratch() as root:
        for name, picture in files.items():
            (root / name).write_bytes(picture)
        (root / "document.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        shutil.copy(TEMPLATES / "report.typ", root / "report.typ")
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[f"{get_data_path()}/fonts/ttf"])

        def compiler(sizes: Mapping[int, float]) -> typst.Compiler:
            shrunk = {str(number): size for number, size in sizes.items()}
            return typst.Compiler(
                str(root / "report.typ"),
                root=str(root),
                font_paths=fonts,
                sys_inputs={"sizes": json.dumps(shrunk)},
            )

        def look(sizes: Mapping[int, float]) -> list[Spot]:
            return _spots(json.loads(compiler(sizes).query("<spot>", field="value")))

        try:
            sizes = fit(look)
            # PDF/UA-1 (ISO 14289-1): every picture described, every table headed, in reading order.
            printed = compiler(sizes).compile(
                format="pdf", pdf_standards="ua-1", timestamp=epoch, pretty=False
            )
        except typst.TypstError as error:
            raise PublishError(
                f"The report could not be typeset: {error.message}. {' '.join(error.hints)}",
                "Leave the PDF out for now: --format html,xlsx",
            ) from None
    assert isinstance(printed, bytes)
    return printed


def _spots(found: list[dict[str, Any]]) -> list[Spot]:
    """What the template says of each figure: two records, one before and one after it."""
    return [
        Spot(
            before=(before["page"], before["y"]),
            after=(after["page"], after["y"]),
            picture=after["picture"],
            top=after["top"],
            bottom=after["bottom"],
        )
        for before, after in zip(found[::2], found[1::2], strict=True)
    ]
