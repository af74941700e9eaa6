"""An exporter that is made when it is imported, so that a server can import it."""

from nbconvert import HTMLExporter

EXPORTER = HTMLExporter()
EXPORTER.template  # noqa: B018  read and compiled at the first use
