"""What every job of a fleet would make anew: it is made when this module is imported.

Only the warm server imports it, so that the processes forked from it find the page's template
compiled, the parsers built, the schema's check written and the installed kernels' starters known.
"""

from __future__ import annotations

import nbformat
from jupyter_client.provisioning import KernelProvisionerFactory

from kzdata.reports import html, markdown
from kzdata.reports.kernel import prompt_client, registered

html.template()
markdown.to_html("*kzdata*\n\n| a |\n|---|\n| 1 |")
nbformat.validate(nbformat.v4.new_notebook())
KernelProvisionerFactory.instance()
registered("kzdata-warm")
prompt_client()
