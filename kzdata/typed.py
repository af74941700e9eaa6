"""The YAML that people type: seeds, manifests, tables beside the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def yaml_of(path: Path) -> Any:
    """What a file says. Read by libyaml where PyYAML has it, which takes a sixth of the time."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader)
