"""Published answers computed again: `verify` and the checks behind ``kzdata verify``."""

from __future__ import annotations

from kzdata.verifying.running import checks, run, verify

__all__ = ["checks", "run", "verify"]
