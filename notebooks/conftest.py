"""The committed outputs are those of what is shipped: nbval runs with an empty store."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ["KZDATA_HOME"] = tempfile.mkdtemp(prefix="kzdata-nbval-")
atexit.register(shutil.rmtree, os.environ["KZDATA_HOME"], ignore_errors=True)
