"""The YAML that people type: seeds, editions, manifests, tables beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


class GivenTwice(ValueError):
    """A mapping of a file has ``key`` twice, the second time in ``line``."""

    def __init__(self, key: str, line: int):
        super().__init__(f"line {line}: {key}: given twice")
        self.key, self.line = key, line


def yaml_of(path: Path) -> Any:
    """What a file says. Read by libyaml where PyYAML has it, which takes a sixth of the time."""
    import yaml

    return yaml.load(path.read_text(encoding="utf-8"), _loader())


def yaml_once(text: str) -> Any:
    """What a text says that has no key twice. Raises `GivenTwice`, or an error of PyYAML's."""
    import yaml

    return yaml.load(text, _strict())


@cache
def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _strict() -> Any:
    from yaml import ScalarNode

    class Strict(_loader()):  # type: ignore[misc]
        """YAML keeps the last of two equal keys in silence."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, ScalarNode):
                    if key.value in seen:
                        raise GivenTwice(key.value, key.start_mark.line + 1)
                    seen.add(key.value)
            return super().construct_mapping(node, deep)

    return Strict
