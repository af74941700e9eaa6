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

import difflib
import os
import re
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
        return Setting(name, _from_flag(name, flag), "flag", meaning)
    if text := os.environ.get(variable(name)):
        return Setting(name, _from_text(name, text), variable(name), meaning)
    for place in files():
        text, values = _read(place)
        if name in values:
            found = _from_file(name, values[name], place, _line(text, name))
            return Setting(name, found, str(place), meaning)
    return Setting(name, None, "default", meaning)


def value(name: str, flag: Any = None) -> Any:
    """`setting`'s value alone."""
    return setting(name, flag).value


def files() -> Iterator[Path]:
    """The configuration files that exist, the strongest first."""
    try:
        here = Path.cwd()
    except OSError:  # the folder we stand in is gone: it has no file
        folders: tuple[Path, ...] = ()
    else:
        folders = (here, *here.parents)
    nearest = next((f / FILE for f in folders if _is_there(f / FILE)), None)
    if nearest:
        yield nearest
    own = user_file()
    if own != nearest and _is_there(own):
        yield own


def _is_there(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:  # a folder that this user may not look into
        return False


def user_file() -> Path:
    """``kzdata.toml`` in the user's configuration folder, whether or not it exists."""
    import platformdirs

    return platformdirs.user_config_path("kzdata", appauthor=False) / FILE


def _read(place: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = place.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        raise SettingError(f"{place} is not encoded in UTF-8.", "Save it again as UTF-8.") from None
    except OSError as error:
        hint = "Correct its permissions, or move it to another folder."
        raise SettingError(f"{place} cannot be read: {error.strerror}.", hint) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingError(
            f"{place} is not valid TOML: {error}", "Write it like jobs = 2"
        ) from None
    for name in values:
        if name not in KNOWN:
            raise SettingError(
                f"{place}, line {_line(text, name)}: unknown setting {name!r}.",
                did_you_mean(name, KNOWN),
            )
    return text, values


def _line(text: str, name: str) -> int:
    """The line on which a key stands, as a key or as the name of a table."""
    key = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    lines = text.split("\n")
    return next((number for number, line in enumerate(lines, 1) if key.match(line)), 1)


def _from_flag(name: str, given: Any) -> Any:
    kind = KNOWN[name][0]
    # The flag of several formats is --format.
    return given if kind in (Path, int) else _among(name, given, f"--{name.removesuffix('s')}")


def _from_text(name: str, text: str) -> Any:
    kind = KNOWN[name][0]
    where = f"{variable(name)}={text!r}"
    if kind is Path:
        folder = Path(text).expanduser()
        if not folder.is_absolute():
            # It would be another place from every folder that kzdata is started in.
            raise SettingError(
                f"{where} is not an absolute path.", f"{variable(name)}={Path.cwd() / folder}"
            )
        return folder
    if kind is int:
        return _count(text if not text.isdecimal() else int(text), where)
    return _among(name, [each.strip() for each in text.split(",")] if kind is list else text, where)


def _from_file(name: str, given: Any, place: Path, line: int) -> Any:
    kind = KNOWN[name][0]
    where = f"{place}, line {line}: {name} = {given!r}"
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
        raise SettingError(f"{where} is not a positive whole number.", "Write a number such as 2.")
    return given


def _among(name: str, given: Any, where: str) -> Any:
    allowed = KNOWN[name][2]
    for each in [given] if isinstance(given, str) else given:
        if each not in allowed:
            raise SettingError(
                f"{where}: unknown value {each!r}.", did_you_mean(str(each), allowed)
            )
    if not given:
        raise SettingError(f"{where} is empty.", f"Expected {_form(name)}.")
    return given


def _form(name: str) -> str:
    kind, _, allowed = KNOWN[name]
    if kind is list:
        return "a list such as [" + ", ".join(f'"{each}"' for each in allowed) + "]"
    return "text such as " + (f'"{allowed[0]}"' if allowed else '"some/folder"')


def strangers() -> dict[str, str]:
    """Variables of the environment that look like a misspelt setting, each with what was meant."""
    given = {each: each.removeprefix("KZDATA_").lower() for each in sorted(os.environ)}
    found = {
        each: difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.6)
        for each, name in given.items()
        if each.startswith("KZDATA_") and name not in KNOWN
    }
    return {each: f"Did you mean {variable(near[0])}?" for each, near in found.items() if near}


def at_once() -> int:
    """How many reports are made at the same time where nobody says, up to 8.

    One more than the cores at hand: a report waits for its kernel and the kernel for it in turns,
    and what waits leaves its core to another.
    """
    at_hand = getattr(os, "sched_getaffinity", None)
    return min((len(at_hand(0)) if at_hand else os.cpu_count() or 1) + 1, 8)


def in_force() -> list[Setting]:
    """Every setting, in the order of `KNOWN`."""
    return [setting(name) for name in KNOWN]


_PACKAGE = Path(__file__).resolve().parent

HOME = _PACKAGE.parent if (_PACKAGE.parent / "seeds").is_dir() else _PACKAGE / "shipped"


def reports_folder() -> Path:
    """Where reports stand: the setting ``reports``, else in the checkout, else, where kzdata is
    installed and its own folder is not for writing, below the current folder."""
    if named := value("reports"):
        return named
    installed = HOME.parent == _PACKAGE
    return (Path.cwd() if installed else HOME) / "reports"


def user_folder() -> Path:
    """Where what a person fetches and loads is kept: the setting ``home`` (``KZDATA_HOME``), else
    the user's data folder of this system."""
    if named := value("home"):
        return named
    import platformdirs

    return platformdirs.user_data_path("kzdata", appauthor=False)
