"""The blocks of the guide's pages that a reader would type, and what carries them out.

Code cells are run by the build. Of the others: ``sh`` is run; ``console`` is run and what it shows
is compared, ``...`` standing for any text; a block with a caption is the file of that name, and
"add to NAME" is appended to it. A line ``% not run here: why`` in front leaves a block out; its
commands must be ones that make and kzdata take.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from kzdata.cli.app import main

FENCE = re.compile(r"^(`{3,}|:{3,})(\{[\w-]+\})?[ ]?([\w-]*)[^\n]*\n(.*?)^\1[ ]*$", re.S | re.M)
OPTION = re.compile(r"^:(\w[\w-]*):[ ]*(.*)\n", re.M)
LEFT_OUT = re.compile(r"^% not run here: .+\n\Z", re.M)
# Blocks that the build runs or makes, and others that are nobody's to run.
BUILT = {
    "code-cell",
    "cards",
    "notation",
    "commands",
    "exit-codes",
    "toctree",
    "eval-rst",
    "include",
    "note",
}
SHOWN = {"yaml", "text", "toml"}


@dataclass(frozen=True)
class Block:
    """One fenced block: ``kind`` is the directive or language, ``caption`` names a file."""

    kind: str
    text: str
    caption: str
    left_out: bool


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        _, directive, language, body = match.groups()
        options = {}
        while option := OPTION.match(body):
            options[option[1]] = option[2]
            body = body[option.end() :]
        name = (directive or "").strip("{}")
        kind = language if name in {"", "code-block"} else name
        before = text[: match.start()]
        found.append(Block(kind, body, options.get("caption", ""), bool(LEFT_OUT.search(before))))
    return found


def runnable(page: Path) -> bool:
    """Whether a page has anything for a shell."""
    return any(b.kind in {"sh", "console"} and not b.left_out for b in blocks(page))


def environment(home: Path, checkout: Path) -> dict[str, str]:
    """A reader's shell: this interpreter's commands, the checkout, and a folder of one's own."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {name: v for name, v in os.environ.items() if not name.startswith("KZDATA_")}
    return own | {
        "PATH": path,
        "PYTHONPATH": str(checkout),
        "KZDATA_HOME": str(home / "store"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


def run(command: str, folder: Path, env: dict[str, str]) -> tuple[int, str]:
    """Exit code and everything shown."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=180,
        check=False,
    )
    return done.returncode, done.stdout


def commands(session: str) -> list[tuple[str, str]]:
    """The commands of a ``console`` block, each with what it shows."""
    parts = re.split(r"^\$ ", session, flags=re.M)
    assert parts[0] == "", "a console block begins with a command"
    return [(c, shown) for c, _, shown in (each.partition("\n") for each in parts[1:])]


def typed(line: str) -> list[str]:
    """The words of a command, without what is the shell's own: variables before it, ``> file``."""
    words = shlex.split(line, comments=True)
    while words and "=" in words[0]:
        words.pop(0)
    return words[: words.index(">")] if ">" in words else words


def taken(line: str, checkout: Path) -> bool:
    """Whether make has the target, or kzdata the command with its options, of a line."""
    words = typed(line)
    if not words:
        return True
    if words[0] == "make":
        asked = ["make", "--dry-run", *words[1:]]
        return subprocess.run(asked, cwd=checkout, capture_output=True, check=False).returncode == 0
    if words[0] != "kzdata":
        return False
    command: click.Command = main
    context = click.Context(main, info_name="kzdata", **main.context_settings)
    words = words[1:]
    while isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    try:
        command.make_context(command.name, words, context)
    except click.UsageError:
        return False
    return True


def same(wanted: str, got: str) -> bool:
    """Whether ``got`` is what a page shows, ``...`` standing for anything."""
    return doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS)


def carry_out(page: Path, checkout: Path, home: Path) -> None:
    """Do what a page says, in order, in a checkout of its own."""
    env = environment(home, checkout)
    for block in blocks(page):
        if block.left_out:
            continue
        if block.caption:
            adding = block.caption.startswith("add to ")
            file = checkout / block.caption.removeprefix("add to ")
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a" if adding else "w", encoding="utf-8") as there:
                there.write(block.text)
        elif block.kind == "sh":
            code, shown = run("set -e\n" + block.text, checkout, env)
            assert code == 0, f"{page.name}:\n{block.text}\n{shown}"
        elif block.kind == "console":
            for command, wanted in commands(block.text):
                _, shown = run(command, checkout, env)
                told = f"{page.name}: {command}\nwanted\n{wanted}\ngot\n{shown}"
                assert same(wanted, shown), told


def copy(root: Path, to: Path) -> Path:
    """The files of the checkout that a reader would have, without what was built in it.

    Its ``.venv`` is the environment of the tests: what make would install is there.
    """
    leave = shutil.ignore_patterns(".*", "_build", "__pycache__", "tests", "*.egg-info")
    shutil.copytree(root, to, ignore=leave)
    (to / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith("."):
            (to / ".venv" / part.name).symlink_to(part)
    for stamp in (".base", ".test", ".lab", ".docs", ".browser"):
        (to / ".venv" / stamp).touch()
    for built in (to / "reports").iterdir():
        if built.is_dir():
            shutil.rmtree(built)
    return to
