"""What Sphinx and its theme leave undone for readers who use a keyboard or listen to a page."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

# Blocks that scroll on a narrow screen are reached by the keyboard.
_SCROLLS = re.compile(r'<(pre|div class="(?:math|cell_output) ?[^"]*")(?=>| id=)')
_CAPTION = 'role="heading">'
# A signature of many lines is set as a list of definitions that define nothing.
_LINES = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")


def _mended(html: str) -> str:
    html = _SCROLLS.sub(r'<\1 tabindex="0"', html)
    html = html.replace(_CAPTION, f'{_CAPTION[:-1]} aria-level="2">')
    return _LINES.sub(_as_lines, html)


def _as_lines(found: re.Match[str]) -> str:
    lines = found[1].replace("<dd>", '<span class="sig-line">').replace("</dd>", "</span>")
    return f'<span class="sig-lines">\n{lines}</span>'


def _mend(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    for part in ("body", "furo_navigation_tree"):
        if context.get(part):
            context[part] = _mended(context[part])


def setup(app: Sphinx) -> dict[str, Any]:
    """After the theme has made its part of each page."""
    app.connect("html-page-context", _mend, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
