"""Printed periods and amounts in English, Russian, Kazakh and Hebrew: words, grammars, parsers."""

from __future__ import annotations
