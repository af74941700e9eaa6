"""The guide, built by Sphinx and MyST-NB without a connection: ``make docs``."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

import kzdata

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))

# The outputs of the guide are those of what is shipped: no store, reports or settings of one's own.
_empty = tempfile.mkdtemp(prefix="kzdata-docs-")
atexit.register(shutil.rmtree, _empty, ignore_errors=True)
os.environ |= {"KZDATA_HOME": _empty, "KZDATA_REPORTS": f"{_empty}/reports"}
os.environ["KZDATA_SHARED"] = _empty  # data sets that only some machines have
os.environ |= {"XDG_CONFIG_HOME": _empty, "COLUMNS": "88", "NO_COLOR": "1"}
# Nor is the reader's own IPython asked what to do when it starts; of what it tells, warnings of the
# transport are left out.
_profile = Path(_empty) / "profile_default"
_profile.mkdir()
(_profile / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 'ERROR'\n")
os.environ["IPYTHONDIR"] = _empty
logging.getLogger("traitlets").setLevel(logging.WARNING)

project = "kzdata"
version = release = kzdata.__version__
copyright = "the authors of kzdata; figures belong to their publishers"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc"]
extensions += ["accessible", "alternatives", "cards", "commands", "docstrings", "mathml"]
exclude_patterns = ["_build", "_ext"]
keep_warnings = False
nitpicky = False

html_math_renderer = "mathml"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_in_temp = True
nb_execution_show_tb = True
nb_ipywidgets_js = {}  # it would come from a network
nb_merge_streams = True
# kzdata's results carry their data beside their human form; the page shows the latter.
suppress_warnings = ["mystnb.unknown_mime_type"]
nb_mime_priority_overrides = [("html", "image/png", 1)]

add_module_names = False
default_role = "py:obj"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 80
toc_object_entries = False

html_theme = "furo"
html_title = "kzdata"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {"footer_icons": [], "top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
