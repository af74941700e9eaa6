"""A drawing (SVG) in which nothing runs and nothing is fetched.

In a report a drawing stands as a picture, where browsers run nothing of it; the same drawing is
also a file of its own, which somebody may open. What is harmless is kept byte for byte.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from kzdata.errors import KzdataError

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"

# What describes a drawing, and is never drawn.
DESCRIBING = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://purl.org/dc/elements/1.1/",
    "http://creativecommons.org/ns#",
}

# What a drawing consists of. Scripts, foreign objects, animations (they can change a link) and
# links are not among it.
ELEMENTS = {
    *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline"),
    *("polygon", "text", "tspan", "textPath", "image", "title", "desc", "metadata", "style"),
    *("clipPath", "mask", "pattern", "marker", "linearGradient", "radialGradient", "stop", "view"),
    *("filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feFlood"),
    *("feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode"),
    *("feMorphology", "feOffset", "feTile", "switch"),
}

_OUTWARD = re.compile(r"(?i)@import|expression\s*\(|-moz-binding|javascript:|\\")

_URL = re.compile(r"(?i)url\(\s*['\"]?\s*(?!#|data:image/(png|jpeg|gif);)")

_EMBEDDED = re.compile(r"(?i)\s*(#|data:image/(png|jpeg|gif);base64,)")


def harmless(drawing: str) -> str:
    """The drawing without what could run, load or lead elsewhere.

    Raises `KzdataError` for what is no drawing, or declares entities.
    """
    if "<!ENTITY" in drawing.upper():
        raise KzdataError("A drawing declares entities, which a drawing does not need.")
    try:
        root = ElementTree.fromstring(drawing)
    except ElementTree.ParseError as error:
        raise KzdataError(f"A drawing cannot be read as SVG: {error}.") from None
    if root.tag != f"{{{SVG}}}svg":
        raise KzdataError(f"A drawing begins with {root.tag!r}, expected an svg element.")
    instructed = re.sub(r"<\?xml\s[^>]*\?>", "", drawing, count=1)
    if not _cleaned(root) and "<?" not in instructed:
        return drawing
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")  # processing instructions are left out


def _cleaned(element: ElementTree.Element) -> bool:
    """Take out of an element what is not harmless; whether there was anything."""
    found = False
    for child in list(element):
        if not _is_drawn(child):
            element.remove(child)
            found = True
        else:
            found |= _cleaned(child)
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        wrong = local.startswith("on") or _OUTWARD.search(value) or _URL.search(value)
        if local in {"href", "src"} and not _EMBEDDED.match(value):
            wrong = True
        if wrong:
            del element.attrib[name]
            found = True
    return found


def _is_drawn(child: ElementTree.Element) -> bool:
    space, _, local = child.tag.rpartition("}")
    if space[1:] != SVG:
        return space[1:] in DESCRIBING
    if local not in ELEMENTS:
        return False
    text = child.text or ""
    return not (local == "style" and (_OUTWARD.search(text) or _URL.search(text)))
