"""What a person sets once instead of typing it each time, and where each value came from.

A flag wins over the environment, that over ``kzdata.toml`` in the current folder or the nearest
one above it, that over ``kzdata.toml`` in the user's configuration folder, and that over what
kzdata does by itself::

    # kzdata.toml
    reports = "published"      # folders are relative to this file
    language = "ru"
    formats = ["html", "xlsx"]
    jobs = 4
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kzdata.errors import ParameterError, did_you_mean

FILE = "kzdata.toml"


class SettingError(ParameterError):
    """A setting that is unknown or ill-typed, with the place where it stands."""


@dataclass(frozen=True)
class Setting:
    """One value: ``origin`` says where it was set, ``meaning`` what it is for."""

    name: str
    value: Any
    origin: str
    meaning: str


# Name -> type, what it is for, and the values it may take where they are few.
KNOWN: dict[str, tuple[type, str, tuple[str, ...]]] = {
    "home": (Path, "folder of what you fetch and load", ()),
    "reports": (Path, "folder in which reports stand", ()),
    "language": (str, "language of reports", ("en", "ru", "kk", "he")),
    "formats": (list, "formats of reports", ("html", "pdf", "xlsx")),
    "jobs": (int, "reports made at the same time", ()),
    "engine": (str, "how notebooks are run", ("warm", "plain")),
}


def variable(name: str) -> str:
    """The environment variable of a setting: ``KZDATA_JOBS``."""
    return f"KZDATA_{name.upper()}"


def setting(name: str, flag: Any = None) -> Setting:
    """The setting in force; its value is None where nobody set it.

    ``flag`` is what the command line gave. Raises `SettingError` naming the place of a value that
    cannot be used: no value is skipped in silence for a weaker one.
    """
    meaning = KNOWN[name][1]
    if flag is not None:
        return Setting(name, flag, "flag", meaning)
    if text := os.environ.get(variable(name)):
        return Setting(name, _from_text(name, text), variable(name), meaning)
    for place in files():
        values = _read(place)
        if name in values:
            return Setting(name, _from_file(name, values[name], place), str(place), meaning)
    return Setting(name, None, "default", meaning)


def value(name: str, flag: Any = None) -> Any:
    """`setting`'s value alone."""
    return setting(name, flag).value


def files() -> Iterator[Path]:
    """The configuration files that exist, the strongest first."""
    here = Path.cwd()
    nearest = next((f / FILE for f in (here, *here.parents) if (f / FILE).is_file()), None)
    if nearest:
        yield nearest
    own = user_file()
    if own != nearest and own.is_file():
        yield own


def user_file() -> Path:
    """``kzdata.toml`` in the user's configuration folder, whether or not it exists."""
    import platformdirs

    return platformdirs.user_config_path("kzdata", appauthor=False) / FILE


def _read(place: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{place} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{place} is no TOML: {error}") from None
    for name in values:
        if name not in KNOWN:
            raise SettingError(f"{place}: {name!r} is no setting.", did_you_mean(name, KNOWN))
    return values


def _from_text(name: str, text: str) -> Any:
    kind = KNOWN[name][0]
    where = f"{variable(name)}={text!r}"
    if kind is Path:
        folder = Path(text).expanduser()
        if not folder.is_absolute():
            # It would be another place from every folder that kzdata is started in.
            raise SettingError(
                f"{where} is no absolute path.", f"{variable(name)}={Path.cwd() / folder}"
            )
        return folder
    if kind is int:
        return _count(text if not text.isdecimal() else int(text), where)
    return _among(name, [each.strip() for each in text.split(",")] if kind is list else text, where)


def _from_file(name: str, given: Any, place: Path) -> Any:
    kind = KNOWN[name][0]
    where = f"{place}: {name} = {given!r}"
    if kind is int:
        return _count(given, where)
    expected = list if kind is list else str
    if not isinstance(given, expected):
        raise SettingError(f"{where} is a {type(given).__name__}.", f"Expected {_form(name)}.")
    if kind is Path:
        return place.parent / Path(str(given)).expanduser()
    return _among(name, given, where)


def _count(given: Any, where: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise SettingError(f"{where} is no whole number from 1 upwards.", "For example 2.")
    return given


def _among(name: str, given: Any, where: str) -> Any:
    allowed = KNOWN[name][2]
    for each in given if isinstance(given, list) else [given]:
        if each not in allowed:
            raise SettingError(f"{where}: {each!r} is not known.", did_you_mean(str(each), allowed))
    if not given:
        raise SettingError(f"{where} is empty.", f"Expected {_form(name)}.")
    return given


def _form(name: str) -> str:
    kind, _, allowed = KNOWN[name]
    if kind is list:
        return "a list such as [" + ", ".join(f'"{each}"' for each in allowed) + "]"
    return "text such as " + (f'"{allowed[0]}"' if allowed else '"some/folder"')


def in_force() -> list[Setting]:
    """Every setting, in the order of `KNOWN`."""
    return [setting(name) for name in KNOWN]
