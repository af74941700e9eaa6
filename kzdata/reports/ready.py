"""What every job and kernel of a fleet would make anew: it is made when this module is imported.

Only the warm server imports it, so that the processes forked from it find the page's template
compiled, the parsers built, the schema's check written, the installed kernels' starters known, and
the names of countries and the words of amounts at hand. All of it is code: data are never read.
"""

from __future__ import annotations

import nbformat
from babel import Locale
from jupyter_client.provisioning import KernelProvisionerFactory

from kzdata.model.parsing import printed_amounts
from kzdata.reports import html, markdown
from kzdata.reports.kernel import prompt_client, registered

Locale("en").territories.get("KZ")

printed_amounts.parse_amount("US$1 million")

html.template()

markdown.to_html("*kzdata*\n\n| a |\n|---|\n| 1 |")

nbformat.validate(nbformat.v4.new_notebook())

KernelProvisionerFactory.instance()

registered("kzdata-warm")

prompt_client()
