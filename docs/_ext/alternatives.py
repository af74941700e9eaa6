"""Charts in the guide are described for readers who do not see them, as `Chart.alt` does."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def _describe(app: Sphinx, doctree: nodes.document) -> None:
    """A chart's text form ends with its description; the image beside it in the bundle gets it."""
    for bundle in doctree.findall(nodes.container):
        if bundle.get("nb_element") != "mime_bundle":
            continue
        plain = [
            each.astext()
            for each in bundle.children
            if isinstance(each, nodes.container) and each.get("mime_type") == "text/plain"
        ]
        for image in bundle.findall(nodes.image):
            image["alt"] = plain[0].strip().splitlines()[-1]


def setup(app: Sphinx) -> dict[str, Any]:
    """Between reading and the choice of the form that a page shows."""
    app.connect("doctree-read", _describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
