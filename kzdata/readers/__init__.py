"""Published files to observations: one module a format, and `reading` to find it by its source."""

from __future__ import annotations
